"""SecondHandSongs: the CREMA files of Doras & Peeters (SHS5+, SHS4-), and lists as SHS100K's.

The files of Doras & Peeters are taken to hold one group a work, in it one group a version with the dataset `crema`, or
the dataset itself under the version's name. SHS100K's list has a line a version: work, version, title, artist, address,
separated by tabs; its features are expected as `<work>_<version>.npy` or `<work>_<version>.crema.npy`.

Both have CREMA's own hop of 4,096 samples: Zeng & Lau's first three minutes of the published files are 1,937 frames,
which at 44.1 kHz are 180 s at this hop and at no other; what a user computes for a list is ours.
"""

from functools import partial
from pathlib import Path

import h5py

from reprise_training.corpora.track import Track, read_hdf5, read_npy

HOP_SAMPLES = 4096


def read_shs_file(path: Path) -> list[Track]:
    """All versions of a file of Doras & Peeters."""
    if not path.is_file():
        raise ValueError(f"{path}: is no file")
    tracks = []
    try:
        with h5py.File(path) as content:
            for work, versions in content.items():
                if not isinstance(versions, h5py.Group):
                    raise ValueError(f"{path}: {work} is no work with versions")
                for version, node in versions.items():
                    name = f"{work}/{version}"
                    dataset = name if isinstance(node, h5py.Dataset) else f"{name}/crema"
                    tracks.append(Track(name, work, partial(read_hdf5, path, dataset), HOP_SAMPLES))
    except (OSError, RuntimeError, KeyError) as error:
        raise ValueError(f"{path}: is no HDF5 file, or damaged") from error
    if not tracks:
        raise ValueError(f"{path}: holds no versions")
    return tracks


def read_shs_list(path: Path, features: Path) -> list[Track]:
    """The versions of a list whose features are there."""
    if not path.is_file():
        raise ValueError(f"{path}: is no list")
    if not features.is_dir():
        raise ValueError(f"{features}: is no folder of features")
    tracks = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is no text") from error
    for number, line in enumerate(lines, 1):
        fields = line.split("\t")
        if len(fields) < 2:
            raise ValueError(f"{path}, line {number}: no work and version with a tab between them")
        name = f"{fields[0]}_{fields[1]}"
        found = [one for one in (features / f"{name}.npy", features / f"{name}.crema.npy") if one.exists()]
        if found:
            tracks.append(Track(name, fields[0], partial(read_npy, found[0]), HOP_SAMPLES))
    if not tracks:
        raise ValueError(f"{features}: holds no WORK_VERSION.npy of the versions of {path}")
    return tracks
