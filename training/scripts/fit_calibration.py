"""What a centred score means: fits the odds that a pair is one song, and says how well they hold on other works.

    python training/scripts/fit_calibration.py --pairs pairs_a.csv --held-back pairs_b.csv --tracks N

Both tables as `reprise eval --pairs` writes them, N the tracks of the library they were made from; pairs of two strangers
count as neither right nor wrong. The logarithm of the odds is taken for linear in the score. In a library of other size there
are as many more or fewer strangers, and the odds fall by that factor: `crates/reprise-library/src/bands.rs`.
"""

import argparse
import itertools
import sys
from pathlib import Path

import numpy as np
from fit_threshold import read_pairs

CERTAIN, LIKELY = 0.99, 0.9
SIZES = (784, 10_000, 100_000)
STEPS = (0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.01)


def main() -> int:
    """Prints the fit, the thresholds, and the shares of right pairs by what was predicted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--held-back", type=Path, required=True)
    parser.add_argument("--tracks", type=int, required=True)
    options = parser.parse_args()
    fitted, held_back = (table(path) for path in (options.pairs, options.held_back))
    if not fitted[1].any():
        print(f"{options.pairs}: no right pair whose truth is known", file=sys.stderr)
        return 1
    intercept, slope = fit(*fitted)
    print(f"log odds = {intercept:.3f} + {slope:.3f} x score among {options.tracks} tracks")
    for size in SIZES:
        more = np.log(size / options.tracks)
        at = [(np.log(p / (1 - p)) + more - intercept) / slope for p in (LIKELY, CERTAIN)]
        print(f"among {size}: likely from {at[0]:.1f}, certain from {at[1]:.1f}")
    for name, (scores, right) in (("fitted", fitted), ("held back", held_back)):
        odds = 1 / (1 + np.exp(-(intercept + slope * scores)))
        print(f"{name}: calibration error {calibration_error(odds, right):.4f}")
        for low, high in itertools.pairwise(STEPS):
            inside = (odds >= low) & (odds < high)
            if inside.any():
                mean, share = odds[inside].mean(), right[inside].mean()
                print(f"  {low:4.2f} to {min(high, 1):4.2f}: {inside.sum():5d} pairs, predicted {mean:.3f}, right {share:.3f}")
    return 0


def table(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Scores, and which pairs are right."""
    pairs = read_pairs(path)
    return np.array([score for score, _ in pairs]), np.array([right for _, right in pairs])


def fit(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Intercept and slope of the most likely logistic curve, by Newton's method."""
    x = np.stack([np.ones_like(scores), scores], axis=1)
    weights = np.zeros(2)
    for _ in range(100):
        odds = 1 / (1 + np.exp(-x @ weights))
        # So little that it only keeps tables that are parted cleanly from running away.
        curvature = (x * (odds * (1 - odds))[:, None]).T @ x + 1e-6 * np.eye(2)
        step = np.linalg.solve(curvature, x.T @ (right - odds))
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return float(weights[0]), float(weights[1])


def calibration_error(odds: np.ndarray, right: np.ndarray) -> float:
    """Mean distance of predicted and right over ten steps, each by its pairs (expected calibration error)."""
    steps = np.minimum((odds * 10).astype(int), 9)
    parts = [(steps == i) for i in range(10) if (steps == i).any()]
    return float(sum(part.sum() * abs(odds[part].mean() - right[part].mean()) for part in parts) / len(odds))


if __name__ == "__main__":
    sys.exit(main())
