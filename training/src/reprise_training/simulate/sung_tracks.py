"""Whole tracks of somebody who sings a tune, verse after verse: what a library holds, where training has windows."""

from collections.abc import Iterator

import numpy as np
import torch

from reprise_training.simulate.passages import FRAMES_A_SECOND
from reprise_training.simulate.singing import Singing, roll, sung
from reprise_training.simulate.tunes import verses
from reprise_training.tunes.tune import Tune

LENGTHS_S = (75.0, 210.0)
LONGEST_BREAK = 24
"""Quarter notes between two verses that a band may fill."""
LATEST_START_S = 20.0


class SungTracks:
    """Sings tunes, the same way for the same seed and order."""

    def __init__(self, singing: Singing, seed: int) -> None:
        self.singing, self.choice = singing, np.random.default_rng(seed)
        self.generator = torch.Generator().manual_seed(seed)

    def sing(self, tune: Tune) -> np.ndarray:
        """A melody [12, T] in 0..=1 in any key, tempo and length."""
        tempo = float(np.clip(np.exp(self.choice.normal(np.log(112), 0.3)), 55, 220))
        frames_a_quarter = 60 / tempo * FRAMES_A_SECOND
        n_frames = round(self.choice.uniform(*LENGTHS_S) * FRAMES_A_SECOND)
        before = self.choice.uniform(0, LATEST_START_S) * FRAMES_A_SECOND / frames_a_quarter
        rest, key = int(self.choice.integers(LONGEST_BREAK + 1)), int(self.choice.integers(12))
        played = verses(tune, n_frames / frames_a_quarter, rest)
        notes = roll(played, -before, frames_a_quarter, key, n_frames)
        return sung(torch.from_numpy(notes)[None], self.singing, self.generator)[0].numpy()

    def once_each(self, works: list[list[Tune]]) -> Iterator[np.ndarray]:
        """One melody of each work, by any of its writings."""
        for work in works:
            yield self.sing(work[int(self.choice.integers(len(work)))])
