"""How alike tracks are by their vectors, a few queries at a time: all pairs of 48,483 tracks, a test set of the paper,
would take 9.4 GB."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from reprise_training.embedding import Embed
from reprise_training.views import rotated
from reprise_training.windows import by_chance

KEYS = 12
QUERIES_AT_ONCE = 32
MOST_PRODUCTS = 2**25
"""Of vectors at a time: 134 MB."""

Read = Callable[[int], np.ndarray]
"""The rows of a track, by its number."""


def likeness_rows(
    read: Read,
    stored: list[np.ndarray],
    queries: Sequence[int],
    embed: Embed,
    n_keys: int = KEYS,
    most: int = MOST_PRODUCTS,
) -> Iterator[tuple[int, np.ndarray]]:
    """Of each query its number and its likeness [n_tracks] with all tracks, whose vectors [n, d] are `stored`.

    Two tracks are as alike as the mean over the query's vectors of the best vector of the candidate, less what the best
    of so many has by chance, in the best of so many keys of the query."""
    chance = by_chance(stored)
    for first in range(0, len(queries), QUERIES_AT_ONCE):
        some = queries[first : first + QUERIES_AT_ONCE]
        rows = [read(query) for query in some]
        turned = embed([rotated(own, key) for own in rows for key in range(n_keys)])
        alike = mean_of_best(turned, stored, most)
        yield from zip(some, alike.reshape(len(some), n_keys, -1).max(axis=1) - chance, strict=True)


def mean_of_best(queries: list[np.ndarray], candidates: list[np.ndarray], most: int = MOST_PRODUCTS) -> np.ndarray:
    """Vectors [n, d] of each query and candidate to [n_queries, n_candidates]: the mean over the query's of the best of
    the candidate's. Never more than about so many products at a time."""
    asked = np.concatenate(queries)
    sizes = np.array([len(one) for one in queries])
    begins = np.cumsum(sizes) - sizes
    result = np.empty((len(queries), len(candidates)), np.float32)
    for part in parts(candidates, max(1, most // len(asked))):
        counts = np.array([len(one) for one in candidates[part]])
        products = asked @ np.concatenate(candidates[part]).T
        best = np.maximum.reduceat(products, np.cumsum(counts) - counts, axis=1) if counts.max() > 1 else products
        result[:, part] = np.add.reduceat(best, begins, axis=0) / sizes[:, None]
    return result


def parts(candidates: list[np.ndarray], most: int) -> Iterator[slice]:
    """Candidates in order, as many at a time as have so many vectors together, one at least."""
    first = n_vectors = 0
    for index, one in enumerate(candidates):
        if index > first and n_vectors + len(one) > most:
            yield slice(first, index)
            first, n_vectors = index, 0
        n_vectors += len(one)
    yield slice(first, len(candidates))


def track_likeness(tracks: list[np.ndarray], is_query: list[bool], embed: Embed, n_keys: int = KEYS) -> np.ndarray:
    """[n_tracks, n_tracks], rows of tracks that are no query left at -2; `tracks`: rows of each."""
    result = np.full((len(tracks), len(tracks)), -2.0, np.float32)
    queries = [int(index) for index in np.flatnonzero(is_query)]
    for index, alike in likeness_rows(tracks.__getitem__, embed(tracks), queries, embed, n_keys):
        result[index] = alike
    return result
