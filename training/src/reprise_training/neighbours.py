"""Which songs sound alike, so that a batch can hold those that are hard to tell apart."""

import numpy as np
import torch
from torch import nn

from reprise_training.losses.late_interaction import cross_likeness
from reprise_training.simulate.rendered import Rendition
from reprise_training.views import rotated

KEYS = 12
AT_ONCE = 64
"""Songs compared with all others at a time, which bounds the memory."""


@torch.no_grad()
def nearest_songs(model: nn.Module, songs: list[list[Rendition]], n_frames: int) -> np.ndarray:
    """Of each song all songs [n, n], itself first, then from the likest on: by the moments of the middle window of
    their first renditions, in the best of 12 keys."""
    model.eval()
    windows = [middle(song[0].rows, n_frames) for song in songs]
    own = model(torch.from_numpy(np.stack(windows))).moments
    likeness = torch.full((len(songs), len(songs)), -1.0)
    for key in range(KEYS):
        other = model(torch.from_numpy(np.stack([rotated(window, key) for window in windows]))).moments
        for first in range(0, len(songs), AT_ONCE):
            rows = slice(first, first + AT_ONCE)
            likeness[rows] = torch.maximum(likeness[rows], cross_likeness(own[rows], other))
    likeness.fill_diagonal_(2.0)
    return torch.argsort(likeness, dim=1, descending=True, stable=True).numpy()


def middle(rows: np.ndarray, n_frames: int) -> np.ndarray:
    """Rows [r, T] to their middle [r, n_frames]; what is missing is silence."""
    start = max(0, (rows.shape[1] - n_frames) // 2)
    cut = rows[:, start : start + n_frames].astype(np.float32)
    return np.pad(cut, ((0, 0), (0, n_frames - cut.shape[1])))


def in_groups(nearest: np.ndarray, n_songs: int, size: int, choice: np.random.Generator) -> list[int]:
    """`n_songs` different songs, in groups of about `size`: one drawn at random and its nearest that are left."""
    result: list[int] = []
    for seed in choice.permutation(len(nearest)):
        if seed not in result:
            left = [int(song) for song in nearest[seed] if song not in result]
            result += left[: min(size, n_songs - len(result))]
        if len(result) == n_songs:
            break
    return result
