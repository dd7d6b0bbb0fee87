"""Tracks of any length to vectors: one for the track, one for each of its windows, or one for each moment."""

from collections.abc import Callable

import numpy as np
import torch

from reprise_training.model.asimt import Asimt
from reprise_training.windows import windows

BATCH = 128
MOMENT_STEP = 2
"""Every other moment of a track is kept: 2.2 s apart, what lies between adds nothing (see README.md)."""

Embed = Callable[[list[np.ndarray]], list[np.ndarray]]


def embedder(model: Asimt, by: str) -> Embed:
    """A function of tracks [rows, T] that gives unit vectors [n, d] for each. `by`: `whole`, `windows` or `moments`."""
    model.eval()
    n_frames = model.config.n_frames
    if by == "moments":
        width = model.config.patch[1]
        return lambda tracks: moments_of(model, tracks, n_frames, width)
    if by == "windows":
        return lambda tracks: vectors(model, [windows(track, n_frames) for track in tracks])
    if by == "whole":
        return lambda tracks: [whole(part) for part in vectors(model, [parts(track, n_frames) for track in tracks])]
    raise ValueError(f"there are no vectors by {by}; there are whole, windows and moments")


def parts(track: np.ndarray, n_frames: int) -> np.ndarray:
    """What a whole track's vector is made of [n, rows, n_frames]: the first frames, as in the paper, where the network
    reads minutes, else windows that overlap by half."""
    return windows(track[:, :n_frames], n_frames) if n_frames >= 1800 else windows(track, n_frames, 0.5)


def whole(part: np.ndarray) -> np.ndarray:
    """The mean of unit vectors [n, d], as a unit vector [1, d]."""
    mean = part.mean(axis=0, keepdims=True)
    return mean / max(float(np.linalg.norm(mean)), 1e-9)


def vectors(model: Asimt, tracks: list[np.ndarray]) -> list[np.ndarray]:
    """Windows [n, rows, n_frames] of each track to unit vectors [n, d]."""
    return embedded(tracks, lambda batch: torch.nn.functional.normalize(model(batch).embedding, dim=1))


def moments_of(model: Asimt, tracks: list[np.ndarray], n_frames: int, width: int) -> list[np.ndarray]:
    """Tracks [rows, T] to moments [n, d], every `MOMENT_STEP` patches. Windows overlap by half and only the middle half
    of each counts, so that every moment has been seen with what surrounds it; beyond the track there is silence."""
    quarter = n_frames // 4
    cut = []
    for track in tracks:
        n_windows = max(1, -(-track.shape[1] // (2 * quarter)))
        padded = np.zeros((len(track), quarter + 2 * quarter * n_windows + quarter), np.float32)
        padded[:, quarter : quarter + track.shape[1]] = track
        cut.append(np.stack([padded[:, 2 * quarter * i : 2 * quarter * i + n_frames] for i in range(n_windows)]))
    middle = middle_of(n_frames, width)
    seen = embedded(cut, lambda batch: model(batch).moments[:, middle])
    return [
        part.reshape(-1, part.shape[-1])[: max(1, track.shape[1] // width) : MOMENT_STEP]
        for part, track in zip(seen, tracks, strict=True)
    ]


def middle_of(n_frames: int, width: int) -> slice:
    """The moments of a window that count."""
    quarter = n_frames // 4
    return slice(quarter // width, 3 * quarter // width)


@torch.no_grad()
def embedded(tracks: list[np.ndarray], run: Callable[[torch.Tensor], torch.Tensor]) -> list[np.ndarray]:
    """Runs the windows of all tracks together and gives each track its own."""
    together = np.concatenate(tracks)
    batches = [run(torch.from_numpy(together[i : i + BATCH])).numpy() for i in range(0, len(together), BATCH)]
    ends = np.cumsum([len(track) for track in tracks])[:-1]
    return np.split(np.concatenate(batches), ends)
