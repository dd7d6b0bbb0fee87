"""Renditions of charts: the same passage stays recognisable, a seed gives the same batch, silence is silent."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from reprise_training.simulate.passages import Passages, PassageSampler
from reprise_training.simulate.recogniser import Recogniser, chord_logits, frames, smoothed
from reprise_training.simulate.renditions import Liberties, lengths, played
from reprise_training.simulate.score import Score, read_works

CALM = Liberties(0, 0, 0, 0, 0, 0, 0, 0, 0)
CLEAR = Recogniser(
    heard_spread=0, unheard_spread=0, missed=0, imagined=0, doubtful=0, smoothing_frames=(1, 1), flicker=0,
    drift=0, melody_rate=0, detuned=0,
)  # fmt: skip


def generator(seed: int = 1) -> torch.Generator:
    source = torch.Generator()
    source.manual_seed(seed)
    return source


def random_score(seed: int, n_chords: int = 32) -> Score:
    source = np.random.default_rng(seed)
    roots = source.integers(0, 12, n_chords)
    notes = np.zeros((n_chords, 12), bool)
    for row, root in zip(notes, roots, strict=True):
        row[[root, (root + source.choice([3, 4])) % 12, (root + 7) % 12]] = True
    return Score(notes, roots, np.full(n_chords, 4, np.float32), np.arange(n_chords) // 8, None)


def test_a_seed_gives_the_same_batch_and_another_seed_another() -> None:
    works = [[random_score(seed)] for seed in range(20)]
    draw = lambda seed: PassageSampler(works, Passages(6, 2, 200), seed).batch()
    (first, own), (again, _), (other, _) = draw(1), draw(1), draw(2)
    assert first.shape == (12, 12, 200) and own.tolist() == sorted(own.tolist(), key=own.tolist().index)
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert first.min() >= 0 and first.max() <= 1


def test_renditions_of_a_work_are_more_alike_than_works() -> None:
    works = [[random_score(seed)] for seed in range(40)]
    x, work = PassageSampler(works, Passages(20, 2, 400, start_jitter_s=0.5), 3).batch()
    sums = x.mean(dim=2) - x.mean(dim=(0, 2))
    unit = torch.nn.functional.normalize(sums, dim=1)
    likeness = unit @ unit.T
    same = (work[:, None] == work[None]) & ~torch.eye(len(work), dtype=torch.bool)
    assert likeness[same].mean() > likeness[work[:, None] != work[None]].mean() + 0.4


def test_a_calm_band_and_a_clear_ear_give_the_chart() -> None:
    score = random_score(5, 8)
    notes = torch.from_numpy(score.notes)[None]
    roots = torch.from_numpy(score.roots)[None]
    assert torch.equal(played(notes, roots, CALM, generator()), notes)
    ends = lengths(torch.full((1, 8), 4.0), torch.tensor([5.0]), CALM, generator()).cumsum(1)
    assert ends[0].tolist() == [20.0 * (i + 1) for i in range(8)]
    heard = frames(chord_logits(notes, CLEAR, generator()), ends, 200, CLEAR, generator())
    for frame in range(160):
        assert torch.equal(heard[0, :, frame] > 0.5, notes[0, frame // 20])
    assert heard[0, :, 160:].sum() == 0, "after the last chord there is silence"


def test_no_chord_is_flat_and_low() -> None:
    recogniser = Recogniser(flicker=0, drift=0, melody_rate=0)
    logits = chord_logits(torch.zeros((1, 1, 12), dtype=torch.bool), recogniser, generator())
    silent = frames(logits, torch.tensor([[100.0]]), 100, recogniser, generator())
    assert 0.005 < silent.min() and silent.max() < 0.5


def test_smoothing_is_the_mean_of_neighbours() -> None:
    x = torch.randn((3, 12, 50), generator=generator())
    for length in (1, 3, 5):
        fast = smoothed(x, Recogniser(smoothing_frames=(length, length)), generator())
        for frame in range(50):
            near = x[:, :, max(0, frame - length // 2) : frame + length // 2 + 1]
            assert torch.allclose(fast[:, :, frame], near.mean(dim=2), atol=1e-5)


def test_another_chart_of_the_work_is_followed_at_the_same_place() -> None:
    first, second = random_score(1), random_score(2)
    sampler = PassageSampler([[first, second]], Passages(1, 2, 100, other_chart=1.0), 1)
    assert sampler.plan([first, second], 0.5, 0, 120).score is second
    alone = PassageSampler([[first]], Passages(1, 2, 100, other_chart=1.0), 1)
    assert alone.plan([first], 0.5, 0, 120).score is first


def test_a_score_without_chords_is_refused() -> None:
    with pytest.raises(ValueError, match="needs chords"):
        Score(np.zeros((0, 12), bool), np.zeros(0, int), np.zeros(0, np.float32), np.zeros(0, int), None)


def test_works_of_a_corpus_are_left_out_with_all_their_charts(tmp_path: Path) -> None:
    chart = lambda corpus, root: {
        "corpus": corpus,
        "sections": [{"name": "", "chords": [[1.0, root, [root, (root + 7) % 12], None]] * 8}],
    }
    works = [[chart("bunks", 1)], [chart("bunks", 2), chart("pop909", 2)], [chart("ireal", 3)]]
    with gzip.open(tmp_path / "works.json.gz", "wt") as file:
        json.dump({"works": [{"charts": charts} for charts in works]}, file)
    roots = lambda read: [[int(score.roots[0]) for score in charts] for charts in read]
    assert roots(read_works(tmp_path / "works.json.gz")) == [[1], [2, 2], [3]]
    assert roots(read_works(tmp_path / "works.json.gz", "pop909")) == [[1], [3]]
