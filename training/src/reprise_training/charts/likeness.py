"""How alike two charts are, in whatever keys, and which transposition makes them so."""

import itertools
from collections import Counter

from reprise_training.charts.chart import Chart, Chord

Bigrams = Counter[tuple[int, str, int, str]]
"""Roots and kinds of two chords in a row, and how often."""


def kind(chord: Chord) -> str:
    """What remains of a chord when taste is taken away: a charts' writer adds sixths, ninths and tensions
    freely, but seldom turns minor into major or a resting chord into one that leads on."""
    above = {(note - chord.root) % 12 for note in chord.notes} if chord.root is not None else set()
    if 3 in above and 4 not in above:
        return "diminished" if 6 in above and 7 not in above else "minor"
    if 4 in above:
        return "dominant" if 10 in above else "major"
    return "open"


def bigrams(chart: Chart) -> Bigrams:
    """All changes of the chart; silence is passed over, and a chord that only changes its colour is one
    chord."""
    plain = [(chord.root, kind(chord)) for chord in chart.chords() if chord.root is not None]
    different = [chord for index, chord in enumerate(plain) if index == 0 or chord != plain[index - 1]]
    return Counter(
        (one, how, other, how_other)
        for (one, how), (other, how_other) in itertools.pairwise(different)
        if one is not None and other is not None
    )


def in_key(counted: Bigrams, semitones: int) -> Bigrams:
    """The changes of the transposed chart."""
    return Counter(
        {
            ((one + semitones) % 12, how, (other + semitones) % 12, how_other): count
            for (one, how, other, how_other), count in counted.items()
        }
    )


def overlap(one: Bigrams, other: Bigrams) -> float:
    """0 to 1: what the two have in common when each is scaled to one in all. Scaled, because one chart may
    write out what another repeats."""
    of_one, of_other = one.total(), other.total()
    if not of_one or not of_other:
        return 0.0
    return sum(min(one[change] / of_one, other[change] / of_other) for change in one.keys() & other.keys())


def best_key(moved: Bigrams, fixed: Bigrams) -> tuple[float, int]:
    """The likeness of two charts and by how many semitones the first goes up for it; among equals the
    shortest way."""
    return max(
        ((overlap(in_key(moved, semitones), fixed), semitones) for semitones in range(12)),
        key=lambda result: (result[0], -min(result[1], 12 - result[1]), -result[1]),
    )
