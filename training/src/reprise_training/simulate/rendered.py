"""Windows of rendered songs, which the real chain has heard: what the simulator does not know of tunes and instruments."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from reprise_training.simulate.passages import FRAMES_A_SECOND
from reprise_training.views import rotated, rows_of


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
    songs = []
    for song in sorted({name.split("/")[0] for name in arrays}):
        renditions = []
        while f"{song}/ratio{len(renditions)}" in arrays:
            index = len(renditions)
            features = {view: arrays[f"{song}/{view}{index}"] / np.float32(255) for view in views}
            rows = rotated(rows_of(features, views), -int(arrays[f"{song}/key{index}"]))
            renditions.append(Rendition(rows.astype(np.float16), float(arrays[f"{song}/ratio{index}"])))
        songs.append(renditions)
    return songs


class RenderedSampler:
    """Draws windows of the same passage in several arrangements."""

    def __init__(self, songs: list[list[Rendition]], n_frames: int, start_jitter_s: float) -> None:
        self.songs, self.n_frames, self.jitter = songs, n_frames, start_jitter_s * FRAMES_A_SECOND
        self.drawn = lambda n, choice: choice.choice(len(songs), n, replace=False)
        """So many different songs, given a generator; at random unless somebody else draws them."""

    def batch(
        self, n_songs: int, n_renditions: int, choice: np.random.Generator, aligned_keys: bool
    ) -> tuple[Tensor, Tensor]:
        """Windows [n_songs * n_renditions, rows, n_frames] and which song each is of; keys as PassageSampler has them."""
        windows, songs = [], []
        for song in self.drawn(min(n_songs, len(self.songs)), choice):
            renditions = self.songs[song]
            latest = min(r.rows.shape[1] / r.ratio - self.n_frames / r.ratio for r in renditions)
            place, key = choice.uniform(0, max(1.0, latest)), int(choice.integers(12))
            is_repeated = n_renditions > len(renditions)
            for index in choice.choice(len(renditions), n_renditions, replace=is_repeated):
                own = key if aligned_keys else int(choice.integers(12))
                windows.append(rotated(self.window(renditions[index], place, choice), own))
                songs.append(int(song))
        return torch.from_numpy(np.stack(windows)), torch.tensor(songs)

    def window(self, rendition: Rendition, place: float, choice: np.random.Generator) -> np.ndarray:
        """[rows, n_frames] from about `place`, in frames of the passage."""
        start = round((place + choice.uniform(-1, 1) * self.jitter) * rendition.ratio)
        start = min(max(start, 0), max(0, rendition.rows.shape[1] - self.n_frames))
        cut = rendition.rows[:, start : start + self.n_frames].astype(np.float32)
        return np.pad(cut, ((0, 0), (0, self.n_frames - cut.shape[1])))
