"""Chord charts: every format on a few bars written by hand, and works gathered from them."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from reprise_training.charts import (
    billboard,
    bunks,
    ireal,
    likeness,
    lilypond,
    pop909,
    rollingstone,
    symbols,
    titles,
    works,
)
from reprise_training.charts.chart import Chart, Chord, Section, beats_in, joined
from reprise_training.charts.skipped import Skipped
from reprise_training.charts.symbols import Harmony

MAJOR, MINOR, SEVENTH, MINOR_SEVENTH, MAJOR_SEVENTH = (
    (0, 4, 7),
    (0, 3, 7),
    (0, 4, 7, 10),
    (0, 3, 7, 10),
    (0, 4, 7, 11),
)


def chord(beats: float, root: int, intervals: tuple[int, ...], bass: int | None = None) -> Chord:
    return Chord(beats, root, frozenset((root + interval) % 12 for interval in intervals), bass)


def silence(beats: float) -> Chord:
    return Chord(beats, None, frozenset(), None)


def chart(title: str, chords: list[Chord], corpus: str = "ireal", composer: str = "") -> Chart:
    return Chart(title, composer, corpus, 0, False, 4, None, (Section("A", joined(chords)),))


def names(found: Chart) -> list[str]:
    return [section.name for section in found.sections]


# The chart itself


@pytest.mark.parametrize(
    "broken",
    [
        (0, 0, frozenset({0}), None),
        (1, 12, frozenset({0}), None),
        (1, 0, frozenset({-1}), None),
        (1, 0, frozenset(), None),
    ],
)
def test_chords_that_cannot_be_are_refused(broken: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError):
        Chord(*broken)


def test_transposing_moves_every_pitch_class_and_twelve_times_comes_back() -> None:
    original = chart("a", [chord(4, 11, SEVENTH, bass=3), silence(1), chord(2, 4, MINOR)])
    up = original.transposed(1)
    assert up.key == 1
    assert up.chords() == (chord(4, 0, SEVENTH, bass=4), silence(1), chord(2, 5, MINOR))
    for _ in range(11):
        up = up.transposed(1)
    assert up == original


def test_bars_are_counted_in_the_beats_one_taps() -> None:
    assert [beats_in(4, 4), beats_in(2, 2), beats_in(3, 4), beats_in(6, 8), beats_in(12, 8)] == [
        4,
        4,
        3,
        2,
        4,
    ]


# Symbols


@pytest.mark.parametrize(
    ("symbol", "root", "intervals"),
    [
        ("FM7", 5, (0, 4, 7, 11)),
        ("F#o", 6, (0, 3, 6)),
        ("Gm7b5", 7, (0, 3, 6, 10)),
        ("C7#9", 0, (0, 4, 7, 10, 3)),
        ("Bb-7", 10, (0, 3, 7, 10)),
        ("C^7", 0, (0, 4, 7, 11)),
        ("C^", 0, (0, 4, 7, 11)),
        ("Ch7", 0, (0, 3, 6, 10)),
        ("Ch", 0, (0, 3, 6, 10)),
        ("Co7", 0, (0, 3, 6, 9)),
        ("D7sus", 2, (0, 5, 7, 10)),
        ("D7b9sus4", 2, (0, 5, 7, 10, 1)),
        ("C+", 0, (0, 4, 8)),
        ("C7+", 0, (0, 4, 8, 10)),
        ("C69", 0, (0, 4, 7, 9, 2)),
        ("Cm69", 0, (0, 3, 7, 9, 2)),
        ("C-^7", 0, (0, 3, 7, 11)),
        ("CmMaj7", 0, (0, 3, 7, 11)),
        ("Cmaj9", 0, (0, 4, 7, 11, 2)),
        ("C13b9", 0, (0, 4, 7, 10, 1, 9)),
        ("C7#5#9", 0, (0, 4, 8, 10, 3)),
        ("C7alt", 0, (0, 4, 10, 1, 3, 8)),
        ("Cadd9", 0, (0, 4, 7, 2)),
        ("C5", 0, (0, 7)),
        ("C-b6", 0, (0, 3, 7, 8)),
        ("CoM7", 0, (0, 3, 6, 11)),
        ("Cdim7", 0, (0, 3, 6, 9)),
        ("C9#11", 0, (0, 4, 7, 10, 2, 6)),
    ],
)
def test_jazz_symbols(symbol: str, root: int, intervals: tuple[int, ...]) -> None:
    assert symbols.jazz(symbol).lasting(1) == chord(1, root, intervals)


def test_a_named_bass_is_kept_and_no_chord_is_silence() -> None:
    assert symbols.jazz("C/E").lasting(1) == chord(1, 0, MAJOR, bass=4)
    assert symbols.jazz("C/C").lasting(1) == chord(1, 0, MAJOR)
    assert symbols.jazz("NC").lasting(1) == silence(1)


@pytest.mark.parametrize(
    ("label", "root", "intervals", "bass"),
    [
        ("G:min7/b3", 7, (0, 3, 7, 10), 10),
        ("C:(1,5)", 0, (0, 7), None),
        ("C:1", 0, (0,), None),
        ("Bb:sus4(b7,9)", 10, (0, 5, 7, 10, 2), None),
        ("A:maj(*3)", 9, (0, 7), None),
        ("F#", 6, (0, 4, 7), None),
        ("D:hdim7", 2, (0, 3, 6, 10), None),
        ("C:maj/9", 0, (0, 4, 7), 2),
    ],
)
def test_harte_labels(label: str, root: int, intervals: tuple[int, ...], bass: int | None) -> None:
    assert symbols.harte(label).lasting(1) == chord(1, root, intervals, bass)


@pytest.mark.parametrize(
    ("symbol", "root", "intervals", "bass"),
    [
        # In D.
        ("I", 2, (0, 4, 7), None),
        ("bVII", 0, (0, 4, 7), None),
        ("V7", 9, (0, 4, 7, 10), None),
        ("IV7", 7, (0, 4, 7, 11), None),
        ("IVd7", 7, (0, 4, 7, 10), None),
        ("iih43", 4, (0, 3, 6, 10), 10),
        ("V65/vi", 6, (0, 4, 7, 10), 10),
        ("IV64", 7, (0, 4, 7), 2),
        ("Vs4", 9, (0, 5, 7), None),
        ("v7s4", 9, (0, 5, 7, 10), None),
        ("V+11", 9, (0, 4, 7, 5), None),
        ("Id7#9", 2, (0, 4, 7, 10, 3), None),
        ("viix7/V", 8, (0, 3, 6, 9), None),
        ("Va/IV", 2, (0, 4, 8), None),
        ("i42", 2, (0, 3, 7, 10), 0),
    ],
)
def test_roman_numerals(symbol: str, root: int, intervals: tuple[int, ...], bass: int | None) -> None:
    assert symbols.roman(symbol, 2).lasting(1) == chord(1, root, intervals, bass)


@pytest.mark.parametrize("parse", [symbols.jazz, symbols.harte, lambda symbol: symbols.roman(symbol, 0)])
@pytest.mark.parametrize("symbol", ["C:wrong", "Cmwrong", "IXq"])
def test_an_unknown_symbol_is_named(parse: Callable[[str], Harmony], symbol: str) -> None:
    with pytest.raises(ValueError, match=symbol):
        parse(symbol)


def test_an_unknown_suffix_is_counted_and_taken_for_its_triad() -> None:
    skipped = Skipped()
    found = bunks.parse("Title = T\nTimeSig = 4 4\n Cmwrong | Gwrong |\n", skipped)
    assert found.chords() == (chord(4, 0, MINOR), chord(4, 7, MAJOR))
    assert skipped.symbols == {"Cmwrong": 1, "Gwrong": 1}


# Formats


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


# Titles


@pytest.mark.parametrize(
    ("title", "normal"),
    [
        ("The Girl from Ipanema", "girl from ipanema"),
        ("Sunshine Of Your Love, The", "sunshine of your love"),
        ("A Foggy Day (In London Town)", "foggy day"),
        ("Don’t Stop [live] & Go", "dont stop and go"),
        ("Águas de Março", "aguas de marco"),
        ("26-2", "26 2"),
        ("The", "the"),
    ],
)
def test_titles_are_normalised(title: str, normal: str) -> None:
    assert titles.normalised(title) == normal


def test_reserved_titles_are_refused_however_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "reserved.txt").write_text("\n".join(map(titles.fingerprint, ("foggy day", "one more"))) + "\n")
    reserved = titles.read_reserved(tmp_path / "reserved.txt")
    for title in (
        "Foggy Day, A",
        "A FOGGY DAY (in London town)",
        "In London Town (A Foggy Day)",
        "(One) More",
    ):
        assert titles.is_reserved(title, reserved)
    assert not titles.is_reserved("A Foggy Night", reserved)
    gathered, report = works.gathered([chart("Foggy day", TUNE), chart("Sunny day", TUNE)], reserved)
    assert [work.id for work in gathered] == ["sunny day"]
    assert report.refused == {"ireal": 1}


def test_fingerprints_are_what_sha256sum_says() -> None:
    assert titles.fingerprint("The abc") == "ba7816bf8f01cfea"


# Works

TUNE = [chord(4, 0, MAJOR), chord(4, 9, MINOR), chord(4, 2, MINOR_SEVENTH), chord(4, 7, SEVENTH)] * 3
OTHER = [chord(4, 0, MINOR), chord(4, 8, MAJOR), chord(4, 1, MAJOR), chord(4, 6, SEVENTH)] * 3


def moved(chords: list[Chord], semitones: int) -> list[Chord]:
    return [one.transposed(semitones) for one in chords]


def test_a_transposed_chart_is_merged_and_aligned() -> None:
    embellished = [*moved(TUNE, 5), chord(4, 5, MAJOR)]
    gathered, _ = works.gathered([chart("The Tune", TUNE), chart("Tune, The", embellished, "bunks")], frozenset())
    assert [work.id for work in gathered] == ["tune"]
    one, other = gathered[0].charts
    assert (one.transposed_by, other.transposed_by, other.chart.key) == (0, 7, 7)
    assert one.chart.chords() == tuple(TUNE)
    assert other.chart.chords() == (*TUNE, chord(4, 0, MAJOR))


def test_another_tune_of_the_same_name_is_another_work() -> None:
    gathered, report = works.gathered(
        [
            chart("Hello", OTHER, "billboard"),
            chart("Hello", TUNE),
            chart("Hello", moved(TUNE[:-1], 3), "bunks"),
        ],
        frozenset(),
    )
    assert [(work.id, [one.chart.corpus for one in work.charts]) for work in gathered] == [
        ("hello", ["ireal", "bunks"]),
        ("hello #2", ["billboard"]),
    ]
    assert report.split_titles == 1


def test_what_one_corpus_calls_one_song_stays_one_work() -> None:
    two = [chart("Hello", chords, "rollingstone", "Somebody") for chords in (TUNE, OTHER)]
    assert len(works.gathered(two, frozenset())[0]) == 1
    nameless = [chart("Hello", chords, "rollingstone", "Traditional") for chords in (TUNE, OTHER)]
    assert len(works.gathered(nameless, frozenset())[0]) == 2


def test_charts_that_say_the_same_collapse() -> None:
    halves = [replace(one, beats=2) for one in TUNE for _ in "ab"]
    gathered, report = works.gathered([chart("T", TUNE), chart("T", moved(halves, 4), "bunks")], frozenset())
    assert [len(work.charts) for work in gathered] == [1]
    assert report.duplicates == 1


def test_the_best_key_is_that_of_trying_all() -> None:
    counted = likeness.bigrams(chart("T", TUNE))
    for semitones in range(12):
        other = likeness.bigrams(chart("T", moved(TUNE, semitones)))
        assert other == likeness.in_key(counted, semitones)
        like, back = likeness.best_key(other, counted)
        assert like == pytest.approx(1) and back == -semitones % 12
    assert likeness.best_key(likeness.bigrams(chart("T", OTHER)), counted)[0] < works.SAME_TUNE


def test_works_are_written_the_same_way_twice(tmp_path: Path) -> None:
    gathered, _ = works.gathered([chart("T", TUNE)], frozenset())
    for name in ("a", "b"):
        works.write(tmp_path / name, gathered)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    document = json.loads(gzip.decompress((tmp_path / "a").read_bytes()))
    assert document["works"][0]["charts"][0]["sections"][0]["chords"][1] == [4, 9, [0, 4, 9], None]
