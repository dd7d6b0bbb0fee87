"""Codes of moments: an inverted index finds the tracks that share them, of which few are compared vector by vector."""

import numpy as np

N_CODES = 16_384
ROUNDS = 4
BATCH = 8192
STEPS = 127
"""Values -1..=1 rest as a byte."""

N_HELD = 2
"""Codes, the nearest, that a document holds for each of its moments."""
N_NEARBY = 16
"""Codes that a moment of a query asks for."""
SIZE_EXPONENT = 0.4
SMALLEST_SIZE = 8
COMMON, FEWEST_HOLDERS = 50, 1000
"""Codes that more than one of so many documents holds are passed over, but none that fewer hold."""


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


def held_codes(vectors: np.ndarray, of: np.ndarray, n_held: int = N_HELD) -> np.ndarray:
    """The numbers of the centres next to each vector, nearest first [n, n_held]. The twin of `Codebook::codewords`."""
    blocks = (vectors[i : i + BATCH] @ of.T for i in range(0, len(vectors), BATCH))
    return np.concatenate([np.argsort(-likeness, axis=1, kind="stable")[:, :n_held] for likeness in blocks])


def as_bytes(vectors: np.ndarray) -> np.ndarray:
    """Values -1..=1 to the nearest of 255 steps, int8."""
    return np.round(np.clip(vectors, -1, 1) * STEPS).astype(np.int8)


def shared(query: np.ndarray, held: list[np.ndarray], of: np.ndarray) -> np.ndarray:
    """How much documents, the distinct codes of each, share with the moments [n, d] of a query [n_documents].

    A document counts each code that it holds among the `N_NEARBY` of any moment, by how far its cosine lies above that
    of the first code that does not count any more, for the moment to which it is nearest, and by how rare it is; common
    ones do not count. The twin of `Index::search` in crates/reprise-matching."""
    likeness = query @ of.T
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, : N_NEARBY + 1]
    weights = np.take_along_axis(likeness, nearest, axis=1)
    weights -= weights[:, -1:]
    asked = np.zeros(len(of))
    np.maximum.at(asked, nearest[:, :-1], weights[:, :-1])
    holders = np.zeros(len(of))
    for own in held:
        holders[own] += 1
    asked *= np.log(1 + len(held) / np.maximum(holders, 1))
    asked[holders > max(FEWEST_HOLDERS, len(held) // COMMON)] = 0
    scores = np.array([asked[own].sum() for own in held])
    sizes = np.array([max(len(own), SMALLEST_SIZE) for own in held])
    return scores / max(np.linalg.norm(asked), np.finfo(float).tiny) / sizes**SIZE_EXPONENT
