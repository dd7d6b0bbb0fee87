"""A track of a corpus, read when it is needed."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np


@dataclass(frozen=True)
class Track:
    """One recording."""

    name: str
    work: str
    read: Callable[[], np.ndarray]
    """Chord-pitch frames float32 [12, T]; a ValueError names the file that is no such thing."""


def works_of(tracks: Iterable[Track], fewest: int = 2) -> list[list[Track]]:
    """Tracks by work; works of fewer tracks teach nothing and are left out."""
    works: dict[str, list[Track]] = defaultdict(list)
    for track in tracks:
        works[track.work].append(track)
    return [works[name] for name in sorted(works) if len(works[name]) >= fewest]


def read_npy(path: Path) -> np.ndarray:
    """[T, 12] or [12, T] on disk to [12, T]."""
    return frames_of(np.load(path, allow_pickle=False), path)


def read_hdf5(path: Path, dataset: str) -> np.ndarray:
    """A dataset of a file, [T, 12] or [12, T], to [12, T]."""
    try:
        with h5py.File(path) as content:
            if dataset not in content:
                raise ValueError(f"{path}: holds no {dataset}")
            return frames_of(np.asarray(content[dataset]), path)
    except OSError as error:
        raise ValueError(f"{path}: is no HDF5 file") from error


def frames_of(array: np.ndarray, path: Path) -> np.ndarray:
    """[12, T] in float32, whichever axis the twelve were. Ambiguous only for tracks of twelve frames."""
    if array.ndim != 2 or 12 not in array.shape:
        raise ValueError(f"{path}: is {array.shape}, not twelve pitch classes by frames")
    upright = array if array.shape[0] == 12 and array.shape[1] != 12 else array.T
    return np.ascontiguousarray(upright, np.float32)
