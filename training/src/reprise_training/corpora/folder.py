"""Any folder of audio with a list of works: the Rust chain hears what has no features yet."""

import csv
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

from reprise_training.corpora.track import HOP_SAMPLES, Track, read_npy

FILES_A_CALL = 64


def read_folder(
    audio: Path, labels: Path, features: Path, reprise: Path, refused: Callable[[str], None] = print
) -> list[Track]:
    """Tracks of labels.csv (`file,work`, files relative to `audio`), their features in `features` as
    `<stem>.crema.npy`, made by `reprise features` where they are missing. What it refuses is told to `refused`, a
    sentence each."""
    with labels.open(newline="", encoding="utf-8") as rows:
        table = csv.DictReader(rows)
        if not {"file", "work"} <= set(table.fieldnames or ()):
            raise ValueError(f"{labels}: needs the columns file and work")
        listed = {audio / row["file"]: row["work"] for row in table}
    stems = [path.stem for path in listed]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if twice:
        raise ValueError(f"{labels}: two files are called {twice[0]}")
    missing = [path for path in listed if not target(features, path).exists()]
    for first in range(0, len(missing), FILES_A_CALL):
        hear(missing[first : first + FILES_A_CALL], features, reprise, refused)
    heard = [path for path in listed if target(features, path).exists()]
    reads = [partial(read_npy, target(features, path)) for path in heard]
    return [Track(path.stem, listed[path], read, HOP_SAMPLES) for path, read in zip(heard, reads, strict=True)]


def target(features: Path, audio: Path) -> Path:
    """Where the features of a file are."""
    return features / f"{audio.stem}.crema.npy"


def hear(files: list[Path], features: Path, reprise: Path, refused: Callable[[str], None]) -> None:
    """Calls the program once; it goes on after a file it cannot read, and says so."""
    command = [str(reprise), "features", "--stage", "crema", "--out", str(features), *map(str, files)]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    absent = [path for path in files if not target(features, path).exists()]
    if absent and answer.stderr.strip():
        refused(answer.stderr.strip())
    for path in absent:
        refused(f"{path}: not heard")
