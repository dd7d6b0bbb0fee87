"""Classification by work, which the paper trains its embedding with."""

from torch import Tensor, nn


def cross_entropy_loss(logits: Tensor, works: Tensor) -> Tensor:
    """Softmax cross-entropy of what the head gives [n, n_works], sigmoid or not, and the works [n]."""
    return nn.functional.cross_entropy(logits, works)
