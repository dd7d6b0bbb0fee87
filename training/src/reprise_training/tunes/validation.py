"""The melodies of validation packs, which no training set may contain."""

import io
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import mido

from reprise_training.simulate.midi import DRUM_CHANNEL
from reprise_training.tunes.tune import phrases, skyline

KEY_SIGNATURE = re.compile(rb"\xff\x59\x02..", re.DOTALL)


def validation_phrases(archives: list[Path]) -> set[tuple[int, ...]]:
    """The phrases of every part of every MIDI file in packed archives."""
    found: set[tuple[int, ...]] = set()
    for archive in archives:
        for midi in midi_files(archive):
            for part in parts_of(midi):
                found |= phrases(skyline(part))
    return found


def midi_files(archive: Path) -> Iterator[mido.MidiFile]:
    """Every file that mido reads; what it cannot read no tune is taken from either."""
    with tarfile.open(archive) as packed:
        for member in packed.getmembers():
            if not member.name.lower().endswith((".mid", ".midi")):
                continue
            content = packed.extractfile(member)
            assert content is not None
            # Key signatures, which old files have wrong and mido then refuses, do not matter here.
            readable = KEY_SIGNATURE.sub(b"\xff\x59\x02\x00\x00", content.read())
            try:
                yield mido.MidiFile(file=io.BytesIO(readable), clip=True)
            except (EOFError, OSError, ValueError, KeyError, IndexError) as error:
                print(f"{member.name} cannot be read: {error}", flush=True)


def parts_of(midi: mido.MidiFile) -> list[list[tuple[float, int]]]:
    """Notes (start in ticks, key) of each track and channel, and of all together; drums have no tune."""
    parts: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    for number, track in enumerate(midi.tracks):
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity and message.channel != DRUM_CHANNEL:
                parts[number, message.channel].append((now, message.note))
    together = [note for part in parts.values() for note in part]
    return [*parts.values(), together]
