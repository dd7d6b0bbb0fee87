"""Tracks of any length to vectors: one for the track, one for each of its windows, or one for each moment."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from reprise_training.model.asimt import Asimt
from reprise_training.model.exported import Exported
from reprise_training.windows import windows

BATCH = 128
MOMENT_STEP = 2
"""Every other moment of a track is kept: 2.2 s apart; what those between would add is in RUNS.md."""

Embed = Callable[[list[np.ndarray]], list[np.ndarray]]


def embedder(model: nn.Module, by: str, n_frames: int) -> Embed:
    """A function of tracks [rows, T] that gives unit vectors [n, d] for each. `by`: `whole`, `windows` or `moments`;
    `n_frames`: of what the network reads at a time."""
    model.eval()
    if by == "moments":
        return lambda tracks: moments_of(model, tracks)
    if by == "windows":
        return lambda tracks: vectors(model, [windows(track, n_frames) for track in tracks])
    if by == "whole":
        return lambda tracks: [whole(part) for part in vectors(model, [parts(track, n_frames) for track in tracks])]
    raise ValueError(f"there are no vectors by {by}; there are whole, windows and moments")


def parts(track: np.ndarray, n_frames: int) -> np.ndarray:
    """What a whole track's vector is made of [n, rows, n_frames]: the first frames, as in the paper, where the network
    reads minutes, else all of it."""
    return windows(track[:, :n_frames], n_frames) if n_frames >= 1800 else surrounded(track, n_frames)


def whole(part: np.ndarray) -> np.ndarray:
    """The mean of unit vectors [n, d], as a unit vector [1, d]."""
    mean = part.mean(axis=0, keepdims=True)
    return mean / max(float(np.linalg.norm(mean)), 1e-9)


def vectors(model: nn.Module, tracks: list[np.ndarray]) -> list[np.ndarray]:
    """Windows [n, rows, n_frames] of each track to unit vectors [n, d]."""
    return embedded(model, tracks, lambda batch: torch.nn.functional.normalize(model(batch).embedding, dim=1))


@torch.no_grad()
def of_frames(model: nn.Module, frames: torch.Tensor) -> torch.Tensor:
    """What a network makes of frames [n, rows, n_frames] of equal length, as unit vectors [n, d]."""
    model.eval()
    return torch.nn.functional.normalize(torch.cat([model(some).embedding for some in frames.split(BATCH)]), dim=1)


def moments_of(model: nn.Module, tracks: list[np.ndarray]) -> list[np.ndarray]:
    """Tracks [rows, T] to moments [n, d], every `MOMENT_STEP` patches. Only the middle half of each window counts, so
    that every moment has been seen with what surrounds it."""
    if not isinstance(model, Asimt | Exported):
        raise ValueError("only ASimT gives moments")
    n_frames, width = model.config.n_frames, model.config.patch[1]
    middle = middle_of(n_frames, width)
    cut = [surrounded(track, n_frames) for track in tracks]
    seen = embedded(model, cut, lambda batch: model(batch).moments[:, middle])
    return [
        part.reshape(-1, part.shape[-1])[: max(1, track.shape[1] // width) : MOMENT_STEP]
        for part, track in zip(seen, tracks, strict=True)
    ]


def surrounded(track: np.ndarray, n_frames: int) -> np.ndarray:
    """Windows [n, rows, n_frames] that overlap by half and whose middle halves cover the track [rows, T]; beyond it
    there is silence."""
    quarter = n_frames // 4
    hop = 2 * quarter
    n_windows = max(1, -(-track.shape[1] // hop))
    padded = np.zeros((len(track), n_frames + hop * (n_windows - 1)), np.float32)
    padded[:, quarter : quarter + track.shape[1]] = track[:, : padded.shape[1] - quarter]
    return np.stack([padded[:, hop * i : hop * i + n_frames] for i in range(n_windows)])


def middle_of(n_frames: int, width: int) -> slice:
    """The moments of a window that count."""
    quarter = n_frames // 4
    return slice(quarter // width, 3 * quarter // width)


@torch.no_grad()
def embedded(
    model: nn.Module, tracks: list[np.ndarray], run: Callable[[torch.Tensor], torch.Tensor]
) -> list[np.ndarray]:
    """Runs the windows of all tracks together, where the network is, and gives each track its own."""
    together = np.concatenate(tracks)
    # What was exported has no parameters and runs on the processor.
    device = next((parameter.device for parameter in model.parameters()), "cpu")
    parts = (torch.from_numpy(together[i : i + BATCH]).to(device) for i in range(0, len(together), BATCH))
    batches = [run(part).cpu().numpy() for part in parts]
    ends = np.cumsum([len(track) for track in tracks])[:-1]
    return np.split(np.concatenate(batches), ends)
