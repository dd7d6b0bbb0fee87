"""Da-TACOS (Yesiler et al., ISMIR 2019): benchmark and cover-analysis subsets.

Layout as published: `da-tacos_<subset>_subset_metadata.json` is {work: {performance: {...}}}, and the features of a
performance lie in `da-tacos_<subset>_subset_crema/<work>_crema/<performance>_crema.h5`, dataset `crema` [T, 12].

They have a frame every 512 samples, the hop of all features there: CREMA's own frames, which lie 4,096 samples apart,
each one standing from three places before its time to four behind it (`crema` in acoss, features.py). The mean of such
eight, which is read, is CREMA's own frame again.
"""

import json
from functools import partial
from pathlib import Path

from reprise_training.corpora.track import Track, read_hdf5

HOP_SAMPLES = 512


def read_datacos(metadata: Path, features: Path) -> list[Track]:
    """All performances whose features are there."""
    if not metadata.is_file():
        raise ValueError(f"{metadata}: is no file of metadata")
    if not features.is_dir():
        raise ValueError(f"{features}: is no folder of features")
    try:
        works = json.loads(metadata.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{metadata}: is no JSON") from error
    if not isinstance(works, dict) or not all(isinstance(performances, dict) for performances in works.values()):
        raise ValueError(f"{metadata}: is not works with performances")
    tracks = []
    for work, performances in works.items():
        for performance in performances:
            path = features / f"{work}_crema" / f"{performance}_crema.h5"
            if path.exists():
                tracks.append(Track(performance, work, partial(read_hdf5, path, "crema"), HOP_SAMPLES))
    if not tracks:
        raise ValueError(f"{features}: holds no WORK_crema/PERFORMANCE_crema.h5 of the works of {metadata}")
    return tracks
