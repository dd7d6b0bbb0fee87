"""Chord charts: every format on a few bars written by hand."""

import io
import tarfile
from pathlib import Path
from urllib.parse import quote

import pytest
from chart_examples import MAJOR, MAJOR_SEVENTH, MINOR, MINOR_SEVENTH, SEVENTH, chord, silence

from reprise_training.charts import billboard, bunks, ireal, lilypond, pop909, rollingstone
from reprise_training.charts.chart import Chart
from reprise_training.charts.skipped import Skipped


def names(found: Chart) -> list[str]:
    return [section.name for section in found.sections]


def test_an_unknown_suffix_is_counted_and_taken_for_its_triad() -> None:
    skipped = Skipped()
    found = bunks.parse("Title = T\nTimeSig = 4 4\n Cmwrong | Gwrong |\n", skipped)
    assert found.chords() == (chord(4, 0, MINOR), chord(4, 7, MAJOR))
    assert skipped.symbols == {"Cmwrong": 1, "Gwrong": 1}


def test_bunks() -> None:
    head = "Title = T\nComposedBy = X\nDBKeySig = Eb\nTimeSig = 3 4\nBars = 4\n"
    text = head + " FM7 | C7 C7 G/B |\n\n NC | FM7 |\n"
    found = bunks.parse(text, Skipped())
    assert (found.title, found.composer, found.key, found.beats_per_bar) == ("T", "X", 3, 3)
    assert [section.chords for section in found.sections] == [
        (chord(3, 5, MAJOR_SEVENTH), chord(2, 0, SEVENTH), chord(1, 7, MAJOR, bass=11)),
        (silence(3), chord(3, 5, MAJOR_SEVENTH)),
    ]
    assert names(found) == ["A", "B"]


def scrambled(plain: str) -> str:
    # Swapping twice restores, so that the slow way there is the way back.
    blocks = [plain[start : start + 50] for start in range(0, len(plain), 50)]
    for number, block in enumerate(blocks[:-1]):
        mirrored = list(block)
        for index in list(range(5)) + list(range(10, 24)):
            mirrored[index], mirrored[49 - index] = block[49 - index], block[index]
        blocks[number] = "".join(mirrored)
    return "".join(blocks)


def ireal_chart(body: str) -> Chart:
    return ireal.parse(f"Tune, The=Doe Jane==Swing=D-=={ireal.MARK}{scrambled(body)}=Jazz-Swing=140=3", Skipped())


def test_ireal_is_unscrambled_by_blocks() -> None:
    plain = "[*AT44C^7XyQ|A-7XyQ|D-7XyQ|G7XyQ][*BT44F^7XyQ|B-7XyQ|E7XyQ|A7XyQKcl Z "
    expected = plain.replace("XyQ", "   ").replace("Kcl", "| x")
    assert len(plain) > 52
    assert ireal.unscrambled(scrambled(plain)) == expected


def test_ireal_repeats_endings_and_sections() -> None:
    found = ireal_chart("{*AT44C^7 D-7 |N1G7   }        |N2C6   ][*BF,   |x   |n   |p p G,  Z ")
    assert (found.title, found.composer, found.key, found.is_minor, found.tempo_bpm) == (
        "Tune, The",
        "Doe Jane",
        2,
        True,
        140,
    )
    first = (chord(2, 0, MAJOR_SEVENTH), chord(2, 2, MINOR_SEVENTH))
    assert names(found) == ["A", "A", "B"]
    assert [section.chords for section in found.sections] == [
        (*first, chord(4, 7, SEVENTH)),
        (*first, chord(4, 0, (0, 4, 7, 9))),
        # The strokes hold what was before: here the silence.
        (chord(8, 5, MAJOR), silence(6), chord(2, 7, MAJOR)),
    ]


def test_ireal_repeats_of_bars_and_metres() -> None:
    found = ireal_chart("[T34C,  D,|E-   |   r|    |T24W/B |(F7)G <some word>Z ")
    once = (chord(2, 0, MAJOR), chord(1, 2, MAJOR), chord(3, 4, MINOR))
    assert found.beats_per_bar == 3
    assert found.chords() == (*once, *once, chord(2, 4, MINOR, bass=11), chord(2, 7, MAJOR))


def test_ireal_lists_are_read_from_links(tmp_path: Path) -> None:
    song = f"T=X==S=C=={ireal.MARK}[T44C   |G   Z =S=0=0"
    pack(tmp_path / "ireal.tar.gz", {"test/data/list.txt": "irealb://" + quote(f"{song}==={song}===My list")})
    skipped = Skipped()
    assert [found.title for found in ireal.read(tmp_path / "ireal.tar.gz", skipped)] == ["T", "T"]
    assert not skipped.charts


def pack(path: Path, files: dict[str, str]) -> None:
    with tarfile.open(path, "w:gz") as packed:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            packed.addfile(entry, io.BytesIO(text.encode()))


def test_billboard() -> None:
    text = (
        "# title: Don t Go\n# artist: X\n# metre: 4/4\n# tonic: G\n\n"
        "0.0\tsilence\n"
        "1.0\tA, intro, | G:maj | x2, (guitar)\n"
        "5.0\tB, verse, | C:maj . . D:7/3 | (2/4) G:maj |\n"
        "8.0\t| &pause | N | E:min C:maj |\n"
        "# metre: 12/8\n"
        "12.0\tB, verse, | C:maj | \n"
        "14.0\tend\n"
    )
    found = billboard.parse(text, Skipped())
    assert (found.title, found.composer, found.key, found.tempo_bpm) == ("Don't Go", "X", 7, 120)
    assert names(found) == ["intro", "verse", "verse"]
    assert [section.chords for section in found.sections] == [
        (chord(8, 7, MAJOR),),
        (
            chord(3, 0, MAJOR),
            chord(1, 2, SEVENTH, bass=6),
            chord(2, 7, MAJOR),
            silence(4),
            chord(2, 4, MINOR),
            chord(2, 0, MAJOR),
        ),
        (chord(4, 0, MAJOR),),
    ]


def test_rollingstone() -> None:
    text = "[E] I | | . IV | [2/4] V7 | [4/4] [G] R | i . . bVII |\n"
    found = rollingstone.parse("TheWho_MyGeneration_1965", text, "1.0\t0\n3.0\t1\n5.0\t2\n", Skipped())
    assert (found.title, found.composer, found.key, found.tempo_bpm) == ("My Generation", "The Who", 4, 120)
    assert found.chords() == (
        chord(10, 4, MAJOR),
        chord(2, 9, MAJOR),
        chord(2, 11, SEVENTH),
        silence(4),
        chord(3, 7, MINOR),
        chord(1, 5, MAJOR),
    )


def test_pop909() -> None:
    beats = "".join(f"{0.5 * beat} 1.0 {float(beat % 4 == 0)}\n" for beat in range(12))
    found = pop909.parse(
        "POP909 001",
        "0.0\t1.0\tN\n1.0\t2.98\tC#:maj\n2.98\t4.0\tBb:min7/b3\n",
        beats,
        "1.0 9.0\tGb:maj\n",
        Skipped(),
    )
    assert (found.key, found.is_minor, found.beats_per_bar, found.tempo_bpm) == (6, False, 4, 120)
    assert found.chords() == (silence(2), chord(4, 1, MAJOR), chord(2, 10, MINOR_SEVENTH, bass=1))


LILYPOND = r"""
headerTitle = "T (Subtitle)"
headerComposer = "X"
verseChords = \chordmode { g1 c1 }
refrainChords = \chordmode {
  s4 % a pickup
  df2.:maj7 \chordSlash 1 | c:m7.5-
  \repeat volta 2 { f2.:7.9-.5+ s4 } \alternative { { bf1:sus7 } { bf2:m7+/gf } }
  \tuplet 3/2 { g2:1.3.5.9 a b:dim7 } r1 \chordOpenParen{ e2:m7a2:7 } c4*3/2:6.9
}
refrainBookChords = \chordmode { c1 c1 c1 c1 f1 }
refrainKey = df
refrainMelody = { \time 4/4 \key \refrainKey \minor \tempoFour "Slow" 75 }
"""


def test_lilypond() -> None:
    first, second = lilypond.parse(LILYPOND, Skipped())
    assert (first.title, first.key, first.is_minor, first.tempo_bpm) == ("T (Subtitle)", 1, True, 75)
    assert names(first) == ["verse", "refrain"]
    assert second.sections[1].chords == (chord(16, 0, MAJOR), chord(4, 5, MAJOR))
    played = first.sections[1].chords
    repeated = chord(4, 5, (0, 4, 8, 10, 1))
    assert played[:6] == (
        chord(4, 1, MAJOR_SEVENTH),
        chord(3, 0, (0, 3, 6, 10)),
        repeated,
        chord(4, 10, (0, 5, 7, 10)),
        repeated,
        chord(2, 10, (0, 3, 7, 11), bass=6),
    )
    third = pytest.approx(4 / 3)
    assert [one.beats for one in played[6:9]] == [third] * 3
    assert played[6].notes == frozenset({7, 11, 2, 9})
    assert played[8].notes == frozenset({11, 2, 5, 8})
    assert played[9:] == (
        silence(4),
        chord(2, 4, MINOR_SEVENTH),
        chord(2, 9, SEVENTH),
        chord(1.5, 0, (0, 4, 7, 9, 2)),
    )


def test_a_lilypond_part_that_cannot_be_read_is_counted() -> None:
    skipped = Skipped()
    with pytest.raises(ValueError, match="no refrain"):
        lilypond.parse('headerTitle = "T"\nrefrainChords = \\chordmode { c1 \\transpose c d { c1 } }', skipped)
    assert skipped.charts == {"a chord part: cannot read \\transpose": 1}
