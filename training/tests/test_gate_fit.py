"""What is called sung, fitted to excerpts of made-up recordings."""

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    # As when it is started: what lies beside it can be imported.
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    return runpy.run_path(str(SCRIPTS / "fit_gate.py"))


def recordings(script: dict[str, Any], is_sung: bool, rows: Sequence[tuple[float, ...]], half: str = "a") -> list[Any]:
    """One excerpt each."""
    make = script["Recording"]
    return [make(f"{number}", "folder", is_sung, half, np.array([row])) for number, row in enumerate(rows)]


def test_moments_count_in_excerpts_in_which_the_detector_hears_enough(script: dict[str, Any]) -> None:
    excerpts = np.array([[0.9, 0.8, 0.30, 0.6], [0.5, 0.4, 0.05, 0.2]])
    recording = script["Recording"]("name", "folder", True, "a", excerpts)
    assert recording.share("sung", 0) == pytest.approx(0.4)
    assert recording.share("sung", 0.1) == pytest.approx(0.3)
    assert recording.share("tuned", 0.05) == pytest.approx(0.6)
    assert recording.share("near", 0.31) == 0
    assert script["Recording"]("name", "folder", True, "a", np.empty((0, 4))).share("sung", 0) == 0


def test_the_middle_of_all_settings_that_are_as_good_is_chosen(script: dict[str, Any]) -> None:
    # Whatever the detector must hear up to 0.3, shares from 0.05 to 0.2 part them; more than 0.2 finds fewer.
    sung = recordings(script, True, [(0.9, 0.9, 0.9, 0.9), (0.2, 0.2, 0.9, 0.2)])
    played = recordings(script, False, [(0.9, 0.9, 0.9, 0.04)] * 3)
    chosen, as_good = script["fit"](sung + played)
    assert chosen.counted == "sung" and 0.1 <= chosen.activity <= 0.2
    assert 0.08 <= chosen.share <= 0.17
    assert as_good.tolist() == [number / 100 for number in range(5, 21)]


def test_one_played_recording_in_a_hundred_may_be_called_sung(script: dict[str, Any]) -> None:
    sung = recordings(script, True, [(0.1, 0.1, 0.9, 0.1)] * 2 + [(0.9, 0.9, 0.9, 0.9)] * 2)
    loud = [(0.9, 0.9, 0.9, 0.15)]
    quiet = [(0.0, 0.0, 0.0, 0.0)]
    lenient, _ = script["fit"](sung + recordings(script, False, loud + quiet * 99))
    assert lenient.share <= 0.1
    strict, _ = script["fit"](sung + recordings(script, False, loud + quiet * 98))
    assert not any(script["is_called"](of, strict) for of in recordings(script, False, loud))
    # Nothing parts what sounds alike.
    assert script["fit"](sung + recordings(script, False, [(0.9, 0.9, 0.9, 0.9)])) is None


def test_the_share_that_parts_best_is_looked_at(script: dict[str, Any]) -> None:
    sung = recordings(script, True, [(0.9, 0.6, 0.5, 0.0), (0.9, 0.6, 0.5, 0.6)])
    played = recordings(script, False, [(0.9, 0.0, 0.5, 0.0), (0.9, 0.6, 0.01, 0.0)])
    chosen, _ = script["fit"](sung + played)
    assert chosen.counted == "tuned" and chosen.activity > 0.01
    assert all(script["is_called"](of, chosen) == of.is_sung for of in sung + played)


def test_depth_counts_steps_to_what_is_not_good_or_not_tried(script: dict[str, Any]) -> None:
    good = np.ones((5, 7), bool)
    good[2, 0] = False
    # Slowly: the nearest by steps along the axes, of a plane with a border that is not good.
    edged = np.argwhere(~np.pad(good, 1)) - 1
    for place, found in np.ndenumerate(script["depth"](good)):
        assert found == np.abs(edged - np.array(place)).sum(axis=1).min()
    assert script["middle"](script["depth"](np.ones((3, 9), bool))) == (1, 4)


def test_a_moment_of_the_sung_set_is_as_salient_as_its_largest_value(script: dict[str, Any]) -> None:
    melody = np.zeros((40, 12), np.uint8)
    # Salient at 0.2 are 51 of 255 in one class, however much there is in all of them together.
    melody[:10, 3], melody[10:20, 5], melody[20:30] = 51, 50, 40
    melody[30:, 7] = 255
    # The voice is 10 dB below the mix, and 40 in the last ten moments.
    loudness = {"mix000": np.full(38, 20, np.uint8), "voice000": np.full(38, 40, np.uint8)}
    loudness["voice000"][30:] = 100
    found = script["moments"]({"melody000": melody}, loudness, "000", "rain_1", "b")
    assert len(found.db) == 40 and found.half == "b"
    near, tuned, activity, sung = found.recording(-12, 0.2).excerpts[0]
    # Of the five moments around the last loud one two are quiet, which is 12.2 dB below the mix.
    assert near == 29 / 40 and tuned == sung == 10 / 40 and np.isnan(activity)
    assert found.recording(-12, 0.1).share("tuned", 0) == near
    assert found.recording(-50, 0.2).share("tuned", 0) == 20 / 40
    assert found.recording(-50, 0.2).share("tuned", 0.02) == 0, "nobody knows what the detector hears"


def write(folder: Path, rows: dict[str, tuple[float, ...]]) -> Path:
    folder.mkdir()
    for name, row in rows.items():
        np.save(folder / f"{name}.excerpts.npy", np.array([row], np.float32))
    return folder


def run(script: dict[str, Any], monkeypatch: pytest.MonkeyPatch, *options: object) -> int:
    monkeypatch.setattr(sys, "argv", ["fit_gate", *map(str, options)])
    return script["main"]()


def test_both_settings_are_told_half_by_half_with_what_is_wrong(
    script: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sung = write(tmp_path / "songs", {f"song{i}": (0.9, 0.9, 0.5, 0.04 if i == 3 else 0.9) for i in range(8)})
    played = write(tmp_path / "pieces", {f"piece{i}": (0.9, 0.5, 0.0, 0.0) for i in range(8)})
    half_of = script["half_of"]
    assert run(script, monkeypatch, "--sung", sung, "--played", played) == 0
    told = capsys.readouterr().out
    n_a = sum(half_of(f"song{i}") == "a" for i in range(8))
    assert 0 < n_a < 8
    rows = [line.split() for line in told.splitlines() if line.startswith("sung: songs")]
    assert [(row[2], row[-1]) for row in rows] == [("a", str(n_a)), ("b", str(8 - n_a))]
    assert "shipped 8% of moments near, salient" in told
    missed = [line for line in told.splitlines() if line.endswith("songs/song3")]
    assert len(missed) == 1 and "shipped 0.040*" in missed[0]
    # A choir among what is played is wrong in half b; in half a nothing parts it from songs.
    for half in "ab":
        name = next(name for name in map("choir{}".format, range(20)) if half_of(name) == half)
        games = write(tmp_path / f"games_{half}", {name: (0.9, 0.9, 0.9, 0.8)})
        outcome = run(script, monkeypatch, "--sung", sung, "--played", played, "--played", games)
        told = capsys.readouterr().out
        assert outcome == (1 if half == "a" else 0)
        wrong = [line for line in told.splitlines() if line.endswith(f"{games.name}/{name}")]
        assert ["0.800*" in line for line in wrong] == [True] * (half == "b")


def test_options_that_leave_nothing_to_fit_to_are_refused(
    script: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = write(tmp_path / "pieces", {"piece": (0, 0, 0, 0)})
    empty = write(tmp_path / "empty", {})
    for options in (
        ["--played", played],
        ["--played", played, "--features", tmp_path / "features.npz"],
        ["--played", played, "--sung", empty],
    ):
        with pytest.raises(SystemExit, match="2"):
            run(script, monkeypatch, *options)
