r"""How well a run finds versions by its vectors alone, on features that the Rust chain computed.

    python -m reprise_training.evaluate --config training/configs/NAME.yaml --checkpoint DIR/checkpoint.pt \
        --features DIR --labels labels.csv [labels.csv ...] [--by whole|windows|moments] [--keys 12]

The checkpoint may be models/asimt/model.onnx, which is what ships of `moments`. DIR holds `<name>.crema.npy` and
`<name>.chroma.npy` from `reprise features`; labels.csv says which files are of one work (`file,work`), the others are
impostors. Each labels.csv gives a row, for which the works of the others are impostors too. Two tracks are as alike as
the mean over the query's vectors of the best vector of the candidate, less what the best of so many has by chance, in
the best of 12 keys.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

from reprise_training.config import read_run
from reprise_training.embedding import Embed, embedder
from reprise_training.metrics.ranking import HEADER, evaluate_ranking
from reprise_training.model.build import on_fastest_device, trained_model
from reprise_training.views import rotated, rows_of
from reprise_training.windows import by_chance

KEYS = 12


def main() -> int:
    """Prints a row of the table of results; 1 when there is nothing to rank."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--labels", type=Path, nargs="+", required=True)
    parser.add_argument("--by", choices=("whole", "windows", "moments"))
    parser.add_argument("--keys", type=int, choices=(1, KEYS), default=KEYS, help="1: only as it is")
    options = parser.parse_args()
    run = read_run(options.config)
    model = on_fastest_device(trained_model(run, options.checkpoint))
    named = read_tracks(options.features, run.views)
    halves = [read_labels(labels) for labels in options.labels]
    for labels, work_of in zip(options.labels, halves, strict=True):
        if work_of.keys().isdisjoint(named):
            print(f"{options.features}: no track of {labels}", file=sys.stderr)
            return 1
    by = options.by or ("moments" if run.model.moment_dim else "windows")
    is_query = [any(name in work_of for work_of in halves) for name in named]
    embed = embedder(model, by, run.passages.n_frames)
    likeness = track_likeness(list(named.values()), is_query, embed, options.keys)
    print(f"| run | labels | by | keys | {HEADER} |")
    for labels, work_of in zip(options.labels, halves, strict=True):
        ranking = evaluate_ranking(likeness, [work_of.get(name) for name in named])
        print(f"| {run.name} | {labels.stem} | {by} | {options.keys} | {ranking.row()} |")
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


def track_likeness(tracks: list[np.ndarray], is_query: list[bool], embed: Embed, n_keys: int = KEYS) -> np.ndarray:
    """[n_tracks, n_tracks], rows of tracks that are no query left at -2; `tracks`: rows of each."""
    stored = embed(tracks)
    chance = by_chance(stored)
    together = np.concatenate(stored)
    starts = np.cumsum([0] + [len(one) for one in stored[:-1]])
    result = np.full((len(tracks), len(tracks)), -2.0, np.float32)
    for index in np.flatnonzero(is_query):
        own = tracks[index]
        query = np.concatenate(embed([rotated(own, key) for key in range(n_keys)]))
        best = np.maximum.reduceat(query @ together.T, starts, axis=1)
        result[index] = best.reshape(n_keys, -1, len(tracks)).mean(axis=1).max(axis=0) - chance
    return result


if __name__ == "__main__":
    sys.exit(main())
