r"""Thousands of tracks that are versions of nothing in the validation, as features: what ten thousand other people's
songs look like to a library.

    PYTHONPATH=training/src python training/scripts/make_unrelated_tracks.py --rendered rendered.npz --tracks 10000 \
        --out DIR

Each is two passages of different songs as `render_pop909.py` packs them, one after another, `--seconds` long together.
Writes `NAME.crema.npy` and `NAME.chroma.npy`, [n_frames, 12] in 0..=1, as `reprise features` does; `cargo run --release
-p reprise-library --example add_unrelated_tracks` puts them into a library. Songs stand in several of them: a pair of
two such tracks says nothing.
"""

import argparse
from pathlib import Path

import numpy as np

from reprise_training.simulate.passages import FRAMES_A_SECOND

SEED = 11


def main() -> None:
    """Draws and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rendered", type=Path, required=True)
    parser.add_argument("--tracks", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=110.0)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with np.load(options.rendered) as content:
        arrays = {name: content[name] for name in content.files if "/crema" in name or "/chroma" in name}
    passages = sorted(name.replace("/crema", "/") for name in arrays if "/crema" in name)
    options.out.mkdir(parents=True, exist_ok=True)
    choice = np.random.default_rng(SEED)
    half = round(options.seconds * FRAMES_A_SECOND / 2)
    for number in range(options.tracks):
        drawn = two_songs(passages, choice)
        starts = [choice.integers(max(1, length(arrays, one) - half)) for one in drawn]
        for view in ("crema", "chroma"):
            parts = [
                arrays[one.replace("/", f"/{view}")][:, start : start + half]
                for one, start in zip(drawn, starts, strict=True)
            ]
            frames = np.concatenate(parts, axis=1).T.astype(np.float32) / 255
            np.save(options.out / f"unrelated-{number:06}.{view}.npy", np.ascontiguousarray(frames))
    print(f"{options.tracks} tracks of {len(passages)} passages in {options.out}")


def two_songs(passages: list[str], choice: np.random.Generator) -> list[str]:
    """Two passages of different songs."""
    while True:
        drawn = [passages[index] for index in choice.choice(len(passages), 2, replace=False)]
        if drawn[0].split("/")[0] != drawn[1].split("/")[0]:
            return drawn


def length(arrays: dict[str, np.ndarray], passage: str) -> int:
    """Its frames."""
    return arrays[passage.replace("/", "/crema")].shape[1]


if __name__ == "__main__":
    main()
