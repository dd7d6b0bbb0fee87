"""Vectors without learning, against plain sums."""

import numpy as np

from reprise_training.baselines import (
    AVERAGED_FRAMES,
    PATCH_COLUMNS,
    PATCH_HOP,
    best_rotation,
    mean_profile,
    two_dftm,
)


def crema(seed: int, n_frames: int = 480) -> np.ndarray:
    return np.repeat(np.random.default_rng(seed).random((12, n_frames // 8)) ** 3, 8, axis=1)


def slow_two_dftm(frames: np.ndarray) -> np.ndarray:
    columns = [frames[:, i : i + AVERAGED_FRAMES].mean(axis=1) for i in range(0, frames.shape[1] - 4, AVERAGED_FRAMES)]
    patches = []
    for start in range(0, len(columns) - PATCH_COLUMNS + 1, PATCH_HOP):
        cells = []
        for k in range(12):
            for f in range(PATCH_COLUMNS // 2 + 1):
                wave = np.exp(
                    -2j * np.pi * (k * np.arange(12)[:, None] / 12 + f * np.arange(PATCH_COLUMNS) / PATCH_COLUMNS)
                )
                cells.append(abs((wave * np.stack(columns[start : start + PATCH_COLUMNS], axis=1)).sum()))
        patches.append(cells)
    middle = np.array([sorted(cell)[len(cell) // 2] for cell in zip(*patches, strict=True)])
    middle[0] = 0
    return middle / np.sqrt((middle**2).sum())


def test_fourier_magnitudes_are_plain_sums_and_do_not_know_the_key() -> None:
    frames = crema(1)
    assert np.allclose(two_dftm(frames), slow_two_dftm(frames))
    assert np.allclose(two_dftm(np.roll(frames, 7, axis=0)), two_dftm(frames))


def test_a_short_and_a_silent_track_have_vectors_too() -> None:
    assert two_dftm(crema(1)[:, :16]).shape == two_dftm(np.zeros((12, 0))).shape == (12 * 38,)
    assert not mean_profile(np.zeros((12, 9))).any()


def test_the_best_rotation_is_the_key_the_track_is_in() -> None:
    profiles = np.stack([mean_profile(crema(seed)) for seed in range(4)])
    found = best_rotation(np.roll(profiles[2], 5), profiles)
    assert found.argmax() == 2 and abs(found[2] - 1) < 1e-9
