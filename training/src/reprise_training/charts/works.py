"""Charts gathered into works: what several people wrote down of one tune, in one key."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from reprise_training.charts import likeness, titles
from reprise_training.charts.chart import Chart

FORMAT = 1
SAME_TUNE = 0.30
"""Charts of one title that are less alike are taken for different tunes of one name. Of 400 titles in two of
the jazz corpora the median is 0.71, and 0.16 between different titles; 28 of the 400 are below 0.30, six of
them by their composers other tunes and the others one tune in other harmonies. A split costs a pair, a false
union teaches something wrong."""

SHORTEST_BARS = 6
"""Less is a riff or a reminder, not a tune."""

NAMELESS = ("", "unknown", "traditional", "trad", "various")


@dataclass(frozen=True)
class Aligned:
    """A chart in the key of its work's first chart, and by how much it went up for that."""

    chart: Chart
    transposed_by: int


@dataclass(frozen=True)
class Work:
    """Charts of one tune. Several works may have one title: then they are tunes of one name, or accounts of
    one tune too far apart to be sure, so that neither may serve as an impostor for the other."""

    id: str
    title: str
    charts: tuple[Aligned, ...]


@dataclass
class Report:
    """What went into works and what did not."""

    charts: Counter[str] = field(default_factory=Counter)
    """Read, by corpus."""
    kept: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    """Reserved, by corpus."""
    too_short: int = 0
    duplicates: int = 0
    split_titles: int = 0


def gathered(charts: Iterable[Chart], reserved: frozenset[str]) -> tuple[list[Work], Report]:
    """All works, by title."""
    report = Report()
    named: dict[str, list[Chart]] = {}
    for chart in charts:
        report.charts[chart.corpus] += 1
        if titles.is_reserved(chart.title, reserved):
            report.refused[chart.corpus] += 1
        elif sum(chord.beats for chord in chart.chords()) < SHORTEST_BARS * chart.beats_per_bar:
            report.too_short += 1
        else:
            # A title of other letters than these has no normalised form; it stays what it is.
            named.setdefault(titles.normalised(chart.title) or chart.title, []).append(chart)
    works: list[Work] = []
    for title, same_title in sorted(named.items()):
        tunes = split(same_title)
        report.split_titles += len(tunes) > 1
        for number, tune in enumerate(tunes, start=1):
            different = without_duplicates(aligned(tune))
            report.duplicates += len(tune) - len(different)
            report.kept.update(one.chart.corpus for one in different)
            works.append(Work(title if number == 1 else f"{title} #{number}", title, different))
    return works, report


def split(charts: list[Chart]) -> list[list[Chart]]:
    """Charts of one title by tune: two that are alike are of one tune, and so is what either is alike to.
    The largest tune first."""
    counted = [likeness.bigrams(chart) for chart in charts]
    tune_of = list(range(len(charts)))
    for index in range(len(charts)):
        for earlier in range(index):
            if tune_of[index] == tune_of[earlier]:
                continue
            # A chart of one chord has no changes to compare, but it may be the very same.
            is_same = is_same_source(charts[index], charts[earlier]) or (
                same_chords(charts[index]) == same_chords(charts[earlier])
            )
            if is_same or likeness.best_key(counted[index], counted[earlier])[0] >= SAME_TUNE:
                gone, kept = tune_of[index], tune_of[earlier]
                tune_of = [kept if tune == gone else tune for tune in tune_of]
    tunes: dict[int, list[Chart]] = {}
    for chart, tune in zip(charts, tune_of, strict=True):
        tunes.setdefault(tune, []).append(chart)
    return sorted(tunes.values(), key=len, reverse=True)


def is_same_source(one: Chart, other: Chart) -> bool:
    """Whether one corpus says that both are of one tune: two annotators of a record, two harmonisations in a
    file."""
    same = (one.corpus, one.title, one.composer) == (other.corpus, other.title, other.composer)
    return same and titles.normalised(one.composer) not in NAMELESS


def aligned(charts: list[Chart]) -> list[Aligned]:
    """All in the key of the first. One that is hardly like the first follows the chart it is most alike to,
    if that is another."""
    counted = [likeness.bigrams(chart) for chart in charts]
    shifts = {0: 0}
    while len(shifts) < len(charts):
        found: list[tuple[float, int, int]] = []
        for index in set(range(len(charts))) - shifts.keys():
            like, shift = likeness.best_key(counted[index], counted[0])
            if like < SAME_TUNE:
                for other, by in shifts.items():
                    close, from_other = likeness.best_key(counted[index], counted[other])
                    if close > like:
                        like, shift = close, (from_other + by) % 12
            found.append((like, -index, shift))
        # The surest first, since others may have to follow it.
        _, index, shift = max(found)
        shifts[-index] = shift
    return [Aligned(chart.transposed(shifts[index]), shifts[index]) for index, chart in enumerate(charts)]


def same_chords(chart: Chart) -> tuple[tuple[object, ...], ...]:
    """Equal for charts that say the same, however they name and cut it."""
    return tuple(
        (round(chord.beats, 3), chord.root, tuple(sorted(chord.notes)), chord.bass) for chord in chart.chords()
    )


def without_duplicates(charts: list[Aligned]) -> tuple[Aligned, ...]:
    """The first of those that say the same."""
    different: dict[tuple[tuple[object, ...], ...], Aligned] = {}
    for one in charts:
        different.setdefault(same_chords(one.chart), one)
    return tuple(different.values())


def write(path: Path, works: list[Work]) -> None:
    """`works.json.gz`: the same bytes for the same works."""
    document = {"format": FORMAT, "works": [work_as_json(work) for work in works]}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def work_as_json(work: Work) -> dict[str, object]:
    """One work. A chord is `[beats, root, [notes], bass]`."""
    return {"id": work.id, "title": work.title, "charts": [chart_as_json(one) for one in work.charts]}


def chart_as_json(one: Aligned) -> dict[str, object]:
    """One chart, keys and chords as they are after the transposition."""
    chart = one.chart
    return {
        "corpus": chart.corpus,
        "title": chart.title,
        "composer": chart.composer,
        "key": chart.key,
        "is_minor": chart.is_minor,
        "transposed_by": one.transposed_by,
        "beats_per_bar": chart.beats_per_bar,
        "tempo_bpm": chart.tempo_bpm,
        "sections": [
            {
                "name": section.name,
                "chords": [
                    [round(chord.beats, 4), chord.root, sorted(chord.notes), chord.bass] for chord in section.chords
                ],
            }
            for section in chart.sections
        ],
    }
