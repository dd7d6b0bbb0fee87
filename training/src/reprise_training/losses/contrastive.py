"""Contrastive loss: Hadsell, Chopra & LeCun, "Dimensionality reduction by learning an invariant mapping", CVPR 2006.

Zeng & Lau 2023 compare with "cross-entropy + contrastive" and leave open which contrastive loss that is, on what
distance and with what margin. This is the one that first had the name, on unit vectors, so that the margin means the
same whatever the dimension.
"""

import torch
from torch import Tensor


def contrastive_loss(embedding: Tensor, works: Tensor, margin: float) -> Tensor:
    """Of a batch of unit vectors [n, d] and their works [n]: the mean over all pairs of half the squared distance of
    versions, and half the square of what other pairs lack to the margin. A batch of one row gives zero."""
    squares = (2 - 2 * embedding @ embedding.T).clamp(min=0)
    # At no distance there is no direction to be pushed in.
    lacking = (margin - squares.clamp(min=1e-12).sqrt()).clamp(min=0)
    of_pairs = torch.where(works[:, None] == works[None, :], squares, lacking.square()) / 2
    one, other = torch.triu_indices(len(works), len(works), offset=1, device=works.device)
    return of_pairs[one, other].sum() / max(1, len(one))
