r"""Writes the sung set as a folder of features and tables of labels that `reprise eval` reads.

    PYTHONPATH=training/src python training/scripts/unpack_sung.py --features features.npz --loudness loudness.npz \
        --out DIR [--melody everywhere] [--one-song WORK WORK ...]
    reprise eval --features DIR --truth DIR/labels_b.csv

Both files are as the README of the set describes them. DIR holds `NNN.crema.npy`, `NNN.chroma.npy`, where there is
a melody `NNN.melody.npy`, and the labels of each half and of both.
"""

import argparse
import csv
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from reprise_training.features import voice

MELODIES = ("weighted", "everywhere", "before")
WINDOW_FRAMES = 5
"""Of the grid: nearest to the window of voice-v2.toml."""

Arrays = Mapping[str, np.ndarray]


def main() -> int:
    """Writes the folder; 2 when options contradict the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--loudness", type=Path, help="needed for weighted melodies only")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--melody",
        choices=MELODIES,
        default=MELODIES[0],
        help="each moment by how prominent the voice is; as it was followed everywhere; what was kept before",
    )
    parser.add_argument(
        "--one-song",
        nargs="+",
        action="append",
        default=[],
        metavar="WORK",
        help="works that count as the first of them, and lie in its half; may be given again for others",
    )
    options = parser.parse_args()
    if options.melody == "weighted" and options.loudness is None:
        parser.error("--melody weighted needs --loudness")
    features = np.load(options.features)
    loudness = np.load(options.loudness) if options.loudness else {}
    unknown = {work for works in options.one_song for work in works} - set(features["work"].tolist())
    if unknown:
        parser.error(f"--one-song: no recording is of {', '.join(sorted(unknown))}")
    options.out.mkdir(parents=True, exist_ok=True)
    works, halves = labels(features, options.one_song)
    names = [f"{number:03}" for number in range(len(works))]
    n_melodies = sum(write_features(options.out, name, features, loudness, options.melody) for name in names)
    for part, file in (("a", "labels_a.csv"), ("b", "labels_b.csv"), ("ab", "labels.csv")):
        rows = zip(names, works, halves, strict=True)
        write_labels(options.out / file, [(name, work) for name, work, half in rows if half in part])
    print(f"{options.out}: {len(names)} recordings of {len(set(works))} works, {n_melodies} with a melody")
    return 0


def labels(features: Arrays, one_song: list[list[str]]) -> tuple[list[str], list[str]]:
    """Work and half of each recording; those of `one_song` are those of the first work."""
    first = {work: works[0] for works in one_song for work in works}
    own = features["work"].tolist()
    half_of = dict(zip(own, features["half"].tolist(), strict=True))
    works = [first.get(work, work) for work in own]
    return works, [half_of[work] for work in works]


def write_features(out: Path, name: str, features: Arrays, loudness: Arrays, kind: str) -> bool:
    """The arrays of one recording; says whether it has a melody."""
    for feature in ("crema", "chroma"):
        np.save(out / f"{name}.{feature}.npy", shares(features[f"{feature}{name}"]))
    melody = shares(features[f"{'today' if kind == 'before' else 'melody'}{name}"])
    file = out / f"{name}.melody.npy"
    # One of another kind may lie there.
    file.unlink(missing_ok=True)
    if len(melody) == 0:
        return False
    if kind == "weighted":
        db = prominence_db(loudness[f"mix{name}"], loudness[f"voice{name}"])
        melody = melody * fitted(voice.ramp(db), len(melody))[:, None]
    np.save(file, melody.astype(np.float32))
    return True


def shares(stored: np.ndarray) -> np.ndarray:
    """Bytes [n_frames, 12] to f32 in 0..=1."""
    return stored.astype(np.float32) / np.float32(255)


def prominence_db(mix: np.ndarray, voice_loudness: np.ndarray) -> np.ndarray:
    """By how many dB the voice is above the mix, [n_frames], of bytes that are half dB below full scale."""
    n_frames = min(len(mix), len(voice_loudness))
    power = {
        name: np.convolve(10 ** (-stored[:n_frames].astype(float) / 20), np.ones(WINDOW_FRAMES), mode="full")
        for name, stored in (("mix", mix), ("voice", voice_loudness))
    }
    centred = slice(WINDOW_FRAMES // 2, WINDOW_FRAMES // 2 + n_frames)
    return 10 * np.log10(power["voice"][centred] / power["mix"][centred])


def fitted(weights: np.ndarray, n_frames: int) -> np.ndarray:
    """As many weights as there are frames: the last are cut or the last one is repeated."""
    return np.pad(weights[:n_frames], (0, max(0, n_frames - len(weights))), mode="edge")


def write_labels(path: Path, rows: list[tuple[str, str]]) -> None:
    """A table of recordings and their works."""
    with path.open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table)
        writer.writerow(["file", "work"])
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
