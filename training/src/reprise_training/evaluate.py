r"""How well a run finds versions by its vectors alone, on features that the Rust chain computed, or on a corpus.

    python -m reprise_training.evaluate --config training/configs/NAME.yaml --checkpoint DIR/checkpoint.pt \
        --features DIR --labels labels.csv [labels.csv ...] [--by whole|windows|moments] [--keys 12]
    python -m reprise_training.evaluate --config training/configs/asimt-paper.yaml --checkpoint DIR/checkpoint.pt \
        --corpus KIND PATH... --keys 1

The checkpoint may be models/asimt/model.onnx, which is what ships of `moments`. DIR holds `<name>.crema.npy` and
`<name>.chroma.npy` from `reprise features`; labels.csv says which files are of one work (`file,work`), the others are
impostors. Each labels.csv gives a row, for which the works of the others are impostors too. Of a corpus, all tracks
are candidates, and those with another version are queries; what it has no view for is silent. Two tracks are as alike
as the mean over the query's vectors of the best vector of the candidate, less what the best of so many has by chance,
in the best of 12 keys; the paper compares in one.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from reprise_training.config import Run, read_run
from reprise_training.corpora.refusals import Refusals
from reprise_training.corpora.track import Track
from reprise_training.embedding import Embed, embedder
from reprise_training.failures import sentence
from reprise_training.metrics.ranking import HEADER, Ranking, evaluate_ranking, evaluate_rows, queries_of
from reprise_training.model.build import on_fastest_device, trained_model
from reprise_training.search import KEYS, likeness_rows, track_likeness
from reprise_training.sources import read_corpus
from reprise_training.views import CREMA, rows_of

TRACKS_AT_ONCE = 64
"""Of a corpus, in memory."""


def main(words: Sequence[str] | None = None) -> int:
    """Prints a row of the table of results; 1 when there is nothing to rank. The words are those of the command line if
    none are given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    heard = parser.add_mutually_exclusive_group(required=True)
    heard.add_argument("--features", type=Path)
    heard.add_argument("--corpus", nargs="+", metavar=("KIND", "PATH"), help=read_corpus.__doc__)
    parser.add_argument("--hop", type=int, help="samples from frame to frame of the corpus, if not the published ones")
    parser.add_argument("--labels", type=Path, nargs="+", default=[])
    parser.add_argument("--by", choices=("whole", "windows", "moments"))
    parser.add_argument("--keys", type=int, choices=(1, KEYS), default=KEYS, help="1: only as it is")
    options = parser.parse_args(words)
    if options.features and not options.labels:
        parser.error("--features DIR needs --labels FILE")
    try:
        run = read_run(options.config)
        model = on_fastest_device(trained_model(run, options.checkpoint))
        by = options.by or default_by(run)
        if by == "moments" and not run.model.moment_dim:
            raise ValueError(f"{run.name} has no moments")
        embed = embedder(model, by, run.passages.n_frames)
        ranked = of_corpus(run, embed, options) if options.corpus else of_features(run, embed, options)
    except (ValueError, OSError) as error:
        print(f"evaluate: {sentence(error)}", file=sys.stderr)
        return 1
    print(f"| run | labels | by | keys | {HEADER} |")
    for name, ranking in ranked:
        print(f"| {run.name} | {name} | {by} | {options.keys} | {ranking.row()} |")
    return 0


def default_by(run: Run) -> str:
    """What a run learns to compare by."""
    if run.model.moment_dim:
        return "moments"
    return "whole" if run.passages.whole else "windows"


def of_features(run: Run, embed: Embed, options: argparse.Namespace) -> list[tuple[str, Ranking]]:
    """A ranking for each file of labels."""
    named = read_tracks(options.features, run.views)
    halves = [read_labels(labels) for labels in options.labels]
    for labels, work_of in zip(options.labels, halves, strict=True):
        if work_of.keys().isdisjoint(named):
            raise ValueError(f"{options.features}: no track of {labels}")
    is_query = [any(name in work_of for work_of in halves) for name in named]
    likeness = track_likeness(list(named.values()), is_query, embed, options.keys)
    return [
        (labels.stem, evaluate_ranking(likeness, [work_of.get(name) for name in named]))
        for labels, work_of in zip(options.labels, halves, strict=True)
    ]


def of_corpus(run: Run, embed: Embed, options: argparse.Namespace) -> list[tuple[str, Ranking]]:
    """The ranking of all tracks of a corpus that can be read."""
    kind, *paths = options.corpus
    tracks = read_corpus(kind, [Path(path) for path in paths], options.hop)
    refusals = Refusals()
    ranking = rank_corpus(run, embed, tracks, options.keys, refusals)
    if said := refusals.summary():
        print(said, file=sys.stderr)
    return [(f"{kind} {Path(paths[0]).stem}", ranking)]


def rank_corpus(run: Run, embed: Embed, tracks: list[Track], n_keys: int, refusals: Refusals) -> Ranking:
    """Reads every track once, and once more to ask with it; holds the vectors of all and the rows of few."""
    if CREMA not in run.views:
        raise ValueError(f"{run.name} reads {' and '.join(run.views)}; the recordings of a corpus have {CREMA} alone")
    kept: list[Track] = []
    stored: list[np.ndarray] = []
    for first in range(0, len(tracks), TRACKS_AT_ONCE):
        some = tracks[first : first + TRACKS_AT_ONCE]
        rows = {index: read for index, track in enumerate(some) if (read := refusals.read(track)) is not None}
        kept += [some[index] for index in rows]
        stored += embed([rows_of({CREMA: frames}, run.views) for frames in rows.values()]) if rows else []
    works = [track.work for track in kept]
    asked = likeness_rows(
        lambda query: rows_of({CREMA: kept[query].read()}, run.views), stored, queries_of(works), embed, n_keys
    )
    return evaluate_rows(asked, works)


def read_labels(labels: Path) -> dict[str, str]:
    """Works by the stems of their files."""
    with labels.open(newline="", encoding="utf-8") as rows:
        table = csv.DictReader(rows)
        if not {"file", "work"} <= set(table.fieldnames or ()):
            raise ValueError(f"{labels}: needs the columns file and work")
        return {Path(row["file"]).stem: row["work"] for row in table}


def read_tracks(features: Path, views: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Rows [12 * views, T] of every track, by name."""
    tracks = {}
    for name in sorted(path.name.removesuffix(".crema.npy") for path in features.glob("*.crema.npy")):
        found = {view: features / f"{name}.{view}.npy" for view in views}
        loaded = {view: np.load(path).T.astype(np.float32) for view, path in found.items() if path.exists()}
        tracks[name] = rows_of(loaded, views)
    return tracks


if __name__ == "__main__":
    sys.exit(main())
