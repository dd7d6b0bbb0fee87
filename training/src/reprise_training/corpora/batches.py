"""Batches of whole tracks: so many works, so many versions of each."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from reprise_training.corpora.track import Track
from reprise_training.simulate.passages import Passages


class WholeTracks:
    """Draws batches, the same ones for the same seed; the paper has 70 works x 5 versions of 1,800 frames."""

    def __init__(self, works: list[list[Track]], passages: Passages, seed: int, device: str = "cpu") -> None:
        if not works:
            raise ValueError("no work has two versions")
        self.works, self.passages, self.device, self.n_works = works, passages, device, len(works)
        self.choice = np.random.default_rng(seed)
        self.generator = torch.Generator(device)
        self.generator.manual_seed(seed)

    def batch(self) -> tuple[Tensor, Tensor]:
        """Frames [n, 12, n_frames], versions of a work beside one another, and the work of each [n]. A work with too
        few versions gives some of them twice, cut elsewhere."""
        n_works, n_versions = min(self.passages.n_works, len(self.works)), self.passages.n_renditions
        frames, works = [], []
        for work in self.choice.choice(len(self.works), n_works, replace=False):
            versions = self.works[work]
            is_short = len(versions) < n_versions
            for index in self.choice.choice(len(versions), n_versions, replace=is_short):
                frames.append(self.cut(versions[index].read()))
                works.append(work)
        both = torch.from_numpy(np.stack(frames)), torch.tensor(works)
        return both[0].to(self.device), both[1].to(self.device)

    def complete_windows(self) -> Tensor:
        """Tracks that have every view: there is one."""
        return self.batch()[0]

    def state(self) -> dict[str, Any]:
        """Where the draws stand."""
        return {"generator": self.generator.get_state(), "choice": self.choice.bit_generator.state}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""
        self.generator.set_state(state["generator"].cpu())
        self.choice.bit_generator.state = state["choice"]

    def cut(self, frames: np.ndarray) -> np.ndarray:
        """[12, T] to [12, n_frames]: from anywhere if it is longer, silent at its end if it is shorter."""
        spare = frames.shape[1] - self.passages.n_frames
        start = int(self.choice.integers(spare + 1)) if spare > 0 else 0
        return first_frames(frames[:, start:], self.passages.n_frames)


def first_frames(frames: np.ndarray, n_frames: int) -> np.ndarray:
    """[12, T] to [12, n_frames]: what is compared at test time."""
    kept = frames[:, :n_frames]
    return np.pad(kept, ((0, 0), (0, n_frames - kept.shape[1])))
