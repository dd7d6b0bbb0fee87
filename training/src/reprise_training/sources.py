"""Where a run's batches come from: simulated charts and rendered songs, or a corpus of real recordings. By work, never
by version, some are left out to watch the loss on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from torch import Generator, Tensor

from reprise_training.config import Run
from reprise_training.corpora.batches import WholeTracks
from reprise_training.corpora.datacos import read_datacos
from reprise_training.corpora.folder import read_folder
from reprise_training.corpora.shs import read_shs_file, read_shs_list
from reprise_training.corpora.track import Track, works_of
from reprise_training.mixture import Mixture
from reprise_training.simulate.rendered import Rendition
from reprise_training.simulate.score import Score
from reprise_training.tunes.tune import Tune

Item = TypeVar("Item")


class Source(Protocol):
    """Draws batches."""

    n_works: int
    generator: Generator

    def batch(self) -> tuple[Tensor, Tensor]:
        """Frames [n, rows, n_frames] and the work of each [n]."""

    def complete_windows(self) -> Tensor:
        """Frames that have every view."""

    def state(self) -> dict[str, Any]:
        """Where the draws stand."""

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""


Sources = Callable[[str, int], tuple[Source, Source]]
"""From a device and the number of the process, what is trained on and what is watched. Processes draw batches of their
own."""


def made(
    run: Run, works: list[list[Score]], songs: list[list[Rendition]], tunes: list[list[Tune]] | None = None
) -> Sources:
    """Charts, rendered songs and tunes."""
    works_apart, songs_apart, tunes_apart = (split(items, run) for items in (works, songs, tunes or []))

    def sources(device: str, process: int) -> tuple[Source, Source]:
        trained, watched = (
            Mixture(run, works_apart[side], songs_apart[side], seed, device, tunes_apart[side])
            for side, seed in enumerate((run.seed + 1000 * process, run.seed + 1))
        )
        return trained, watched

    return sources


def recorded(run: Run, tracks: list[Track]) -> Sources:
    """A corpus."""
    apart = split(works_of(tracks), run)

    def sources(device: str, process: int) -> tuple[Source, Source]:
        trained = WholeTracks(apart[0], run.passages, run.seed + 1000 * process, device)
        return trained, WholeTracks(apart[1], run.passages, run.seed + 1, device)

    return sources


READERS: dict[str, Callable[..., list[Track]]] = {
    "datacos": read_datacos,
    "shs-file": read_shs_file,
    "shs-list": read_shs_list,
    "folder": read_folder,
}


def read_corpus(kind: str, paths: list[Path]) -> list[Track]:
    """`datacos METADATA FEATURES`, `shs-file FILE`, `shs-list LIST FEATURES`,
    `folder AUDIO LABELS FEATURES REPRISE`."""
    if kind not in READERS:
        raise ValueError(f"there is no corpus {kind}; there are {', '.join(READERS)}")
    try:
        return READERS[kind](*paths)
    except TypeError as error:
        raise ValueError(f"{kind} is not given by {len(paths)} paths") from error


def split(items: list[Item], run: Run) -> tuple[list[Item], list[Item]]:
    """To train on, to watch."""
    order = np.random.default_rng(run.seed).permutation(len(items))
    n_watched = max(2, round(run.validation_share * len(items)))
    return [items[i] for i in order[n_watched:]], [items[i] for i in order[:n_watched]]
