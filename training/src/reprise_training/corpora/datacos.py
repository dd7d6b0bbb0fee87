"""Da-TACOS (Yesiler et al., ISMIR 2019): benchmark and cover-analysis subsets.

Layout as published: `da-tacos_<subset>_subset_metadata.json` is {work: {performance: {...}}}, and the features of a
performance lie in `da-tacos_<subset>_subset_crema/<work>_crema/<performance>_crema.h5`, dataset `crema` [T, 12].
"""

import json
from functools import partial
from pathlib import Path

from reprise_training.corpora.track import Track, read_hdf5


def read_datacos(metadata: Path, features: Path) -> list[Track]:
    """All performances whose features are there."""
    try:
        works = json.loads(metadata.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{metadata}: is no JSON") from error
    if not all(isinstance(performances, dict) for performances in works.values()):
        raise ValueError(f"{metadata}: is not works with performances")
    tracks = []
    for work, performances in works.items():
        for performance in performances:
            path = features / f"{work}_crema" / f"{performance}_crema.h5"
            if path.exists():
                tracks.append(Track(performance, work, partial(read_hdf5, path, "crema")))
    return tracks
