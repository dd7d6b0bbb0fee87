"""What a network reads of a track: twelve rows for each view, the recogniser's chords first."""

import numpy as np

CREMA, CHROMA, MELODY = "crema", "chroma", "melody"
KNOWN = (CREMA, CHROMA, MELODY)
CHROMA_WEIGHT = 0.7
"""Against the chords; as in the alignment (crates/reprise-matching)."""
BLOCK_FRAMES = 12
SUNG_BLOCK = 0.12
"""Blocks whose mean salience is a shorter vector are silent; as in the alignment."""


def rows_of(features: dict[str, np.ndarray], views: tuple[str, ...]) -> np.ndarray:
    """Rows [12 * views, T] in float32 of a track's features, each [12, T] in 0..=1; a view the track lacks is zero.
    What is sung is read without its silence where it is read alone."""
    if views == (MELODY,):
        return sung_blocks(features[MELODY].astype(np.float32))
    n_frames = min(feature.shape[1] for feature in features.values())
    parts = []
    for view in views:
        if view not in KNOWN:
            raise ValueError(f"there is no view {view}; there are {', '.join(KNOWN)}")
        feature = features.get(view)
        if feature is None:
            parts.append(np.zeros((12, n_frames), np.float32))
        elif view in (CREMA, MELODY):
            parts.append(feature[:, :n_frames].astype(np.float32))
        else:
            parts.append(centred_chroma(feature[:, :n_frames]))
    return np.concatenate(parts)


def sung_blocks(melody: np.ndarray) -> np.ndarray:
    """The blocks [12, T'] of a melody [12, T] in which somebody sings, one after another: silence is like silence,
    which says nothing, and how long a band plays between two verses is not the tune's. Frames that fill no block are
    dropped."""
    n_blocks = melody.shape[1] // BLOCK_FRAMES
    blocks = melody[:, : n_blocks * BLOCK_FRAMES].reshape(12, n_blocks, BLOCK_FRAMES)
    sung = np.linalg.norm(blocks.mean(axis=2), axis=0) >= SUNG_BLOCK
    return blocks[:, sung].reshape(12, -1)


def centred_chroma(chroma: np.ndarray) -> np.ndarray:
    """What each frame has more or less of than the track on the whole: frames sum to one, the mean frame is taken away,
    what is left gets the same length everywhere. Without taking the mean away chroma adds nothing to chords."""
    total = chroma.sum(axis=0, keepdims=True)
    shares = np.where(total > 1e-6, chroma / np.maximum(total, 1e-6), 0.0)
    mean = shares.mean(axis=1, keepdims=True)
    centred = np.where(total > 1e-6, shares - mean, 0.0)
    length = np.linalg.norm(centred, axis=0, keepdims=True)
    return (CHROMA_WEIGHT * centred / np.maximum(length, 1e-6)).astype(np.float32)


def rotated(rows: np.ndarray, key: int) -> np.ndarray:
    """Rows [..., 12 * views, T], every view `key` semitones up."""
    views = rows.reshape(*rows.shape[:-2], -1, 12, rows.shape[-1])
    return np.roll(views, key, axis=-2).reshape(rows.shape)
