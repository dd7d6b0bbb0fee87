"""The paper's augmentation, as the code of MOVE has it, which its text describes differently: stretching happens to some
renditions only, and of the ways of warping, doubling frames is the commonest."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Augmentation:
    """What happens to a track, as probabilities."""

    roll: bool = True
    """Into any of the 12 keys; before the rows are expanded."""
    stretch: float = 0.3
    slowest: float = 0.7
    fastest: float = 1.5
    warp: float = 0.3
    doubled: float = 0.4
    """Of the tracks that are warped, the share whose frames are doubled; the others lose them, or they fall silent, one
    half each."""
    frame: float = 0.1
    """Share of frames that a warp touches."""


def augmented(frames: Tensor, wanted: Augmentation, generator: torch.Generator) -> Tensor:
    """Tracks [n, 12, T] to others of the same shape; what becomes too long is cut, too short is silent at its end."""
    if not (wanted.roll or wanted.stretch or wanted.warp):
        return frames
    return torch.stack([one(track, wanted, generator) for track in frames])


def one(track: Tensor, wanted: Augmentation, generator: torch.Generator) -> Tensor:
    """One track [12, T]."""

    def draw(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator, device=track.device)

    n_frames = track.shape[1]
    if wanted.roll:
        track = track.roll(int(12 * float(draw(1))), 0)
    if float(draw(1)) < wanted.stretch:
        factor = wanted.slowest + (wanted.fastest - wanted.slowest) * float(draw(1))
        size = max(1, round(n_frames / factor))
        track = torch.nn.functional.interpolate(track[None], size=size, mode="linear", align_corners=False)[0]
    if float(draw(1)) < wanted.warp:
        touched, kind = draw(track.shape[1]) < wanted.frame, float(draw(1))
        if kind < wanted.doubled:
            track = track.repeat_interleave(1 + touched.long(), dim=1)
        elif kind < (1 + wanted.doubled) / 2:
            track = track.masked_fill(touched, 0.0)
        else:
            track = track[:, ~touched]
    return torch.nn.functional.pad(track[:, :n_frames], (0, max(0, n_frames - track.shape[1])))
