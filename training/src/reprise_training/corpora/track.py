"""A track of a corpus, read when it is needed, on the grid of frames that everything else has."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from reprise_training import spec

OURS = spec.read()
HOP_SAMPLES = OURS.cqt.hop_samples
FRAMES_A_SECOND = OURS.audio.sample_rate_hz / HOP_SAMPLES

LIKELY_S = (75.0, 600.0)
"""Of the middle one of many songs, which lasts three and a half minutes: read at an eighth or at eight times of its
hop it would lie beyond."""
MEASURED = 21
"""Tracks of a corpus by which its hop is judged."""


class UnlikelyHopError(ValueError):
    """Songs would not be as long as songs are."""


@dataclass(frozen=True)
class Track:
    """One recording."""

    name: str
    work: str
    load: Callable[[], np.ndarray]
    """Chord-pitch frames float32 [12, T] as the file has them; a ValueError names the file that is no such thing."""
    hop_samples: int
    """From one frame of the file to the next, at 44.1 kHz. The reader of each corpus states it."""

    def read(self) -> np.ndarray:
        """Chord-pitch frames float32 [12, T] at our hop."""
        return at_our_hop(self.load(), self.hop_samples)


def works_of(tracks: Iterable[Track], fewest: int = 2) -> list[list[Track]]:
    """Tracks by work; works of fewer tracks teach nothing and are left out."""
    works: dict[str, list[Track]] = defaultdict(list)
    for track in tracks:
        works[track.work].append(track)
    return [works[name] for name in sorted(works) if len(works[name]) >= fewest]


def at_our_hop(frames: np.ndarray, hop_samples: int) -> np.ndarray:
    """[12, T], a frame every so many samples, to [12, T'], one every 4,096. Frame t is centred on sample t * hop on
    either grid; each of ours is the mean of those that are nearer to it than to another one of ours."""
    ratio, rest = divmod(HOP_SAMPLES, hop_samples)
    if rest or not ratio:
        raise ValueError(f"a hop of {hop_samples} samples does not divide ours of {HOP_SAMPLES}")
    if ratio == 1:
        return frames
    centres = np.arange(0, frames.shape[1], ratio)
    starts = np.maximum(centres - (ratio - 1) // 2, 0)
    ends = np.minimum(centres + ratio // 2 + 1, frames.shape[1])
    sums = np.add.reduceat(frames[:, : ends[-1]], starts, axis=1)
    return np.ascontiguousarray(sums / (ends - starts), np.float32)


def check_hop(tracks: Sequence[Track]) -> None:
    """An UnlikelyHopError when tracks hardly have the hop that they are said to have: the middle one of some would not
    last as long as a song."""
    lengths_s = []
    for index in np.unique(np.linspace(0, len(tracks) - 1, MEASURED).astype(int)):
        try:
            lengths_s.append(tracks[index].read().shape[1] / FRAMES_A_SECOND)
        except ValueError as error:
            refused = error
    if not lengths_s:
        raise ValueError(f"none of some tracks can be read; the last: {refused}") from refused
    middle_s, (least_s, most_s) = float(np.median(lengths_s)), LIKELY_S
    if not least_s <= middle_s <= most_s:
        raise UnlikelyHopError(
            f"with a hop of {tracks[0].hop_samples} samples the middle one of {len(lengths_s)} tracks lasts "
            f"{middle_s:.0f} s, as in no corpus of songs: --hop says which hop its files have, or that it is this one"
        )


def read_npy(path: Path) -> np.ndarray:
    """[T, 12] or [12, T] on disk to [12, T]."""
    try:
        return frames_of(np.load(path, allow_pickle=False), path)
    except (OSError, EOFError) as error:
        raise ValueError(f"{path}: cannot be read") from error


def read_hdf5(path: Path, dataset: str) -> np.ndarray:
    """A dataset of a file, [T, 12] or [12, T], to [12, T]."""
    try:
        with h5py.File(path) as content:
            if not isinstance(content.get(dataset), h5py.Dataset):
                raise ValueError(f"{path}: holds no {dataset}")
            return frames_of(np.asarray(content[dataset]), path)
    # What h5py raises of a damaged file depends on where the damage is.
    except (OSError, RuntimeError, KeyError) as error:
        raise ValueError(f"{path}: is no HDF5 file, or damaged") from error


def frames_of(array: np.ndarray, path: Path) -> np.ndarray:
    """[12, T] in float32, whichever axis the twelve were. Ambiguous only for tracks of twelve frames."""
    if array.ndim != 2 or 12 not in array.shape or 0 in array.shape:
        raise ValueError(f"{path}: is {array.shape}, not twelve pitch classes by frames")
    upright = array if array.shape[0] == 12 and array.shape[1] != 12 else array.T
    if upright.dtype.kind not in "fiu" or not np.isfinite(upright).all():
        raise ValueError(f"{path}: holds what is no number")
    return np.ascontiguousarray(upright, np.float32)
