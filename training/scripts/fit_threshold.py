"""Finds the thresholds above which a pair of tracks is called the same song, and possibly the same song.

    python training/scripts/fit_threshold.py --pairs pairs.csv --tracks N

pairs.csv has the columns a,b,work_a,work_b,score, as `reprise eval --pairs` writes it; an empty work marks an impostor.
A pair of two impostors counts as neither right nor wrong: nobody knows what it is. Recall is among the true
pairs in the table. N is the number of tracks in the library that the table was made from.
"""

import argparse
import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

FALSE_PER_1000_TRACKS = 1
POSSIBLE_PRECISION = 0.5


@dataclass(frozen=True)
class Cut:
    """What is joined when every pair of at least `threshold` is."""

    threshold: float
    right: int
    false: int

    @property
    def precision(self) -> float:
        """Right among the pairs joined whose truth is known."""
        return self.right / (self.right + self.false)


def main() -> int:
    """Prints both thresholds; 1 when the table holds no known pair."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--tracks", type=int, required=True)
    options = parser.parse_args()
    pairs = read_pairs(options.pairs)
    if not pairs:
        print(f"{options.pairs}: no pair of which one side has a work", file=sys.stderr)
        return 1
    true_pairs = sum(right for _, right in pairs)
    found = cuts(pairs)
    print(f"{len(pairs)} known pairs, {true_pairs} of them true, {options.tracks} tracks")
    allowed = FALSE_PER_1000_TRACKS * options.tracks / 1000
    tell("same song", lowest(found, lambda cut: cut.false <= allowed), true_pairs)
    tell("possible", lowest(found, lambda cut: cut.precision >= POSSIBLE_PRECISION), true_pairs)
    return 0


def read_pairs(path: Path) -> list[tuple[float, bool]]:
    """Score of every pair whose truth is known, and whether it is right."""
    with path.open(newline="", encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["work_a"] or row["work_b"]]
    return [(float(row["score"]), row["work_a"] == row["work_b"]) for row in rows]


def cuts(pairs: list[tuple[float, bool]]) -> list[Cut]:
    """The cut at every score that occurs, highest first; pairs of one score are joined together or not at all."""
    right = false = 0
    found = []
    for score, tied in groupby(sorted(pairs, reverse=True), key=lambda pair: pair[0]):
        outcomes = [outcome for _, outcome in tied]
        right += sum(outcomes)
        false += len(outcomes) - sum(outcomes)
        found.append(Cut(score, right, false))
    return found


def lowest(found: list[Cut], accepted: Callable[[Cut], bool]) -> Cut | None:
    """The last cut from the top that is accepted."""
    return next((cut for cut in reversed(found) if accepted(cut)), None)


def tell(name: str, cut: Cut | None, true_pairs: int) -> None:
    """One line on one threshold."""
    if cut is None:
        print(f"{name}: no threshold serves")
        return
    recall = cut.right / true_pairs if true_pairs else float("nan")
    counts = f"{cut.right} right and {cut.false} false pairs"
    print(f"{name}: score >= {cut.threshold:.4f}: recall {recall:.3f}, precision {cut.precision:.3f}, {counts}")


if __name__ == "__main__":
    sys.exit(main())
