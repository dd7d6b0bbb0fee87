"""The paper's augmentation, part by part."""

import pytest

torch = pytest.importorskip("torch")

from reprise_training.augment import Augmentation, augmented

NOTHING = Augmentation(roll=False, stretch=0, warp=0)


def source(seed: int = 1) -> "torch.Generator":
    return torch.Generator().manual_seed(seed)


def tracks() -> "torch.Tensor":
    return torch.rand((30, 12, 64), generator=source(9)) + 0.1


def test_nothing_wanted_changes_nothing_and_a_seed_says_all():
    assert torch.equal(augmented(tracks(), NOTHING, source()), tracks())
    first, again, other = (augmented(tracks(), Augmentation(), source(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other) and first.shape == (30, 12, 64)


def test_a_roll_is_one_of_twelve_keys():
    rolled = augmented(tracks(), Augmentation(roll=True, stretch=0, warp=0), source())
    keys = [next(k for k in range(12) if torch.equal(a.roll(k, 0), b)) for a, b in zip(tracks(), rolled, strict=True)]
    assert len(set(keys)) > 6


def test_a_faster_track_ends_in_silence_and_a_slower_one_is_cut():
    fast = augmented(tracks(), Augmentation(False, 1.0, 1.5, 1.5, 0), source())
    assert (fast[:, :, 43:] == 0).all() and (fast[:, :, :43] > 0).all()
    slow = augmented(tracks(), Augmentation(False, 1.0, 0.7, 0.7, 0), source())
    assert (slow > 0).all()


@pytest.mark.parametrize("doubled", [0.0, 1.0])
def test_a_warp_doubles_frames_or_takes_them_or_silences_them(doubled: float):
    warped = augmented(tracks(), Augmentation(roll=False, stretch=0, warp=1.0, doubled=doubled), source())
    for before, after in zip(tracks(), warped, strict=True):
        known = {tuple(frame.tolist()) for frame in before.T}
        assert all(tuple(frame.tolist()) in known or not frame.any() for frame in after.T)
        assert not torch.equal(before, after)
