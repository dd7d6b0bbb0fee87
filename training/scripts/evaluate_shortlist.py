r"""How many works a shortlist of 20 to 400 finds among thousands of impostors: mean features and 2DFTM, then the index
of codes alone, what it gives compared by moments, and everything compared by moments.

    PYTHONPATH=training/src python training/scripts/evaluate_shortlist.py --checkpoint models/asimt/model.onnx \
        --codebook models/asimt/codebook.i8 --features FEATURES --labels labels_a.csv labels_b.csv \
        --impostors rendered.npz

FEATURES as for `reprise_training.evaluate`, the checkpoint too; the impostors are songs as `render_pop909.py` packs
them, if there are to be more than FEATURES has. Moments are in the three likeliest keys of a track, as the application
keeps them. The interval is of a bootstrap over works.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import nn

from reprise_training.baselines import best_rotation, mean_profile, two_dftm
from reprise_training.codebook import N_HELD, STEPS, held_codes, shared
from reprise_training.config import read_run
from reprise_training.embedding import moments_of
from reprise_training.evaluate import read_labels, read_tracks
from reprise_training.keys import likely_keys
from reprise_training.metrics.ranking import bootstrap
from reprise_training.model.build import on_fastest_device, trained_model
from reprise_training.simulate.rendered import read_all
from reprise_training.views import rotated
from reprise_training.windows import by_chance

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
FIRST = (1, 20, 50, 100, 200, 400)
COMPARED = 800
LEAST = -9.0
"""Below any likeness."""
TOLD = 100
"""Of these hits there is an interval."""

Way = Callable[[int], np.ndarray]
"""Of a query the likeness with every track."""


@dataclass(frozen=True)
class Tracks:
    """What is searched, impostors last."""

    names: list[str | None]
    """None for impostors."""
    rows: list[np.ndarray]
    search: "Search"

    def works(self, labels: Path) -> list[str | None]:
        """Of each track, as far as the table knows it."""
        of = read_labels(labels)
        return [None if name is None else of.get(name) for name in self.names]


def main() -> None:
    """Prints a row for each way and list of labels."""
    tracks, labels = read(__doc__)
    fourier = np.stack([two_dftm(rows[:12]) for rows in tracks.rows])
    profiles = np.stack([mean_profile(rows[:12]) for rows in tracks.rows])
    ways: dict[str, Way] = {
        "mean features": lambda query: best_rotation(profiles[query], profiles),
        "2DFTM": lambda query: fourier @ fourier[query],
        "index alone": tracks.search.by_codes,
        f"then {COMPARED} by moments": tracks.search.both,
        "all by moments": tracks.search.by_moments,
    }
    print(f"{len(tracks.names)} tracks | " + " | ".join(f"hit@{k}" for k in FIRST) + f" | hit@{TOLD}, 95 % over works")
    for path in labels:
        works = tracks.works(path)
        for name, way in ways.items():
            print(f"{path.stem}, {name} | {row(first_ranks(way, works))}", flush=True)


def read(description: str) -> tuple[Tracks, list[Path]]:
    """The tracks that the command line names, and the tables of labels."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=CONFIGS / "moments.yaml")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--codebook", type=Path, required=True)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--labels", type=Path, nargs="+", required=True)
    parser.add_argument("--impostors", type=Path, nargs="*", default=[])
    parser.add_argument("--held", type=int, default=N_HELD, help="codes held for each moment")
    options = parser.parse_args()
    run = read_run(options.config)
    model = on_fastest_device(trained_model(run, options.checkpoint))
    named = read_tracks(options.features, run.views)
    songs = read_all(options.impostors, run.views)
    impostors = [rendition.rows.astype(np.float32) for song in songs for rendition in song]
    rows = [*named.values(), *impostors]
    centres = np.fromfile(options.codebook, np.int8).reshape(-1, run.model.moment_dim).astype(np.float32) / STEPS
    search = Search([keyed(model, one) for one in rows], centres, options.held)
    return Tracks([*named, *[None] * len(impostors)], rows, search), options.labels


def keyed(model: nn.Module, rows: np.ndarray) -> list[np.ndarray]:
    """The moments [n, d] of a track in its likeliest keys."""
    return moments_of(model, [rotated(rows, key) for key in likely_keys(rows[:12])])


class Search:
    """Likeness of one track with all, in the best pair of their keys."""

    def __init__(
        self,
        tracks: list[list[np.ndarray]],
        centres: np.ndarray,
        n_held: int,
        asked: list[list[np.ndarray]] | None = None,
    ) -> None:
        """`tracks`: the keys of each; `n_held`: the codes held for a moment; `asked`: the keys that each is asked for
        in, the same unless they are given."""
        self.tracks, self.centres, self.asked = tracks, centres, asked or tracks
        documents = [key for track in tracks for key in track]
        self.owner = np.repeat(np.arange(len(tracks)), [len(track) for track in tracks])
        self.together = np.concatenate(documents)
        self.starts = np.cumsum([0] + [len(one) for one in documents[:-1]])
        numbers = np.split(held_codes(self.together, centres, n_held), self.starts[1:])
        self.held = [np.unique(one) for one in numbers]
        self.chance = by_chance(documents)
        self.compared: dict[int, np.ndarray] = {}
        """Likeness of each query so far with everything: two ways ask for it."""

    def best(self, of_documents: list[np.ndarray]) -> np.ndarray:
        """Of each track's documents the best, over the query's keys."""
        result = np.full(len(self.tracks), LEAST)
        for likeness in of_documents:
            np.maximum.at(result, self.owner, likeness)
        return result

    def by_codes(self, query: int) -> np.ndarray:
        """What the index gives."""
        return self.best([shared(key, self.held, self.centres) for key in self.asked[query]])

    def by_moments(self, query: int) -> np.ndarray:
        """Late interaction with everything, above what is chance."""
        if query not in self.compared:
            rows = [np.maximum.reduceat(key @ self.together.T, self.starts, axis=1) for key in self.asked[query]]
            self.compared[query] = self.best([row.mean(axis=0) - self.chance for row in rows])
        return self.compared[query]

    def both(self, query: int) -> np.ndarray:
        """Late interaction with what the index gives first."""
        first = self.by_codes(query)
        first[query] = -1
        kept = np.argpartition(-first, COMPARED)[:COMPARED]
        result = np.full(len(self.tracks), LEAST)
        result[kept] = self.by_moments(query)[kept]
        return result


def first_ranks(way: Way, works: list[str | None]) -> dict[str, list[int]]:
    """Of each work's queries, how many tracks lie before the best version."""
    ranks: dict[str, list[int]] = {}
    for query, work in enumerate(works):
        if work is None:
            continue
        versions = [i for i, other in enumerate(works) if other == work and i != query]
        if versions:
            likeness = way(query).copy()
            likeness[query] = LEAST
            ranks.setdefault(work, []).append(int((likeness > likeness[versions].max()).sum()))
    return ranks


def row(ranks: dict[str, list[int]]) -> str:
    """The shares of queries that have a version among the first so many, and an interval of one of them."""
    flat = np.concatenate(list(ranks.values()))
    low, high = bootstrap([[float(rank < TOLD) for rank in of_work] for of_work in ranks.values()])
    return " | ".join(f"{(flat < k).mean():.3f}" for k in FIRST) + f" | {low:.3f} to {high:.3f}"


if __name__ == "__main__":
    main()
