"""Tracks that cannot be read: a run goes on without them, and says so."""

import sys
from collections.abc import Callable

import numpy as np

from reprise_training.corpora.track import Track


def to_stderr(said: str) -> None:
    """Where whoever waits for a run sees it."""
    print(said, file=sys.stderr, flush=True)


class Refusals:
    """Reads tracks. What cannot be read is named once, counted, and not tried again."""

    def __init__(self, tell: Callable[[str], None] = to_stderr) -> None:
        self.tell = tell
        self.reasons: dict[tuple[str, str], str] = {}
        """By work and name."""

    def read(self, track: Track) -> np.ndarray | None:
        """Frames [12, T], or none of a track that cannot be read."""
        key = track.work, track.name
        if key in self.reasons:
            return None
        try:
            return track.read()
        except ValueError as error:
            self.reasons[key] = str(error)
            self.tell(f"left out: {error}")
            return None

    def summary(self) -> str | None:
        """How many there are, in a sentence; none if there are none."""
        n = len(self.reasons)
        return (
            f"{n} {'track' if n == 1 else 'tracks'} could not be read and {'was' if n == 1 else 'were'} left out"
            if n
            else None
        )
