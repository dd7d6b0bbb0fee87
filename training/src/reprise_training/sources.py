"""Where a run's batches come from: simulated charts and rendered songs, or a corpus of real recordings. By work, never
by version, some are left out to watch the loss on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from torch import Generator, Tensor

from reprise_training.config import Run
from reprise_training.corpora.ahead import Ahead
from reprise_training.corpora.batches import WholeTracks
from reprise_training.corpora.datacos import read_datacos
from reprise_training.corpora.folder import read_folder
from reprise_training.corpora.refusals import Refusals, to_stderr
from reprise_training.corpora.shs import read_shs_file, read_shs_list
from reprise_training.corpora.track import Track, UnlikelyHopError, check_hop, works_of
from reprise_training.mixture import Mixture
from reprise_training.simulate.rendered import Rendition
from reprise_training.simulate.score import Score
from reprise_training.tunes.tune import Tune
from reprise_training.views import CREMA

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

    def close(self) -> None:
        """Draws no more."""


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


FEWEST_WORKS = 4
"""Of a corpus: two to train on, two to watch."""


def recorded(run: Run, tracks: list[Track], refusals: Refusals | None = None) -> Sources:
    """A corpus, loaded ahead."""
    if run.views != (CREMA,):
        raise ValueError(f"{run.name} reads {' and '.join(run.views)}; the recordings of a corpus have {CREMA} alone")
    works = works_of(tracks)
    if len(works) < FEWEST_WORKS:
        raise ValueError(f"{len(works)} works with two versions or more are too few: {FEWEST_WORKS} at least")
    apart = split(works, run)
    kept = refusals or Refusals()

    def sources(device: str, process: int) -> tuple[Source, Source]:
        trained = WholeTracks(apart[0], run.passages, run.seed + 1000 * process, device, kept)
        return Ahead(trained), WholeTracks(apart[1], run.passages, run.seed + 1, device, kept)

    return sources


@dataclass(frozen=True)
class Kind:
    """A layout in which corpora lie on disks."""

    read: Callable[..., list[Track]]
    paths: tuple[str, ...]
    is_published: bool = True
    """By others, with the hop that they chose."""


KINDS = {
    "datacos": Kind(read_datacos, ("METADATA", "FEATURES")),
    "shs-file": Kind(read_shs_file, ("FILE",)),
    "shs-list": Kind(read_shs_list, ("LIST", "FEATURES")),
    "folder": Kind(read_folder, ("AUDIO", "LABELS", "FEATURES", "REPRISE"), is_published=False),
}


def read_corpus(kind: str, paths: list[Path], hop_samples: int | None = None) -> list[Track]:
    """`datacos METADATA FEATURES`, `shs-file FILE`, `shs-list LIST FEATURES`,
    `folder AUDIO LABELS FEATURES REPRISE`. With another hop than the reader states if one is given: whoever gives it is
    told when it is unlikely, who does not is refused."""
    if kind not in KINDS:
        raise ValueError(f"there is no corpus {kind}; there are {', '.join(KINDS)}")
    wanted = KINDS[kind]
    if len(paths) != len(wanted.paths):
        raise ValueError(f"{kind} is given by {' '.join(wanted.paths)}, not by {len(paths)} paths")
    tracks = wanted.read(*paths)
    if hop_samples is not None:
        tracks = [replace(track, hop_samples=hop_samples) for track in tracks]
    if wanted.is_published:
        try:
            check_hop(tracks)
        except UnlikelyHopError as error:
            if hop_samples is None:
                raise
            to_stderr(f"unlikely: {error}")
    return tracks


def split(items: list[Item], run: Run) -> tuple[list[Item], list[Item]]:
    """To train on, to watch."""
    order = np.random.default_rng(run.seed).permutation(len(items))
    n_watched = max(2, round(run.validation_share * len(items)))
    return [items[i] for i in order[n_watched:]], [items[i] for i in order[:n_watched]]
