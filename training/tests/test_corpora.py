"""Loaders on small files in the layouts that the corpora are published in."""

import json
import os
import sys
import wave
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("h5py")
pytest.importorskip("accelerate")

import h5py
import torch
from corpus_examples import published

from reprise_training.corpora.batches import WholeTracks, first_frames
from reprise_training.corpora.datacos import read_datacos
from reprise_training.corpora.folder import read_folder
from reprise_training.corpora.shs import read_shs_file, read_shs_list
from reprise_training.corpora.track import HOP_SAMPLES, Track, frames_of, works_of
from reprise_training.simulate.passages import Passages
from reprise_training.sources import read_corpus


def frames(seed: int, n: int = 40) -> np.ndarray:
    return np.random.default_rng(seed).random((12, n), dtype=np.float32)


def write_hdf5(path: Path, name: str, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "a") as content:
        content[name] = array


def test_da_tacos(tmp_path: Path) -> None:
    metadata = tmp_path / "da-tacos_benchmark_subset_metadata.json"
    metadata.write_text(json.dumps({"W_1": {"P_1": {"work_title": "x"}, "P_2": {}}, "W_2": {"P_3": {}}}))
    write_hdf5(tmp_path / "W_1_crema" / "P_1_crema.h5", "crema", published(frames(1)).T)
    write_hdf5(tmp_path / "W_2_crema" / "P_3_crema.h5", "crema", published(frames(3)).T)
    tracks = read_datacos(metadata, tmp_path)
    assert [(t.name, t.work) for t in tracks] == [("P_1", "W_1"), ("P_3", "W_2")]
    assert np.allclose(tracks[0].read(), frames(1), atol=1e-6)
    for content, what in (("no", "no JSON"), ("[1]", "not works"), ('{"W_1": {"P_9": {}}}', "holds no WORK_crema")):
        metadata.write_text(content)
        with pytest.raises(ValueError, match=what):
            read_datacos(metadata, tmp_path)


def test_shs_files_and_lists(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "shs.h5", "10/a/crema", frames(1).T)
    write_hdf5(tmp_path / "shs.h5", "10/b", frames(2).T)
    tracks = read_shs_file(tmp_path / "shs.h5")
    assert [t.work for t in tracks] == ["10", "10"]
    assert np.array_equal(tracks[0].read(), frames(1)) and np.array_equal(tracks[1].read(), frames(2))
    (tmp_path / "list").write_text("7\t0\tSong\tSomebody\taddress\n7\t1\tSong\tSomebody else\taddress\n")
    np.save(tmp_path / "7_0.npy", frames(4).T)
    assert [t.name for t in read_shs_list(tmp_path / "list", tmp_path)] == ["7_0"]
    (tmp_path / "list").write_text("7\t0\nseven\n")
    with pytest.raises(ValueError, match="list, line 2"):
        read_shs_list(tmp_path / "list", tmp_path)


def test_what_is_no_feature_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "7_0.npy").write_bytes(b"")
    np.save(tmp_path / "7_1.npy", np.zeros((3, 5)))
    (tmp_path / "list").write_text("7\t0\n7\t1\n")
    with pytest.raises((ValueError, EOFError)):
        read_shs_list(tmp_path / "list", tmp_path)[0].read()
    with pytest.raises(ValueError, match=r"7_1\.npy: is \(3, 5\)"):
        read_shs_list(tmp_path / "list", tmp_path)[1].read()
    (tmp_path / "text.h5").write_text("text")
    with pytest.raises(ValueError, match=r"text\.h5: is no HDF5"):
        read_shs_file(tmp_path / "text.h5")
    write_hdf5(tmp_path / "flat.h5", "crema", frames(1).T)
    with pytest.raises(ValueError, match=r"flat\.h5: crema is no work"):
        read_shs_file(tmp_path / "flat.h5")
    unknown = frames(1)
    unknown[3, 5] = np.nan
    with pytest.raises(ValueError, match=r"x\.npy: holds what is no number"):
        frames_of(unknown, Path("x.npy"))


def test_paths_that_are_missing_or_swapped_are_named(tmp_path: Path) -> None:
    (tmp_path / "metadata.json").write_text("{}")
    paths = {"datacos": ["metadata.json", "features"], "shs-list": ["metadata.json", "features"], "shs-file": ["a.h5"]}
    for kind, names in paths.items():
        given = [tmp_path / name for name in names]
        with pytest.raises(ValueError, match=r"(features|a\.h5): is no (folder|file)"):
            read_corpus(kind, given)
        (tmp_path / "features").mkdir(exist_ok=True)
        with pytest.raises(ValueError, match=r"is no (file|list)"):
            read_corpus(kind, given[::-1])
        (tmp_path / "features").rmdir()


FAKE = """#!/usr/bin/env python3
import sys, pathlib, numpy
files = sys.argv[sys.argv.index("--out") + 2:]
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
out.mkdir(exist_ok=True)
for file in map(pathlib.Path, files):
    if file.stem == "broken":
        print(f"{file}: is no audio", file=sys.stderr)
    else:
        numpy.save(out / f"{file.stem}.crema.npy", numpy.full((9, 12), 0.5, "f4"))
"""


def test_a_folder_is_heard_once_and_what_is_refused_is_told(tmp_path: Path) -> None:
    program, labels = tmp_path / "reprise", tmp_path / "labels.csv"
    program.write_text(FAKE.replace("/usr/bin/env python3", sys.executable))
    program.chmod(0o755)
    labels.write_text("file,work\na.flac,x\nsub/b.flac,x\nbroken.mp3,y\n")
    said: list[str] = []
    tracks = read_folder(tmp_path, labels, tmp_path / "features", program, said.append)
    assert [(t.name, t.work, t.read().shape) for t in tracks] == [("a", "x", (12, 9)), ("b", "x", (12, 9))]
    assert len(said) == 2 and "is no audio" in said[0] and "broken.mp3: not heard" in said[1]
    program.unlink()
    labels.write_text("file,work\na.flac,x\n")
    assert len(read_folder(tmp_path, labels, tmp_path / "features", program)) == 1
    labels.write_text("file,work\na.flac,x\nsub/a.flac,x\n")
    with pytest.raises(ValueError, match="two files are called a"):
        read_folder(tmp_path, labels, tmp_path / "features", program)


@pytest.mark.skipif("REPRISE" not in os.environ, reason="REPRISE, the path of the program, is not set")
def test_the_real_program_hears_a_folder(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "tone.wav"), "wb") as file:
        file.setparams((1, 2, 44_100, 0, "NONE", ""))
        tone = np.sin(2 * np.pi * 440 * np.arange(5 * 44_100) / 44_100)
        file.writeframes((tone * 20_000).astype("<i2").tobytes())
    (tmp_path / "labels.csv").write_text("file,work\ntone.wav,x\n")
    tracks = read_folder(tmp_path, tmp_path / "labels.csv", tmp_path / "f", Path(os.environ["REPRISE"]))
    assert tracks[0].read().shape[0] == 12 and tracks[0].read().shape[1] > 50


def test_batches_hold_whole_works_cut_or_filled() -> None:
    tracks = [
        Track(f"{w}-{v}", str(w), partial(frames, w + v, 30 + 40 * ((w + v) % 2)), HOP_SAMPLES)
        for w in range(6)
        for v in range(1 + w % 4)
    ]
    works = works_of(tracks)
    assert all(len(work) > 1 for work in works)
    wanted = Passages(n_works=3, n_renditions=5, n_frames=50)
    x, work = WholeTracks(works, wanted, 1).batch()
    assert x.shape == (15, 12, 50) and work.tolist() == sorted(work.tolist(), key=work.tolist().index)
    assert torch.equal(x, WholeTracks(works, wanted, 1).batch()[0])
    first, second = WholeTracks(works, wanted, 2), WholeTracks(works, wanted, 3)
    second.restore(first.state())
    assert torch.equal(first.batch()[0], second.batch()[0])
    assert first_frames(frames(1, 30), 50)[:, 30:].sum() == 0 and first_frames(frames(1, 90), 50).shape == (12, 50)
    with pytest.raises(ValueError, match="no work has two versions"):
        WholeTracks([], wanted, 1)


def test_corpora_are_chosen_by_name() -> None:
    with pytest.raises(ValueError, match="there is no corpus vinyl"):
        read_corpus("vinyl", [])
    with pytest.raises(ValueError, match="given by METADATA FEATURES, not by 1 paths"):
        read_corpus("datacos", [Path("x")])
