"""MAPLoss: average precision made smooth. Brown et al., "Smooth-AP", ECCV 2020; Zeng & Lau 2023 print its difference
with the sign reversed, which would reward the wrong order (tests/test_losses.py shows it); here it is as in
Smooth-AP."""

import torch
from torch import Tensor


def map_loss(embedding: Tensor, works: Tensor, temperature: float) -> Tensor:
    """One minus the mean average precision of a batch of unit vectors [n, d] and their works [n].

    The rank of a version i of a query is one more than how many j are nearer to the query than i, each counted by a
    sigmoid of the difference over the temperature. The query and i itself do not count. Rows without another version
    are left out; a batch of nothing else gives zero."""
    own = torch.eye(len(works), dtype=torch.bool, device=works.device)
    versions = (works[:, None] == works[None, :]) & ~own
    likeness = embedding @ embedding.T
    # Only pairs of a query and its version have a rank: of the paper's 350 x 350 they are 1,400.
    query, version = versions.nonzero(as_tuple=True)
    # [pair, j]: how surely j lies before the version.
    before = torch.sigmoid((likeness[query] - likeness[query, version][:, None]) / temperature)
    before = before.masked_fill(own[query] | own[version], 0.0)
    precision = (1 + (before * versions[query]).sum(dim=1)) / (1 + before.sum(dim=1))
    n_versions = versions.sum(dim=1)
    return ((1 - precision) / n_versions[query]).sum() / (n_versions > 0).sum().clamp(min=1)
