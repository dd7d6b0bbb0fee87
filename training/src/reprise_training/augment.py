"""The paper's augmentation, as the code of MOVE has it (Yesiler, Serra & Gomez, ICASSP 2020), which its text
describes differently: stretching happens to some tracks only and not evenly, and of the warps, doubling
frames is the commonest.

DIFFERENCE: MOVE stretches a whole track and crops it afterwards; here what comes in is cropped already, so that
a shortened track ends in silence. MOVE rolls all 23 rows, which is no transposition; here the 12 are rolled
before they are expanded.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Augmentation:
    """What happens to a track, as probabilities. The defaults are MOVE's."""

    roll: bool = True
    """Into any of the 12 keys; before the rows are expanded."""
    stretch: float = 0.3
    shortest: float = 0.7
    longest: float = 1.5
    """Lengths of a stretched track, relative to the given one; see `relative_length`."""
    warp: float = 0.3
    doubled: float = 0.4
    silenced: float = 0.3
    """Of the warped tracks, the shares whose frames are doubled and fall silent; the others lose them."""
    frames_doubled: float = 0.15
    frames_silenced: float = 0.1
    frames_lost: float = 0.1
    """How many frames of a track a warp of each kind touches."""


def augmented(frames: Tensor, wanted: Augmentation, generator: torch.Generator) -> Tensor:
    """Tracks [n, 12 for each view, T] to others of the same shape; what becomes too long is cut, too short is
    silent at its end."""
    if not (wanted.roll or wanted.stretch or wanted.warp):
        return frames
    n, _, n_frames = frames.shape
    # All decisions at once: each number that is read from a graphics processor waits for it.
    decisions = torch.rand((n, 5), generator=generator, device=generator.device).tolist()
    tracks = []
    for track, (key, stretches, factor, warps, kind) in zip(frames, decisions, strict=True):
        if wanted.roll:
            track = transposed(track, int(12 * key))
        if stretches < wanted.stretch:
            track = stretched(track, relative_length(factor, wanted))
        if warps < wanted.warp:
            track = warped(track, kind, wanted, generator)
        tracks.append(torch.nn.functional.pad(track[:, :n_frames], (0, max(0, n_frames - track.shape[1]))))
    return torch.stack(tracks)


def transposed(track: Tensor, key: int) -> Tensor:
    """[12 for each view, T], every view `key` semitones up."""
    return track.unflatten(0, (-1, 12)).roll(key, 1).flatten(0, 1)


def relative_length(drawn: float, wanted: Augmentation) -> float:
    """Of a stretched track, from a number in 0..1: 1 - p below a half, 2 p above it, within the limits. With
    MOVE's limits a fifth of the tracks have the shortest length and a quarter the longest."""
    return max(1 - drawn, wanted.shortest) if drawn <= 0.5 else min(2 * drawn, wanted.longest)


def stretched(track: Tensor, length: float) -> Tensor:
    """[rows, T] to [rows, T * length], the nearest frame at each place."""
    n_frames = track.shape[1]
    places = torch.linspace(0, n_frames - 1, max(1, int(n_frames * length)), device=track.device)
    return track[:, places.round().long()]


def warped(track: Tensor, kind: float, wanted: Augmentation, generator: torch.Generator) -> Tensor:
    """[rows, T] with frames doubled, silenced or left out, as `kind` in 0..1 says."""
    drawn = torch.rand(track.shape[1], generator=generator, device=generator.device).to(track.device)
    if kind < wanted.doubled:
        return track.repeat_interleave(1 + (drawn < wanted.frames_doubled).long(), dim=1)
    if kind < wanted.doubled + wanted.silenced:
        return track.masked_fill(drawn < wanted.frames_silenced, 0.0)
    return track[:, drawn >= wanted.frames_lost]
