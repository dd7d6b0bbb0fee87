"""Supervised contrastive loss: Khosla et al., NeurIPS 2020."""

import torch
from torch import Tensor


def contrastive_loss(embedding: Tensor, works: Tensor, temperature: float) -> Tensor:
    """Of a batch of unit vectors [n, d] and their works [n]; likeness is their dot product."""
    return contrastive_of_likeness(embedding @ embedding.T, works, temperature)


def contrastive_of_likeness(likeness: Tensor, works: Tensor, temperature: float) -> Tensor:
    """Minus the mean log-probability of each row's other versions among all other rows, by softmax of the likeness [n,
    n] over the temperature. Rows without another version are left out."""
    own = torch.eye(len(works), dtype=torch.bool, device=works.device)
    versions = (works[:, None] == works[None, :]) & ~own
    log_share = log_shares(likeness, temperature)
    n_versions = versions.sum(dim=1)
    mean = log_share.masked_fill(~versions, 0.0).sum(dim=1) / n_versions.clamp(min=1)
    return -mean[n_versions > 0].mean()


def log_shares(likeness: Tensor, temperature: float) -> Tensor:
    """Log-softmax over the others of each row of [n, n] over a temperature; the own place has minus infinity."""
    own = torch.eye(len(likeness), dtype=torch.bool, device=likeness.device)
    return (likeness / temperature).masked_fill(own, float("-inf")).log_softmax(dim=1)


def late_interaction(moments: Tensor) -> Tensor:
    """[n, t, d] to [n, n]: the mean over the row's moments of the best of the column's."""
    return cross_likeness(moments, moments)


def cross_likeness(queries: Tensor, candidates: Tensor) -> Tensor:
    """The same of [n, t, d] and [m, u, d], to [n, m]."""
    n, t, d = queries.shape
    m, u, _ = candidates.shape
    # max rather than amax: its gradient needs no second look at all the products.
    products = queries.reshape(n * t, d) @ candidates.reshape(m * u, d).T
    return products.reshape(n, t, m, u).max(dim=3).values.mean(dim=1)
