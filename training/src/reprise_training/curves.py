"""Draws the curves of runs: loss in training and on watched works, the share of nearest neighbours that are right, and
the accuracy of classification in training.

    python -m reprise_training.curves DIR [DIR ...] --out curves.png [--tensorboard DIR]

DIR: what train.py wrote, log.csv in it. Needs matplotlib, and tensorboard for `--tensorboard`. The paper's curves of
its two poolings, accuracy and loss, are those of the runs `asimt-paper-ce` and `asimt-paper-mean`.
"""

import argparse
import csv
import math
import sys
from dataclasses import dataclass
from pathlib import Path

from reprise_training.failures import sentence

PANELS = ("loss in training", "loss on watched works", "nearest is a version", "accuracy in training")


@dataclass(frozen=True)
class Curve:
    """A run's figures, one for each line of its log."""

    name: str
    steps: list[int]
    values: list[list[float]]
    """As PANELS has them; no number where a run has none."""


def main() -> None:
    """Draws, and writes TensorBoard's events if wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tensorboard", type=Path)
    options = parser.parse_args()
    try:
        curves = [read_curve(run) for run in options.runs]
    except (ValueError, OSError) as error:
        sys.exit(f"curves: {sentence(error)}")
    draw(curves, options.out)
    if options.tensorboard:
        write_events(curves, options.tensorboard)


def read_curve(run: Path) -> Curve:
    """The log of a run; a ValueError names it when it is none."""
    path = run / "log.csv"
    with path.open(newline="", encoding="utf-8") as log:
        rows = [row for row in csv.reader(log) if row]
    try:
        columns = list(zip(*[[float(value or "nan") for value in row] for row in rows], strict=True))
        steps, *values = columns
    except ValueError as error:
        raise ValueError(f"{path} is no log of a run") from error
    if len(values) == len(PANELS) - 1:
        # Logs once had no accuracy.
        values.append((math.nan,) * len(steps))
    if len(values) != len(PANELS):
        raise ValueError(f"{path} is no log of a run")
    return Curve(run.name, [int(step) for step in steps], [list(value) for value in values])


def draw(curves: list[Curve], out: Path) -> None:
    """One panel for each figure."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, len(PANELS), figsize=(20, 4), constrained_layout=True)
    for index, (panel, title) in enumerate(zip(panels, PANELS, strict=True)):
        for curve in curves:
            panel.plot(curve.steps, curve.values[index], label=curve.name)
        panel.set(title=title, xlabel="step")
    panels[0].legend()
    figure.savefig(out, dpi=110)
    plt.close(figure)


def write_events(curves: list[Curve], folder: Path) -> None:
    """For TensorBoard, a folder a run."""
    from torch.utils.tensorboard import SummaryWriter

    for curve in curves:
        with SummaryWriter(str(folder / curve.name)) as events:
            for title, values in zip(PANELS, curve.values, strict=True):
                for step, value in zip(curve.steps, values, strict=True):
                    if not math.isnan(value):
                        events.add_scalar(title, value, step)


if __name__ == "__main__":
    main()
