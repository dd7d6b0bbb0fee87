"""Codes of moments: an inverted index finds the tracks that share them, of which few are compared vector by vector."""

import numpy as np

N_CODES = 16_384
ROUNDS = 4
BATCH = 8192
STEPS = 127
"""Values -1..=1 rest as a byte."""

N_NEARBY = 32
"""Codes that a moment of a query asks for."""
SIZE_EXPONENT = 0.25
SMALLEST_SIZE = 8


def centres(vectors: np.ndarray, n_codes: int = N_CODES, seed: int = 0) -> np.ndarray:
    """Unit vectors [n, d] to the centres of their clusters [n_codes, d], unit vectors, by spherical k-means."""
    chosen = np.random.default_rng(seed).choice(len(vectors), n_codes, replace=False)
    found = vectors[np.sort(chosen)].copy()
    for _ in range(ROUNDS):
        nearest = codes(vectors, found)
        sums = np.zeros_like(found)
        np.add.at(sums, nearest, vectors)
        length = np.linalg.norm(sums, axis=1, keepdims=True)
        found = np.where(length > 1e-6, sums / np.maximum(length, 1e-6), found)
    return found


def codes(vectors: np.ndarray, of: np.ndarray) -> np.ndarray:
    """The number of the centre next to each vector [n]."""
    return np.concatenate([(vectors[i : i + BATCH] @ of.T).argmax(axis=1) for i in range(0, len(vectors), BATCH)])


def as_bytes(vectors: np.ndarray) -> np.ndarray:
    """Values -1..=1 to the nearest of 255 steps, int8."""
    return np.round(np.clip(vectors, -1, 1) * STEPS).astype(np.int8)


def shared(query: np.ndarray, held: list[np.ndarray], of: np.ndarray) -> np.ndarray:
    """How much documents, the distinct codes of each, share with the moments [n, d] of a query [n_documents].

    Each moment counts the nearest of its `N_NEARBY` codes that the document holds, by how far its cosine lies above that of
    the first code that does not count any more. The twin of `Index::search` in crates/reprise-matching."""
    likeness = query @ of.T
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, : N_NEARBY + 1]
    weights = np.take_along_axis(likeness, nearest, axis=1)
    weights -= weights[:, -1:]
    documents_of = {code: [] for code in np.unique(nearest)}
    for number, own in enumerate(held):
        for code in own:
            if code in documents_of:
                documents_of[code].append(number)
    scores = np.zeros(len(held))
    for moment, weight in zip(nearest, weights, strict=True):
        best = np.zeros(len(held))
        # The nearest code last, so that it counts.
        for code, value in zip(moment[::-1], weight[::-1], strict=True):
            best[documents_of[code]] = value
        scores += best
    sizes = np.array([max(len(own), SMALLEST_SIZE) for own in held])
    return scores / len(query) / sizes**SIZE_EXPONENT
