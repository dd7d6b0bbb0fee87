"""POP909's songs as bands play them: the passage that is cut, its tune, its key and its tempo."""

import io
import runpy
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("mido")

import mido

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[1] / "scripts" / "render_pop909.py"))
SECONDS_A_BEAT = 0.5
N_BEATS = 64


def write_song(folder: Path) -> Path:
    """64 beats of C and G in turn, four each, after half a second; the tune is the root, every beat."""
    folder.mkdir()
    times = [0.5 + SECONDS_A_BEAT * beat for beat in range(N_BEATS + 1)]
    (folder / "beat_midi.txt").write_text("".join(f"{t} 0.0 {float(i % 4 == 0)}\n" for i, t in enumerate(times)))
    chords = [f"{times[b]}\t{times[b + 4]}\t{'CG'[b // 4 % 2]}:maj\n" for b in range(0, N_BEATS, 4)]
    (folder / "chord_midi.txt").write_text("".join(chords))
    (folder / "key_audio.txt").write_text("0.0\t32.0\tC:maj\n")
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)]))
    tune = mido.MidiTrack()
    tune.name = "MELODY"
    for beat in range(N_BEATS):
        number = 67 if beat // 4 % 2 else 60
        tune.append(mido.Message("note_on", note=number, velocity=80, time=480 if beat == 0 else 0))
        tune.append(mido.Message("note_off", note=number, time=480))
    file.tracks.append(tune)
    file.save(folder / f"{folder.name}.mid")
    return folder


def test_the_tune_lies_on_the_chords_it_was_sung_over(tmp_path: Path) -> None:
    song = SCRIPT["read_song"](write_song(tmp_path / "007"), np.random.default_rng(3))
    assert song.passage.beats_per_minute == 120 and song.passage.beats.sum() == pytest.approx(N_BEATS)
    ends = np.cumsum(song.passage.beats)
    assert len(song.tune) == N_BEATS and not song.piano
    for note in song.tune:
        sounding = song.passage.notes[np.searchsorted(ends, (note.start + note.end) / 2)]
        assert sounding[note.number % 12]


def test_a_rendition_has_the_key_and_the_length_it_says(tmp_path: Path) -> None:
    song = SCRIPT["read_song"](write_song(tmp_path / "007"), np.random.default_rng(3))
    for seed in range(8):
        # As written, another band plays the song's chords too.
        content = SCRIPT["arranged"](song, 1.25, 2, seed % 2 == 0, None, np.random.default_rng(seed))
        file = mido.MidiFile(file=io.BytesIO(content))
        assert file.length == pytest.approx(N_BEATS * SECONDS_A_BEAT * 1.25, rel=0.05)
        struck = [m.note % 12 for t in file.tracks for m in t if m.type == "note_on" and m.velocity and m.channel != 9]
        # C and G two semitones up; a walking bass leads from one to the other.
        assert {2, 9} <= set(struck) and np.mean([pitch in {1, 2, 4, 6, 9} for pitch in struck]) > 0.8


def test_a_song_without_chords_is_refused_by_name(tmp_path: Path) -> None:
    folder = write_song(tmp_path / "007")
    (folder / "chord_midi.txt").write_text("0.5\t2.5\tN\n")
    with pytest.raises(ValueError, match="no chords"):
        SCRIPT["read_song"](folder, np.random.default_rng(1))
