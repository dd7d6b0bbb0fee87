"""What several importers do alike."""

from collections.abc import Callable, Sequence

from reprise_training.charts import symbols
from reprise_training.charts.chart import Chord
from reprise_training.charts.skipped import Skipped
from reprise_training.charts.symbols import Harmony


def known(parse: Callable[[str], Harmony], symbol: str, skipped: Skipped) -> Harmony:
    """The chord of a symbol; of one that is not known its triad, counted."""
    try:
        return parse(symbol)
    except ValueError:
        skipped.symbols[symbol] += 1
        return symbols.nearest_jazz(symbol)


def letters(sections: Sequence[tuple[Chord, ...]]) -> list[str]:
    """Names for sections that have none: equal ones share a letter, the first is A; after Z come A1, B1."""
    numbers: dict[tuple[Chord, ...], int] = {}
    for section in sections:
        numbers.setdefault(section, len(numbers))
    return [
        chr(ord("A") + numbers[section] % 26) + (str(numbers[section] // 26) if numbers[section] > 25 else "")
        for section in sections
    ]
