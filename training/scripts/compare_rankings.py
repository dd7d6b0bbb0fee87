"""Compares ways in which a pair can stand among its rivals, on a related, labelled library.

    python training/scripts/compare_rankings.py --library library.db --labels labels_a.csv [labels_b.csv ...]

All start from the normalised scores that the library has. For each way and table of labels: MAP and P@1, the highest
score of a pair that is known to be false, and the recall of true pairs above it.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from compare_normalisation import mean_average_precision, opened, read_works, separation

LEAST_SUNG, FULLY_SUNG = 0.03, 0.1
"""Of crates/reprise-matching/src/fuse.rs."""

LINKED = 5.2
"""Of crates/reprise-library/src/relations/thresholds.rs: the lowest normalised score of a link."""

MOST = 15.0
"""Of crates/reprise-library/src/relations/competition.rs."""


def main() -> None:
    """Prints one line a way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True, nargs="+")
    options = parser.parse_args()
    normalised, index_of_name = read_normalised(options.library)
    works = [read_works(labels, index_of_name) for labels in options.labels]
    for name, scores in ways(normalised):
        print(f"{name:34} {'   '.join(figures(scores, work) for work in works)}", flush=True)


def figures(scores: np.ndarray, work: dict[int, str]) -> str:
    """What is printed of one way on one table."""
    highest, recall = separation(scores, work)
    ranking = f"MAP {mean_average_precision(scores, work):.4f} P@1 {p_at_1(scores, work):.4f}"
    return f"{ranking} highest false {highest:5.1f} recall above it {recall:.3f}"


def ways(normalised: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Names and scores [n, n], the query's row first."""
    yield "normalised scores", normalised
    of_candidate = rivals(normalised)
    for share in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4):
        yield f"rivals of the candidate, {share}", normalised - share * of_candidate
        yield f"rivals of both, {share}", normalised - share * (of_candidate + of_candidate.T)
        yield f"the stronger of their rivals, {share}", normalised - share * np.maximum(of_candidate, of_candidate.T)
    for k in (1, 3, 5):
        yield f"the candidate's best {k}, 0.25", normalised - 0.25 * best_others(normalised, k)
    for k in (3, 5, 10):
        yield f"CSLS, {k}", csls(normalised, k)
    for scale in (1.0, 2.0, 3.0):
        yield f"Sinkhorn, {scale} deviations", sinkhorn(normalised, scale)
    for weight in (0.3, 0.6, 1.0):
        yield f"reciprocal neighbours, {weight}", reciprocal(normalised, 5, weight)


def rivals(normalised: np.ndarray) -> np.ndarray:
    """For each query and candidate the candidate's strongest link with one that the query has none with [n, n]."""
    known = np.nan_to_num(normalised, nan=-np.inf)
    links = np.where(known >= LINKED, np.minimum(known, MOST), 0.0)
    found = np.zeros(normalised.shape)
    for query in range(len(normalised)):
        others = links.copy()
        others[:, query] = 0.0
        others[:, links[query] > 0] = 0.0
        found[query] = others.max(axis=1)
    return found


def best_others(normalised: np.ndarray, k: int) -> np.ndarray:
    """The mean of each candidate's `k` best scores with others than the query [n, n]."""
    known = np.nan_to_num(normalised, nan=-np.inf)
    best = -np.sort(-known, axis=1)[:, : k + 1]
    # Where the query is itself among the candidate's best, the next one takes its place.
    is_among = known >= best[:, k - 1]
    return np.where(is_among, best.sum(axis=1) - known, best[:, :k].sum(axis=1)) / k


def csls(normalised: np.ndarray, k: int) -> np.ndarray:
    """Cross-domain similarity local scaling (Conneau et al. 2018): 2 s(a, b) less the mean of its best k."""
    best = -np.sort(-np.nan_to_num(normalised, nan=-np.inf), axis=1)[:, :k]
    return 2 * normalised - best.mean(axis=1)[None, :]


def sinkhorn(normalised: np.ndarray, scale: float, rounds: int = 20) -> np.ndarray:
    """Log of a symmetric matrix of scores scaled until rows and columns sum to one (Sinkhorn 1964)."""
    log = np.nan_to_num(normalised, nan=-np.inf) / scale
    potential = np.zeros(len(log))
    for _ in range(rounds):
        potential = 0.5 * (potential - log_sum(log + potential[None, :]))
    return log + potential[None, :]


def log_sum(log: np.ndarray) -> np.ndarray:
    """Logarithm of the sum of each row of exponentials."""
    top = log.max(axis=1)
    return top + np.log(np.exp(log - top[:, None]).sum(axis=1))


def reciprocal(normalised: np.ndarray, k: int, weight: float) -> np.ndarray:
    """Scores and, by the share of `k` nearest neighbours in common, a part of their deviation (Zhong et al. 2017)."""
    order = np.argsort(-np.nan_to_num(normalised, nan=-np.inf), axis=1)
    near = np.zeros(normalised.shape)
    np.put_along_axis(near, order[:, :k], 1.0, axis=1)
    mutual = near * near.T + np.eye(len(normalised))
    expanded = np.minimum(mutual @ mutual, 1.0)
    shared = expanded @ expanded.T
    n_near = expanded.sum(axis=1)
    return normalised + weight * np.nanstd(normalised) * shared / (n_near[:, None] + n_near[None, :] - shared)


def p_at_1(scores: np.ndarray, work: dict[int, str]) -> float:
    """The share of queries with a version that have one first."""
    labels = list(work.values())
    queries = [query for query, label in work.items() if labels.count(label) > 1]
    first = np.nan_to_num(scores, nan=-np.inf)
    return float(np.mean([work.get(int(np.argmax(first[query]))) == work[query] for query in queries]))


def read_normalised(library: Path) -> tuple[np.ndarray, dict[str, int]]:
    """Normalised scores [n, n] of a library, NaN on the diagonal and where there is none; indices by bare name."""
    connection, index, index_of_name = opened(library)
    sql = "SELECT recording_id, mean, deviation, voice_mean, voice_deviation, sung_share FROM cohort_statistics"
    statistics = {row[0]: row[1:] for row in connection.execute(sql)}
    normalised = np.full((len(index), len(index)), np.nan)
    for a, b, harmony, voice in connection.execute("SELECT a, b, score, voice FROM alignments"):
        if a in statistics and b in statistics:
            score = fused(statistics[a], statistics[b], harmony, voice)
            normalised[index[a], index[b]] = normalised[index[b], index[a]] = score
    return normalised, index_of_name


def fused(a: tuple[float, ...], b: tuple[float, ...], harmony: float, voice: float | None) -> float:
    """The normalised score of a pair from its raw scores and the cohort statistics of both."""
    score = 0.5 * sum((harmony - mean) / deviation for mean, deviation, *_ in (a, b))
    if voice is None or a[2] is None or b[2] is None:
        return score
    weight = min(max((min(a[4], b[4]) - LEAST_SUNG) / (FULLY_SUNG - LEAST_SUNG), 0), 1)
    return score + weight * 0.5 * sum((voice - one[2]) / one[3] for one in (a, b))


if __name__ == "__main__":
    main()
