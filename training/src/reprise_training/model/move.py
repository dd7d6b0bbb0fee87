"""MOVE, the paper's convolutional baseline: Yesiler, Serra & Gomez, "Accurate and scalable version identification using
musically-motivated embeddings", ICASSP 2020. Re-MOVE is the same network with a smaller embedding, taught by a larger one."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from reprise_training.model.output import Output


@dataclass(frozen=True)
class MoveConfig:
    """The defaults are MOVE's."""

    channels: int = 256
    first_kernel: int = 180
    """Frames that the first convolution sees; it sees all 12 pitch classes."""
    dilation: int = 20
    embedding_dim: int = 256
    l2_normalise: bool = False

    @property
    def least_frames(self) -> int:
        """Shorter inputs leave nothing."""
        return self.first_kernel + 4 + 4 * self.dilation + 4


class Move(nn.Module):
    """[batch, 12, T] in 0..=1 to embeddings that do not depend on the key."""

    def __init__(self, config: MoveConfig) -> None:
        super().__init__()
        self.config = config
        n = config.channels
        self.keys = nn.Conv2d(1, n, (12, config.first_kernel))
        self.time = nn.Sequential(
            nn.PReLU(),
            nn.Conv1d(n, n, 5),
            nn.PReLU(),
            nn.Conv1d(n, n, 5, dilation=config.dilation),
            nn.PReLU(),
            nn.Conv1d(n, 2 * n, 5),
            nn.PReLU(),
        )
        self.embed = nn.Linear(n, config.embedding_dim)
        self.norm = nn.BatchNorm1d(config.embedding_dim, affine=False)

    def forward(self, frames: Tensor) -> Output:
        """`frames` [batch, 12, T]."""
        if frames.shape[2] < self.config.least_frames:
            raise ValueError(f"MOVE reads {self.config.least_frames} frames or more, not {frames.shape[2]}")
        stacked = torch.cat([frames, frames[:, :-1]], dim=1)[:, None]
        # Each of the 12 positions of the kernel is a key; the one that answers most counts.
        x = self.time(self.keys(stacked).amax(dim=2))
        values, attention = x.chunk(2, dim=1)
        summary = (values * attention.softmax(dim=2)).sum(dim=2)
        embedding = self.norm(self.embed(summary))
        if self.config.l2_normalise:
            embedding = nn.functional.normalize(embedding, dim=1)
        return Output(embedding, None)
