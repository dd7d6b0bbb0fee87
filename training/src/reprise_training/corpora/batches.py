"""Batches of whole tracks: so many works, so many versions of each."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from reprise_training.corpora.refusals import Refusals
from reprise_training.corpora.track import Track
from reprise_training.simulate.passages import Passages


class WholeTracks:
    """Draws batches, the same ones for the same seed; the paper has 70 works x 5 versions of 1,800 frames.

    What is drawn comes from `choice` alone, which only loading advances, and what happens to it later from `generator`,
    which loading leaves alone: so that batches can be loaded ahead."""

    def __init__(
        self,
        works: list[list[Track]],
        passages: Passages,
        seed: int,
        device: str = "cpu",
        refusals: Refusals | None = None,
    ) -> None:
        if not works:
            raise ValueError("no work has two versions")
        self.works, self.passages, self.device, self.n_works = works, passages, device, len(works)
        self.refusals = refusals or Refusals()
        self.choice = np.random.default_rng(seed)
        self.generator = torch.Generator(device)
        self.generator.manual_seed(seed)

    def batch(self) -> tuple[Tensor, Tensor]:
        """As `loaded`, on the device."""
        frames, works = self.loaded()
        return frames.to(self.device), works.to(self.device)

    def loaded(self) -> tuple[Tensor, Tensor]:
        """Frames [n, 12, n_frames], versions of a work beside one another, and the work of each [n]. A work with too
        few versions gives some of them twice, cut elsewhere."""
        n_works = min(self.passages.n_works, len(self.works))
        drawn = [int(work) for work in self.choice.choice(len(self.works), n_works, replace=False)]
        frames: list[np.ndarray] = []
        works: list[int] = []
        for work in drawn:
            found = self.versions(work, {*drawn, *works} - {work})
            if found is None:
                continue
            frames += found[1]
            works += [found[0]] * len(found[1])
        if not frames:
            raise ValueError(f"no track of the corpus can be read; {next(iter(self.refusals.reasons.values()))}")
        return torch.from_numpy(np.stack(frames)), torch.tensor(works)

    def versions(self, work: int, others: set[int]) -> tuple[int, list[np.ndarray]] | None:
        """A work and its drawn versions: of the given one, or of the next that can be read and is none of the others.
        What was refused before is drawn like everything else, so that a run that goes on, and does not know of it yet,
        draws the same."""
        for candidate in range(work, work + len(self.works)):
            candidate %= len(self.works)
            if candidate in others:
                continue
            tracks, n = self.works[candidate], self.passages.n_renditions
            indices = self.choice.choice(len(tracks), n, replace=len(tracks) < n)
            found = [self.readable(tracks, int(index)) for index in indices]
            if found[0] is not None:
                return candidate, [self.cut(one) for one in found if one is not None]
        return None

    def readable(self, tracks: list[Track], index: int) -> np.ndarray | None:
        """Frames of a version, of the next one if it cannot be read, and of none if none can."""
        for offset in range(len(tracks)):
            frames = self.refusals.read(tracks[(index + offset) % len(tracks)])
            if frames is not None:
                return frames
        return None

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

    def close(self) -> None:
        """Nothing goes on behind it."""

    def cut(self, frames: np.ndarray) -> np.ndarray:
        """[12, T] to [12, n_frames]: from anywhere if it is longer, silent at its end if it is shorter."""
        spare = frames.shape[1] - self.passages.n_frames
        start = int(self.choice.integers(spare + 1)) if spare > 0 else 0
        return first_frames(frames[:, start:], self.passages.n_frames)


def first_frames(frames: np.ndarray, n_frames: int) -> np.ndarray:
    """[12, T] to [12, n_frames]: what is compared at test time."""
    kept = frames[:, :n_frames]
    return np.pad(kept, ((0, 0), (0, n_frames - kept.shape[1])))
