"""One vector a track without learning: what a shortlist has to beat. The twins of
crates/reprise-matching/src/shortlist.rs."""

import numpy as np

AVERAGED_FRAMES = 5
PATCH_COLUMNS = 75
PATCH_HOP = 8


def two_dftm(crema: np.ndarray) -> np.ndarray:
    """Two-dimensional Fourier magnitudes of chord-pitch frames [12, T]: the same in every key, nearly so for every
    shift in time. The median over patches of 35 s, length 1 [12 * 38]. Bertin-Mahieux & Ellis, ISMIR 2012; Seetharaman
    & Rafii, ICASSP 2017."""
    n_columns = crema.shape[1] // AVERAGED_FRAMES
    columns = crema[:, : n_columns * AVERAGED_FRAMES].reshape(12, n_columns, AVERAGED_FRAMES).mean(axis=2)
    columns = np.pad(columns, ((0, 0), (0, max(0, PATCH_COLUMNS - n_columns))))
    starts = range(0, columns.shape[1] - PATCH_COLUMNS + 1, PATCH_HOP)
    magnitudes = np.stack([np.abs(np.fft.rfft2(columns[:, start : start + PATCH_COLUMNS])) for start in starts])
    # The upper one of two in the middle.
    vector = np.sort(magnitudes, axis=0)[len(magnitudes) // 2].ravel()
    vector[0] = 0.0  # The mean level says nothing about the song.
    return unit(vector)


def mean_profile(crema: np.ndarray) -> np.ndarray:
    """The mean frame of [12, T], length 1 [12]."""
    return unit(crema.mean(axis=1))


def best_rotation(query: np.ndarray, profiles: np.ndarray) -> np.ndarray:
    """Cosines of a profile [12] with others [n, 12], each in the best of 12 keys [n]."""
    return np.max([profiles @ np.roll(query, key) for key in range(12)], axis=0)


def unit(vector: np.ndarray) -> np.ndarray:
    """Of length 1, or zero."""
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
