"""Whatever a corpus has from frame to frame, what is read has 4,096 samples, or is refused."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import h5py
from corpus_examples import published, song, write_datacos, write_shs

from reprise_training import spec
from reprise_training.corpora import datacos, shs
from reprise_training.corpora.track import FRAMES_A_SECOND, HOP_SAMPLES, Track, at_our_hop
from reprise_training.sources import read_corpus


def random_frames(n: int) -> np.ndarray:
    return np.random.default_rng(n).random((12, n), dtype=np.float32)


def slowly_at_our_hop(frames: np.ndarray, hop: int) -> np.ndarray:
    """Each frame goes to the one of ours whose time is nearest, the earlier of two; their means."""
    groups: dict[int, list[np.ndarray]] = {}
    for index, frame in enumerate(frames.T):
        ours, beyond = divmod(index * hop, HOP_SAMPLES)
        groups.setdefault(ours + (beyond > HOP_SAMPLES // 2), []).append(frame)
    n_ours = sum(1 for ours in groups if ours * HOP_SAMPLES < frames.shape[1] * hop)
    return np.stack([np.mean(groups[ours], axis=0) for ours in range(n_ours)], axis=1)


@pytest.mark.parametrize("hop", [512, 1024, 2048, 4096])
@pytest.mark.parametrize("n", [1, 4, 5, 8, 9, 100, 103])
def test_frames_of_ours_are_means_of_the_nearest(hop: int, n: int) -> None:
    frames = random_frames(n)
    ours = at_our_hop(frames, hop)
    assert ours.shape == (12, -(-n * hop // HOP_SAMPLES)) and ours.dtype == np.float32
    assert np.allclose(ours, slowly_at_our_hop(frames, hop), atol=1e-6)


def test_what_da_tacos_says_eight_times_is_read_once() -> None:
    frames = song(1, 1)
    assert published(frames).shape == (12, 8000)
    assert np.allclose(at_our_hop(published(frames), datacos.HOP_SAMPLES), frames, atol=1e-6)


@pytest.mark.parametrize("hop", [500, 8192, 3000])
def test_a_hop_that_does_not_fit_is_refused(hop: int) -> None:
    with pytest.raises(ValueError, match="does not divide ours of 4096"):
        at_our_hop(random_frames(10), hop)


def test_eighteen_hundred_frames_are_167_seconds_in_every_corpus() -> None:
    assert (HOP_SAMPLES, spec.read().cqt.hop_samples) == (4096, 4096)
    assert pytest.approx(167.18, abs=0.01) == 1800 / FRAMES_A_SECOND
    # The first three minutes of a file of Doras & Peeters, as the paper counts them.
    assert int(180 * FRAMES_A_SECOND) == 1937
    for hop, n_published in ((datacos.HOP_SAMPLES, 14_400), (shs.HOP_SAMPLES, 1800), (HOP_SAMPLES, 1800)):
        assert pytest.approx(167.18, abs=0.01) == n_published * hop / 44_100
        assert Track("t", "w", partial(random_frames, n_published), hop).read().shape == (12, 1800)


def test_published_corpora_are_read_at_one_tempo(tmp_path: Path) -> None:
    for kind, paths in (
        ("datacos", write_datacos(tmp_path, 3, 2)),
        ("shs-file", [write_shs(tmp_path / "shs.h5", 3, 2)]),
    ):
        tracks = read_corpus(kind, paths)
        assert len(tracks) == 6
        assert np.allclose(tracks[0].read(), song(0, 0), atol=1e-6)


def test_a_corpus_whose_hop_is_another_is_refused_unless_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with h5py.File(tmp_path / "fine.h5", "w") as content:
        for work in range(3):
            content[f"{work}/0/crema"] = published(song(work, 0)).T
    with pytest.raises(ValueError, match="with a hop of 4096 samples the middle one of 3 tracks lasts 743 s"):
        read_corpus("shs-file", [tmp_path / "fine.h5"])
    assert np.allclose(read_corpus("shs-file", [tmp_path / "fine.h5"], 512)[0].read(), song(0, 0), atol=1e-6)
    assert not capsys.readouterr().err
    assert read_corpus("shs-file", [tmp_path / "fine.h5"], 4096)[0].read().shape == (12, 8000)
    assert "unlikely: with a hop of 4096 samples" in capsys.readouterr().err, "it is told, so that it is done and said"
    metadata, features = write_datacos(tmp_path, 3, 2)
    for path in features.glob("*/*.h5"):
        with h5py.File(path, "w") as content:
            content["crema"] = song(1, 1).T
    with pytest.raises(ValueError, match=r"with a hop of 512 samples .* lasts 12 s"):
        read_corpus("datacos", [metadata, features])
    assert read_corpus("datacos", [metadata, features], 4096)[0].read().shape == (12, 1000)


def test_a_corpus_of_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    metadata, features = write_datacos(tmp_path, 3, 2)
    for path in features.glob("*/*.h5"):
        path.write_text("text")
    with pytest.raises(ValueError, match="none of some tracks can be read"):
        read_corpus("datacos", [metadata, features])
