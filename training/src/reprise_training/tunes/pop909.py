"""The sung melodies of POP909, whole songs. The archive has numbers for names."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import mido

from reprise_training.charts.pop909 import CORPUS, at_beat
from reprise_training.tunes.tune import Tune

MELODY = "MELODY"


def read(path: Path) -> Iterator[Tune]:
    """All melodies of the packed corpus that have beats."""
    with tarfile.open(path) as packed:
        contents: dict[str, dict[str, bytes]] = {}
        for member in packed:
            where = PurePosixPath(member.name)
            if where.name in ("beat_midi.txt", f"{where.parent.name}.mid"):
                content = packed.extractfile(member)
                assert content is not None
                contents.setdefault(where.parent.name, {})[where.suffix] = content.read()
    for number, files in sorted(contents.items()):
        times = [float(line.split()[0]) for line in files.get(".txt", b"").decode().splitlines() if line.strip()]
        if len(times) > 1 and ".mid" in files:
            midi = mido.MidiFile(file=io.BytesIO(files[".mid"]))
            yield Tune(f"POP909 {number}", CORPUS, notes_of(midi, times))


def notes_of(midi: mido.MidiFile, times: list[float]) -> tuple[tuple[float, float, int], ...]:
    """The notes of the melody in beats; `times`: seconds of the beats."""
    tempo = next((m.tempo for m in midi.tracks[0] if m.type == "set_tempo"), 500_000)
    notes: list[tuple[float, float, int]] = []
    for track in midi.tracks:
        struck: dict[int, float] = {}
        now = 0.0
        for message in track if track.name == MELODY else ():
            now += mido.tick2second(message.time, midi.ticks_per_beat, tempo)
            if message.type not in ("note_on", "note_off"):
                continue
            beat = at_beat(times, now)
            if message.note in struck:
                notes.append((struck.pop(message.note), beat, message.note))
            if message.type == "note_on" and message.velocity:
                struck[message.note] = beat
    notes.sort()
    first = notes[0][0] if notes else 0.0
    return tuple((start - first, end - first, key) for start, end, key in notes)
