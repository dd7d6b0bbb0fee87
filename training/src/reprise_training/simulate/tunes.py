"""Windows of tunes that are sung, for works of which nothing but the melody is known."""

import math
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from reprise_training.simulate.passages import FRAMES_A_SECOND, Passages
from reprise_training.simulate.singing import roll
from reprise_training.tunes.tune import Tune

LONGEST_BREAK = 8
"""Quarter notes between two verses."""


class TuneSampler:
    """Draws windows of the same passage of a tune, sung several times."""

    def __init__(self, works: list[list[Tune]], passages: Passages, has_verses: bool = False) -> None:
        """`has_verses`: a tune begins again when it is over; else there is silence behind it."""
        self.works, self.passages, self.has_verses = works, passages, has_verses

    def batch(self, n_works: int, n_renditions: int, choice: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Notes [n_works * n_renditions, 12, n_frames] of 0 and 1, and which work each is of; keys as PassageSampler
        has them. Renditions may follow another writing of the tune, at the same place of it."""
        wanted, windows, works = self.passages, [], []
        for work in choice.choice(len(self.works), min(n_works, len(self.works)), replace=False):
            tempo = float(np.clip(np.exp(choice.normal(np.log(112), 0.3)), 55, 220))
            place, key = choice.random(), int(choice.integers(12))
            for _ in range(n_renditions):
                tune = self.works[work][int(choice.integers(len(self.works[work])))]
                own = tempo * float(np.exp(choice.uniform(np.log(wanted.slowest), np.log(wanted.fastest))))
                frames_a_quarter = 60 / own * FRAMES_A_SECOND
                lasts, holds = tune.notes[-1][1], wanted.n_frames / frames_a_quarter
                jitter = choice.uniform(-1, 1) * wanted.start_jitter_s * own / 60
                if self.has_verses:
                    start = max(0.0, place * lasts + jitter)
                    tune = verses(tune, start + holds, int(choice.integers(LONGEST_BREAK + 1)))
                else:
                    start = place * max(0.0, lasts - holds) + jitter
                moved = key if wanted.aligned_keys else int(choice.integers(12))
                windows.append(roll(tune, start, frames_a_quarter, moved, wanted.n_frames))
                works.append(int(work))
        return torch.from_numpy(np.stack(windows)), torch.tensor(works)


def verses(tune: Tune, until: float, rest: int) -> Tune:
    """A tune that begins again `rest` quarter notes after its end, until it has lasted `until` of them."""
    after = tune.notes[-1][1] + rest
    notes = [
        (verse * after + start, verse * after + end, key)
        for verse in range(math.ceil(until / after))
        for start, end, key in tune.notes
    ]
    return replace(tune, notes=tuple(notes))
