"""MAPLoss: average precision made smooth. Brown et al., "Smooth-AP", ECCV 2020; Zeng & Lau 2023 print its difference with
the sign reversed, which would reward the wrong order (tests/test_losses.py shows it); here it is as in Smooth-AP."""

import torch
from torch import Tensor


def map_loss(embedding: Tensor, works: Tensor, temperature: float) -> Tensor:
    """One minus the mean average precision of a batch of unit vectors [n, d] and their works [n].

    The rank of a version i of a query is one more than how many j are nearer to the query than i, each counted by a
    sigmoid of the difference over the temperature. The query and i itself do not count. Rows without another version are
    left out."""
    n = len(works)
    own = torch.eye(n, dtype=torch.bool, device=works.device)
    versions = (works[:, None] == works[None, :]) & ~own
    likeness = embedding @ embedding.T
    # [query, i, j]: how surely j lies before i.
    before = torch.sigmoid((likeness[:, None, :] - likeness[:, :, None]) / temperature)
    before = before.masked_fill(own[None, :, :] | own[:, None, :], 0.0)
    rank = 1 + before.sum(dim=2)
    rank_among_versions = 1 + (before * versions[:, None, :]).sum(dim=2)
    n_versions = versions.sum(dim=1)
    precision = (rank_among_versions / rank).masked_fill(~versions, 0.0).sum(dim=1) / n_versions.clamp(min=1)
    return 1 - precision[n_versions > 0].mean()
