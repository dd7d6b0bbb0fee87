"""Chord symbols: jazz symbols, Harte labels, roman numerals."""

from collections.abc import Callable

import pytest
from chart_examples import MAJOR, chord, silence

from reprise_training.charts import symbols
from reprise_training.charts.symbols import Harmony


@pytest.mark.parametrize(
    ("symbol", "root", "intervals"),
    [
        ("FM7", 5, (0, 4, 7, 11)),
        ("F#o", 6, (0, 3, 6)),
        ("Gm7b5", 7, (0, 3, 6, 10)),
        ("C7#9", 0, (0, 4, 7, 10, 3)),
        ("Bb-7", 10, (0, 3, 7, 10)),
        ("C^7", 0, (0, 4, 7, 11)),
        ("C^", 0, (0, 4, 7, 11)),
        ("Ch7", 0, (0, 3, 6, 10)),
        ("Ch", 0, (0, 3, 6, 10)),
        ("Co7", 0, (0, 3, 6, 9)),
        ("D7sus", 2, (0, 5, 7, 10)),
        ("D7b9sus4", 2, (0, 5, 7, 10, 1)),
        ("C+", 0, (0, 4, 8)),
        ("C7+", 0, (0, 4, 8, 10)),
        ("C69", 0, (0, 4, 7, 9, 2)),
        ("Cm69", 0, (0, 3, 7, 9, 2)),
        ("C-^7", 0, (0, 3, 7, 11)),
        ("CmMaj7", 0, (0, 3, 7, 11)),
        ("Cmaj9", 0, (0, 4, 7, 11, 2)),
        ("C13b9", 0, (0, 4, 7, 10, 1, 9)),
        ("C7#5#9", 0, (0, 4, 8, 10, 3)),
        ("C7alt", 0, (0, 4, 10, 1, 3, 8)),
        ("Cadd9", 0, (0, 4, 7, 2)),
        ("C5", 0, (0, 7)),
        ("C-b6", 0, (0, 3, 7, 8)),
        ("CoM7", 0, (0, 3, 6, 11)),
        ("Cdim7", 0, (0, 3, 6, 9)),
        ("C9#11", 0, (0, 4, 7, 10, 2, 6)),
    ],
)
def test_jazz_symbols(symbol: str, root: int, intervals: tuple[int, ...]) -> None:
    assert symbols.jazz(symbol).lasting(1) == chord(1, root, intervals)


def test_a_named_bass_is_kept_and_no_chord_is_silence() -> None:
    assert symbols.jazz("C/E").lasting(1) == chord(1, 0, MAJOR, bass=4)
    assert symbols.jazz("C/C").lasting(1) == chord(1, 0, MAJOR)
    assert symbols.jazz("NC").lasting(1) == silence(1)


@pytest.mark.parametrize(
    ("label", "root", "intervals", "bass"),
    [
        ("G:min7/b3", 7, (0, 3, 7, 10), 10),
        ("C:(1,5)", 0, (0, 7), None),
        ("C:1", 0, (0,), None),
        ("Bb:sus4(b7,9)", 10, (0, 5, 7, 10, 2), None),
        ("A:maj(*3)", 9, (0, 7), None),
        ("F#", 6, (0, 4, 7), None),
        ("D:hdim7", 2, (0, 3, 6, 10), None),
        ("C:maj/9", 0, (0, 4, 7), 2),
    ],
)
def test_harte_labels(label: str, root: int, intervals: tuple[int, ...], bass: int | None) -> None:
    assert symbols.harte(label).lasting(1) == chord(1, root, intervals, bass)


@pytest.mark.parametrize(
    ("symbol", "root", "intervals", "bass"),
    [
        # In D.
        ("I", 2, (0, 4, 7), None),
        ("bVII", 0, (0, 4, 7), None),
        ("V7", 9, (0, 4, 7, 10), None),
        ("IV7", 7, (0, 4, 7, 11), None),
        ("IVd7", 7, (0, 4, 7, 10), None),
        ("iih43", 4, (0, 3, 6, 10), 10),
        ("V65/vi", 6, (0, 4, 7, 10), 10),
        ("IV64", 7, (0, 4, 7), 2),
        ("Vs4", 9, (0, 5, 7), None),
        ("v7s4", 9, (0, 5, 7, 10), None),
        ("V+11", 9, (0, 4, 7, 5), None),
        ("Id7#9", 2, (0, 4, 7, 10, 3), None),
        ("viix7/V", 8, (0, 3, 6, 9), None),
        ("Va/IV", 2, (0, 4, 8), None),
        ("i42", 2, (0, 3, 7, 10), 0),
    ],
)
def test_roman_numerals(symbol: str, root: int, intervals: tuple[int, ...], bass: int | None) -> None:
    assert symbols.roman(symbol, 2).lasting(1) == chord(1, root, intervals, bass)


@pytest.mark.parametrize("parse", [symbols.jazz, symbols.harte, lambda symbol: symbols.roman(symbol, 0)])
@pytest.mark.parametrize("symbol", ["C:wrong", "Cmwrong", "IXq"])
def test_an_unknown_symbol_is_named(parse: Callable[[str], Harmony], symbol: str) -> None:
    with pytest.raises(ValueError, match=symbol):
        parse(symbol)
