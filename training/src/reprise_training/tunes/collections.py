"""The public-domain tune collections that the package music21 brings: O'Neill, Ryan, Aird, Essen."""

from collections.abc import Iterator
from pathlib import Path

from reprise_training.tunes.tune import Tune

FOLDERS = {
    "oneill": "oneills1850",
    "ryan": "ryansMammoth",
    "aird": "airdsAirs",
    "essen": "essenFolksong",
}
"""Our names, and theirs."""


def read(name: str) -> Iterator[Tune]:
    """All tunes of a collection that music21 can read. An ImportError says that it is not installed."""
    # Nothing but the import of tunes needs it.
    from music21 import converter, corpus

    for file in sorted((Path(corpus.__file__).parent / FOLDERS[name]).glob("*.abc")):
        try:
            content = converter.parse(file)
        except (converter.ConverterException, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            print(f"{file.name} left out: {type(error).__name__}: {error}", flush=True)
            continue
        for score in getattr(content, "scores", [content]):
            yield Tune(title_of(score), name, notes_of(score))


def title_of(score: "object") -> str:
    """The title; nothing where there is none."""
    return (score.metadata.title if score.metadata else None) or ""


def notes_of(score: "object") -> tuple[tuple[float, float, int], ...]:
    """The highest note of each moment; grace notes, which last no time, are ornaments and left out."""
    notes: dict[float, tuple[float, int]] = {}
    for note in score.flatten().notes:
        length = float(note.quarterLength)
        if length > 0 and note.pitches:
            start, key = float(note.offset), int(max(pitch.midi for pitch in note.pitches))
            notes[start] = max(notes.get(start, (0.0, 0)), (start + length, key), key=lambda one: one[1])
    return tuple((start, end, key) for start, (end, key) in sorted(notes.items()))
