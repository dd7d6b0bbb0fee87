"""The evaluation scripts on tables made up by hand."""

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


def script(name: str) -> dict[str, Any]:
    return runpy.run_path(str(SCRIPTS / name))


def write_pairs(path: Path) -> Path:
    lines = ["a,b,work_a,work_b,score"]
    lines += [
        "a,b,w,w,9",
        "a,c,w,w,8",
        "s,t,,,7.5",
        "a,d,w,x,7",
        "b,c,w,w,7",
        "a,s,w,,6",
        "a,t,w,,5",
        "b,t,w,,4",
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_pairs_of_two_impostors_are_unknown_and_ties_fall_together(tmp_path: Path) -> None:
    fit = script("fit_threshold.py")
    found = fit["cuts"](fit["read_pairs"](write_pairs(tmp_path / "pairs.csv")))
    seen = [(cut.threshold, cut.right, cut.false) for cut in found]
    assert seen == [(9, 1, 0), (8, 2, 0), (7, 3, 1), (6, 3, 2), (5, 3, 3), (4, 3, 4)]


@pytest.mark.parametrize(("allowed", "threshold"), [(0, 8), (1, 7), (2.5, 6)])
def test_the_threshold_is_the_lowest_with_so_few_false_pairs(tmp_path: Path, allowed: float, threshold: float) -> None:
    fit = script("fit_threshold.py")
    found = fit["cuts"](fit["read_pairs"](write_pairs(tmp_path / "pairs.csv")))
    assert fit["lowest"](found, lambda cut: cut.false <= allowed).threshold == threshold
    assert fit["lowest"](found, lambda cut: cut.precision >= 0.5).threshold == 5


def test_odds_that_made_the_pairs_are_found_and_hold_on_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SCRIPTS)
    calibration = script("fit_calibration.py")
    source = np.random.default_rng(1)

    def pairs(n: int, tracks: int = 784) -> Any:
        scores = source.uniform(-5, 25, n)
        offset = -np.log(tracks / 784)
        right = source.random(n) < 1 / (1 + np.exp(8 - 0.8 * scores - offset))
        return calibration["Table"]("made up", scores, right, offset)

    intercept, slope = calibration["fit"]([pairs(20_000), pairs(20_000, tracks=98)])
    assert abs(intercept + 8) < 0.4 and abs(slope - 0.8) < 0.04
    other = pairs(20_000, tracks=7840)
    odds = calibration["odds_of"](other, intercept, slope)
    assert calibration["calibration_error"](odds, other.right) < 0.01
    assert calibration["calibration_error"](np.full(20_000, 0.99), other.right) > 0.3
    scores = np.array([1.0, 2.0, 8.0, 9.0])
    parted = calibration["Table"]("parted", scores, np.array([False, False, True, True]), 0.0)
    assert all(np.isfinite(calibration["fit"]([parted]))), "a table that is parted cleanly has a fit too"
    far = calibration["Table"]("far", np.append(scores, 90.0), np.array([False, False, True, True, False]), 0.0)
    assert all(np.isfinite(calibration["fit"]([far]))), "and one with a wrong pair far above all others"


def test_rivals_are_whom_the_candidate_is_linked_with_and_the_query_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SCRIPTS)
    compare = script("compare_rankings.py")
    source = np.random.default_rng(2)
    normalised = source.normal(4, 5, (12, 12))
    normalised = (normalised + normalised.T) / 2
    np.fill_diagonal(normalised, np.nan)
    found = compare["rivals"](normalised)
    for query in range(12):
        for candidate in (c for c in range(12) if c != query):
            others = [
                min(normalised[candidate, other], compare["MOST"])
                for other in range(12)
                if other not in (query, candidate)
                and normalised[candidate, other] >= compare["LINKED"]
                and not normalised[query, other] >= compare["LINKED"]
            ]
            assert found[query, candidate] == max(others, default=0.0)


def test_the_interval_holds_the_mean_and_is_the_same_on_every_run() -> None:
    interval = script("evaluate_methods.py")["interval"]
    by_work = {f"w{i}": [i / 20, 1 - i / 40] for i in range(20)}
    low, high = interval(by_work)
    mean = sum(sum(work) for work in by_work.values()) / 40
    assert 0 < low < mean < high < 1
    assert interval(by_work) == (low, high)
    assert interval({"a": [0.5, 0.5], "b": [0.5]}) == (0.5, 0.5)


def test_a_work_stays_in_its_half() -> None:
    half_of = script("split_works.py")["half_of"]
    halves = [half_of(f"work {i}") for i in range(1000)]
    assert halves == [half_of(f"work {i}") for i in range(1000)]
    assert 450 < halves.count("a") < 550


def test_no_soundfont_for_training_is_heard_in_validation(tmp_path: Path) -> None:
    (tmp_path / "sf2").mkdir()
    for name in ("FluidR3_GM.sf2", "OPL-3_FM_128M.sf2", "sf_GMbank.sf2"):
        (tmp_path / "sf2" / name).touch()
    (tmp_path / "sf2" / "default-GM.sf2").symlink_to(tmp_path / "sf2" / "sf_GMbank.sf2")
    found = script("render_midi_archive.py")["find_soundfonts"](tmp_path)
    assert [path.name for path in found] == ["FluidR3_GM.sf2"]


def test_hits_are_counted_by_the_best_version() -> None:
    shortlist = script("evaluate_shortlist.py")
    likeness = np.array([[1, 0.5, 0.9, 0.8], [0.5, 1, 0.6, 0.7], [0.9, 0.6, 1, 0.1], [0.8, 0.7, 0.1, 1]])
    ranks = shortlist["first_ranks"](lambda query: likeness[query], ["w", "w", None, "w"])
    assert ranks == {"w": [1, 0, 0]}
    assert shortlist["row"](ranks).startswith("0.667 | 1.000 | ")
