"""The sung set as a folder of features, from two recordings of one work and one of another."""

import csv
import runpy
from pathlib import Path

import numpy as np
import pytest

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[1] / "scripts" / "unpack_sung.py"))
N_FRAMES = 60


def write_set(folder: Path) -> dict[str, np.ndarray]:
    """The voice is 5, 20 and 35 dB below the mix for twenty frames each; what was measured of 001 is a frame short."""
    source = np.random.default_rng(5)
    bytes_of = lambda n: source.integers(0, 256, (n, 12), np.uint8)
    features = {"work": np.array(["rain", "rain", "sun"]), "half": np.array(["a", "a", "b"])}
    features |= {"name": np.array(["rain_1", "rain_2", "sun_1"]), "share": np.zeros(3, np.float32)}
    loudness = {}
    for number in range(3):
        name = f"{number:03}"
        features |= {f"{kind}{name}": bytes_of(N_FRAMES) for kind in ("crema", "chroma", "melody")}
        features[f"today{name}"] = bytes_of(N_FRAMES if number == 1 else 0)
        n = N_FRAMES - (number == 1)
        loudness[f"mix{name}"] = np.full(n, 40, np.uint8)
        loudness[f"voice{name}"] = (40 + np.repeat([10, 40, 70], 20)[:n]).astype(np.uint8)
    np.savez(folder / "features.npz", allow_pickle=False, **features)
    np.savez(folder / "loudness.npz", allow_pickle=False, **loudness)
    return features


def unpack(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Path:
    out = folder / "out"
    files = ["--features", str(folder / "features.npz"), "--out", str(out)]
    monkeypatch.setattr("sys.argv", ["unpack_sung", *files, *options])
    assert SCRIPT["main"]() == 0
    return out


def read(path: Path) -> np.ndarray:
    array = np.load(path)
    assert array.dtype == np.float32 and array.shape == (N_FRAMES, 12)
    return array


def labels(path: Path) -> list[tuple[str, str]]:
    with path.open(newline="", encoding="utf-8") as table:
        return [(row["file"], row["work"]) for row in csv.DictReader(table)]


def test_features_are_shares_and_labels_are_parted_by_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    features = write_set(tmp_path)
    out = unpack(tmp_path, monkeypatch, "--melody", "everywhere")
    for name in ("000", "001", "002"):
        for kind in ("crema", "chroma", "melody"):
            assert np.allclose(read(out / f"{name}.{kind}.npy"), features[f"{kind}{name}"] / 255, atol=1e-6)
    assert labels(out / "labels_a.csv") == [("000", "rain"), ("001", "rain")]
    assert labels(out / "labels_b.csv") == [("002", "sun")]
    assert labels(out / "labels.csv") == [("000", "rain"), ("001", "rain"), ("002", "sun")]


def test_a_moment_counts_by_how_prominent_the_voice_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    features = write_set(tmp_path)
    out = unpack(tmp_path, monkeypatch, "--loudness", str(tmp_path / "loudness.npz"))
    for name in ("000", "001"):
        melody = read(out / f"{name}.melody.npy")
        # Slowly: the mean power of the moments within two frames.
        voice_power = 10 ** (-np.repeat([25, 40, 55], 20) / 10)
        for frame, row in enumerate(melody):
            near = voice_power[max(0, frame - 2) : frame + 3].mean()
            weight = np.clip((10 * np.log10(near) + 20 + 30) / 20, 0, 1)
            assert np.allclose(row, features[f"melody{name}"][frame] / 255 * weight, atol=1e-6)
        assert melody[:18].any() and not melody[43:].any()


def test_what_was_kept_before_may_be_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    features = write_set(tmp_path)
    unpack(tmp_path, monkeypatch, "--melody", "everywhere")
    out = unpack(tmp_path, monkeypatch, "--melody", "before")
    assert [path.name for path in sorted(out.glob("*.melody.npy"))] == ["001.melody.npy"]
    assert np.allclose(read(out / "001.melody.npy"), features["today001"] / 255, atol=1e-6)


def test_works_of_one_tune_are_one_song_in_one_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_set(tmp_path)
    out = unpack(tmp_path, monkeypatch, "--melody", "everywhere", "--one-song", "sun", "rain")
    assert labels(out / "labels_a.csv") == []
    assert labels(out / "labels_b.csv") == [("000", "sun"), ("001", "sun"), ("002", "sun")]


@pytest.mark.parametrize("options", [["--melody", "weighted"], ["--melody", "before", "--one-song", "sun", "snow"]])
def test_options_that_the_files_contradict_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    write_set(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        unpack(tmp_path, monkeypatch, *options)
    assert not (tmp_path / "out").exists()
