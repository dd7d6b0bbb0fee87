"""How a band plays a passage: its tempo, its chords, its mistakes. A batch at a time."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Liberties:
    """What a rendition changes, as probabilities a chord unless said otherwise."""

    simplified: float = 0.25
    """Share of renditions that play most chords as triads."""
    enriched: float = 0.25
    """Share of renditions that add sevenths and more to most chords."""
    relative: float = 0.03
    """A major chord becomes the minor one below it, or the other way round."""
    tritone: float = 0.03
    """A dominant is played a tritone away."""
    without_third: float = 0.05
    held_over: float = 0.05
    """The chord before goes on instead."""
    other: float = 0.03
    """Something else altogether."""
    rubato: float = 0.06
    """Deviation of a chord's length, relative."""
    reharmonised: float = 0.15
    """Share of renditions in which all of the above happens four times as often."""


def played(notes: Tensor, roots: Tensor, liberties: Liberties, generator: torch.Generator) -> Tensor:
    """What is played of chords: notes bool [batch, n, 12], roots [batch, n] with -1 for none; the same shape back."""
    n, m, _ = notes.shape
    device = notes.device

    def chance(probability: Tensor | float, *shape: int) -> Tensor:
        return torch.rand(shape, generator=generator, device=device) < probability

    bold = torch.where(chance(liberties.reharmonised, n, 1), 4.0, 1.0)
    has_root = (roots >= 0)[:, :, None]
    # Of a chord seen from its root: intervals.
    at = (torch.arange(12, device=device) + roots.clamp(min=0)[:, :, None]) % 12
    chord = notes.gather(2, at)

    triad = torch.tensor([1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0], dtype=torch.bool, device=device)
    plain = chord & triad
    simple = chance(liberties.simplified, n, 1) & chance(0.8, n, m)
    chord = torch.where(simple[:, :, None], plain, chord)

    is_major = chord[:, :, 4]
    is_dominant = is_major & chord[:, :, 10]
    rich = chance(liberties.enriched, n, 1) & chance(0.6, n, m)
    seventh = torch.where(is_major & ~is_dominant & chance(0.6, n, m), 11, 10)
    colour = torch.where(chance(0.5, n, m), seventh, torch.where(chance(0.5, n, m), 2, 9))
    chord = chord | (rich[:, :, None] & torch.nn.functional.one_hot(colour, 12).bool())

    thirdless = chance(liberties.without_third * bold, n, m)[:, :, None]
    third = torch.tensor([0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0], dtype=torch.bool, device=device)
    chord = torch.where(thirdless, chord & ~third, chord)

    relative = chance(liberties.relative * bold, n, m)
    minor_below = torch.tensor([1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0], dtype=torch.bool, device=device)
    major_above = torch.tensor([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0], dtype=torch.bool, device=device)
    chord = torch.where(relative[:, :, None], torch.where(is_major[:, :, None], minor_below, major_above), chord)

    away = chance(liberties.tritone * bold, n, m) & is_dominant
    chord = torch.where(away[:, :, None], chord.roll(6, 2), chord)

    back = (torch.arange(12, device=device) - roots.clamp(min=0)[:, :, None]) % 12
    result = torch.where(has_root, chord.gather(2, back), notes)

    other = chance(liberties.other * bold, n, m)
    foreign = torch.randint(0, 12, (n, m, 1), generator=generator, device=device)
    triads = torch.tensor([1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0], dtype=torch.bool, device=device)
    somewhere = triads[(torch.arange(12, device=device) - foreign) % 12]
    result = torch.where(other[:, :, None], somewhere, result)

    held = chance(liberties.held_over * bold, n, m)
    held[:, 0] = False
    before = torch.cat([result[:, :1], result[:, :-1]], dim=1)
    return torch.where(held[:, :, None], before, result)


def lengths(beats: Tensor, frames_a_beat: Tensor, liberties: Liberties, generator: torch.Generator) -> Tensor:
    """Frames that chords last, [batch, n], from beats [batch, n] and frames a beat [batch]."""
    noise = torch.randn(beats.shape, generator=generator, device=beats.device)
    return beats * frames_a_beat[:, None] * (1 + liberties.rubato * noise).clamp(0.5, 1.5)
