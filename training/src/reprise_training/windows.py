"""Tracks as windows of frames, and what the likeness of tracks by many vectors has by chance."""

import numpy as np

WINDOW_HOP = 0.25
"""Windows of a stored track begin a quarter of their length after one another."""

BY_CHANCE = 0.05
"""What 2.7 times as many vectors of a candidate bring by their number alone; as in crates/reprise-matching."""


def by_chance(candidates: list[np.ndarray]) -> np.ndarray:
    """What is taken off the likeness with each candidate [n, d]: the best of many is near by their number alone."""
    return BY_CHANCE * np.log([len(one) for one in candidates])


def windows(frames: np.ndarray, n_frames: int, hop: float = WINDOW_HOP) -> np.ndarray:
    """[rows, T] to windows [n, rows, n_frames], at least one; what a track lacks is zero. The last one ends with it."""
    padded = np.zeros((len(frames), max(n_frames, frames.shape[1])), np.float32)
    padded[:, : frames.shape[1]] = frames
    last = padded.shape[1] - n_frames
    starts = sorted({*range(0, last + 1, max(1, round(n_frames * hop))), last})
    return np.stack([padded[:, start : start + n_frames] for start in starts])
