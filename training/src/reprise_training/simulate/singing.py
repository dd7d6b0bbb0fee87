"""What the voice's chain makes of a tune that is sung: from notes to pitch classes as a tracker hears them.

A tracker's mistakes of an octave are not seen in pitch classes; what is left are voices that are not detected, other
pitches for a while, slides, and doubt. Published error rates of trackers on separated voices (a tenth to a fifth of the
frames by raw chroma) and the spread of salience on real voices set the constants.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from reprise_training.tunes.tune import Tune


@dataclass(frozen=True)
class Singing:
    """How singers and the tracker depart from the notes."""

    silent: float = 0.2
    """Share of the time in which the voice is not detected, in stretches."""
    silence_frames: tuple[int, int] = (4, 40)
    wrong: float = 0.08
    """Share of the time in which another pitch is heard: a step beside it, or a fifth."""
    wrong_frames: tuple[int, int] = (1, 8)
    ornament: float = 0.15
    """Share of notes that begin with their neighbour."""
    late_frames: int = 3
    """A whole window is sung up to so much before or behind the beat."""
    salience: tuple[float, float] = (0.35, 1.0)
    """Of what is heard, drawn for each stretch."""
    neighbour: float = 0.08
    """What of it is heard in the semitones beside it: vibrato, slides."""


WRONG_STEPS = (-5, -2, -1, 1, 2, 5, 7)
"""Semitones by which a wrong pitch is off, as pitch classes."""


def roll(tune: Tune, start: float, frames_a_quarter: float, key: int, n_frames: int) -> np.ndarray:
    """What sounds from `start` (quarter notes) on, `key` semitones up: 0 or 1, [12, n_frames]."""
    result = np.zeros((12, n_frames), np.float32)
    for begins, ends, note in tune.notes:
        first = round((begins - start) * frames_a_quarter)
        last = max(first + 1, round((ends - start) * frames_a_quarter))
        if last > 0 and first < n_frames:
            # One voice: a note that another one cuts off is over.
            result[:, max(first, 0) : last] = 0.0
            result[(note + key) % 12, max(first, 0) : last] = 1.0
    return result


def sung(notes: Tensor, singing: Singing, generator: torch.Generator) -> Tensor:
    """Notes [n, 12, T] of 0 and 1 as a voice that is tracked: 0..=1, zero where nothing is heard."""
    n, _, n_frames = notes.shape
    device = notes.device

    def drawn(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator, device=device)

    late = torch.randint(-singing.late_frames, singing.late_frames + 1, (n,), generator=generator, device=device)
    at = (torch.arange(n_frames, device=device)[None, :] - late[:, None]).clamp(0, n_frames - 1)
    heard = notes.gather(2, at[:, None, :].expand_as(notes))
    begins = heard * (heard - heard.roll(1, dims=2)).clamp_min(0)
    ornamented = begins * (drawn(n, 1, n_frames) < singing.ornament)
    neighbour = torch.where(drawn(n, 1, 1) < 0.5, ornamented.roll(1, dims=1), ornamented.roll(-1, dims=1))
    heard = (heard - ornamented + neighbour).clamp(0, 1)
    wrong = stretches(n, n_frames, singing.wrong, singing.wrong_frames, generator, device)
    step = torch.tensor(WRONG_STEPS, device=device)[
        torch.randint(0, len(WRONG_STEPS), (n,), generator=generator, device=device)
    ]
    classes = (torch.arange(12, device=device)[None, :] - step[:, None]) % 12
    heard = torch.where(wrong[:, None, :], heard.gather(1, classes[:, :, None].expand_as(heard)), heard)
    low, high = singing.salience
    level = low + (high - low) * drawn(n, 1, -(-n_frames // 16)).repeat_interleave(16, dim=2)[:, :, :n_frames]
    heard = heard * level
    heard = heard + singing.neighbour * (heard.roll(1, dims=1) + heard.roll(-1, dims=1))
    silent = stretches(n, n_frames, singing.silent, singing.silence_frames, generator, device)
    return heard.masked_fill(silent[:, None, :], 0.0).clamp(0, 1)


def stretches(
    n: int,
    n_frames: int,
    share: float,
    lengths: tuple[int, int],
    generator: torch.Generator,
    device: torch.device,
) -> Tensor:
    """True for about `share` of the frames [n, n_frames], in stretches of these lengths."""
    mean = (lengths[0] + lengths[1]) / 2
    count = max(1, round(share * n_frames / mean * 2))
    start = torch.randint(0, n_frames, (n, count, 1), generator=generator, device=device)
    length = torch.randint(lengths[0], lengths[1] + 1, (n, count, 1), generator=generator, device=device)
    # Half of them are left out at random, so that windows differ in how much is missing.
    is_there = torch.rand((n, count, 1), generator=generator, device=device) < 0.5
    at = torch.arange(n_frames, device=device)
    return ((at >= start) & (at < start + length) & is_there).any(dim=1)
