"""Batches of a corpus: loaded ahead and the same for all that, whatever of it cannot be read."""

import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import torch
from corpus_examples import song
from test_train import tiny

from reprise_training.config import Run, read_run
from reprise_training.corpora.ahead import DEPTH, Ahead
from reprise_training.corpora.batches import WholeTracks
from reprise_training.corpora.refusals import Refusals
from reprise_training.corpora.track import HOP_SAMPLES, Track
from reprise_training.simulate.passages import Passages
from reprise_training.sources import recorded
from reprise_training.train import Training

PASSAGES = Passages(n_works=4, n_renditions=3, n_frames=50)


def damaged(name: str) -> np.ndarray:
    raise ValueError(f"{name}: is no HDF5 file, or damaged")


def works(n_works: int = 6, n_versions: int = 3, broken: frozenset[str] = frozenset()) -> list[list[Track]]:
    def track(w: int, v: int) -> Track:
        name = f"{w}/{v}"
        read = partial(damaged, name) if name in broken else partial(song, w, v, 60 + 10 * v)
        return Track(name, str(w), read, HOP_SAMPLES)

    return [[track(w, v) for v in range(n_versions)] for w in range(n_works)]


def same(one: tuple[torch.Tensor, torch.Tensor], other: tuple[torch.Tensor, torch.Tensor]) -> bool:
    return torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])


def test_a_batch_holds_so_many_works_and_versions_as_are_wanted() -> None:
    frames, numbers = WholeTracks(works(), PASSAGES, 1).batch()
    assert frames.shape == (12, 12, 50) and len(numbers.unique()) == 4
    assert numbers.reshape(4, 3).eq(numbers[::3, None]).all()


def test_tracks_are_cropped_anywhere_and_filled_at_their_end() -> None:
    numbered = lambda n: np.tile(np.arange(1.0, n + 1, dtype=np.float32), (12, 1))
    long = [[Track(f"{w}/{v}", str(w), partial(numbered, 300), HOP_SAMPLES) for v in range(3)] for w in range(4)]
    starts = [WholeTracks(long, PASSAGES, seed).batch()[0][:, 0, 0] for seed in range(20)]
    assert torch.cat(starts).min() < 20 and torch.cat(starts).max() > 230
    assert torch.cat(starts).max() <= 251 and len(torch.cat(starts).unique()) > 100
    short = [[Track(f"{w}/{v}", str(w), partial(numbered, 30), HOP_SAMPLES) for v in range(3)] for w in range(4)]
    frames, _ = WholeTracks(short, PASSAGES, 1).batch()
    assert torch.equal(frames[:, :, :30], torch.arange(1.0, 31).expand(12, 12, 30)) and not frames[:, :, 30:].any()


def test_what_cannot_be_read_is_passed_over_named_once_and_counted() -> None:
    said: list[str] = []
    refusals = Refusals(said.append)
    broken = frozenset({"0/1", "2/0", "5/0", "5/1", "5/2"})
    tracks = WholeTracks(works(broken=broken), PASSAGES, 1, refusals=refusals)
    for _ in range(30):
        frames, numbers = tracks.batch()
        assert frames.shape == (12, 12, 50) and len(numbers.unique()) == 4 and 5 not in numbers
    assert sorted(said) == [f"left out: {name}: is no HDF5 file, or damaged" for name in sorted(broken)]
    assert refusals.summary() == "5 tracks could not be read and were left out"


def test_batches_get_smaller_where_too_few_works_are_left_and_end_where_none_is() -> None:
    quietly = Refusals(lambda _: None)
    most = frozenset(f"{w}/{v}" for w in range(3) for v in range(3))
    frames, numbers = WholeTracks(works(broken=most), PASSAGES, 1, refusals=quietly).batch()
    assert frames.shape == (9, 12, 50) and set(numbers.tolist()) == {3, 4, 5}
    every = frozenset(f"{w}/{v}" for w in range(6) for v in range(3))
    with pytest.raises(ValueError, match=r"no track of the corpus can be read; ./.: is no HDF5"):
        WholeTracks(works(broken=every), PASSAGES, 1, refusals=Refusals(lambda _: None)).batch()


def test_who_goes_on_draws_the_same_without_knowing_what_was_refused() -> None:
    broken = frozenset({"0/1", "1/0", "1/1", "1/2", "2/0", "4/2"})
    tracks = [WholeTracks(works(broken=broken), PASSAGES, 1, refusals=Refusals(lambda _: None)) for _ in range(2)]
    for _ in range(5):
        tracks[0].batch()
    tracks[1].restore(tracks[0].state())
    assert all(same(tracks[0].batch(), tracks[1].batch()) for _ in range(5))


def test_batches_loaded_ahead_are_those_that_are_not() -> None:
    ahead, plain = Ahead(WholeTracks(works(), PASSAGES, 1)), WholeTracks(works(), PASSAGES, 1)
    for _ in range(6):
        assert same(ahead.batch(), plain.batch())
        assert ahead.state()["choice"] == plain.state()["choice"]
    other = Ahead(WholeTracks(works(), PASSAGES, 7))
    other.batch()
    other.loader.submit(lambda: None).result()
    other.restore(ahead.state())
    assert all(same(other.batch(), plain.batch()) for _ in range(4))
    ahead.close()
    other.close()


def test_what_comes_next_is_loaded_meanwhile_and_no_more_than_that() -> None:
    asked: list[str] = []
    enough = threading.Event()

    def read(name: str) -> np.ndarray:
        asked.append(name)
        if len(asked) == 12 * (1 + DEPTH):
            enough.set()
        return song(1, 1, 60)

    tracks = [[Track(f"{w}/{v}", str(w), partial(read, f"{w}/{v}"), HOP_SAMPLES) for v in range(3)] for w in range(4)]
    ahead = Ahead(WholeTracks(tracks, PASSAGES, 1))
    assert not asked, "nothing before it is wanted"
    ahead.batch()
    assert enough.wait(20), "the next ones while nobody waits for them"
    ahead.loader.submit(lambda: None).result()
    assert len(asked) == 12 * (1 + DEPTH)
    ahead.close()


def test_what_goes_wrong_in_loading_is_told_to_whoever_waits() -> None:
    every = frozenset(f"{w}/{v}" for w in range(6) for v in range(3))
    ahead = Ahead(WholeTracks(works(broken=every), PASSAGES, 1, refusals=Refusals(lambda _: None)))
    with pytest.raises(ValueError, match="no track of the corpus can be read"):
        ahead.batch()
    ahead.close()


def with_dropout(folder: Path) -> Run:
    tiny(folder)
    (folder / "dropped.yaml").write_text(
        "base: tiny\nmodel: {dropout: 0.3}\nlosses: {cross_entropy: 1.0}\naugmentation: {roll: true, warp: 0.5}\n"
        "passages: {n_works: 4, n_renditions: 3}\nvalidation_share: 0.2\n"
    )
    return read_run(folder / "dropped.yaml")


def test_two_steps_and_two_more_are_four_with_dropout_and_a_corpus(tmp_path: Path) -> None:
    run = with_dropout(tmp_path)
    tracks = [track for work in works(10, 4, frozenset({"3/1", "6/0"})) for track in work]
    begin = lambda: Training(run, recorded(run, tracks, Refusals(lambda _: None)))
    whole = begin()
    expected = [whole.one_step() for _ in range(4)]
    first = begin()
    found = [first.one_step() for _ in range(2)]
    torch.save(first.state(), tmp_path / "state.pt")
    torch.rand(17)
    second = begin()
    second.restore(torch.load(tmp_path / "state.pt", weights_only=True), tmp_path / "state.pt")
    found += [second.one_step() for _ in range(2)]
    assert found == expected
    for one, other in zip(whole.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(one, other)
    for training in (whole, first, second):
        training.sampler.close()
