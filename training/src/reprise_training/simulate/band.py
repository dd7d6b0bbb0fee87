"""A passage of chords as a band plays it: who plays, in which style, and every note. What a synthesiser makes
of it goes through the real chain, so that the simulated recogniser can be held against the real one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reprise_training.simulate.midi import Note, Voice, midi_bytes

COMPING_PROGRAMS = (0, 1, 2, 4, 5, 6, 11, 16, 18, 19, 21, 48, 50, 61, 88, 89)
STRUMMED_PROGRAMS = (24, 25, 26, 27)
"""Guitars, the only ones that strum."""
BASS_PROGRAMS = (32, 33, 34, 35, 38, 43)
LEAD_PROGRAMS = (0, 11, 22, 26, 40, 52, 56, 57, 60, 64, 65, 66, 68, 71, 73, 80, 81)
COMPING_STYLES = ("block", "arpeggio", "off-beats", "strummed")
BASS_STYLES = ("roots", "roots and fifths", "walking")
EIGHTHS = tuple((half / 2, 42) for half in range(8))
DRUM_PATTERNS = {
    "rock": ((0, 36), (2, 36), (2.5, 36), (1, 38), (3, 38), *EIGHTHS),
    "swing": ((0, 51), (1, 51), (1.67, 51), (2, 51), (3, 51), (3.67, 51), (1, 44), (3, 44), (0, 36)),
    "bossa": ((0, 36), (1.5, 36), (2, 36), (3.5, 36), (0, 37), (1.5, 37), (3, 37), *EIGHTHS),
    "brushes": ((0, 40), (1, 40), (2, 40), (3, 40), (1, 44), (3, 44)),
    "dance": (*((beat, 36) for beat in range(4)), *((beat + 0.5, 46) for beat in range(4)), (1, 39), (3, 39)),
}
"""Beat within four, and which drum."""
DRUM_PERIOD = 4.0
LOWEST_BASS, LOWEST_COMPING, LOWEST_LEAD = 28, 50, 62
LEAD_RANGE = 19
STRUM = 0.06
"""Beats from the first string to the last."""


@dataclass(frozen=True)
class Passage:
    """What is played, in the key it sounds in. The truth: `notes[i]` sound until `ends_s()[i]`."""

    notes: np.ndarray
    """bool [n, 12], pitch classes of the chords; none is no chord."""
    roots: np.ndarray
    """int64 [n], -1 for no chord."""
    beats: np.ndarray
    """float [n], above 0."""
    beats_per_minute: float

    def __post_init__(self) -> None:
        if not len(self.notes) == len(self.roots) == len(self.beats) > 0:
            raise ValueError("a passage needs chords, each with notes, root and beats")
        if not (self.beats > 0).all() or not self.beats_per_minute > 0:
            raise ValueError("beats and tempo are above 0")

    def ends_s(self) -> np.ndarray:
        """Seconds at which the chords end, [n]."""
        return np.cumsum(self.beats) * 60 / self.beats_per_minute

    def chords(self) -> Iterator[tuple[float, float, int, list[int]]]:
        """First beat, last beat, root and pitch classes of the chords that are any. A chord whose root is not
        played stands on the lowest class that is."""
        ends = np.cumsum(self.beats)
        for start, end, root, row in zip(ends - self.beats, ends, self.roots, self.notes, strict=True):
            classes = np.flatnonzero(row).tolist()
            if classes:
                yield float(start), float(end), int(root) if root in classes else classes[0], classes


@dataclass(frozen=True)
class Arrangement:
    """Who plays what. No style: nobody plays that."""

    comping: str
    comping_program: int
    bass: str | None
    bass_program: int
    drums: str | None
    lead_program: int | None


def drawn_arrangement(draw: np.random.Generator) -> Arrangement:
    """Any band; most have a bass, drums and somebody in front."""
    comping = str(draw.choice(COMPING_STYLES))
    return Arrangement(
        comping=comping,
        comping_program=int(draw.choice(STRUMMED_PROGRAMS if comping == "strummed" else COMPING_PROGRAMS)),
        bass=str(draw.choice(BASS_STYLES)) if draw.random() < 0.85 else None,
        bass_program=int(draw.choice(BASS_PROGRAMS)),
        drums=str(draw.choice(list(DRUM_PATTERNS))) if draw.random() < 0.75 else None,
        lead_program=int(draw.choice(LEAD_PROGRAMS)) if draw.random() < 0.8 else None,
    )


def performance(
    passage: Passage,
    arrangement: Arrangement,
    draw: np.random.Generator,
    tune: tuple[Note, ...] | None = None,
    accompaniment: tuple[Note, ...] | None = None,
) -> bytes:
    """The passage as a MIDI file. What is known of it, its tune or a piano, is played, nothing made up in its place."""
    backing = accompaniment or tuple(comping(passage, arrangement.comping))
    voices = [Voice(arrangement.comping_program, backing)]
    if arrangement.bass is not None:
        voices.append(Voice(arrangement.bass_program, tuple(bass(passage, arrangement.bass))))
    if arrangement.lead_program is not None:
        voices.append(Voice(arrangement.lead_program, tune or tuple(lead(passage, draw))))
    if arrangement.drums is not None:
        voices.append(Voice(None, tuple(drums(float(passage.beats.sum()), arrangement.drums))))
    return midi_bytes(voices, passage.beats_per_minute)


def comping(passage: Passage, style: str) -> Iterator[Note]:
    """All notes of every chord, in the middle of the keyboard."""
    for start, end, root, classes in passage.chords():
        numbers = sorted(above(LOWEST_COMPING, pitch_class) for pitch_class in classes)
        if style == "block":
            yield from (Note(start, end, number, 75) for number in numbers)
        elif style == "strummed":
            strings = sorted({above(LOWEST_COMPING - 10, root), *numbers, numbers[0] + 12})
            for here, after in steps(start, end, 1.0):
                late = STRUM / len(strings)
                yield from (Note(here + late * i, after, number, 70) for i, number in enumerate(strings))
        elif style == "off-beats":
            for here, after in steps(start, end, 1.0):
                yield from (Note((here + after) / 2, after, number, 80) for number in numbers)
        else:
            # Up and down again; the notes ring for a beat, as under a pedal.
            turn = [*numbers, *numbers[-2:0:-1]]
            for index, (here, _) in enumerate(steps(start, end, 0.5)):
                yield Note(here, min(here + 1, end), turn[index % len(turn)], 78)


def bass(passage: Passage, style: str) -> Iterator[Note]:
    """The root when a chord begins; what follows is the style's."""
    chords = list(passage.chords())
    for index, (start, end, root, classes) in enumerate(chords):
        low = above(LOWEST_BASS, root)
        fifth = low + 7 if (root + 7) % 12 in classes else low
        if style == "roots":
            yield Note(start, end, low, 88)
            continue
        beats = list(steps(start, end, 1.0))
        next_low = above(LOWEST_BASS, chords[index + 1][2]) if index + 1 < len(chords) else low
        line = sorted(above(low, pitch_class) for pitch_class in classes)
        for step, (here, after) in enumerate(beats):
            is_last = step == len(beats) - 1
            if style == "roots and fifths":
                number = fifth if step % 2 else low
            elif step and is_last:
                # The beat before a change leads into it by a semitone.
                number = next_low + (1 if low > next_low else -1)
            else:
                number = line[step % len(line)]
            yield Note(here, after, number, 88)


def lead(passage: Passage, draw: np.random.Generator) -> Iterator[Note]:
    """A tune of sorts: chord tones on beats, between them notes of the chords around, never far from the last."""
    chords = list(passage.chords())
    number = LOWEST_LEAD + LEAD_RANGE // 2
    for index, (start, end, _, classes) in enumerate(chords):
        around = sorted({c for _, _, _, near in chords[max(0, index - 2) : index + 3] for c in near})
        here = start
        while here < end - 0.1:
            length = min(float(draw.choice([0.5, 0.5, 1, 1, 1.5, 2])), end - here)
            is_on_beat = abs(here - round(here)) < 0.05
            number = near(number + int(draw.integers(-4, 5)), classes if is_on_beat else around)
            if draw.random() < 0.8:
                yield Note(here, here + length, number, 92)
            here += length


def drums(beats: float, pattern: str) -> Iterator[Note]:
    """The pattern again and again."""
    for bar in np.arange(0, beats, DRUM_PERIOD).tolist():
        for beat, drum in DRUM_PATTERNS[pattern]:
            if bar + beat < beats:
                yield Note(bar + beat, bar + beat + 0.2, drum, 80)


def steps(start: float, end: float, length: float) -> Iterator[tuple[float, float]]:
    """`start` to `end` in pieces of `length`, the last one shorter if it must."""
    for here in np.arange(start, end - 0.05, length).tolist():
        yield here, min(here + length, end)


def above(lowest: int, pitch_class: int) -> int:
    """The key of a pitch class in the octave from `lowest` on."""
    return lowest + (pitch_class - lowest) % 12


def near(wanted: int, classes: list[int]) -> int:
    """The key closest to `wanted` that is of these pitch classes and within the lead's range."""
    keys = [key for key in range(LOWEST_LEAD, LOWEST_LEAD + LEAD_RANGE) if key % 12 in classes]
    return min(keys, key=lambda key: abs(key - wanted))
