"""The index of codes against usearch and faiss: how many of the tracks that exact late interaction puts first each has among its
first 100 and 400, how long a query takes on one core, and how much memory it holds.

    pip install usearch faiss-cpu    # nothing else needs them
    PYTHONPATH=training/src python training/scripts/compare_indexes.py --config training/configs/moments.yaml \\
        --checkpoint RUN/checkpoint.pt --codebook models/asimt/codebook.i8 --features FEATURES [--tracks 5000] [--queries 50]

FEATURES as for `reprise_training.evaluate`. Up to the number of tracks there are copies whose moments are off at random by as much as
those of versions are, so that every query has near ones and strangers. All vectors are in the three likeliest keys of a track.

The others answer moment by moment: each of a query's moments asks for its nearest ones, and a track counts its nearest once a moment,
as the index of codes has it; a moment that is not given counts as much as the last one that is.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from evaluate_shortlist import Search, keyed
from usearch.index import Index

from reprise_training.codebook import N_NEARBY, SIZE_EXPONENT, SMALLEST_SIZE, STEPS
from reprise_training.config import read_run
from reprise_training.evaluate import read_tracks
from reprise_training.model.build import trained_model

NOISE = 0.6
"""Length of what is added to the moments of a copy before they are unit vectors again: their cosine with the original's is 0.86."""
FIRST = 20
"""Of the exact ranking so many are to be found."""
WANTED = (100, 400)
NEIGHBOURS = 200
"""Moments that each moment of a query asks for."""
SEED = 7

Answer = Callable[[list[np.ndarray]], np.ndarray]
"""A query's moments in its keys to the score of every track."""


@dataclass(frozen=True)
class Library:
    """The moments of many tracks in their keys."""

    tracks: list[list[np.ndarray]]
    moments: np.ndarray
    """Of all documents, one after another [n, d]."""
    starts: np.ndarray
    """Where each document's begin."""
    document_of: np.ndarray
    """Of each moment."""
    track_of: np.ndarray
    """Of each document."""

    def best(self, of_documents: np.ndarray) -> np.ndarray:
        """Of each track's documents the best."""
        result = np.full(len(self.tracks), -np.inf)
        np.maximum.at(result, self.track_of, of_documents)
        return result


def main() -> None:
    """Prints a row of a table for each index."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--codebook", type=Path, required=True)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--tracks", type=int, default=5000)
    parser.add_argument("--queries", type=int, default=50)
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    run = read_run(options.config)
    model = trained_model(run, options.checkpoint)
    heard = [keyed(model, rows) for rows in read_tracks(options.features, run.views).values()]
    library = gathered(copied(heard, options.tracks))
    centres = np.fromfile(options.codebook, np.int8).reshape(-1, run.model.moment_dim).astype(np.float32) / STEPS
    queries = np.random.default_rng(SEED).choice(len(heard), min(options.queries, len(heard)), replace=False)
    exact = Search(library.tracks, centres)
    wanted = [first_of(exact.by_moments(query), query, FIRST) for query in queries]
    print(f"{len(library.tracks)} tracks, {len(heard)} of them heard, {len(library.moments)} moments; {len(queries)} queries")
    print("| index | " + " | ".join(f"of the first {FIRST} among {k}" for k in WANTED) + " | a query | memory | made in |")
    print("|---|---|---|---|---|---|")
    for make in (codes, usearch_graph, faiss_flat, faiss_cells, faiss_products, faiss_whole):
        began = time.perf_counter()
        name, answer, size = make(library, centres)
        made = time.perf_counter() - began
        shares, seconds = {k: [] for k in WANTED}, []
        for query, ranked in zip(queries, wanted, strict=True):
            began = time.perf_counter()
            scores = answer(library.tracks[query])
            seconds.append(time.perf_counter() - began)
            for k in WANTED:
                shares[k].append(len(ranked & first_of(scores, query, k)) / len(ranked))
        found = " | ".join(f"{np.mean(shares[k]):.3f}" for k in WANTED)
        print(f"| {name} | {found} | {1e3 * np.median(seconds):.0f} ms | {size / 1e6:.0f} MB | {made:.0f} s |", flush=True)


def copied(heard: list[list[np.ndarray]], n_tracks: int) -> list[list[np.ndarray]]:
    """Tracks, and copies of them whose moments are off at random."""
    source = np.random.default_rng(SEED)
    tracks = heard[:n_tracks]
    while len(tracks) < n_tracks:
        original = heard[len(tracks) % len(heard)]
        tracks = [*tracks, [disturbed(moments, source) for moments in original]]
    return tracks


def disturbed(moments: np.ndarray, source: np.random.Generator) -> np.ndarray:
    """Unit vectors [n, d] that lie about as far from the given ones as those of a version do."""
    noise = source.normal(size=moments.shape)
    moved = moments + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


def gathered(tracks: list[list[np.ndarray]]) -> Library:
    """All documents one after another."""
    documents = [document for track in tracks for document in track]
    lengths = [len(document) for document in documents]
    return Library(
        tracks=tracks,
        moments=np.concatenate(documents),
        starts=np.cumsum([0, *lengths[:-1]]),
        document_of=np.repeat(np.arange(len(documents)), lengths),
        track_of=np.repeat(np.arange(len(tracks)), [len(track) for track in tracks]),
    )


def first_of(scores: np.ndarray, query: int, k: int) -> set[int]:
    """The `k` best tracks but the query."""
    scores = scores.copy()
    scores[query] = -np.inf
    return {int(track) for track in np.argsort(-scores, kind="stable")[:k] if scores[track] > -np.inf}


def codes(library: Library, centres: np.ndarray) -> tuple[str, Answer, int]:
    """What the application has; the same scores as `codebook.shared`, by postings."""
    numbers = np.concatenate(
        [(library.moments[at : at + 8192] @ centres.T).argmax(axis=1) for at in range(0, len(library.moments), 8192)]
    )
    pairs = np.unique(np.stack([numbers, library.document_of], axis=1), axis=0)
    begins = np.searchsorted(pairs[:, 0], np.arange(len(centres) + 1))
    postings = pairs[:, 1].astype(np.uint32)
    sizes = np.maximum(np.bincount(postings, minlength=len(library.track_of)), SMALLEST_SIZE)

    def answer(query: list[np.ndarray]) -> np.ndarray:
        result = np.full(len(library.tracks), -np.inf)
        for moments in query:
            likeness = moments @ centres.T
            nearest = np.argpartition(-likeness, N_NEARBY, axis=1)[:, : N_NEARBY + 1]
            weights = np.take_along_axis(likeness, nearest, axis=1)
            order = np.argsort(weights, axis=1)
            nearest, weights = (np.take_along_axis(both, order, axis=1) for both in (nearest, weights))
            scores = np.zeros(len(library.track_of))
            for near, weight in zip(nearest, weights - weights[:, :1], strict=True):
                met = np.zeros(len(library.track_of), np.float32)
                # The nearest code last, so that it counts.
                for code, value in zip(near[1:], weight[1:], strict=True):
                    met[postings[begins[code] : begins[code + 1]]] = value
                scores += met
            result = np.maximum(result, library.best(scores / len(moments) / sizes**SIZE_EXPONENT))
        return result

    return f"{len(centres)} codes", answer, postings.nbytes + begins.astype(np.uint32).nbytes + 8 * len(library.track_of)


def by_neighbours(library: Library, nearest: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]) -> Answer:
    """From what gives each moment its nearest ones: their numbers (-1 for none) and cosines [n, NEIGHBOURS]."""

    def answer(query: list[np.ndarray]) -> np.ndarray:
        result = np.full(len(library.tracks), -np.inf)
        for moments in query:
            numbers, cosines = nearest(moments)
            scores = np.zeros(len(library.track_of))
            for near, cosine in zip(numbers, cosines, strict=True):
                is_given = near >= 0
                near, cosine = near[is_given][::-1], cosine[is_given][::-1]
                met = np.zeros(len(library.track_of), np.float32)
                if len(near):
                    met[library.document_of[near]] = cosine - cosine[0]
                scores += met
            result = np.maximum(result, library.best(scores / len(moments)))
        return result

    return answer


def usearch_graph(library: Library, _: np.ndarray) -> tuple[str, Answer, int]:
    """A graph over all moments, a byte a value."""
    index = Index(ndim=library.moments.shape[1], metric="ip", dtype="i8", connectivity=16)
    index.add(np.arange(len(library.moments)), library.moments, threads=1)

    def nearest(moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = index.search(moments, NEIGHBOURS, threads=1)
        return found.keys.reshape(len(moments), -1).astype(np.int64), 1 - found.distances.reshape(len(moments), -1)

    return "usearch, graph over moments", by_neighbours(library, nearest), index.memory_usage


def searched(index: faiss.Index) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """What faiss gives, in the order in which `by_neighbours` takes it."""
    return lambda moments: index.search(moments, NEIGHBOURS)[::-1]


def trained(library: Library, description: str, n_probes: int = 0) -> tuple[faiss.Index, int]:
    """An index of all moments, and its bytes."""
    index = faiss.index_factory(library.moments.shape[1], description, faiss.METRIC_INNER_PRODUCT)
    index.train(library.moments[:: max(1, len(library.moments) // 200_000)])
    index.add(library.moments)
    if n_probes:
        faiss.extract_index_ivf(index).nprobe = n_probes
    return index, len(faiss.serialize_index(index))


def faiss_flat(library: Library, _: np.ndarray) -> tuple[str, Answer, int]:
    """Every moment compared with every other one."""
    index, size = trained(library, "Flat")
    return "faiss, exact over moments", by_neighbours(library, searched(index)), size


def faiss_cells(library: Library, _: np.ndarray) -> tuple[str, Answer, int]:
    """Cells of moments, of which some are compared, a byte a value."""
    index, size = trained(library, "IVF1024,SQ8", 16)
    return "faiss, 16 of 1,024 cells, bytes", by_neighbours(library, searched(index)), size


def faiss_products(library: Library, _: np.ndarray) -> tuple[str, Answer, int]:
    """The same with sixteen bytes a moment."""
    index, size = trained(library, "IVF1024,PQ16", 16)
    return "faiss, 16 of 1,024 cells, 16 bytes", by_neighbours(library, searched(index)), size


def faiss_whole(library: Library, _: np.ndarray) -> tuple[str, Answer, int]:
    """One vector a track and key: the mean of its moments."""
    means = np.add.reduceat(library.moments, library.starts, axis=0)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    index = faiss.IndexFlatIP(means.shape[1])
    index.add(means)

    def answer(query: list[np.ndarray]) -> np.ndarray:
        whole = np.stack([moments.mean(axis=0) for moments in query])
        cosines, numbers = index.search(whole, min(len(means), 1024))
        of_documents = np.full(len(means), -np.inf)
        np.maximum.at(of_documents, numbers.ravel(), cosines.ravel())
        return library.best(of_documents)

    return "faiss, one vector a track", answer, means.nbytes


if __name__ == "__main__":
    main()
