"""Figures of hearing, on frames made by hand."""

import numpy as np
import pytest

from reprise_training.simulate.hearing import INTERVALS, Heard, figures, onset

N_FRAMES = 60


def heard(level: float = 0.9, floor: float = 0.01) -> Heard:
    """C major for 30 frames, then D minor for 30, heard without a fault."""
    notes = np.zeros((2, 12), bool)
    notes[0, [0, 4, 7]] = notes[1, [2, 5, 9]] = True
    frames = np.where(np.repeat(notes, N_FRAMES // 2, axis=0).T, level, floor)
    return Heard(frames, notes, np.array([0, 2]), np.array([30.0, 60.0]))


def test_a_perfect_recogniser() -> None:
    result = figures([heard()])
    assert result["missed"] == result["imagined"] == 0
    assert result["chord notes missed"] == result["chord notes imagined"] == 0
    assert result["classes above 0.5 a frame"] == pytest.approx(3)
    assert result["share in 0.1..0.9"] == 0
    assert result["mean"] == pytest.approx((3 * 0.9 + 9 * 0.01) / 12)
    assert result["logit heard"] == pytest.approx(np.log(9))
    assert result["logit heard, spread"] == pytest.approx(0, abs=1e-9)


def test_intervals_are_counted_from_the_root() -> None:
    one = heard()
    one.frames[4, :30] = 0.2
    one.frames[11, :30] = 0.8
    result = figures([one])
    assert result["heard root"] == result["heard b3"] == result["heard 5"] == 1
    assert result["heard 3"] == 0
    assert result["imagined 7"] == pytest.approx(0.5)
    assert result["missed"] == pytest.approx(1 / 6)
    assert np.isnan(result[f"heard {INTERVALS[1]}"])


def test_an_onset_as_wide_as_it_was_drawn() -> None:
    sharp = onset([heard()])
    one = heard()
    rising = np.linspace(0.01, 0.9, 11)
    one.frames[[2, 5, 9], 25:36] = rising
    wide = onset([one])
    assert sharp["onset width"] < 1
    assert wide["onset width"] == pytest.approx(5, abs=0.5)
    assert abs(wide["onset delay"] - 0.5) < 0.6


def test_fluctuation_within_a_chord() -> None:
    one = heard()
    one.frames[0, :30:2] = 0.6
    result = figures([one])
    assert result["logit heard, within a chord"] > 0
    assert result["autocorrelation of one frame"] < 0


def test_no_chord_has_its_own_level() -> None:
    one = heard(floor=0.05)
    one.notes[1] = False
    one.frames[:, 30:] = 0.05
    result = figures([one])
    assert result["logit without a chord"] == pytest.approx(np.log(0.05 / 0.95))


def test_what_is_no_rendition_is_refused() -> None:
    with pytest.raises(ValueError, match="no renditions"):
        figures([])
    with pytest.raises(ValueError, match=r"\[12, T\]"):
        Heard(np.zeros((3, 12)), np.zeros((1, 12), bool), np.array([0]), np.array([1.0]))
