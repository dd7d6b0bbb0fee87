"""MOVE, the paper's convolutional baseline: Yesiler, Serra & Gomez, "Accurate and scalable version identification using
musically-motivated embeddings", ICASSP 2020. Re-MOVE is the same network with a smaller embedding, taught by a
larger one.

Layers, initial values and pooling are those of the published network.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from reprise_training.model.output import Output

SLOPE = 0.01
"""Of every rectifier below zero, before it learns."""


@dataclass(frozen=True)
class MoveConfig:
    """The defaults are MOVE's."""

    channels: int = 256
    first_kernel: int = 180
    """Frames that the first convolution sees; it sees all 12 pitch classes."""
    dilation: int = 20
    """Of the second convolution along time."""
    last_dilation: int = 13
    """Of the fourth and last."""
    embedding_dim: int = 16000
    l2_normalise: bool = False

    @property
    def least_frames(self) -> int:
        """Shorter inputs leave nothing: each of four convolutions in time reaches over 4 dilated steps."""
        return self.first_kernel + 4 * (1 + self.dilation + 1 + self.last_dilation)


class Move(nn.Module):
    """[batch, 12, T] in 0..=1 to embeddings that do not depend on the key."""

    def __init__(self, config: MoveConfig) -> None:
        super().__init__()
        self.config = config
        n = config.channels
        self.keys = nn.Sequential(nn.Conv2d(1, n, (12, config.first_kernel)), nn.PReLU(init=SLOPE))
        self.time = nn.Sequential(
            nn.Conv1d(n, n, 5),
            nn.PReLU(init=SLOPE),
            nn.Conv1d(n, n, 5, dilation=config.dilation),
            nn.PReLU(init=SLOPE),
            nn.Conv1d(n, n, 5),
            nn.PReLU(init=SLOPE),
            nn.Conv1d(n, 2 * n, 5, dilation=config.last_dilation),
            nn.PReLU(init=SLOPE),
        )
        self.pool = AttentionPool()
        self.embed = nn.Linear(n, config.embedding_dim, bias=False)
        self.norm = nn.BatchNorm1d(config.embedding_dim, affine=False)
        self.apply(initialise)

    def forward(self, frames: Tensor) -> Output:
        """`frames` [batch, 12, T]."""
        if frames.shape[2] < self.config.least_frames:
            raise ValueError(f"MOVE reads {self.config.least_frames} frames or more, not {frames.shape[2]}")
        stacked = torch.cat([frames, frames[:, :-1]], dim=1)[:, None]
        # Each of the 12 positions of the kernel is a key; the one that answers most counts.
        x = self.time(self.keys(stacked).amax(dim=2))
        embedding = self.norm(self.embed(self.pool(x)))
        if self.config.l2_normalise:
            embedding = nn.functional.normalize(embedding, dim=1)
        return Output(embedding, None)


class AttentionPool(nn.Module):
    """One half of the channels says where to look in time, the other what is there."""

    def __init__(self) -> None:
        super().__init__()
        # At 0 all times count alike: training begins with their mean and learns how sharply to look.
        self.sharpness = nn.Parameter(torch.tensor(0.0))

    def forward(self, x: Tensor) -> Tensor:
        """[batch, 2 n, T] to [batch, n]."""
        attention, values = x.chunk(2, dim=1)
        return (values * (self.sharpness * attention).softmax(dim=2)).sum(dim=2)


def initialise(module: nn.Module) -> None:
    """Convolutions keep the variance through the rectifiers after them: He et al., ICCV 2015."""
    if isinstance(module, (nn.Conv1d, nn.Conv2d)):
        nn.init.kaiming_normal_(module.weight, a=SLOPE, nonlinearity="leaky_relu")
