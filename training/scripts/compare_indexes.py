r"""What ready-made indexes of vectors find of a library's moments, and what they cost, beside the index of codes.

    PYTHONPATH=training/src python training/scripts/compare_indexes.py --checkpoint models/asimt/model.onnx \
        --codebook models/asimt/codebook.i8 --features FEATURES --labels labels_a.csv labels_b.csv \
        --impostors rendered.npz ...

Needs the packages faiss-cpu and usearch, which nothing else does. Every index holds the moments of all tracks in their
likeliest keys and gives, for each moment of a query, its nearest ones; a track counts, for each moment, the best of
those by how far it lies above the last that was given, as `codebook.shared` counts codes. The first 400 are compared
moment by moment. Time is that of one thread for the index alone; memory is what the index holds a moment. Codes are
timed where the application runs them, in crates/reprise-matching/benches/late_interaction.rs.
"""

import time
from collections.abc import Callable
from functools import partial

import faiss
import numpy as np
from evaluate_shortlist import COMPARED, FIRST, LEAST, Search, first_ranks, read, row
from usearch.index import Index

NEAREST = 64
"""Moments that an index gives for each moment of a query."""
CELLS, CELLS_SEEN = 4096, 32
LINKS = 16
"""Of each moment in a graph, in either direction."""
TRAINED_ON = 200_000

Ask = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Of moments [n, d] the likeness and the numbers of their nearest ones [n, NEAREST]."""


def main() -> None:
    """Prints a row for each index and list of labels."""
    faiss.omp_set_num_threads(1)
    tracks, labels = read(__doc__)
    search = tracks.search
    print(f"{len(search.tracks)} tracks, {len(search.together)} moments")
    print("index | labels | ms a query | bytes a moment | made in s | " + " | ".join(f"hit@{k}" for k in FIRST))
    for name, make in (("none: all moments", exact), ("cells", cells), ("graph", graph), ("usearch", usearch)):
        began = time.process_time()
        ask, n_bytes = make(search.together)
        made_s = time.process_time() - began
        for path in labels:
            spent: list[float] = []
            ranks = first_ranks(partial(compared, search, ask=ask, spent=spent), tracks.works(path))
            figures = f"{1e3 * np.mean(spent):.1f} | {n_bytes / len(search.together):.0f} | {made_s:.0f}"
            print(f"{name} | {path.stem} | {figures} | {row(ranks)}", flush=True)


def compared(search: Search, query: int, ask: Ask, spent: list[float]) -> np.ndarray:
    """Late interaction of a query with what an index gives first; notes the seconds that the index takes."""
    began = time.process_time()
    answers = [ask(key) for key in search.asked[query]]
    spent.append(time.process_time() - began)
    found = search.best([counted(search, *answer) for answer in answers])
    found[query] = -1
    first = np.argpartition(-found, COMPARED)[:COMPARED]
    result = np.full(len(search.tracks), LEAST)
    result[first] = search.by_moments(query)[first]
    return result


def counted(search: Search, likeness: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """What the nearest moments say of each document [n_documents]."""
    documents = np.searchsorted(search.starts, numbers, side="right") - 1
    above = likeness - likeness[:, -1:]
    best = np.zeros((len(numbers), len(search.starts)), np.float32)
    # From the farthest on, so that the nearest of a document counts.
    for nearest in range(NEAREST - 1, -1, -1):
        best[np.arange(len(numbers)), documents[:, nearest]] = above[:, nearest]
    return best.sum(axis=0)


def exact(moments: np.ndarray) -> tuple[Ask, int]:
    """All of them."""
    index = faiss.IndexScalarQuantizer(moments.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    index.train(moments[:TRAINED_ON])
    index.add(moments)
    return lambda query: index.search(query, NEAREST), moments.size


def cells(moments: np.ndarray) -> tuple[Ask, int]:
    """Those in the nearest cells: Jégou et al., PAMI 2011, by Faiss, a byte a value."""
    index = faiss.index_factory(moments.shape[1], f"IVF{CELLS},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.train(moments[np.random.default_rng(0).permutation(len(moments))[:TRAINED_ON]])
    index.add(moments)
    index.nprobe = CELLS_SEEN
    return lambda query: index.search(query, NEAREST), len(faiss.serialize_index(index))


def graph(moments: np.ndarray) -> tuple[Ask, int]:
    """Those that a walk comes by: Malkov & Yashunin, PAMI 2020, by Faiss, a byte a value."""
    index = faiss.index_factory(moments.shape[1], f"HNSW{LINKS},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efSearch = 2 * NEAREST
    index.train(moments[:TRAINED_ON])
    index.add(moments)
    return lambda query: index.search(query, NEAREST), len(faiss.serialize_index(index))


def usearch(moments: np.ndarray) -> tuple[Ask, int]:
    """The same by usearch."""
    index = Index(ndim=moments.shape[1], metric="ip", dtype="i8", connectivity=LINKS, expansion_search=2 * NEAREST)
    index.add(np.arange(len(moments)), moments, threads=1)

    def ask(query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = index.search(query, NEAREST, threads=1)
        return 1 - found.distances, found.keys.astype(int)

    return ask, index.memory_usage


if __name__ == "__main__":
    main()
