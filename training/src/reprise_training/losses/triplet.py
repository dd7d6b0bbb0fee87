"""Triplet losses of the paper's baselines. Rows without a triplet do not count; without any the loss is zero."""

import torch
from torch import Tensor


def triplet_loss(embedding: Tensor, works: Tensor, margin: float) -> Tensor:
    """MOVE's: Yesiler, Serra & Gomez, ICASSP 2020. Of each row of [n, d]: how much nearer the farthest version in the
    batch should be than the nearest impostor. That is the hard mining of MOVE's code, its default beside
    random and semi-hard; distances are squared and divided by d, and its margin is 1."""
    distance = distances(embedding, embedding)
    same = works[:, None] == works[None, :]
    versions = same & ~torch.eye(len(works), dtype=torch.bool, device=works.device)
    return hinge(distance, versions, ~same, margin)


def prototypical_loss(embedding: Tensor, works: Tensor, margin: float) -> Tensor:
    """Doras & Peeters, "A prototypical triplet loss for cover detection", ICASSP 2020. As above, against prototypes:
    the mean of the row's own work without the row, and the nearest mean of another work."""
    names, index = works.unique(return_inverse=True)
    member = torch.nn.functional.one_hot(index, len(names)).to(embedding.dtype)
    sums, counts = member.T @ embedding, member.sum(dim=0)
    n_others = counts[index] - 1
    own = (sums[index] - embedding) / n_others.clamp(min=1)[:, None]
    to_own = (embedding - own).square().mean(dim=1)
    to_others = distances(embedding, sums / counts[:, None]).masked_fill(member.bool(), float("inf"))
    counted = (n_others > 0) & to_others.isfinite().any(dim=1)
    return mean_of((to_own - to_others.amin(dim=1) + margin).clamp(min=0), counted)


def distances(a: Tensor, b: Tensor) -> Tensor:
    """[n, m]: mean squared differences of rows [n, d] and [m, d]."""
    return (a[:, None, :] - b[None, :, :]).square().mean(dim=2)


def hinge(distance: Tensor, versions: Tensor, impostors: Tensor, margin: float) -> Tensor:
    """Over rows that have both."""
    farthest = distance.masked_fill(~versions, float("-inf")).amax(dim=1)
    nearest = distance.masked_fill(~impostors, float("inf")).amin(dim=1)
    counted = versions.any(dim=1) & impostors.any(dim=1)
    return mean_of((farthest - nearest + margin).clamp(min=0), counted)


def mean_of(values: Tensor, counted: Tensor) -> Tensor:
    """Over the counted of [n], or zero."""
    return values[counted].sum() / counted.sum().clamp(min=1)
