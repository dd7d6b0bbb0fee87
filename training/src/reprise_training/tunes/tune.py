"""A tune without harmony, and what makes two of them one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

PHRASE = 12
"""Intervals in a row by which two tunes are compared: three bars or so."""


@dataclass(frozen=True)
class Tune:
    """A melody as somebody wrote it down."""

    title: str
    corpus: str
    notes: tuple[tuple[float, float, int], ...]
    """Start and end in quarter notes, and the key 0..127; one after another."""


def phrases(keys: Sequence[int]) -> set[tuple[int, ...]]:
    """Every `PHRASE` intervals in a row, whatever the key; one repeated note throughout is none."""
    steps = [after - before for before, after in pairwise(keys)]
    found = {tuple(steps[place : place + PHRASE]) for place in range(len(steps) - PHRASE + 1)}
    return {phrase for phrase in found if any(phrase)}


def keys_of(tune: Tune) -> list[int]:
    """The keys of a tune's notes, in order."""
    return [key for _, _, key in tune.notes]


def skyline(notes: Iterable[tuple[float, int]]) -> list[int]:
    """Of notes (start, key) the highest of those that begin together, in order: what one hears as the tune."""
    highest: dict[float, int] = {}
    for start, key in notes:
        highest[start] = max(key, highest.get(start, 0))
    return [highest[start] for start in sorted(highest)]
