"""Supervised contrastive loss, "SupCon": Khosla et al., NeurIPS 2020. What the shipped models are trained with."""

import torch
from torch import Tensor


def supervised_contrastive_loss(embedding: Tensor, works: Tensor, temperature: float) -> Tensor:
    """Of a batch of unit vectors [n, d] and their works [n]; likeness is their dot product."""
    return supervised_contrastive_of_likeness(embedding @ embedding.T, works, temperature)


def supervised_contrastive_of_likeness(likeness: Tensor, works: Tensor, temperature: float) -> Tensor:
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
