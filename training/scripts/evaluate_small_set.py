r"""The paper's small experiment: 350 tracks, 50 works of seven versions, two sevenths of them works that were trained
on.

    python training/scripts/evaluate_small_set.py --config NAME.yaml --checkpoint checkpoint.pt --works works.json.gz
    python training/scripts/evaluate_small_set.py --config NAME.yaml --checkpoint checkpoint.pt --corpus KIND PATH...

The paper's tracks are recordings, 100 of which were trained on; which ones it does not say. With `--corpus`, the one
that was trained on, they are recordings here too: seven versions each of 14 works that were trained on and of 36 that
were only watched in training. With `--works` they are simulated from charts, which shows what a network has learned of
the simulation, not how it does on music.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from reprise_training.config import Run, read_run
from reprise_training.corpora.batches import first_frames
from reprise_training.corpora.refusals import Refusals
from reprise_training.corpora.track import Track, works_of
from reprise_training.embedding import of_frames
from reprise_training.failures import content_of, sentence
from reprise_training.metrics.ranking import HEADER, Ranking, evaluate_ranking
from reprise_training.model.build import trained_model
from reprise_training.simulate.passages import PassageSampler
from reprise_training.simulate.score import Score, read_works
from reprise_training.sources import read_corpus, split

N_WORKS, N_SEEN, N_VERSIONS = 50, 14, 7
SEED = 350

Part = tuple[torch.Tensor, list[int]]
"""Frames of tracks [n, rows, n_frames] and the work of each."""


def main() -> int:
    """Prints a row for all works and one for each part; 1 when there are too few."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    heard = parser.add_mutually_exclusive_group(required=True)
    heard.add_argument("--works", type=Path)
    heard.add_argument("--corpus", nargs="+", metavar=("KIND", "PATH"), help=read_corpus.__doc__)
    parser.add_argument("--hop", type=int, help="samples from frame to frame of the corpus, if not the published ones")
    options = parser.parse_args()
    try:
        run = read_run(options.config)
        model = trained_model(run, options.checkpoint)
        if options.corpus:
            kind, *paths = options.corpus
            tracks = read_corpus(kind, [Path(path) for path in paths], options.hop)
            parts = recorded(run, tracks, Refusals())
        else:
            seen, unseen = split(content_of("--works", options.works, read_works), run)
            parts = simulated(run, seen, N_SEEN), simulated(run, unseen, N_WORKS - N_SEEN)
    except (ValueError, OSError) as error:
        print(f"evaluate_small_set: {sentence(error)}", file=sys.stderr)
        return 1
    print(f"| {run.name} | {HEADER} |")
    for name, ranking in rankings(model, *parts).items():
        print(f"| {name} | {ranking.row()} |")
    return 0


def rankings(model: torch.nn.Module, seen: Part, new: Part) -> dict[str, Ranking]:
    """Of all works, and of each part among all tracks."""
    old, others = ([f"{kind} {work}" for work in part[1]] for kind, part in (("seen", seen), ("new", new)))
    vectors = torch.cat([of_frames(model, part[0]) for part in (seen, new)])
    rows: dict[str, list[str | None]] = {
        "all": [*old, *others],
        "works trained on": [*old, *[None] * len(others)],
        "new works": [*[None] * len(old), *others],
    }
    return {name: evaluate_ranking((vectors @ vectors.T).numpy(), works) for name, works in rows.items()}


def simulated(run: Run, works: list[list[Score]], n_works: int) -> Part:
    """Renditions of so many works."""
    wanted = replace(run.passages, n_works=n_works, n_renditions=N_VERSIONS)
    frames, names = PassageSampler(works, wanted, SEED, run.liberties, run.recogniser).batch()
    return frames, names.tolist()


def recorded(run: Run, tracks: list[Track], refusals: Refusals) -> tuple[Part, Part]:
    """The first frames of recordings: of works that were trained on, and of works that were not."""
    choice = np.random.default_rng(SEED)
    wanted = ("trained on", N_SEEN), ("left out of training", N_WORKS - N_SEEN)
    parts = []
    for works, (which, n_works) in zip(split(works_of(tracks), run), wanted, strict=True):
        frames: list[np.ndarray] = []
        names: list[int] = []
        for work in choice.permutation(len(works)):
            if len(names) == n_works * N_VERSIONS:
                break
            versions = readable(works[work], refusals, choice)
            if len(versions) == N_VERSIONS:
                frames += [first_frames(one, run.input_shape[1]) for one in versions]
                names += [int(work)] * N_VERSIONS
        if len(names) < n_works * N_VERSIONS:
            raise ValueError(
                f"{len(names) // N_VERSIONS} works {which} have {N_VERSIONS} versions; {n_works} are needed"
            )
        parts.append((torch.from_numpy(np.stack(frames)), names))
    return parts[0], parts[1]


def readable(versions: list[Track], refusals: Refusals, choice: np.random.Generator) -> list[np.ndarray]:
    """Frames of so many of a work's versions, drawn; fewer if it has no more that can be read."""
    found: list[np.ndarray] = []
    for index in choice.permutation(len(versions)) if len(versions) >= N_VERSIONS else []:
        if len(found) < N_VERSIONS and (frames := refusals.read(versions[index])) is not None:
            found.append(frames)
    return found


if __name__ == "__main__":
    sys.exit(main())
