"""The paper's augmentation, part by part."""

import pytest

pytest.importorskip("torch")

import torch

from reprise_training.augment import Augmentation, augmented, relative_length

NOTHING = Augmentation(roll=False, stretch=0, warp=0)


def source(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def tracks() -> torch.Tensor:
    return torch.rand((30, 12, 64), generator=source(9)) + 0.1


def test_nothing_wanted_changes_nothing_and_a_seed_says_all() -> None:
    assert torch.equal(augmented(tracks(), NOTHING, source()), tracks())
    first, again, other = (augmented(tracks(), Augmentation(), source(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other) and first.shape == (30, 12, 64)


def test_a_roll_is_one_of_twelve_keys() -> None:
    rolled = augmented(tracks(), Augmentation(roll=True, stretch=0, warp=0), source())
    keys = [next(k for k in range(12) if torch.equal(a.roll(k, 0), b)) for a, b in zip(tracks(), rolled, strict=True)]
    assert len(set(keys)) > 6


def test_a_roll_turns_each_view_by_itself() -> None:
    two = torch.cat([tracks(), tracks() + 1], dim=1)
    rolled = augmented(two, Augmentation(roll=True, stretch=0, warp=0), source())
    assert torch.allclose(rolled[:, :12] + 1, rolled[:, 12:]) and not torch.equal(rolled, two)


def test_a_stretched_track_holds_the_same_frames_in_the_same_order() -> None:
    wanted = Augmentation(roll=False, stretch=1.0, warp=0)
    numbered = torch.arange(1.0, 65.0).expand(30, 12, 64)
    lengths = set()
    for track in augmented(numbered, wanted, source()):
        heard = track[0][track[0] > 0]
        assert torch.equal(heard, heard.round()) and (heard.diff() >= 0).all() and heard[0] == 1
        lengths.add(len(heard))
    assert min(lengths) == 44 and max(lengths) == 64


def test_lengths_are_drawn_as_move_draws_them() -> None:
    drawn = torch.rand(20000, generator=source()).tolist()
    lengths = torch.tensor([relative_length(p, Augmentation()) for p in drawn])
    assert lengths.min() == pytest.approx(0.7) and lengths.max() == pytest.approx(1.5)
    # 1 - p is clipped for p in 0.3..0.5, 2 p for p above 0.75. Four deviations of such a share are 0.012.
    assert (lengths < 0.7001).float().mean() == pytest.approx(0.2, abs=0.012)
    assert (lengths > 1.4999).float().mean() == pytest.approx(0.25, abs=0.012)


def kinds(wanted: Augmentation, n: int = 300) -> dict[str, list[float]]:
    """For each kind of warp, the share of frames that it touched in each of n tracks of a thousand frames."""
    found: dict[str, list[float]] = {"doubled": [], "silenced": [], "lost": [], "untouched": []}
    for track in augmented(torch.arange(1.0, 1001.0).expand(n, 12, 1000), wanted, source()):
        silent, repeated = track[0] == 0, track[0].diff() == 0
        if silent[-50:].all():
            found["lost"].append(float(silent.float().mean()))
        elif silent.any():
            found["silenced"].append(float(silent.float().mean()))
        elif repeated.any():
            found["doubled"].append(float(repeated.sum() / track[0, -1]))
        else:
            found["untouched"].append(0.0)
    return found


def test_warps_are_as_frequent_and_as_strong_as_move_s() -> None:
    found = kinds(Augmentation(roll=False, stretch=0))
    warped = 300 - len(found["untouched"])
    assert warped / 300 == pytest.approx(0.3, abs=0.11)
    found = kinds(Augmentation(roll=False, stretch=0, warp=1.0))
    # Four deviations of a share of 300 tracks are 0.11, of the frames of ninety tracks or more 0.005.
    for kind, tracks_touched, touched in (("doubled", 0.4, 0.15), ("silenced", 0.3, 0.1), ("lost", 0.3, 0.1)):
        assert len(found[kind]) / 300 == pytest.approx(tracks_touched, abs=0.11)
        assert sum(found[kind]) / len(found[kind]) == pytest.approx(touched, abs=0.005)
