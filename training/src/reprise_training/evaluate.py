"""How well a run finds versions by its vectors alone, on features that the Rust chain computed.

    python -m reprise_training.evaluate --config training/configs/NAME.yaml --checkpoint DIR/checkpoint.pt \\
        --features DIR --labels labels.csv [--by whole|windows|moments] [--keys 12]

DIR holds `<name>.crema.npy` and `<name>.chroma.npy` from `reprise features`; labels.csv says which files are of one work
(`file,work`), the others are strangers. Two tracks are as alike as the mean over the query's vectors of the best vector of
the candidate, in the best of 12 keys.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

from reprise_training.config import read_run
from reprise_training.embedding import Embed, embedder
from reprise_training.metrics.ranking import HEADER, evaluate_ranking
from reprise_training.model.build import trained_model
from reprise_training.views import rotated, rows_of

KEYS = 12


def main() -> int:
    """Prints a row of the table of results; 1 when there is nothing to rank."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--by", choices=("whole", "windows", "moments"))
    parser.add_argument("--keys", type=int, choices=(1, KEYS), default=KEYS, help="1: only as it is")
    options = parser.parse_args()
    run = read_run(options.config)
    model = trained_model(run, options.checkpoint)
    named, work_of = read_tracks(options.features, run.views), read_labels(options.labels)
    tracks, works = list(named.values()), [work_of.get(name) for name in named]
    if not any(work is not None for work in works):
        print(f"{options.features}: no track of {options.labels}", file=sys.stderr)
        return 1
    print(f"| run | by | keys | {HEADER} |")
    by = options.by or ("moments" if run.model.moment_dim else "windows")
    likeness = track_likeness(tracks, works, embedder(model, by, run.passages.n_frames), options.keys)
    print(f"| {run.name} | {by} | {options.keys} | {evaluate_ranking(likeness, works).row()} |")
    return 0


def read_labels(labels: Path) -> dict[str, str]:
    """Works by the stems of their files."""
    with labels.open(newline="", encoding="utf-8") as rows:
        return {Path(row["file"]).stem: row["work"] for row in csv.DictReader(rows)}


def read_tracks(features: Path, views: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Rows [12 * views, T] of every track, by name."""
    tracks = {}
    for name in sorted(path.name.removesuffix(".crema.npy") for path in features.glob("*.crema.npy")):
        found = {view: features / f"{name}.{view}.npy" for view in views}
        loaded = {view: np.load(path).T.astype(np.float32) for view, path in found.items() if path.exists()}
        tracks[name] = rows_of(loaded, views)
    return tracks


def track_likeness(
    tracks: list[np.ndarray], works: list[str | None], embed: Embed, n_keys: int = KEYS
) -> np.ndarray:
    """[n_tracks, n_tracks], rows of tracks without a work left at -1; `tracks`: rows of each."""
    stored = embed(tracks)
    together = np.concatenate(stored)
    starts = np.cumsum([0] + [len(one) for one in stored[:-1]])
    result = np.full((len(tracks), len(tracks)), -1.0, np.float32)
    for index, (own, work) in enumerate(zip(tracks, works, strict=True)):
        if work is None:
            continue
        query = np.concatenate(embed([rotated(own, key) for key in range(n_keys)]))
        best = np.maximum.reduceat(query @ together.T, starts, axis=1)
        result[index] = best.reshape(n_keys, -1, len(tracks)).mean(axis=1).max(axis=0)
    return result


if __name__ == "__main__":
    sys.exit(main())
