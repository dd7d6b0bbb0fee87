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
    """Doras & Peeters, "A prototypical triplet loss for cover detection", ICASSP 2020, as their code has it. Of unit
    vectors [n, d]: how much nearer the prototype of its own work should be to each row than that of another. A
    prototype is the mean of all rows of a work, of length 1; distances are squared. The other one is semi-hard: the
    nearest of those that lie farther than the own one, and where none does the farthest."""
    names, index = works.unique(return_inverse=True)
    if len(names) < 2:
        return 0 * embedding.sum()
    member = torch.nn.functional.one_hot(index, len(names)).bool()
    prototypes = torch.nn.functional.normalize(member.to(embedding.dtype).T @ embedding, dim=1)
    distance = (2 - 2 * embedding @ prototypes.T).clamp(min=0)
    own = distance.gather(1, index[:, None])
    beyond = distance.masked_fill(member | (distance <= own), float("inf")).amin(dim=1)
    farthest = distance.masked_fill(member, float("-inf")).amax(dim=1)
    other = torch.where(beyond.isfinite(), beyond, farthest)
    return (own[:, 0] - other + margin).clamp(min=0).mean()


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
