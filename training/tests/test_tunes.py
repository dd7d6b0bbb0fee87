"""Tunes: read, kept apart from validation, gathered, and sung."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
mido = pytest.importorskip("mido")

from reprise_training.charts.titles import fingerprint
from reprise_training.config import Masking
from reprise_training.simulate.singing import Singing, roll, sung
from reprise_training.train import masked
from reprise_training.tunes import lilypond, works
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


def test_what_validation_holds_or_reserves_is_refused_and_the_same_tune_is_one_work(tmp_path: Path):
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


def test_a_lead_sheet_is_read_relative_with_tuplets_ties_and_chords():
    text = """headerTitle = "Song"
refrainMelody = \\relative f' {
  \\key c \\major
  \\partial 8 e8 | a2~ a8 \\tuplet 3/2 { b8 cs8 b8 } r4 | \\repeat volta 2 { <c e>4 ef,4 } b'8. c16
}
other = { c1 }
"""
    tune = lilypond.parse(text.replace("\\\\", "\\"))
    assert [key for _, _, key in tune.notes] == [64, 69, 71, 73, 71, 76, 63, 71, 72]
    starts = [start for start, _, _ in tune.notes]
    assert starts[:4] == pytest.approx([0, 0.5, 3, 3 + 1 / 3])
    assert lilypond.parse("nothing") is None


def test_singing_departs_from_the_notes_as_much_as_it_says_and_moves_with_the_key():
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


def test_the_melody_is_dropped_whole_and_never_where_it_is_all_there_is():
    frames = torch.ones(200, 36, 64)
    frames[:100, :24] = 0
    masking = Masking(frames=0, pitch_classes=0, edges=0, views=0, melody=0.5)
    seen = masked(frames, masking, torch.Generator().manual_seed(1), melody=2)
    dropped = (seen[:, 24:].flatten(1) == 0).all(dim=1)
    assert not dropped[:100].any()
    assert 30 < int(dropped[100:].sum()) < 70
    assert torch.equal(seen[:, :24], frames[:, :24])
