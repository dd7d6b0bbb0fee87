"""Renders passages of POP909 in several arrangements each, hears them with the Rust chain, and packs what it heard.

    python training/scripts/render_pop909.py --archive pop909.tar.gz --reprise BIN --soundfonts A.sf2 B.sf2 --out rendered.npz
        [--songs N] [--renditions M] [--jobs J]

The simulator knows chords; what a recogniser makes of a tune, a bass and drums over them is learned from these. A rendition
has its own tempo, key, instruments and soundfont, and either the song's own piano or an accompaniment made from its chord
labels. Soundfonts must not be those that validation is rendered with. Audio is deleted as soon as it has been heard; a
second run goes on where the first was stopped.
"""

import argparse
import itertools
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import mido
import numpy as np
import torch

from reprise_training.charts import symbols
from reprise_training.simulate.renditions import Liberties, played

SECONDS = 84.0
"""Of the original that are rendered: two windows of 40 s and what their jitter needs."""
SLOWEST, FASTEST = 0.78, 1.28
LEADS = (0, 4, 11, 22, 24, 26, 40, 41, 42, 52, 56, 60, 64, 65, 68, 71, 73, 75, 80, 81, 85)
COMPING = (0, 1, 4, 5, 6, 11, 16, 18, 21, 24, 25, 26, 27, 46, 48, 50, 88, 89)
BASSES = (32, 33, 34, 35, 38, 39, 43)
STYLES = ("held", "beats", "arpeggio", "off-beats")
TICKS = 480
STAGES = ("crema", "chroma")


@dataclass(frozen=True)
class Note:
    """Seconds, MIDI number, loudness in 1..=127."""

    start: float
    end: float
    number: int
    loudness: int


@dataclass(frozen=True)
class Song:
    """What POP909 says of a song."""

    tracks: dict[str, list[Note]]
    beats: list[float]
    chords: list[tuple[float, float, int, tuple[int, ...]]]
    """Start, end, root, pitch classes."""


def main() -> None:
    """Renders what is not there yet, then packs everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--reprise", required=True)
    parser.add_argument("--soundfonts", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=400)
    parser.add_argument("--renditions", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    parts = options.out.with_suffix(".parts")
    parts.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, tarfile.open(options.archive) as archive:
        archive.extractall(folder, filter="data")
        songs = sorted(path.parent for path in Path(folder).rglob("chord_midi.txt"))
        chosen = [songs[i] for i in np.random.default_rng(909).permutation(len(songs))[: options.songs]]
        with ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(lambda song: render_song(song, parts, options), chosen))
    pack(parts, options.out)


def render_song(folder: Path, parts: Path, options: argparse.Namespace) -> None:
    """All renditions of one song's passage into one part."""
    part = parts / f"{folder.name}.npz"
    if part.exists():
        return
    draw = np.random.default_rng(int(folder.name))
    song = read_song(folder)
    if not song.chords or len(song.beats) < 32:
        return
    latest = max(song.beats[0], song.beats[-1] - SECONDS)
    start = float(draw.uniform(song.beats[0], latest))
    heard: dict[str, np.ndarray] = {}
    with tempfile.TemporaryDirectory() as work:
        for index in range(options.renditions):
            ratio = float(np.exp(draw.uniform(np.log(SLOWEST), np.log(FASTEST))))
            key = int(draw.integers(-5, 7))
            midi, wav = Path(work) / f"{index}.mid", Path(work) / f"{index}.wav"
            is_own = index > 0
            arranged(reharmonised(song, draw) if is_own else song, start, ratio, key, is_own, draw).save(midi)
            soundfont = options.soundfonts[int(draw.integers(len(options.soundfonts)))]
            command = ["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", "44100", "-F", str(wav), str(soundfont), str(midi)]
            subprocess.run(command, check=True, capture_output=True, timeout=120)
            heard[f"key{index}"], heard[f"ratio{index}"] = np.array(key), np.array(ratio)
        wavs = [str(path) for path in sorted(Path(work).glob("*.wav"))]
        for stage in STAGES:
            command = [options.reprise, "features", "--stage", stage, "--out", work, "--threads", "1", *wavs]
            subprocess.run(command, check=True, capture_output=True, timeout=300)
        for index, stage in itertools.product(range(options.renditions), STAGES):
            frames = np.load(Path(work) / f"{index}.{stage}.npy")
            heard[f"{stage}{index}"] = np.round(frames.T * 255).clip(0, 255).astype(np.uint8)
    unfinished = part.with_suffix(".new.npz")
    np.savez_compressed(unfinished, **heard)
    unfinished.rename(part)


def read_song(folder: Path) -> Song:
    """Tracks, beats and chords, in the MIDI file's seconds."""
    tracks: dict[str, list[Note]] = {}
    midi = mido.MidiFile(folder / f"{folder.name}.mid")
    tempi = [(0, 500_000)]
    now = 0
    for message in midi.tracks[0]:
        now += message.time
        if message.type == "set_tempo":
            tempi.append((now, message.tempo))
    for track in midi.tracks[1:]:
        tracks[track.name] = notes_of(track, tempi, midi.ticks_per_beat)
    beats = [float(line.split()[0]) for line in (folder / "beat_midi.txt").read_text().splitlines() if line.strip()]
    chords = []
    for line in (folder / "chord_midi.txt").read_text().splitlines():
        start, end, label = line.split()
        try:
            chord = symbols.harte(label)
        except ValueError:
            continue
        if chord.root is not None:
            classes = tuple(sorted(chord.notes))
            chords.append((float(start), float(end), chord.root, classes))
    return Song(tracks, beats, chords)


def notes_of(track: mido.MidiTrack, tempi: list[tuple[int, int]], ticks_a_beat: int) -> list[Note]:
    """Notes of a track in seconds."""

    def seconds(tick: int) -> float:
        total = 0.0
        for (begin, tempo), (end, _) in itertools.pairwise([*tempi, (tick, 0)]):
            total += max(0, min(end, tick) - begin) * tempo / 1e6 / ticks_a_beat
        return total

    open_notes: dict[int, tuple[float, int]] = {}
    result, now = [], 0
    for message in track:
        now += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        if message.note in open_notes:
            start, loudness = open_notes.pop(message.note)
            result.append(Note(start, seconds(now), message.note, loudness))
        if message.type == "note_on" and message.velocity:
            open_notes[message.note] = (seconds(now), message.velocity)
    return result


def reharmonised(song: Song, draw: np.random.Generator) -> Song:
    """With the liberties that the simulator's bands take."""
    generator = torch.Generator()
    generator.manual_seed(int(draw.integers(2**31)))
    notes = torch.zeros((1, len(song.chords), 12), dtype=torch.bool)
    for index, (_, _, _, classes) in enumerate(song.chords):
        notes[0, index, list(classes)] = True
    roots = torch.tensor([[root for _, _, root, _ in song.chords]])
    sounding = played(notes, roots, Liberties(), generator)[0]
    chords = []
    for (start, end, root, classes), now in zip(song.chords, sounding, strict=True):
        changed = tuple(np.flatnonzero(now.numpy()).tolist()) or classes
        chords.append((start, end, root if root in changed else changed[0], changed))
    return replace(song, chords=chords)


def arranged(song: Song, start: float, ratio: float, key: int, is_own: bool, draw: np.random.Generator) -> mido.MidiFile:
    """The passage as one band plays it: `ratio` times as long, `key` semitones up; with an accompaniment of its own made
    from the chords, or with the song's piano."""
    end = start + SECONDS
    voices: list[tuple[int, list[Note]]] = []
    if not is_own or draw.random() < 0.75:
        octave = int(draw.choice([-12, 0, 0, 0, 12]))
        lead = [Note(n.start, n.end, n.number + octave, 100) for n in song.tracks.get("MELODY", [])]
        voices.append((int(draw.choice(LEADS)), lead))
    if is_own:
        voices.append((int(draw.choice(COMPING)), comping(song, str(draw.choice(STYLES)), draw)))
    else:
        voices.append((int(draw.choice(COMPING)), song.tracks.get("PIANO", [])))
        if draw.random() < 0.5:
            voices.append((int(draw.choice(LEADS)), song.tracks.get("BRIDGE", [])))
    if draw.random() < 0.7:
        voices.append((int(draw.choice(BASSES)), bass(song, draw)))
    file = mido.MidiFile(ticks_per_beat=TICKS)
    for channel, (program, notes) in enumerate(voices):
        events = [mido.Message("program_change", channel=channel, program=program, time=0)]
        file.tracks.append(track_of(notes, channel, start, end, ratio, key, events))
    if draw.random() < 0.65:
        file.tracks.append(track_of(drums(song, draw), 9, start, end, ratio, 0, []))
    return file


def comping(song: Song, style: str, draw: np.random.Generator) -> list[Note]:
    """The chords, around the middle of the keyboard."""
    result = []
    simple = draw.random() < 0.3
    for start, end, root, classes in song.chords:
        wanted = {(root + i) % 12 for i in (0, 3, 4, 7)} & set(classes) if simple else set(classes)
        low = int(draw.integers(50, 58))
        numbers = sorted(low + (c - low) % 12 for c in wanted)
        if not numbers:
            continue
        beats = [start, *(b for b in song.beats if start + 0.05 < b < end - 0.05), end]
        if style == "held":
            result += [Note(start, end, n, 75) for n in numbers]
        for index, (here, after) in enumerate(itertools.pairwise(beats)):
            half = (here + after) / 2
            if style == "beats":
                result += [Note(here, after - 0.03, n, 75) for n in numbers]
            elif style == "off-beats":
                result += [Note(half, after, n, 75) for n in numbers]
            elif style == "arpeggio":
                first, second = (numbers[(2 * index + k) % len(numbers)] for k in range(2))
                result += [Note(here, after + 0.2, first, 80), Note(half, after + 0.2, second, 72)]
    return result


def bass(song: Song, draw: np.random.Generator) -> list[Note]:
    """Roots on the chords, or on every beat with fifths between."""
    result, walks = [], draw.random() < 0.5
    for start, end, root, classes in song.chords:
        low = 28 + (root - 28) % 12
        fifth = low + 7 if (root + 7) % 12 in classes else low
        beats = [start, *(b for b in song.beats if start + 0.05 < b < end - 0.05), end] if walks else [start, end]
        for index, (here, after) in enumerate(itertools.pairwise(beats)):
            result.append(Note(here, after - 0.02, fifth if index % 2 else low, 90))
    return result


def drums(song: Song, draw: np.random.Generator) -> list[Note]:
    """Bass drum and snare in turn, something on every half beat."""
    result, cymbal = [], int(draw.choice([42, 44, 51, 70]))
    for index, (here, after) in enumerate(itertools.pairwise(song.beats)):
        result.append(Note(here, here + 0.1, 38 if index % 2 else 36, 85))
        result += [Note(time, time + 0.1, cymbal, 55) for time in (here, (here + after) / 2)]
    return result


def track_of(
    notes: list[Note], channel: int, start: float, end: float, ratio: float, key: int, first: list[mido.Message]
) -> mido.MidiTrack:
    """Notes that sound between `start` and `end`, as a track; a beat of a second at mido's default tempo is two beats."""
    ticks_a_second = TICKS * 2
    events: list[tuple[int, bool, int, int]] = []
    for note in notes:
        begin, finish = max(note.start, start), min(note.end, end)
        number = note.number + key
        if finish - begin > 0.02 and 0 <= number <= 127:
            on, off = (round((time - start) * ratio * ticks_a_second) for time in (begin, finish))
            events += [(on, True, number, note.loudness), (max(off, on + 1), False, number, 0)]
    track, now = mido.MidiTrack(first), 0
    for tick, is_on, number, loudness in sorted(events):
        kind = "note_on" if is_on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=number, velocity=loudness, time=tick - now))
        now = tick
    return track


def pack(parts: Path, out: Path) -> None:
    """All parts in one file: `<song>/<stage><rendition>`, `<song>/key<rendition>`, `<song>/ratio<rendition>`."""
    packed = {}
    for part in sorted(parts.glob("*.npz")):
        with np.load(part) as content:
            packed |= {f"{part.stem}/{name}": content[name] for name in content.files}
    np.savez_compressed(out, **packed)
    print(f"{out}: {len({name.split('/')[0] for name in packed})} songs, {out.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
