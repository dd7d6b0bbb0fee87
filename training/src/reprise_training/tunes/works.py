"""Tunes gathered into works: the same melody in several collections, or several times in one."""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from reprise_training.charts.titles import is_reserved
from reprise_training.tunes.tune import Tune, keys_of, phrases

FORMAT = 1
SHORTEST_NOTES = 32
SAME_MELODY = 0.5
"""Of the shorter tune's phrases, so many stand in the other one."""
FORBIDDEN_PHRASES = 2
"""A tune that has so many phrases of a validation pack is refused: scales have one by chance."""


@dataclass
class Report:
    """What became of the tunes."""

    read: Counter[str] = field(default_factory=Counter)
    too_short: Counter[str] = field(default_factory=Counter)
    reserved: Counter[str] = field(default_factory=Counter)
    in_validation: Counter[str] = field(default_factory=Counter)


def gathered(
    tunes: Iterable[Tune], reserved: frozenset[str], forbidden: set[tuple[int, ...]]
) -> tuple[list[list[Tune]], Report]:
    """Works of tunes that may be trained on. `reserved`: hashes of titles; `forbidden`: phrases of validation packs."""
    report, kept, own = Report(), [], []
    for tune in tunes:
        report.read[tune.corpus] += 1
        found = phrases(keys_of(tune))
        if len(tune.notes) < SHORTEST_NOTES or not found:
            report.too_short[tune.corpus] += 1
        elif is_reserved(tune.title, reserved):
            report.reserved[tune.corpus] += 1
        elif len(found & forbidden) >= FORBIDDEN_PHRASES:
            report.in_validation[tune.corpus] += 1
        else:
            kept.append(tune)
            own.append(found)
    return [[kept[place] for place in work] for work in same(own)], report


def same(own: list[set[tuple[int, ...]]]) -> list[list[int]]:
    """Places of tunes by melody: those that share enough phrases, directly or through others."""
    holders = defaultdict(list)
    for place, found in enumerate(own):
        for phrase in found:
            holders[phrase].append(place)
    leader = list(range(len(own)))

    def lead(place: int) -> int:
        while leader[place] != place:
            leader[place] = place = leader[leader[place]]
        return place

    for place, found in enumerate(own):
        shared = Counter(other for phrase in found for other in holders[phrase] if other < place)
        for other, count in shared.items():
            if count >= SAME_MELODY * min(len(found), len(own[other])):
                leader[lead(place)] = lead(other)
    works = defaultdict(list)
    for place in range(len(own)):
        works[lead(place)].append(place)
    return list(works.values())


def write(path: Path, works: list[list[Tune]]) -> None:
    """Writes works as JSON, compressed."""
    content = [[{"title": t.title, "corpus": t.corpus, "notes": t.notes} for t in work] for work in works]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump({"format": FORMAT, "works": content}, file)


def read(path: Path) -> list[list[Tune]]:
    """What `write` wrote; a ValueError says that it is of another format."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        content = json.load(file)
    if content.get("format") != FORMAT:
        raise ValueError(f"{path} is no file of tunes of format {FORMAT}")
    return [
        [Tune(one["title"], one["corpus"], tuple(map(tuple, one["notes"]))) for one in work]
        for work in content["works"]
    ]
