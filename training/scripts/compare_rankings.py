"""Compares orders in which versions can be listed, on a related, labelled library.

    python training/scripts/compare_rankings.py --library library.db --labels labels_a.csv

What is called a version stays what the symmetric edges say; here only the order of a list changes. Every way is asked for the
same edges, which `reprise` itself derives. For each: MAP and P@1 over the labelled recordings.
"""

import argparse
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from compare_centring import LONGEST_MATCHED_S, mean_average_precision, read_works

LEAST_SUNG, FULLY_SUNG = 0.03, 0.1
"""Of crates/reprise-matching/src/fuse.rs."""

POSSIBLE = 5.2
"""Of crates/reprise-library/src/bands.rs: what a link is at least."""


def main() -> None:
    """Prints one line a way of ranking."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True, nargs="+")
    options = parser.parse_args()
    edges, index_of_name = read_edges(options.library)
    works = [read_works(labels, index_of_name) for labels in options.labels]
    for name, ranked in ways(edges):
        figures = "   ".join(f"MAP {mean_average_precision(ranked, w):.4f} P@1 {p_at_1(ranked, w):.4f}" for w in works)
        print(f"{name:44} {figures}")


def ways(edges: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Names and rankings [n, n], the query's row first."""
    yield "edges", edges
    for k in (1, 2, 3, 5):
        for weight in (0.15, 0.25, 0.35):
            yield f"competition, {weight} of the best {k}", competition(edges, k, weight)
    for least in (-np.inf, 3.0, POSSIBLE):
        yield f"competition, .25 of the best 3, at least {least}", competition(np.maximum(edges, least), 3, 0.25, edges)
    for k in (3, 5, 10):
        yield f"CSLS, {k}", csls(edges, k)
    for scale in (1.0, 2.0, 3.0):
        yield f"Sinkhorn, {scale} deviations", sinkhorn(edges, scale)
    for k in (3, 5):
        for weight in (0.3, 0.6, 1.0):
            yield f"reciprocal ranks, {weight} within {k}", reciprocal(edges, k, weight)


def competition(edges: np.ndarray, k: int, weight: float, of: np.ndarray | None = None) -> np.ndarray:
    """Each candidate less `weight` of the mean of its `k` best edges with others than the query."""
    best = -np.sort(-np.nan_to_num(edges, nan=-np.inf), axis=1)[:, : k + 1]
    total = best[:, :k].sum(axis=1)
    of = edges if of is None else of
    # Where the query is itself among the candidate's best, the next one takes its place.
    without = np.where(edges.T >= best[:, k - 1], total - edges.T + best[:, k], total)
    return of - weight * without / k


def csls(edges: np.ndarray, k: int) -> np.ndarray:
    """Cross-domain similarity local scaling (Conneau et al. 2018): 2 s(a, b) less the mean of the candidate's best k."""
    best = -np.sort(-np.nan_to_num(edges, nan=-np.inf), axis=1)[:, :k]
    return 2 * edges - best.mean(axis=1)[None, :]


def sinkhorn(edges: np.ndarray, scale: float, rounds: int = 20) -> np.ndarray:
    """Log of a matrix of edges scaled until rows and columns sum to one (Sinkhorn 1964); symmetric."""
    log = np.nan_to_num(edges, nan=-np.inf) / scale
    potential = np.zeros(len(log))
    for _ in range(rounds):
        potential = 0.5 * (potential - log_sum(log + potential[None, :]))
    return log + potential[None, :]


def log_sum(log: np.ndarray) -> np.ndarray:
    """Logarithm of the sum of each row of exponentials."""
    top = log.max(axis=1)
    return top + np.log(np.exp(log - top[:, None]).sum(axis=1))


def reciprocal(edges: np.ndarray, k: int, weight: float) -> np.ndarray:
    """Edges and, within the k nearest of both, the overlap of their neighbours (Zhong et al. 2017)."""
    filled = np.nan_to_num(edges, nan=-np.inf)
    order = np.argsort(-filled, axis=1)
    near = np.zeros(edges.shape)
    np.put_along_axis(near, order[:, :k], 1.0, axis=1)
    mutual = near * near.T + np.eye(len(edges))
    expanded = np.minimum(mutual @ mutual, 1.0)
    shared = np.minimum(expanded[:, None, :], expanded[None, :, :]).sum(axis=2)
    either = np.maximum(expanded[:, None, :], expanded[None, :, :]).sum(axis=2)
    return edges + weight * np.nanstd(edges) * shared / either


def p_at_1(edges: np.ndarray, work: dict[int, str]) -> float:
    """The share of queries with a version that have one first."""
    labels = list(work.values())
    queries = [query for query, label in work.items() if labels.count(label) > 1]
    first = np.nan_to_num(edges, nan=-np.inf)
    return float(np.mean([work.get(int(np.argmax(first[query]))) == work[query] for query in queries]))


def read_edges(library: Path) -> tuple[np.ndarray, dict[str, int]]:
    """Edges [n, n] as the library has them, NaN on the diagonal and where there is none, and indices by bare name."""
    connection = sqlite3.connect(f"file:{library}?mode=ro", uri=True)
    sql = "SELECT id FROM recordings WHERE refused IS NULL AND duration_s <= ? ORDER BY id"
    index = {row[0]: number for number, row in enumerate(connection.execute(sql, (LONGEST_MATCHED_S,)))}
    sql = "SELECT recording_id, mean, deviation, voice_mean, voice_deviation, sung_share FROM backgrounds"
    background = {row[0]: row[1:] for row in connection.execute(sql)}
    edges = np.full((len(index), len(index)), np.nan)
    for a, b, harmony, voice in connection.execute("SELECT a, b, score, voice FROM alignments"):
        if a in background and b in background:
            edge = fused(background[a], background[b], harmony, voice)
            edges[index[a], index[b]] = edges[index[b], index[a]] = edge
    sql = "SELECT t.path, r.id FROM tracks AS t JOIN recordings AS r ON r.payload = t.payload"
    rows = connection.execute(sql)
    names = {Path(path.decode(errors="replace")).stem: index.get(row) for path, row in rows}
    return edges, {name: number for name, number in names.items() if number is not None}


def fused(a: tuple[float, ...], b: tuple[float, ...], harmony: float, voice: float | None) -> float:
    """One edge of a pair from its raw scores and both backgrounds."""
    edge = 0.5 * sum((harmony - mean) / deviation for mean, deviation, *_ in (a, b))
    if voice is None or a[2] is None or b[2] is None:
        return edge
    weight = min(max((min(a[4], b[4]) - LEAST_SUNG) / (FULLY_SUNG - LEAST_SUNG), 0), 1)
    return edge + weight * 0.5 * sum((voice - one[2]) / one[3] for one in (a, b))


if __name__ == "__main__":
    main()
