"""How well a run finds versions by its windows alone, on features that the Rust chain computed.

    python -m reprise_training.evaluate --config training/configs/NAME.yaml --checkpoint DIR/checkpoint.pt \\
        --features DIR --labels labels.csv [--hop 0.25]

DIR holds `<name>.crema.npy` from `reprise features`; labels.csv says which files are of one work (`file,work`), the others
are strangers. Two tracks are as alike as the mean over the query's windows of the best window of the candidate, in the
best of 12 keys.
"""

import argparse
import csv
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from reprise_training.config import read_run
from reprise_training.metrics.ranking import evaluate_ranking
from reprise_training.model.asimt import Asimt
from reprise_training.windows import WINDOW_HOP, windows

Embed = Callable[[np.ndarray], np.ndarray]
BATCH = 256


def main() -> int:
    """Prints the figures; 1 when there is nothing to rank."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--hop", type=float, default=WINDOW_HOP)
    options = parser.parse_args()
    run = read_run(options.config)
    model = Asimt(run.model)
    model.load_state_dict(torch.load(options.checkpoint, map_location="cpu", weights_only=True)["model"])
    tracks, works = read_tracks(options.features, options.labels)
    if not any(work is not None for work in works):
        print(f"{options.features}: no track of {options.labels}", file=sys.stderr)
        return 1
    embedded = [windows(frames, run.model.n_frames, options.hop) for frames in tracks]
    likeness = track_likeness(embedded, works, embedder(model))
    print(evaluate_ranking(likeness, works))
    return 0


def read_tracks(features: Path, labels: Path) -> tuple[list[np.ndarray], list[str | None]]:
    """Frames [12, T] of every track, and its work if it has one."""
    with labels.open(newline="", encoding="utf-8") as rows:
        work_of = {Path(row["file"]).stem: row["work"] for row in csv.DictReader(rows)}
    paths = sorted(features.glob("*.crema.npy"))
    names = [path.name.removesuffix(".crema.npy") for path in paths]
    return [np.load(path).T for path in paths], [work_of.get(name) for name in names]


def embedder(model: Asimt) -> Embed:
    """Windows [n, 12, n_frames] to unit vectors [n, d]."""
    model.eval()

    @torch.no_grad()
    def embed(batch: np.ndarray) -> np.ndarray:
        parts = [model(torch.from_numpy(batch[i : i + BATCH])).embedding for i in range(0, len(batch), BATCH)]
        return torch.nn.functional.normalize(torch.cat(parts), dim=1).numpy()

    return embed


def track_likeness(tracks: list[np.ndarray], works: list[str | None], embed: Embed) -> np.ndarray:
    """[n_tracks, n_tracks], rows of tracks without a work left at -1; `tracks`: windows of each."""
    stored = [embed(one) for one in tracks]
    together = np.concatenate(stored)
    starts = np.cumsum([0] + [len(one) for one in stored[:-1]])
    result = np.full((len(tracks), len(tracks)), -1.0, np.float32)
    for index, (own, work) in enumerate(zip(tracks, works, strict=True)):
        if work is None:
            continue
        rotated = embed(np.concatenate([np.roll(own, key, axis=1) for key in range(12)]))
        best = np.maximum.reduceat(rotated @ together.T, starts, axis=1)
        result[index] = best.reshape(12, len(own), -1).mean(axis=1).max(axis=0)
    return result


if __name__ == "__main__":
    sys.exit(main())
