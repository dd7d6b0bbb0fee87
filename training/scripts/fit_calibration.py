"""What a centred score means: fits the odds that a pair is one song, and says how well they hold on other works.

    python training/scripts/fit_calibration.py --fitted pairs_a.csv N [--fitted sung_a.csv M ...] \\
        --held-back pairs_b.csv N [--held-back sung_b.csv M ...]

Tables as `reprise eval --pairs` writes them, each with the number of tracks in the library it was made from; pairs of two
strangers count as neither right nor wrong. The logarithm of the odds is taken for linear in the score by harmony and in what the
voices add, the same for pairs with and without voices. In a library of other size there are as many more or fewer strangers,
and the odds fall by that factor: `crates/reprise-library/src/bands.rs`.
"""

import argparse
import csv
import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CERTAIN, LIKELY = 0.99, 0.9
AMONG = 784
"""Tracks of the library that the odds are given for."""

SIZES = (104, AMONG, 10_000, 100_000)
STEPS = (0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.01)


@dataclass(frozen=True)
class Table:
    """Pairs of one library whose truth is known."""

    name: str
    views: np.ndarray
    """Scores by harmony and by voice [n_pairs, 2]; 0 where no voice counts."""
    right: np.ndarray
    """Whether each is one song [n_pairs]."""
    offset: float
    """What the size of the library does to the logarithm of the odds."""

    def columns(self, is_sum: bool) -> np.ndarray:
        """What the odds are linear in: 1 and the sum of the views, or 1 and each view."""
        views = self.views.sum(axis=1, keepdims=True) if is_sum else self.views
        return np.hstack([np.ones((len(views), 1)), views])


def main() -> int:
    """Prints the fits, the thresholds, and the shares of right pairs by what was predicted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--fitted", "--held-back"):
        parser.add_argument(name, nargs=2, action="append", required=True, metavar=("CSV", "TRACKS"))
    options = parser.parse_args()
    fitted = [read(Path(path), int(tracks)) for path, tracks in options.fitted]
    held_back = [read(Path(path), int(tracks)) for path, tracks in options.held_back]
    if not any(table.right.any() for table in fitted):
        print("no right pair whose truth is known", file=sys.stderr)
        return 1
    each = fit(fitted, is_sum=False)
    print(f"log odds among {AMONG} = {each[0]:.3f} + {each[1]:.3f} x harmony + {each[2]:.3f} x voice, deviations {errors(fitted, each)}")
    weights = fit(fitted, is_sum=True)
    print(f"log odds among {AMONG} = {weights[0]:.3f} + {weights[1]:.3f} x (harmony + voice)")
    for size in SIZES:
        more = np.log(size / AMONG)
        at = [(np.log(p / (1 - p)) + more - weights[0]) / weights[1] for p in (LIKELY, CERTAIN)]
        print(f"among {size}: likely from {at[0]:.1f}, certain from {at[1]:.1f}")
    for kind, tables in (("fitted", fitted), ("held back", held_back)):
        for table in tables:
            tell(f"{kind}, {table.name}", probability(table, weights, is_sum=True), table.right)
    return 0


def tell(name: str, odds: np.ndarray, right: np.ndarray) -> None:
    """What was predicted and what came true."""
    print(f"{name}: calibration error {calibration_error(odds, right):.4f}")
    for low, high in itertools.pairwise(STEPS):
        inside = (odds >= low) & (odds < high)
        if inside.any():
            mean, share = odds[inside].mean(), right[inside].mean()
            print(f"  {low:4.2f} to {min(high, 1):4.2f}: {inside.sum():5d} pairs, predicted {mean:.3f}, right {share:.3f}")


def read(path: Path, tracks: int) -> Table:
    """The pairs of a table with a label on either side, and their views."""
    with path.open(newline="", encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if (row["work_a"] or row["work_b"]) and row["harmony"]]
    views = np.array([(float(row["harmony"]), float(row["voice"])) for row in rows]).reshape(-1, 2)
    right = np.array([row["work_a"] == row["work_b"] for row in rows], dtype=bool)
    return Table(path.name, views, right, float(-np.log(tracks / AMONG)))


def fit(tables: list[Table], *, is_sum: bool) -> np.ndarray:
    """Intercept and slopes of the most likely logistic curve, by Newton's method."""
    x, right, offset = together(tables, is_sum)
    weights = np.zeros(x.shape[1])
    for _ in range(100):
        odds = logistic(x @ weights + offset)
        step = np.linalg.solve(curvature(x, odds), x.T @ (right - odds))
        # A wrong pair far above all others would throw a whole step out of the curve.
        while likelihood(x @ (weights + step) + offset, right) < likelihood(x @ weights + offset, right):
            step = step / 2
            if np.abs(step).max() < 1e-9:
                break
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def likelihood(log_odds: np.ndarray, right: np.ndarray) -> float:
    """The logarithm of how likely what came true was."""
    return float(-np.logaddexp(0, np.where(right, -log_odds, log_odds)).sum())


def logistic(log_odds: np.ndarray) -> np.ndarray:
    """Probabilities."""
    return np.exp(-np.logaddexp(0, -log_odds))


def errors(tables: list[Table], weights: np.ndarray) -> str:
    """Standard errors of a fit to each view, as if pairs were independent, which those of one work are not quite."""
    x, _, offset = together(tables, False)
    odds = logistic(x @ weights + offset)
    return ", ".join(f"{error:.3f}" for error in np.sqrt(np.diag(np.linalg.inv(curvature(x, odds)))))


def together(tables: list[Table], is_sum: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs: columns, which are right, offsets."""
    x = np.vstack([table.columns(is_sum) for table in tables])
    right = np.concatenate([table.right for table in tables])
    return x, right, np.concatenate([np.full(len(table.right), table.offset) for table in tables])


def curvature(x: np.ndarray, odds: np.ndarray) -> np.ndarray:
    """The second derivative of the likelihood, and so little more that a table that is parted cleanly has a fit too."""
    return (x * (odds * (1 - odds))[:, None]).T @ x + 1e-6 * np.eye(x.shape[1])


def probability(table: Table, weights: np.ndarray, *, is_sum: bool) -> np.ndarray:
    """Of each pair of a table, in the library it was made from."""
    return logistic(table.columns(is_sum) @ weights + table.offset)


def calibration_error(odds: np.ndarray, right: np.ndarray) -> float:
    """Mean distance of predicted and right over ten steps, each by its pairs (expected calibration error)."""
    steps = np.minimum((odds * 10).astype(int), 9)
    parts = [(steps == i) for i in range(10) if (steps == i).any()]
    return float(sum(part.sum() * abs(odds[part].mean() - right[part].mean()) for part in parts) / len(odds))


if __name__ == "__main__":
    sys.exit(main())
