"""Batches loaded while the network is busy with the one before."""

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from torch import Tensor

from reprise_training.corpora.batches import WholeTracks

DEPTH = 2
"""Batches that wait: of the paper's size 30 MB each."""

Loaded = tuple[tuple[Tensor, Tensor], Mapping[str, Any]]


class Ahead:
    """Gives the batches of a source in their order; one thread loads those that come next. Its state is that behind the
    last batch that was given, whatever has been loaded since."""

    def __init__(self, tracks: WholeTracks, depth: int = DEPTH) -> None:
        self.tracks, self.depth, self.n_works, self.generator = tracks, depth, tracks.n_works, tracks.generator
        self.choice: Mapping[str, Any] = tracks.choice.bit_generator.state
        self.loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="loader")
        self.under_way: deque[Future[Loaded]] = deque()

    def load(self) -> Loaded:
        """A batch, and where the draws stand behind it. By the thread."""
        batch = self.tracks.loaded()
        return batch, self.tracks.choice.bit_generator.state

    def batch(self) -> tuple[Tensor, Tensor]:
        """The next batch, on the device. What went wrong in loading it is raised here."""
        while len(self.under_way) <= self.depth:
            self.under_way.append(self.loader.submit(self.load))
        (frames, works), self.choice = self.under_way.popleft().result()
        return frames.to(self.tracks.device), works.to(self.tracks.device)

    def complete_windows(self) -> Tensor:
        """Tracks that have every view: there is one."""
        return self.batch()[0]

    def state(self) -> dict[str, Any]:
        """Where the draws stand."""
        return {"generator": self.generator.get_state(), "choice": self.choice}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state; what was loaded is dropped."""
        self.drop()
        self.tracks.restore(state)
        self.choice = state["choice"]

    def drop(self) -> None:
        """Forgets what was loaded."""
        for one in self.under_way:
            one.cancel()
        wait(self.under_way)
        self.under_way.clear()

    def close(self) -> None:
        """Ends the thread."""
        self.drop()
        self.loader.shutdown()
