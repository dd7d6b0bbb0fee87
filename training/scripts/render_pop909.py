r"""Renders passages of POP909 in several arrangements each, hears them with the Rust chain, and packs what it heard.

    PYTHONPATH=training/src python training/scripts/render_pop909.py --archive pop909.tar.gz --reprise BIN \
        --soundfonts A.sf2 B.sf2 --out rendered.npz [--songs N] [--renditions M] [--jobs J] [--as-written]

The simulator knows chords; what a recogniser makes of a tune, a bass and drums over them is learned from these. A
rendition has its own tempo, key, instruments and soundfont; the first plays the song's own piano, the others an
accompaniment made from its chord labels with a band's liberties, or with the chords as they are labelled. Soundfonts
must not be those that validation is rendered with. The file is as `render_charts.py` has it: `<song>/crema<rendition>`
and `chroma` in 0..=255, [12, T], `key` and `ratio`. Audio is deleted as soon as it has been heard; a second run goes on
where the first was stopped.
"""

import argparse
import sys
import tarfile
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import mido
import numpy as np
import torch

from reprise_training.charts import pop909
from reprise_training.charts.skipped import Skipped
from reprise_training.simulate.band import Passage, drawn_arrangement, performance
from reprise_training.simulate.midi import Note
from reprise_training.simulate.rendering import heard, keep, pack, synthesise
from reprise_training.simulate.renditions import Liberties, played

SECONDS = 84.0
"""Of the original that are rendered: two windows of 40 s and what their jitter needs."""
SLOWEST, FASTEST = 0.78, 1.28
OCTAVES = (-12, 0, 0, 0, 12)
"""What a tune is moved by."""


@dataclass(frozen=True)
class Song:
    """A passage as POP909 has it, in beats from its beginning."""

    passage: Passage
    tune: tuple[Note, ...]
    piano: tuple[Note, ...]


def main() -> int:
    """Renders what is not there yet, then packs everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--reprise", required=True)
    parser.add_argument("--soundfonts", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=909)
    parser.add_argument("--renditions", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--as-written", action="store_true", help="no liberties with the chords")
    options = parser.parse_args()
    parts = options.out.with_suffix(".parts")
    parts.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, tarfile.open(options.archive) as archive:
        archive.extractall(folder, filter="data")
        songs = sorted(path.parent for path in Path(folder).rglob("chord_midi.txt"))
        chosen = [songs[i] for i in np.random.default_rng(909).permutation(len(songs))[: options.songs]]
        with ProcessPoolExecutor(options.jobs) as pool:
            list(pool.map(partial(render_song, parts=parts, options=options), chosen))
    pack(sorted(parts.glob("*.npz")), options.out)
    return 0


def render_song(folder: Path, parts: Path, options: argparse.Namespace) -> None:
    """All renditions of one song's passage into one part."""
    part = parts / f"{folder.name}.npz"
    if part.exists():
        return
    draw = np.random.default_rng(int(folder.name))
    try:
        song = read_song(folder, draw)
    except ValueError as error:
        print(f"{folder.name}: {error}", file=sys.stderr, flush=True)
        return
    labels: dict[str, np.ndarray] = {}
    lengths = []
    with tempfile.TemporaryDirectory() as work:
        for index in range(options.renditions):
            ratio = float(np.exp(draw.uniform(np.log(SLOWEST), np.log(FASTEST))))
            key = int(draw.integers(-5, 7))
            soundfont = options.soundfonts[int(draw.integers(len(options.soundfonts)))]
            midi = arranged(song, ratio, key, index == 0, None if options.as_written else Liberties(), draw)
            synthesise(midi, soundfont, Path(work) / f"{index}.wav")
            labels |= {f"key{index}": np.array(key), f"ratio{index}": np.array(ratio)}
            lengths.append(float(song.passage.ends_s()[-1]) * ratio)
        keep(labels | heard(Path(work), options.reprise, lengths), part)


def read_song(folder: Path, draw: np.random.Generator) -> Song:
    """A passage from anywhere in a song; a ValueError says why there is none."""
    labels, downbeats, keys = (
        (folder / f"{name}.txt").read_text() for name in ("chord_midi", "beat_midi", "key_audio")
    )
    chart = pop909.parse(folder.name, labels, downbeats, keys, Skipped())
    tempo = chart.tempo_bpm
    assert tempo is not None
    times = [float(line.split()[0]) for line in downbeats.splitlines() if line.strip()]
    chords = chart.chords()
    ends = np.cumsum([chord.beats for chord in chords])
    n_beats = SECONDS * tempo / 60
    start = float(draw.uniform(0, max(1e-6, ends[-1] - n_beats)))
    end = min(start + n_beats, float(ends[-1]))
    inside = [i for i in range(len(chords)) if ends[i] > start + 0.1 and ends[i] - chords[i].beats < end - 0.1]
    notes = np.zeros((len(inside), 12), bool)
    for row, i in zip(notes, inside, strict=True):
        row[sorted(chords[i].notes)] = True
    roots = np.array([-1 if chords[i].root is None else chords[i].root for i in inside])
    beats = np.diff([start, *(min(float(ends[i]), end) for i in inside)])
    # Beats are counted from the first one; chords may begin before it.
    first = pop909.at_beat(times, float(labels.split()[0]))
    midi = mido.MidiFile(folder / f"{folder.name}.mid")
    tracks = {track.name: notes_of(midi, track, times, first + start, first + end) for track in midi.tracks}
    passage = Passage(notes, roots, beats, tempo)
    return Song(passage, tracks.get("MELODY", ()), tracks.get("PIANO", ()))


def notes_of(
    midi: mido.MidiFile, track: mido.MidiTrack, times: list[float], start: float, end: float
) -> tuple[Note, ...]:
    """Notes between two beats, counted from the first of the two."""
    struck: dict[int, tuple[float, int]] = {}
    result: list[Note] = []
    tempo = next((m.tempo for m in midi.tracks[0] if m.type == "set_tempo"), 500_000)
    now = 0.0
    for message in track:
        now += mido.tick2second(message.time, midi.ticks_per_beat, tempo)
        if message.type not in ("note_on", "note_off"):
            continue
        beat = pop909.at_beat(times, now)
        if message.note in struck:
            began, loudness = struck.pop(message.note)
            if began < end - 0.1 and beat > start + 0.1:
                result.append(Note(max(began, start) - start, min(beat, end) - start, message.note, loudness))
        if message.type == "note_on" and message.velocity:
            struck[message.note] = (beat, message.velocity)
    return tuple(result)


def arranged(
    song: Song, ratio: float, key: int, is_original: bool, liberties: Liberties | None, draw: np.random.Generator
) -> bytes:
    """The passage as one band plays it, `ratio` times as long and `key` semitones up, as a MIDI file."""
    arrangement = drawn_arrangement(draw)
    passage = song.passage
    if liberties is not None and not is_original:
        passage = reharmonised(passage, liberties, draw)
    passage = replace(
        passage,
        notes=np.roll(passage.notes, key, axis=1),
        roots=np.where(passage.roots < 0, -1, (passage.roots + key) % 12),
        beats_per_minute=passage.beats_per_minute / ratio,
    )
    tune = moved(song.tune, key + int(draw.choice(OCTAVES)))
    return performance(passage, arrangement, draw, tune, moved(song.piano, key) if is_original else None)


def reharmonised(passage: Passage, liberties: Liberties, draw: np.random.Generator) -> Passage:
    """With the liberties that a band takes."""
    generator = torch.Generator()
    generator.manual_seed(int(draw.integers(2**31)))
    given = torch.from_numpy(passage.notes)[None], torch.from_numpy(passage.roots)[None]
    return replace(passage, notes=played(*given, liberties, generator)[0].numpy())


def moved(notes: tuple[Note, ...], semitones: int) -> tuple[Note, ...]:
    """In another key or octave; what leaves the keyboard is left out."""
    return tuple(replace(note, number=note.number + semitones) for note in notes if 0 <= note.number + semitones <= 127)


if __name__ == "__main__":
    sys.exit(main())
