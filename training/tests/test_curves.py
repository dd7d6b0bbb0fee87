"""Curves of runs as pictures and for TensorBoard, where those packages are at hand."""

from pathlib import Path

import numpy as np
import pytest

from reprise_training.curves import draw, main, read_curve, write_events


def run(folder: Path, name: str, n_lines: int = 4) -> Path:
    (folder / name).mkdir()
    lines = [f"{20 * i},{3 / i:.4f},{4 / i:.4f},{i / 10:.4f},{i / 8:.4f}" for i in range(1, n_lines + 1)]
    (folder / name / "log.csv").write_text("\n".join(lines) + "\n")
    return folder / name


def test_a_log_is_read_and_what_is_none_is_named(tmp_path: Path) -> None:
    curve = read_curve(run(tmp_path, "one"))
    assert (curve.name, curve.steps, curve.values[2]) == ("one", [20, 40, 60, 80], [0.1, 0.2, 0.3, 0.4])
    assert curve.values[3] == [0.125, 0.25, 0.375, 0.5]
    for last in (",", ""):
        (tmp_path / "one" / "log.csv").write_text(f"20,3.0,4.0,0.1{last}\n")
        assert np.isnan(read_curve(tmp_path / "one").values[3]).all(), "no classification, or an old log"
    (tmp_path / "one" / "log.csv").write_text("20,1\n")
    with pytest.raises(ValueError, match=r"one.log\.csv is no log of a run"):
        read_curve(tmp_path / "one")


def test_a_folder_that_is_no_run_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["curves", str(tmp_path / "none"), "--out", "x.png"])
    with pytest.raises(SystemExit, match=r"curves: .*none.log\.csv: no such file"):
        main()


def test_a_picture_holds_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    runs = [str(run(tmp_path, name)) for name in ("one", "two")]
    monkeypatch.setattr("sys.argv", ["curves", *runs, "--out", str(tmp_path / "curves.png")])
    main()
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    draw([read_curve(tmp_path / "one")], tmp_path / "one.png")
    assert (tmp_path / "one.png").stat().st_size != (tmp_path / "curves.png").stat().st_size


def test_tensorboard_reads_every_value(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    write_events([read_curve(run(tmp_path, "one"))], tmp_path / "events")
    events = EventAccumulator(str(tmp_path / "events" / "one"))
    events.Reload()
    nearest = events.Scalars("nearest is a version")
    assert [(event.step, round(event.value, 3)) for event in nearest] == [(20, 0.1), (40, 0.2), (60, 0.3), (80, 0.4)]
