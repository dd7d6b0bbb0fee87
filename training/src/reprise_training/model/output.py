"""What a network gives."""

from typing import NamedTuple

from torch import Tensor


class Output(NamedTuple):
    """Of a batch of inputs."""

    embedding: Tensor
    """[batch, embedding_dim]."""
    logits: Tensor | None
    """[batch, n_works], or none without a head."""
    moments: Tensor | None = None
    """[batch, patches, moment_dim], unit vectors, or none."""
