"""Tunes: read, kept apart from validation, gathered, and sung."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("mido")

import mido
import torch

from reprise_training.charts.titles import fingerprint
from reprise_training.config import Masking
from reprise_training.masking import masked
from reprise_training.simulate.singing import Singing, roll, sung
from reprise_training.simulate.sung_tracks import LENGTHS_S, SungTracks
from reprise_training.simulate.tunes import verses
from reprise_training.tunes import abc, lilypond, pop909, works
from reprise_training.tunes.tune import Tune, keys_of, phrases
from reprise_training.tunes.validation import validation_phrases


def random_tune(seed: int, title: str = "") -> Tune:
    """Sixty quarter notes."""
    keys = np.random.default_rng(seed).integers(55, 80, 60)
    return Tune(title or f"Tune {seed}", "test", tuple((float(i), i + 1.0, int(key)) for i, key in enumerate(keys)))


def moved(tune: Tune, semitones: int, title: str) -> Tune:
    return Tune(title, "other", tuple((start, end, key + semitones) for start, end, key in tune.notes))


def packed_midi(folder: Path, tune: Tune) -> Path:
    """A packed archive with one file that plays it, whose key signature is broken."""
    track = mido.MidiTrack([mido.MetaMessage("key_signature", key="C")])
    for key in keys_of(tune):
        track.append(mido.Message("note_on", note=key, velocity=80))
        track.append(mido.Message("note_off", note=key, time=480))
    file = mido.MidiFile()
    file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    broken = content.getvalue().replace(b"\xff\x59\x02\x00\x00", b"\xff\x59\x02\x7f\x7f")
    assert broken != content.getvalue()
    path = folder / "pack.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("a/b.mid")
        member.size = len(broken)
        archive.addfile(member, io.BytesIO(broken))
    return path


def test_what_validation_holds_or_reserves_is_refused_and_the_same_tune_is_one_work(tmp_path: Path) -> None:
    forbidden = validation_phrases([packed_midi(tmp_path, moved(random_tune(1), 5, ""))])
    known, other, reserved = random_tune(1), random_tune(2), random_tune(3, "A Secret")
    tunes = [known, other, reserved, moved(other, -4, "By another name"), random_tune(4)]
    gathered, report = works.gathered(tunes, frozenset({fingerprint("A Secret")}), forbidden)
    assert [len(work) for work in gathered] == [2, 1]
    assert (report.in_validation.total(), report.reserved.total()) == (1, 1)
    trained = set().union(*(phrases(keys_of(tune)) for work in gathered for tune in work))
    assert not trained & forbidden, "training and validation share no melody"
    works.write(tmp_path / "tunes.json.gz", gathered)
    assert works.read(tmp_path / "tunes.json.gz") == gathered


def test_a_lead_sheet_is_read_relative_with_tuplets_ties_and_chords() -> None:
    text = """headerTitle = "Song"
refrainMelody = \\relative f' {
  \\key c \\major
  \\partial 8 e8 | a2~ a8 \\tuplet 3/2 { b8 cs8 b8 } r4 | \\repeat volta 2 { <c e>4 ef,4 } b'8. c16
}
other = { c1 }
"""
    tune = lilypond.parse(text.replace("\\\\", "\\"))
    assert tune is not None
    assert [key for _, _, key in tune.notes] == [64, 69, 71, 73, 71, 76, 63, 71, 72]
    starts = [start for start, _, _ in tune.notes]
    assert starts[:4] == pytest.approx([0, 0.5, 3, 3 + 1 / 3])
    assert lilypond.parse("nothing") is None


def test_abc_is_read_with_keys_accidentals_lengths_and_ornaments_left_out() -> None:
    text = """% a collection
X:1
T:One % not the title
M:2/4
L:1/8
K:Dmix
A|"G"f>e {g}d2 ^g2 g|!trill!c'/2(3def [Ac]2- c z/ G,,|
X:2
T:Two
M:C
K:G minor
B2 e- | e =B [K:C] B [V:1] x _B3/2
"""
    (one, notes), (two, others) = abc.parse(text)
    assert (one, two) == ("One", "Two")
    # D mixolydian has F sharp only; ^g holds until the bar, and a tie joins the chord's highest note with the next.
    assert [key for *_, key in notes] == [69, 78, 76, 74, 80, 80, 84, 74, 76, 78, 72, 43]
    begins = [0, 0.5, 1.25, 1.5, 2.5, 3.5, 4, 4.25, 4.25 + 1 / 3, 4.25 + 2 / 3, 5.25, 7]
    assert [start for start, *_ in notes] == pytest.approx(begins)
    assert notes[10][1] == pytest.approx(6.75)
    # Without a unit: an eighth, since the metre is long. B and E are flat in G minor.
    assert [key for *_, key in others] == [70, 75, 71, 71, 70]
    assert others[1] == (1.0, 2.0, 75), "tied over the bar"
    assert list(abc.parse("no tune")) == []


def test_abc_keys_have_the_signatures_of_their_modes() -> None:
    major = abc.signature("D")
    assert major == {"F": 1, "C": 1} == abc.signature("E dorian") == abc.signature("Bm") == abc.signature("A mix")
    assert abc.signature("Eb") == {"B": -1, "E": -1, "A": -1} == abc.signature("Cmin")
    assert abc.signature("C maj") == {} == abc.signature("none") == abc.signature("F lyd")


def test_the_melody_of_a_song_is_timed_by_its_beats(tmp_path: Path) -> None:
    file = mido.MidiFile(ticks_per_beat=480)
    melody = mido.MidiTrack([mido.MetaMessage("track_name", name="MELODY")])
    for key in (60, 64):
        melody += [mido.Message("note_on", note=key, velocity=80), mido.Message("note_off", note=key, time=480)]
    piano = mido.MidiTrack([mido.MetaMessage("track_name", name="PIANO"), mido.Message("note_on", note=40)])
    file.tracks += [mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)]), melody, piano]
    content = io.BytesIO()
    file.save(file=content)
    path = tmp_path / "songs.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in (
            ("S/007/007.mid", content.getvalue()),
            ("S/007/beat_midi.txt", b"0.0 1 1\n0.25 0 0\n0.5 1 0\n"),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    (tune,) = pop909.read(path)
    assert tune.title == "POP909 007"
    assert tune.notes == ((0.0, 2.0, 60), (2.0, 4.0, 64)), "half a second is two beats"


def test_a_tune_begins_again_after_a_break() -> None:
    tune = Tune("", "", ((0.0, 1.0, 60), (1.0, 3.0, 62)))
    again = verses(tune, 9.0, 2)
    assert again.notes == ((0.0, 1.0, 60), (1.0, 3.0, 62), (5.0, 6.0, 60), (6.0, 8.0, 62))
    assert len(verses(tune, 10.1, 2).notes) == 6


def test_a_singer_sings_the_same_way_for_the_same_seed_and_in_other_keys_and_tempi() -> None:
    sing = lambda: [SungTracks(Singing(), 3).sing(random_tune(1))]
    (first,), (again,) = sing(), sing()
    assert np.array_equal(first, again)
    singers = SungTracks(Singing(), 3)
    tracks = [singers.sing(random_tune(1)) for _ in range(8)]
    assert all(track.shape[0] == 12 and LENGTHS_S[0] * 10 < track.shape[1] < LENGTHS_S[1] * 11 for track in tracks)
    assert all(0 <= track.min() and track.max() <= 1 for track in tracks)
    assert len({int(track.mean(axis=1).argmax()) for track in tracks}) > 3
    assert len(list(SungTracks(Singing(), 1).once_each([[random_tune(1)], [random_tune(2)] * 2]))) == 2


def test_singing_departs_from_the_notes_as_much_as_it_says_and_moves_with_the_key() -> None:
    notes = torch.from_numpy(np.stack([roll(random_tune(seed), 0, 8.0, 0, 400) for seed in range(32)]))
    hear = lambda notes: sung(notes, Singing(), torch.Generator().manual_seed(5))
    heard = hear(notes)
    assert torch.equal(hear(notes.roll(3, dims=1)), heard.roll(3, dims=1))
    silent = float((heard.amax(dim=1) == 0).float().mean())
    assert 0.08 < silent < 0.3
    right = float((heard.argmax(dim=1) == notes.argmax(dim=1))[heard.amax(dim=1) > 0].float().mean())
    assert 0.6 < right < 0.95
    exact = Singing(silent=0, wrong=0, ornament=0, late_frames=0, salience=(1, 1), neighbour=0)
    plain = sung(notes, exact, torch.Generator().manual_seed(5))
    assert float((plain == notes).float().mean()) > 0.97
    octave = Tune("", "", tuple((s, e, k + 12) for s, e, k in random_tune(0).notes))
    assert np.array_equal(roll(octave, 0, 8.0, 0, 400), notes[0].numpy()), "an octave is not seen in pitch classes"


def test_the_melody_is_dropped_whole_and_never_where_it_is_all_there_is() -> None:
    frames = torch.ones(200, 36, 64)
    frames[:100, :24] = 0
    masking = Masking(frames=0, pitch_classes=0, edges=0, views=0, melody=0.5)
    seen = masked(frames, masking, torch.Generator().manual_seed(1), melody=2)
    dropped = (seen[:, 24:].flatten(1) == 0).all(dim=1)
    assert not dropped[:100].any()
    assert 30 < int(dropped[100:].sum()) < 70
    assert torch.equal(seen[:, :24], frames[:, :24])
