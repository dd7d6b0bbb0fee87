"""Small corpora in the layouts that they are published in: songs of made-up chords."""

import json
from pathlib import Path

import h5py
import numpy as np


def song(work: int, version: int, n_frames: int = 1000) -> np.ndarray:
    """Chord-pitch frames [12, n_frames] of a version of a work: its chords in a tempo of the version's own, misheard a
    little."""
    chords = np.random.default_rng(work).integers(0, 12, 60)
    own = np.random.default_rng(1000 * work + version + 1)
    at = (np.arange(n_frames) / own.uniform(15, 25)).astype(int) % len(chords)
    frames = own.random((12, n_frames), dtype=np.float32) * 0.1
    for third in (0, 4, 7):
        frames[(chords[at] + third) % 12, np.arange(n_frames)] += 0.85
    return frames


def published(frames: np.ndarray) -> np.ndarray:
    """[12, T] as Da-TACOS has it [12, 8 T]: at every 512 samples the frame that is nearest, the earlier of two."""
    at = np.arange(8 * frames.shape[1])
    return frames[:, np.minimum(np.ceil(at / 8 - 0.5).astype(int), frames.shape[1] - 1)]


def write_datacos(folder: Path, n_works: int, n_versions: int, n_frames: int = 1000) -> list[Path]:
    """A benchmark subset; what `--corpus datacos` takes."""
    metadata, features = folder / "da-tacos_benchmark_subset_metadata.json", folder / "da-tacos_benchmark_subset_crema"
    works = {f"W_{w}": {f"P_{w}{v}": {"work_id": f"W_{w}"} for v in range(n_versions)} for w in range(n_works)}
    metadata.write_text(json.dumps(works))
    for w in range(n_works):
        (features / f"W_{w}_crema").mkdir(parents=True)
        for v in range(n_versions):
            with h5py.File(features / f"W_{w}_crema" / f"P_{w}{v}_crema.h5", "w") as content:
                content["crema"] = published(song(w, v, n_frames)).T
                content["track_id"] = f"P_{w}{v}"
    return [metadata, features]


def write_shs(path: Path, n_works: int, n_versions: int, n_frames: int = 1000) -> Path:
    """What `--corpus shs-file` takes."""
    with h5py.File(path, "w") as content:
        for w in range(n_works):
            for v in range(n_versions):
                content[f"{w}/{v}/crema"] = song(w, v, n_frames).T
    return path
