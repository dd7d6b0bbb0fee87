"""How good a ranking of versions is: MAP, mean rank of the first version, hits among the first k."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000
SEED = 20090
HITS = (1, 20, 50, 100)


@dataclass(frozen=True)
class Ranking:
    """Over queries that have another version."""

    queries: int
    mean_average_precision: float
    interval: tuple[float, float]
    """The middle 95 % of MAP when works are drawn with replacement: queries of one work are not independent."""
    mr1: float
    """Mean rank of the first version, from 1; of equally alike tracks, versions come last."""
    hit: dict[int, float]
    """Share of queries with a version among the first k."""

    def row(self) -> str:
        """Cells of a Markdown table; HEADER says which."""
        low, high = self.interval
        hits = " | ".join(f"{share:.3f}" for share in self.hit.values())
        return f"{self.mean_average_precision:.3f} | {low:.3f} to {high:.3f} | {self.mr1:.1f} | {hits}"


HEADER = " | ".join(("MAP", "95 % over works", "MR1", *(f"hit@{k}" for k in HITS)))
"""P@1 is hit@1: there is a version of every query."""


def evaluate_ranking(likeness: np.ndarray, works: Sequence[str | None]) -> Ranking:
    """`likeness` [n, n], rows are queries; a track without a work is an impostor: a candidate only."""
    return evaluate_rows(((query, likeness[query]) for query in queries_of(works)), works)


def queries_of(works: Sequence[str | None]) -> list[int]:
    """Tracks that have another version."""
    counts = Counter(works)
    return [index for index, work in enumerate(works) if work is not None and counts[work] > 1]


def evaluate_rows(rows: Iterable[tuple[int, np.ndarray]], works: Sequence[str | None]) -> Ranking:
    """The same of queries one after another: the number of each and its likeness [n] with all tracks."""
    numbers = {work: number for number, work in enumerate(sorted({work for work in works if work is not None}))}
    labels = np.array([-1 if work is None else numbers[work] for work in works])
    precisions: list[float] = []
    firsts: list[int] = []
    by_work: dict[int, list[float]] = {}
    for query, likeness in rows:
        ranks = ranks_of_versions(likeness, labels, query)
        precisions.append(float(np.mean((np.arange(len(ranks)) + 1) / ranks)))
        firsts.append(int(ranks[0]))
        by_work.setdefault(int(labels[query]), []).append(precisions[-1])
    if not precisions:
        raise ValueError("no track has another version")
    first = np.array(firsts)
    return Ranking(
        queries=len(precisions),
        mean_average_precision=float(np.mean(precisions)),
        interval=bootstrap(list(by_work.values())),
        mr1=float(first.mean()),
        hit={k: float((first <= k).mean()) for k in HITS},
    )


def ranks_of_versions(likeness: np.ndarray, labels: np.ndarray, query: int) -> np.ndarray:
    """Ranks from 1 of the other versions of a query, best first. Of what is equally alike the impostors come first:
    the order of files says nothing, and a network that finds everything alike has found nothing."""
    if not np.isfinite(likeness).all():
        raise ValueError(f"how alike track {query} is to another is no number")
    is_version = labels == labels[query]
    impostors = likeness[~is_version]
    is_version[query] = False
    versions = np.sort(likeness[is_version])[::-1]
    before = (impostors[None, :] >= versions[:, None]).sum(axis=1)
    return before + np.arange(1, len(versions) + 1)


def bootstrap(works: list[list[float]]) -> tuple[float, float]:
    """The middle 95 % of the mean over queries when works are drawn with replacement."""
    sums, counts = np.array([sum(one) for one in works]), np.array([len(one) for one in works])
    drawn = np.random.default_rng(SEED).integers(len(works), size=(RESAMPLES, len(works)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)
