"""A chord chart: what sounds for how long, in absolute pitch classes (C = 0), whatever it was written in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


def shifted(pitch_class: int | None, semitones: int) -> int | None:
    """A pitch class up by some semitones; what is not there stays away."""
    return None if pitch_class is None else (pitch_class + semitones) % 12


@dataclass(frozen=True)
class Chord:
    """One chord and its length. No root and no notes: no chord sounds."""

    beats: float
    root: int | None
    notes: frozenset[int]
    bass: int | None
    """Only where the chart names another bass than the root."""

    def __post_init__(self) -> None:
        if not self.beats > 0:
            raise ValueError(f"a chord lasts {self.beats} beats")
        if (self.root is None) != (not self.notes):
            raise ValueError("a chord has a root and notes, or neither")
        for pitch_class in (*self.notes, self.root, self.bass):
            if pitch_class is not None and pitch_class not in range(12):
                raise ValueError(f"{pitch_class} is no pitch class")

    def sounds_like(self, other: "Chord") -> bool:
        """The same but for the length."""
        return (self.root, self.notes, self.bass) == (other.root, other.notes, other.bass)

    def transposed(self, semitones: int) -> "Chord":
        """The same chord in another key."""
        return Chord(
            self.beats,
            shifted(self.root, semitones),
            frozenset((note + semitones) % 12 for note in self.notes),
            shifted(self.bass, semitones),
        )


@dataclass(frozen=True)
class Section:
    """A part of the form, once; A A B A is four sections. The name is empty where the chart has none."""

    name: str
    chords: tuple[Chord, ...]

    def __post_init__(self) -> None:
        if not self.chords:
            raise ValueError("a section has no chords")


@dataclass(frozen=True)
class Chart:
    """One person's account of a tune."""

    title: str
    composer: str
    """Or the artist, where the corpus names only that one."""
    corpus: str
    key: int | None
    is_minor: bool | None
    beats_per_bar: int
    tempo_bpm: float | None
    sections: tuple[Section, ...]

    def __post_init__(self) -> None:
        if not self.sections:
            raise ValueError("a chart has no sections")
        if self.key is not None and self.key not in range(12):
            raise ValueError(f"{self.key} is no pitch class")
        if self.beats_per_bar < 1:
            raise ValueError(f"a bar of {self.beats_per_bar} beats")
        if self.tempo_bpm is not None and not self.tempo_bpm > 0:
            raise ValueError(f"a tempo of {self.tempo_bpm}")

    def chords(self) -> tuple[Chord, ...]:
        """All chords in order, as if there were one section."""
        return joined(chord for section in self.sections for chord in section.chords)

    def transposed(self, semitones: int) -> "Chart":
        """The same chart in another key."""
        return replace(
            self,
            key=shifted(self.key, semitones),
            sections=tuple(
                Section(section.name, tuple(chord.transposed(semitones) for chord in section.chords))
                for section in self.sections
            ),
        )


def joined(chords: Iterable[Chord]) -> tuple[Chord, ...]:
    """Repetitions of one chord in a row become one long chord, so that charts written in bars, in beats and
    in seconds are comparable."""
    result: list[Chord] = []
    for chord in chords:
        if result and result[-1].sounds_like(chord):
            result[-1] = replace(chord, beats=result[-1].beats + chord.beats)
        else:
            result.append(chord)
    return tuple(result)


def beats_in(numerator: int, denominator: int) -> float:
    """Beats of a bar. Quarters; dotted quarters in 6/8, 9/8 and 12/8, so that a slow 12/8 is as long as the
    4/4 somebody else writes."""
    if denominator == 8 and numerator in (6, 9, 12):
        return numerator / 3
    return numerator * 4 / denominator
