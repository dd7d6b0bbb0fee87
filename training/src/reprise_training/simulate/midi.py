"""Notes to a Standard MIDI File, for a synthesiser to play."""

from dataclasses import dataclass
from io import BytesIO

import mido

TICKS_A_BEAT = 480
DRUM_CHANNEL = 9
LEAST_TICKS = 1
"""A note that ends in the tick in which it begins is never heard."""


@dataclass(frozen=True)
class Note:
    """When and how loudly one key is struck."""

    start: float
    end: float
    """Both in beats."""
    number: int
    """0..127, 60 is the C in the middle."""
    loudness: int
    """1..127."""


@dataclass(frozen=True)
class Voice:
    """What one player plays."""

    program: int | None
    """General MIDI, 0..127; none for drums."""
    notes: tuple[Note, ...]


def midi_bytes(voices: list[Voice], beats_per_minute: float) -> bytes:
    """A file of type 1, a track each voice. ValueError beyond the 15 voices and one set of drums that MIDI
    has channels for."""
    channels = [channel for channel in range(16) if channel != DRUM_CHANNEL]
    pitched = [voice for voice in voices if voice.program is not None]
    if len(pitched) > len(channels) or len(voices) - len(pitched) > 1:
        raise ValueError(f"{len(voices)} voices are more than MIDI has channels for")
    file = mido.MidiFile(ticks_per_beat=TICKS_A_BEAT)
    tempo = mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(beats_per_minute), time=0)
    file.tracks.append(mido.MidiTrack([tempo]))
    for voice in voices:
        channel = DRUM_CHANNEL if voice.program is None else channels.pop(0)
        file.tracks.append(track(voice, channel))
    content = BytesIO()
    file.save(file=content)
    return content.getvalue()


def track(voice: Voice, channel: int) -> mido.MidiTrack:
    """The voice's events in order; where one note ends as the next of its key begins, the end comes first."""
    events: list[tuple[int, bool, int, int]] = []
    for note in voice.notes:
        on = round(note.start * TICKS_A_BEAT)
        off = max(round(note.end * TICKS_A_BEAT), on + LEAST_TICKS)
        events += [(on, True, note.number, note.loudness), (off, False, note.number, 0)]
    messages = mido.MidiTrack()
    if voice.program is not None:
        messages.append(mido.Message("program_change", channel=channel, program=voice.program, time=0))
    now = 0
    for tick, is_on, number, loudness in sorted(events):
        kind = "note_on" if is_on else "note_off"
        messages.append(mido.Message(kind, channel=channel, note=number, velocity=loudness, time=tick - now))
        now = tick
    return messages
