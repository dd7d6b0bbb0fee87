"""From played chords to what CREMA's network says of them: chord-pitch frames, with its doubts and mistakes.

All in logits, a batch at a time, on whatever device the chords are on. Constants were set by
`scripts/calibrate_simulator.py` against the real network on rendered charts, not learned; what they do not
reach is in RESULTS.md, "The simulator".
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Recogniser:
    """How the network hears. Logits: 3.5 is a probability of 0.97, -5 of 0.007."""

    heard: float = 3.25
    heard_spread: float = 1.5
    """Between the notes of one chord and between chords."""
    unheard: float = -4.8
    unheard_spread: float = 1.75
    common: float = 0.2
    """Weight, 0..1, of what the notes of a chord have in common in both spreads; the rest of the variance is
    each note's own."""
    missed: float = 0.08
    """Share of notes that are not heard although they sound."""
    imagined: float = 0.045
    """Share of pitch classes that are heard although none sounds."""
    doubtful: float = 0.13
    """Share of chords of which the network is unsure: everything moves towards one half."""
    silent: float = -2.5
    """Where there is no chord: flat at 0.02 to 0.2."""
    smoothing_frames: tuple[int, int] = (3, 11)
    """A rendition's chords flow into one another over so many frames, least and most."""
    flicker: float = 0.1
    """Deviation of what changes from frame to frame."""
    drift: float = 0.4
    """Deviation of what changes slowly, a running mean of `drift_frames`."""
    drift_frames: int = 21
    """Odd."""
    melody_rate: float = 0.005
    """Melody notes a frame that leak into the chord."""
    melody: float = 3.0
    detuned: float = 0.06
    """Share of renditions so far out of tune that neighbours share a note."""


def chord_logits(notes: Tensor, recogniser: Recogniser, generator: torch.Generator) -> Tensor:
    """Logits [batch, n_chords, 12] of chords, notes bool of the same shape."""

    def draw() -> Tensor:
        return torch.rand(notes.shape, generator=generator, device=notes.device)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, device=notes.device)

    n, m, _ = notes.shape
    sounding = (notes & (draw() >= recogniser.missed)) | (draw() < recogniser.imagined)
    common, own = recogniser.common, (1 - recogniser.common**2) ** 0.5

    def spread() -> Tensor:
        return own * normal(n, m, 12) + common * normal(n, m, 1)

    heard = recogniser.heard + recogniser.heard_spread * spread()
    unheard = recogniser.unheard + recogniser.unheard_spread * spread()
    logits = torch.where(sounding, heard, unheard)
    doubt = torch.rand((n, m, 1), generator=generator, device=notes.device) < recogniser.doubtful
    logits = torch.where(doubt, logits * 0.35 - 0.5, logits)
    silent = ~notes.any(dim=2, keepdim=True)
    return torch.where(silent, recogniser.silent + 0.8 * normal(n, m, 1) + 0.3 * normal(n, m, 12), logits)


def frames(logits: Tensor, ends: Tensor, n_frames: int, recogniser: Recogniser, generator: torch.Generator) -> Tensor:
    """Probabilities [batch, 12, n_frames] from the chords' logits [batch, n_chords, 12] and when they end, [batch,
    n_chords] in frames. After the last chord there is silence."""
    n, _, _ = logits.shape
    device = logits.device

    def uniform(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator, device=device)

    times = (torch.arange(n_frames, device=device) + 0.5).expand(n, n_frames).contiguous()
    which = torch.searchsorted(ends.contiguous(), times)
    is_over = which >= logits.shape[1]
    which = which.clamp(max=logits.shape[1] - 1)
    x = logits.gather(1, which[:, :, None].expand(-1, -1, 12)).transpose(1, 2)
    x = smoothed(x, recogniser, generator)
    x = x + leaked_melody(n, n_frames, recogniser, generator, device)
    noise = torch.randn((n, 12, n_frames), generator=generator, device=device)
    slow = torch.nn.functional.avg_pool1d(noise, recogniser.drift_frames, 1, recogniser.drift_frames // 2)
    slow = slow * recogniser.drift_frames**0.5
    fast = torch.randn(noise.shape, generator=generator, device=device)
    x = x + recogniser.flicker * fast + recogniser.drift * slow
    p = torch.sigmoid(x)
    amount = 0.5 * uniform(n, 1, 1) * (uniform(n, 1, 1) < recogniser.detuned)
    direction = uniform(n, 1, 1) < 0.5
    p = (1 - amount) * p + amount * torch.where(direction, p.roll(1, 1), p.roll(-1, 1))
    return p.masked_fill(is_over[:, None, :], 0.0)


def smoothed(x: Tensor, recogniser: Recogniser, generator: torch.Generator) -> Tensor:
    """[batch, 12, n_frames], averaged over windows whose length is drawn for each rendition."""
    least, most = recogniser.smoothing_frames
    lengths = torch.randint(least, most + 1, (len(x),), generator=generator, device=x.device)
    half = (lengths // 2)[:, None, None]
    sums = torch.nn.functional.pad(x.cumsum(dim=2), (1, 0))
    at = torch.arange(x.shape[2], device=x.device)[None, None, :]
    low = (at - half).clamp(min=0).expand(-1, 12, -1)
    high = (at + half + 1).clamp(max=x.shape[2]).expand(-1, 12, -1)
    return (sums.gather(2, high) - sums.gather(2, low)) / (high - low)


def leaked_melody(
    n: int, n_frames: int, recogniser: Recogniser, generator: torch.Generator, device: torch.device
) -> Tensor:
    """Logits to add [n, 12, n_frames]: notes of a tune, held for five frames or so."""
    rate = recogniser.melody_rate * 2 * torch.rand((n, 1, 1), generator=generator, device=device) / 6
    onsets = (torch.rand((n, 12, n_frames), generator=generator, device=device) < rate).float()
    held = torch.nn.functional.max_pool1d(onsets, 5, 1, 2)
    return recogniser.melody * held
