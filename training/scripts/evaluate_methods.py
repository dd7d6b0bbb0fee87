r"""Compares the ways in which Reprise ranks versions, as a Markdown table.

    python training/scripts/evaluate_methods.py --library FILE --reprise PATH --labels labels.csv \
        [--methods mean 2dftm qmax soft-raw soft] [--voice off]

MAP comes with a 95 % interval from a bootstrap over works: queries of one work are not independent.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

METHODS = ("mean", "2dftm", "qmax", "soft-raw", "soft")
HITS = (20, 50, 100, 200)
RESAMPLES = 2000
SEED = 20090


@dataclass(frozen=True)
class Outcome:
    """What `reprise eval` says of one method."""

    mean_average_precision: float
    mr1: float
    p_at_1: float
    queries: int
    by_work: dict[str, list[float]]
    first_ranks: list[int]
    """Of each query's best version, from 1."""


def main() -> int:
    """Prints a row as soon as its method is done; 1 when one could not be evaluated."""
    options = parse_options()
    print("| method | MAP | 95 % over works | MR1 | P@1 | " + " | ".join(f"hit@{k}" for k in HITS) + " | queries |")
    print("|---" * (6 + len(HITS)) + "|", flush=True)
    for method in options.methods:
        try:
            print(row(method, evaluate(options, method)), flush=True)
        except subprocess.CalledProcessError as error:
            print(f"{method}: {error.stderr.strip() or error}", file=sys.stderr)
            return 1
    return 0


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--reprise", type=Path, required=True, help="the program")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--voice", choices=("on", "off", "alone"), default="on", help="of the method soft")
    return parser.parse_args()


def evaluate(options: argparse.Namespace, method: str) -> Outcome:
    """Runs `reprise eval` once."""
    command = [str(options.reprise), "--library", str(options.library), "--json", "eval"]
    command += ["--truth", str(options.labels), "--method", method, "--voice", options.voice]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    by_work: dict[str, list[float]] = defaultdict(list)
    for query in answer["per_query"]:
        by_work[query["work"]].append(query["average_precision"])
    ranks = [query["first_rank"] for query in answer["per_query"]]
    return Outcome(answer["map"], answer["mr1"], answer["p_at_1"], answer["queries"], dict(by_work), ranks)


def row(method: str, outcome: Outcome) -> str:
    """One line of the table."""
    low, high = interval(outcome.by_work)
    scores = f"{outcome.mean_average_precision:.3f} | {low:.3f} to {high:.3f} | {outcome.mr1:.2f}"
    hits = " | ".join(f"{np.mean([rank <= k for rank in outcome.first_ranks]):.3f}" for k in HITS)
    return f"| {method} | {scores} | {outcome.p_at_1:.3f} | {hits} | {outcome.queries} |"


def interval(by_work: dict[str, list[float]]) -> tuple[float, float]:
    """The middle 95 % of the mean over queries when works are drawn with replacement."""
    works = [by_work[work] for work in sorted(by_work)]
    if not works:
        return (float("nan"), float("nan"))
    sums, counts = np.array([sum(work) for work in works]), np.array([len(work) for work in works])
    drawn = np.random.default_rng(SEED).integers(len(works), size=(RESAMPLES, len(works)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return (float(low), float(high))


if __name__ == "__main__":
    sys.exit(main())
