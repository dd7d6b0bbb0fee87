"""The aligner over a batch against plain loops, and what a network learns from it."""

import math

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from reprise_training.alignment import alignment_scores, block_vectors, normalised_scores
from reprise_training.losses.distillation import ranking_distillation

N_BLOCKS = 20


def windows(n: int, seed: int = 1) -> torch.Tensor:
    """[n, 24, frames]: chords of a few seconds each and a chroma that follows them."""
    draw = np.random.default_rng(seed)
    chords = draw.random((n, 24, 7)) * (draw.random((n, 24, 7)) > 0.6)
    return torch.from_numpy(np.repeat(chords, 36, axis=2)[:, :, : 12 * N_BLOCKS]).float()


def slow_score(one: np.ndarray, other: np.ndarray) -> float:
    """Of blocks [a, 24] and [b, 24]."""
    high, wide = len(one) - 5, len(other) - 5
    distance = np.zeros((high, wide))
    for i in range(high):
        for j in range(wide):
            distance[i, j] = sum(np.square(one[i + k] - other[j + k]).sum() for k in range(6))
    score = np.zeros((high, wide))
    chains = np.zeros((high, wide))
    for i in range(high):
        for j in range(wide):
            row = np.sort(distance[i])[math.ceil(0.095 * wide) - 1]
            column = np.sort(distance[:, j])[math.ceil(0.095 * high) - 1]
            score[i, j] = np.clip(2 - 2 * distance[i, j] / max(min(row, column), 1e-3), -0.3, 1)
            if not (one[i : i + 6].any(axis=1).all() and other[j : j + 6].any(axis=1).all()):
                score[i, j] = -0.3
            before = [chains[i - di, j - dj] for di, dj in ((1, 1), (2, 1), (1, 2)) if i >= di and j >= dj]
            chains[i, j] = max(0.0, max(before, default=0.0) + score[i, j])
    return chains.max(axis=1).mean() + chains.max(axis=0).mean()


def test_scores_are_those_of_plain_loops() -> None:
    some = windows(4)
    some[2, :, 12 * 12 :] = 0
    blocks = block_vectors(some).numpy()
    expected = [[slow_score(one, other) for other in blocks] for one in blocks]
    np.testing.assert_allclose(alignment_scores(some).numpy(), expected, rtol=1e-4, atol=1e-4)


def test_a_window_is_most_like_itself_and_silence_is_like_nothing() -> None:
    some = windows(5)
    some[4] = 0
    scores = alignment_scores(some)
    assert scores[:4].argmax(dim=1).tolist() == [0, 1, 2, 3]
    assert scores[4].abs().max() == 0 and scores[:, 4].abs().max() == 0


def test_normalised_scores_are_deviations_above_impostors() -> None:
    works = torch.tensor([0, 0, 1, 2, 3])
    scores = torch.tensor([[9.0, 8, 1, 2, 3], [8, 9, 2, 2, 5], [1, 2, 9, 4, 3], [2, 2, 4, 9, 3], [3, 5, 3, 3, 9]])
    result = normalised_scores(scores, works)
    torch.testing.assert_close(result, result.T)
    of_first, of_second = [1.0, 2, 3], [2.0, 2, 5]
    expected = [(8 - np.mean(impostors)) / np.std(impostors) for impostors in (of_first, of_second)]
    assert float(result[0, 1]) == pytest.approx(np.mean(expected), rel=1e-5)


def test_the_order_is_learned() -> None:
    """Likeness that is a multiple of the scores is the least loss; the own place does not count."""
    given = torch.randn((6, 6), generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    given.fill_diagonal_(100.0)
    likeness = (0.01 * given).requires_grad_()
    ranking_distillation(likeness, given, 0.02, 2.0).backward()
    assert likeness.grad is not None and float(likeness.grad.abs().max()) < 1e-12
    worse = ranking_distillation(-likeness, given, 0.02, 2.0)
    assert float(ranking_distillation(likeness, given, 0.02, 2.0)) < float(worse)
