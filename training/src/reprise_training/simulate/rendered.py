"""Windows of rendered songs, which the real chain has heard: what the simulator does not know of tunes and
instruments."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from reprise_training.simulate.passages import FRAMES_A_SECOND
from reprise_training.views import rotated, rows_of

Draw = Callable[[int, np.random.Generator], npt.ArrayLike]
"""So many different numbers of songs."""


@dataclass(frozen=True)
class Rendition:
    """One arrangement of a song's passage."""

    rows: np.ndarray
    """[12 * views, T] in float16, in the song's own key."""
    ratio: float
    """Its frames to those of the passage: above 1 it is slower."""


def read_rendered(path: Path, views: tuple[str, ...]) -> list[list[Rendition]]:
    """Songs as `scripts/render_pop909.py` packs them."""
    with np.load(path) as content:
        arrays = {name: content[name] for name in content.files}
    songs: list[list[Rendition]] = []
    for song in sorted({name.split("/")[0] for name in arrays}):
        renditions: list[Rendition] = []
        while f"{song}/ratio{len(renditions)}" in arrays:
            index = len(renditions)
            features = {view: arrays[f"{song}/{view}{index}"] / np.float32(255) for view in views}
            rows = rotated(rows_of(features, views), -int(arrays[f"{song}/key{index}"]))
            renditions.append(Rendition(rows.astype(np.float16), float(arrays[f"{song}/ratio{index}"])))
        if renditions:
            songs.append(renditions)
    return songs


def read_all(paths: list[Path], views: tuple[str, ...]) -> list[list[Rendition]]:
    """The songs of several files."""
    return [song for path in paths for song in read_rendered(path, views)]


class RenderedSampler:
    """Draws windows of the same passage in several arrangements. All lie on the device, behind one another."""

    def __init__(self, songs: list[list[Rendition]], n_frames: int, start_jitter_s: float, device: str = "cpu") -> None:
        self.songs, self.n_frames, self.jitter = songs, n_frames, start_jitter_s * FRAMES_A_SECOND
        renditions = [rendition for song in songs for rendition in song]
        self.lengths = np.array([rendition.rows.shape[1] for rendition in renditions])
        self.firsts = np.cumsum(self.lengths) - self.lengths
        self.ratios = np.array([rendition.ratio for rendition in renditions])
        sizes = np.array([len(song) for song in songs])
        self.sizes, self.first_of_song = sizes, np.cumsum(sizes) - sizes
        latest = (self.lengths - n_frames) / self.ratios
        self.latest = np.maximum(1.0, np.minimum.reduceat(latest, self.first_of_song))
        """From where on a window of every rendition of a song still fits, in frames of the passage."""
        self.rows = torch.from_numpy(np.concatenate([rendition.rows for rendition in renditions], axis=1)).to(device)
        self.drawn: Draw = lambda n, choice: choice.choice(len(songs), n, replace=False)
        """So many different songs, given a generator; at random unless somebody else draws them."""

    def batch(
        self, n_songs: int, n_renditions: int, choice: np.random.Generator, aligned_keys: bool
    ) -> tuple[Tensor, Tensor]:
        """Windows [n_songs * n_renditions, rows, n_frames] and the song of each; keys as PassageSampler has them."""
        songs = np.asarray(self.drawn(min(n_songs, len(self.songs)), choice))
        shape = (len(songs), n_renditions)
        places = choice.uniform(0, self.latest[songs])[:, None] + choice.uniform(-1, 1, shape) * self.jitter
        keys = choice.integers(12, size=(len(songs), 1 if aligned_keys else n_renditions))
        several = [choice.choice(size, n_renditions, replace=n_renditions > size) for size in self.sizes[songs]]
        renditions = self.first_of_song[songs, None] + np.stack(several)
        windows = self.windows(renditions.ravel(), places.ravel())
        semitones = torch.from_numpy(keys).expand(shape).flatten().to(windows.device)
        return transposed(windows, semitones), torch.from_numpy(songs.repeat(n_renditions))

    def windows(self, renditions: np.ndarray, places: np.ndarray) -> Tensor:
        """[n, rows, n_frames] of so many renditions, from about `places` on, in frames of their passages; behind the
        end of a rendition that is too short is silence."""
        last = np.maximum(0, self.lengths[renditions] - self.n_frames)
        starts = np.clip(np.round(places * self.ratios[renditions]).astype(int), 0, last)
        at = starts[:, None] + np.arange(self.n_frames)
        is_within = at < self.lengths[renditions, None]
        frames = np.where(is_within, at + self.firsts[renditions, None], 0)
        device = self.rows.device
        windows = self.rows[:, torch.from_numpy(frames).to(device)].transpose(0, 1).float()
        return windows * torch.from_numpy(is_within).to(device)[:, None]


def transposed(windows: Tensor, keys: Tensor) -> Tensor:
    """Windows [n, 12 * views, T], each so many semitones up [n]."""
    by_view = windows.unflatten(1, (-1, 12))
    at = (torch.arange(12, device=windows.device) - keys[:, None]) % 12
    return by_view.gather(2, at[:, None, :, None].expand_as(by_view)).flatten(1, 2)
