r"""How many sung tunes a shortlist finds among thousands of others: works whose tune was left out of training, sung
twice, by two writings of the tune where there are several; every other work sung once.

    PYTHONPATH=training/src python training/scripts/evaluate_tunes.py \
        --config training/configs/moments-voice-many.yaml --checkpoint RUN/checkpoint.pt \
        --codebook models/asimt-voice/codebook.i8 --tunes tunes.json.gz [--works 5000] [--asked 100]

Prints rows for two sorts of queries: of tunes with one writing, and of tunes with several, each sung by two of them.
2DFTM of the melody is one vector a track; the others are in the likeliest keys of either track, or in twelve of the
query's.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from evaluate_shortlist import FIRST, TOLD, Search, Way, first_ranks, row

from reprise_training.codebook import STEPS
from reprise_training.config import Run, read_run
from reprise_training.embedding import moments_of
from reprise_training.keys import N_KEYS, likely_keys, template_of
from reprise_training.model.build import trained_model
from reprise_training.simulate.sung_tracks import SungTracks
from reprise_training.sources import split
from reprise_training.tunes import works as tunes
from reprise_training.tunes.tune import Tune
from reprise_training.views import rotated, sung_blocks

SEED = 20_000
FEWEST_FRAMES = 120
"""Sung, of a track that is kept: as the application has it."""
N_HELD = 1
"""Codes held for a moment of a voice, as models/asimt-voice has it."""
COLUMN_FRAMES, PATCH_COLUMNS, PATCH_HOP = 5, 75, 8
"""Of 2DFTM; as in crates/reprise-matching/src/shortlist.rs."""


def main() -> None:
    """Prints a row for each way and sort of queries."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--codebook", type=Path, required=True)
    parser.add_argument("--tunes", type=Path, required=True)
    parser.add_argument("--works", type=int, default=5000, help="that are sung at most")
    parser.add_argument("--asked", type=int, default=100, help="works of each sort that are asked for at most")
    options = parser.parse_args()
    run = read_run(options.config)
    model, template = trained_model(run, options.checkpoint), template_of(run.views)
    melodies, once, several = library(run, tunes.read(options.tunes), options.works, options.asked)
    read = [sung_blocks(melody) for melody in melodies]

    def in_keys(rows: np.ndarray, keys: Iterable[int]) -> list[np.ndarray]:
        return moments_of(model, [rotated(rows, key) for key in keys])

    likely = [in_keys(rows, likely_keys(rows, N_KEYS, template)) for rows in read]
    centres = np.fromfile(options.codebook, np.int8).reshape(-1, run.model.moment_dim).astype(np.float32) / STEPS
    is_query = [one or other for one, other in zip(once, several, strict=True)]
    asked = [in_keys(rows, range(12)) if queried else [] for rows, queried in zip(read, is_query, strict=True)]
    few = Search(likely, centres, N_HELD)
    all_keys = Search([in_keys(rows, [0]) for rows in read], centres, N_HELD, asked)
    vectors = np.stack([fourier(melody) for melody in melodies])
    ways: dict[str, Way] = {
        "2DFTM": lambda query: vectors @ vectors[query],
        "12 keys, all by moments": all_keys.by_moments,
        f"{N_KEYS} keys, all by moments": few.by_moments,
        f"{N_KEYS} keys, index alone": few.by_codes,
        f"{N_KEYS} keys, the first by moments": few.both,
    }
    print(
        f"{run.name}, {len(read)} tracks | " + " | ".join(f"hit@{k}" for k in FIRST) + f" | hit@{TOLD}, 95 % over works"
    )
    for sort, labels in (("one writing", once), ("several", several)):
        for name, way in ways.items():
            shares = row(first_ranks(way, labels))
            print(f"{sort}, {sum(label is not None for label in labels)} queries, {name} | {shares}", flush=True)


def library(
    run: Run, works: list[list[Tune]], most: int, asked: int
) -> tuple[list[np.ndarray], list[str | None], list[str | None]]:
    """Melodies [12, T]; which of them are of a work with one writing that was left out, and of one with several."""
    trained, left_out = split(works, run)
    left_out = [
        work
        for has_several in (False, True)
        for work in [work for work in left_out if (len(work) > 1) == has_several][:asked]
    ]
    singers = SungTracks(run.singing, SEED)
    sung = [(melody, None, None) for melody in singers.once_each(trained[: max(0, most - len(left_out))])]
    for number, work in enumerate(left_out):
        has_several = len(work) > 1
        writings = singers.choice.choice(len(work), 2, replace=not has_several)
        names = (None, str(number)) if has_several else (str(number), None)
        sung += [(singers.sing(work[writing]), *names) for writing in writings]
    kept = [one for one in sung if sung_blocks(one[0]).shape[1] >= FEWEST_FRAMES]
    melodies, once, several = zip(*kept, strict=True)
    return list(melodies), list(once), list(several)


def fourier(melody: np.ndarray) -> np.ndarray:
    """2DFTM of a melody [12, T], length 1."""
    n = melody.shape[1] // COLUMN_FRAMES
    columns = melody[:, : n * COLUMN_FRAMES].reshape(12, n, COLUMN_FRAMES).mean(axis=2)
    columns = np.pad(columns, ((0, 0), (0, max(0, PATCH_COLUMNS - n))))
    starts = range(0, columns.shape[1] - PATCH_COLUMNS + 1, PATCH_HOP)
    patches = np.stack([np.abs(np.fft.rfft2(columns[:, at : at + PATCH_COLUMNS])) for at in starts])
    vector = np.median(patches, axis=0).ravel()
    vector[0] = 0.0
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


if __name__ == "__main__":
    main()
