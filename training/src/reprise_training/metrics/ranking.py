"""How good a ranking of versions is: MAP, mean rank of the first version, hits among the first k."""

from collections.abc import Sequence
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
    """Mean rank of the first version, from 1."""
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
    labels = np.array([f"\0{index}" if work is None else work for index, work in enumerate(works)])
    precisions: list[float] = []
    firsts: list[int] = []
    by_work: dict[str, list[float]] = {}
    for query, label in enumerate(labels):
        is_version = labels == label
        if is_version.sum() < 2:
            continue
        order = np.argsort(-likeness[query], kind="stable")
        found = np.flatnonzero(is_version[order[order != query]])
        precision = float(np.mean((np.arange(len(found)) + 1) / (found + 1)))
        precisions.append(precision)
        firsts.append(int(found[0]) + 1)
        by_work.setdefault(str(label), []).append(precision)
    if not precisions:
        raise ValueError("no track has another version")
    ranks = np.array(firsts)
    return Ranking(
        queries=len(precisions),
        mean_average_precision=float(np.mean(precisions)),
        interval=bootstrap(list(by_work.values())),
        mr1=float(ranks.mean()),
        hit={k: float((ranks <= k).mean()) for k in HITS},
    )


def bootstrap(works: list[list[float]]) -> tuple[float, float]:
    """The middle 95 % of the mean over queries when works are drawn with replacement."""
    sums, counts = np.array([sum(one) for one in works]), np.array([len(one) for one in works])
    drawn = np.random.default_rng(SEED).integers(len(works), size=(RESAMPLES, len(works)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)
