"""The soft aligner of crates/reprise-matching over all pairs of a batch of windows, on whatever device they are: what a
network can be taught by. Pairs are aligned in the key they are in.

DIFFERENCE: chroma comes centred frame by frame (views.py), where the application averages blocks before it centres
them; and blocks of silence match nothing, where it discounts whatever is the same everywhere.
"""

import math

import torch
from torch import Tensor

from reprise_training.model.asimt import weighted_blocks
from reprise_training.views import BLOCK_FRAMES, CHROMA_WEIGHT

WINDOW_BLOCKS = 6
NEAR_SHARE = 0.095
LOWEST_LIKENESS = -0.3
SMALLEST_THRESHOLD = 1e-3
"""These four as in the application."""
PAIRS_AT_ONCE = 16384
"""Of windows: 80 MB of likeness for windows of 40 s."""


@torch.no_grad()
def alignment_scores(windows: Tensor) -> Tensor:
    """[n, n] of windows [n, 24, T]: how much of each of two windows has its like in the other, in order; 0 and up."""
    blocks = block_vectors(windows)
    n_rows = max(1, PAIRS_AT_ONCE // len(blocks))
    return torch.cat([longest_chains(likeness(some, blocks)) for some in blocks.split(n_rows)])


def block_vectors(windows: Tensor) -> Tensor:
    """[n, 24, T] to [n, blocks, 24]: chords and chroma of a second, each of its own length, silence zero."""
    weights = torch.tensor([1.0, CHROMA_WEIGHT], device=windows.device)[:, None, None]
    return weighted_blocks(windows[:, :24], BLOCK_FRAMES, weights, 1e-6).transpose(1, 2)


def likeness(queries: Tensor, candidates: Tensor) -> Tensor:
    """Blocks [n, a, 24] and [m, b, 24] to the likeness of their windows of six blocks [n, m, a - 5, b - 5]: how much
    nearer two are than the nearest tenth, by the stricter of both sides."""
    squares = queries.square().sum(dim=2)[:, None, :, None] + candidates.square().sum(dim=2)[None, :, None, :]
    distances = squares - 2 * torch.einsum("nad,mbd->nmab", queries, candidates)
    high, wide = (part.shape[1] + 1 - WINDOW_BLOCKS for part in (queries, candidates))
    parts = (distances[:, :, k : k + high, k : k + wide] for k in range(WINDOW_BLOCKS))
    windows = sum(parts, start=distances.new_zeros(()))
    threshold = torch.minimum(nearest_share(windows, 3), nearest_share(windows, 2)).clamp(min=SMALLEST_THRESHOLD)
    result = (2 - 2 * windows / threshold).clamp(LOWEST_LIKENESS, 1.0)
    silent = is_silent(queries)[:, None, :, None] | is_silent(candidates)[None, :, None, :]
    return result.masked_fill(silent, LOWEST_LIKENESS)


def nearest_share(windows: Tensor, dim: int) -> Tensor:
    """The distance that the nearest tenth along `dim` does not exceed."""
    n_near = math.ceil(NEAR_SHARE * windows.shape[dim])
    return windows.kthvalue(n_near, dim=dim, keepdim=True).values


def is_silent(blocks: Tensor) -> Tensor:
    """[n, blocks, 24] to [n, windows]: whether a window of six blocks holds a silent one."""
    return (blocks.square().sum(dim=2) < 1e-6).unfold(1, WINDOW_BLOCKS, 1).any(dim=2)


def longest_chains(likeness: Tensor) -> Tensor:
    """[n, m, a, b] to [n, m]: Q[i, j] = max(0, max(Q[i-1, j-1], Q[i-2, j-1], Q[i-1, j-2]) + s[i, j]), of which the mean
    over rows of the largest and the mean over columns of the largest are added."""
    n, m, high, wide = likeness.shape
    zero = likeness.new_zeros((n, m, wide + 2))
    before_last, last = zero, zero
    of_rows, of_columns = likeness.new_zeros((n, m)), likeness.new_zeros((n, m, wide))
    for row in likeness.unbind(dim=2):
        before = torch.maximum(torch.maximum(last[..., 1:-1], before_last[..., 1:-1]), last[..., :-2])
        chain = (before + row).clamp(min=0)
        of_rows += chain.amax(dim=2) / high
        of_columns = torch.maximum(of_columns, chain)
        before_last, last = last, torch.nn.functional.pad(chain, (2, 0))
    return of_rows + of_columns.mean(dim=2)


def normalised_scores(scores: Tensor, works: Tensor) -> Tensor:
    """Scores [n, n] in deviations above those with impostors, by the mean of both sides; `works` [n] tells them."""
    impostors = (works[:, None] != works[None, :]).to(scores.dtype)
    n = impostors.sum(dim=1).clamp(min=1)
    mean = (scores * impostors).sum(dim=1) / n
    deviation = ((scores - mean[:, None]).square() * impostors).sum(dim=1).div(n).sqrt().clamp(min=1e-3)
    normalised = (scores - mean[:, None]) / deviation[:, None]
    return (normalised + normalised.T) / 2
