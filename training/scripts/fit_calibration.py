r"""What a score means: fits the odds that a pair is one song, and says how well they hold on other works.

    python training/scripts/fit_calibration.py --fitted pairs_a.csv N [--fitted sung_a.csv M ...] \
        --held-back pairs_b.csv N [--held-back sung_b.csv M ...]

Tables as `reprise eval --pairs` writes them, each with the number of tracks in the library it was made from; pairs of
two impostors count as neither right nor wrong. The logarithm of the odds is taken for linear in the score, the same for
pairs with and without voices. In a library of other size there are as many more or fewer impostors, and the odds fall
by that factor: `crates/reprise-library/src/relations/thresholds.rs`.
"""

import argparse
import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fit_threshold import read_pairs

CERTAIN, LIKELY = 0.99, 0.9
AMONG = 784
"""Tracks of the library that the odds are given for."""

SIZES = (104, AMONG, 10_000, 100_000)
STEPS = (0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.01)


@dataclass(frozen=True)
class Table:
    """Pairs of one library whose truth is known."""

    name: str
    scores: np.ndarray
    right: np.ndarray
    """Whether each is one song [n_pairs]."""
    offset: float
    """What the size of the library does to the logarithm of the odds."""


def main() -> int:
    """Prints the fit, the thresholds, and the shares of right pairs by what was predicted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--fitted", "--held-back"):
        parser.add_argument(name, nargs=2, action="append", required=True, metavar=("CSV", "TRACKS"))
    options = parser.parse_args()
    fitted = [read(Path(path), int(tracks)) for path, tracks in options.fitted]
    held_back = [read(Path(path), int(tracks)) for path, tracks in options.held_back]
    if not any(table.right.any() for table in fitted):
        print("no right pair whose truth is known", file=sys.stderr)
        return 1
    for table in fitted:
        print(f"by {table.name} alone: {formula(*fit([table]))}")
    intercept, slope = fit(fitted)
    print(f"by all: {formula(intercept, slope)}")
    for size in SIZES:
        more = np.log(size / AMONG)
        at = [(np.log(p / (1 - p)) + more - intercept) / slope for p in (LIKELY, CERTAIN)]
        print(f"among {size}: likely from {at[0]:.1f}, certain from {at[1]:.1f}")
    for kind, tables in (("fitted", fitted), ("held back", held_back)):
        for table in tables:
            tell(f"{kind}, {table.name}", odds_of(table, intercept, slope), table.right)
    return 0


def formula(intercept: float, slope: float) -> str:
    """A fit as it is read."""
    return f"log odds among {AMONG} = {intercept:.3f} + {slope:.3f} x score"


def tell(name: str, odds: np.ndarray, right: np.ndarray) -> None:
    """What was predicted and what came true."""
    print(f"{name}: calibration error {calibration_error(odds, right):.4f}")
    for low, high in itertools.pairwise(STEPS):
        inside = (odds >= low) & (odds < high)
        if inside.any():
            mean, share = odds[inside].mean(), right[inside].mean()
            step = f"{low:4.2f} to {min(high, 1):4.2f}"
            print(f"  {step}: {inside.sum():5d} pairs, predicted {mean:.3f}, right {share:.3f}")


def read(path: Path, tracks: int) -> Table:
    """The pairs of a table whose truth is known."""
    scores, right = zip(*read_pairs(path), strict=True)
    return Table(path.name, np.array(scores), np.array(right), float(-np.log(tracks / AMONG)))


def fit(tables: list[Table]) -> tuple[float, float]:
    """Intercept and slope of the most likely logistic curve among [`AMONG`] tracks, by Newton's method."""
    scores, right, offset = (
        np.concatenate(parts)
        for parts in zip(*((t.scores, t.right, np.full(len(t.right), t.offset)) for t in tables), strict=True)
    )
    x = np.stack([np.ones_like(scores), scores], axis=1)
    weights = np.zeros(2)
    for _ in range(100):
        odds = logistic(x @ weights + offset)
        # So little that it only keeps tables that are parted cleanly from running away.
        curvature = (x * (odds * (1 - odds))[:, None]).T @ x + 1e-6 * np.eye(2)
        step = np.linalg.solve(curvature, x.T @ (right - odds))
        before = likelihood(x @ weights + offset, right)
        # A wrong pair far above all others would throw a whole step out of the curve.
        while likelihood(x @ (weights + step) + offset, right) < before and np.abs(step).max() > 1e-9:
            step = step / 2
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            break
    return float(weights[0]), float(weights[1])


def likelihood(log_odds: np.ndarray, right: np.ndarray) -> float:
    """The logarithm of how likely what came true was."""
    return float(-np.logaddexp(0, np.where(right, -log_odds, log_odds)).sum())


def logistic(log_odds: np.ndarray) -> np.ndarray:
    """Probabilities."""
    return np.exp(-np.logaddexp(0, -log_odds))


def odds_of(table: Table, intercept: float, slope: float) -> np.ndarray:
    """The probability of each pair of a table, in the library it was made from."""
    return logistic(intercept + slope * table.scores + table.offset)


def calibration_error(odds: np.ndarray, right: np.ndarray) -> float:
    """Mean distance of predicted and right over ten steps, each by its pairs (expected calibration error)."""
    steps = np.minimum((odds * 10).astype(int), 9)
    parts = [(steps == i) for i in range(10) if (steps == i).any()]
    return float(sum(part.sum() * abs(odds[part].mean() - right[part].mean()) for part in parts) / len(odds))


if __name__ == "__main__":
    sys.exit(main())
