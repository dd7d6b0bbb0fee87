"""Compares ways of normalising the aligner's scores on a scanned, labelled library.

    python training/scripts/compare_normalisation.py --library library.db --labels labels_a.csv

For each way: MAP, the highest score of a pair that is known to be false, and the recall of true pairs above it.
The bundled impostor cohort is left out, so figures differ a little from those of `reprise eval`.
"""

import argparse
import csv
import sqlite3
from pathlib import Path

import numpy as np

LONGEST_MATCHED_S = 1200


def main() -> None:
    """Prints one line a way of normalising."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    options = parser.parse_args()
    scores, index_of_name = read_scores(options.library)
    work = read_works(options.labels, index_of_name)
    ways = [("no limit", None), *((f"limit of {limit} deviations", limit) for limit in (3, 4, 6, 8, 12))]
    for name, limit in ways:
        normalised = normalise(scores, limit)
        highest, recall = separation(normalised, work)
        print(f"{name:22} MAP {mean_average_precision(normalised, work):.4f}", end="")
        print(f"  highest false {highest:.2f}  recall above it {recall:.3f}")


def read_scores(library: Path) -> tuple[np.ndarray, dict[str, int]]:
    """Raw scores [n, n], NaN where there is none, and the index of each track by bare name."""
    connection, index, index_of_name = opened(library)
    scores = np.full((len(index), len(index)), np.nan)
    for a, b, score in connection.execute("SELECT a, b, score FROM alignments"):
        if a in index and b in index:
            scores[index[a], index[b]] = scores[index[b], index[a]] = score
    return scores, index_of_name


def opened(library: Path) -> tuple[sqlite3.Connection, dict[int, int], dict[str, int]]:
    """A library to read, and the index of each recording that is matched by row and by the bare name of its tracks."""
    connection = sqlite3.connect(f"file:{library}?mode=ro", uri=True)
    sql = "SELECT id FROM recordings WHERE refused IS NULL AND duration_s <= ? ORDER BY id"
    index = {row[0]: number for number, row in enumerate(connection.execute(sql, (LONGEST_MATCHED_S,)))}
    sql = "SELECT t.path, r.id FROM tracks AS t JOIN recordings AS r ON r.payload = t.payload"
    names = {bare_name(path.decode(errors="replace")): index.get(row) for path, row in connection.execute(sql)}
    return connection, index, {name: number for name, number in names.items() if number is not None}


def bare_name(path: str) -> str:
    """The name of a file without folder and extension."""
    return Path(path).stem


def read_works(labels: Path, index_of_name: dict[str, int]) -> dict[int, str]:
    """Work of each labelled index."""
    with labels.open(newline="", encoding="utf-8") as table:
        rows = [(bare_name(row["file"]), row["work"]) for row in csv.DictReader(table)]
    return {index_of_name[name]: work for name, work in rows if name in index_of_name}


def normalise(scores: np.ndarray, limit: int | None) -> np.ndarray:
    """Normalised scores [n, n]: the mean of both directions."""
    z = np.stack([normalise_row(row, limit) for row in scores])
    return 0.5 * (z + z.T)


def normalise_row(row: np.ndarray, limit: int | None) -> np.ndarray:
    """One recording's scores by its own cohort statistics, in which a score above the limit counts as the limit."""
    impostors = row[~np.isnan(row)]
    if limit is not None:
        rest = impostors
        for _ in range(3):
            rest = rest[rest <= rest.mean() + 3 * rest.std()]
        impostors = np.minimum(impostors, rest.mean() + limit * rest.std())
    deviation = max(impostors.std(), 0.25, 0.1 * impostors.mean())
    return (row - impostors.mean()) / deviation


def mean_average_precision(scores: np.ndarray, work: dict[int, str]) -> float:
    """MAP over labelled tracks with another of their work."""
    found = []
    for query, label in work.items():
        order = np.argsort(-np.nan_to_num(scores[query], nan=-np.inf))
        right = np.array([work.get(item) == label for item in order if item != query])
        ranks = np.flatnonzero(right) + 1
        if ranks.size:
            found.append(np.mean(np.arange(1, ranks.size + 1) / ranks))
    return float(np.mean(found))


def separation(scores: np.ndarray, work: dict[int, str]) -> tuple[float, float]:
    """Highest score of a pair known to be false, and the share of true pairs above it."""
    pairs = [(a, b) for a in work for b in range(len(scores)) if a != b and not (b in work and b < a)]
    known = [(scores[a, b], work.get(b) == work[a]) for a, b in pairs if not np.isnan(scores[a, b])]
    highest = max(score for score, is_true in known if not is_true)
    true = [score for score, is_true in known if is_true]
    return float(highest), float(np.mean([score > highest for score in true]))


if __name__ == "__main__":
    main()
