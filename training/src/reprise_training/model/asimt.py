"""ASimT: an audio transformer that embeds chord-pitch frames so that versions of a work lie close to one another.

Zeng & Lau, "Training audio transformers for cover song identification", EURASIP J. Audio Speech Music Proc. 2023:31.
The encoder is the ViT of Dosovitskiy et al. 2021 in the sizes of DeiT; what the paper leaves open is an option here.
"""

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, normalize, scaled_dot_product_attention

from reprise_training.model.output import Output


@dataclass(frozen=True)
class AsimtConfig:
    """Shapes and choices. The defaults are the paper's."""

    rows: int = 12
    """Pitch classes of the input, or 12 for each view."""
    expand: bool = True
    """12 rows become 23: stacked on themselves, the last one dropped."""
    n_frames: int = 1800
    patch: tuple[int, int] = (16, 16)
    """Rows and frames of a patch."""
    stride: tuple[int, int] = (10, 10)
    dim: int = 768
    depth: int = 12
    heads: int = 12
    mlp_ratio: float = 4.0
    dropout: float = 0.1
    pooling: str = "cls"
    """`cls` or `mean`."""
    embedding_dim: int = 256
    sigmoid_embedding: bool = True
    sigmoid_logits: bool = True
    l2_normalise: bool = False
    init: str = "vit"
    """How the weights of linear layers begin: `vit`, with a deviation of 0.02, which is made for 768 values, or
    `width`, with the root of 1 / inputs (LeCun et al., "Efficient BackProp", 1998), so that narrow networks begin as
    loud."""
    n_works: int = 0
    """Classes of the head for training by classification; 0 for none."""
    moment_dim: int = 0
    """Of the vectors that say what is heard around each patch; 0 for none. They need patches of full height."""
    moment_patches: int = 7
    """How many patches a moment's shortcut sees; odd."""
    moment_gain: float = 0.1
    """Of the encoder's part of a moment, at the beginning; 0 is the shortcut alone."""
    view_weights: tuple[float, ...] = (1.0, 0.7, 0.7)
    """Of each view in the shortcut; as in the alignment."""

    def __post_init__(self) -> None:
        if self.pooling not in ("cls", "mean"):
            raise ValueError(f"there is no pooling {self.pooling}; there are cls and mean")
        if self.init not in ("vit", "width"):
            raise ValueError(f"weights cannot begin as {self.init}; they can as vit and width")
        if self.expand and self.rows != 12:
            raise ValueError("only one view of 12 rows can be expanded")
        if self.dim % self.heads:
            raise ValueError(f"{self.dim} values cannot be shared among {self.heads} heads")
        if min(self.grid) < 1:
            raise ValueError("the patch is larger than the input")
        if self.moment_dim and (self.grid[0] > 1 or self.patch[1] != self.stride[1] or not self.moment_patches % 2):
            raise ValueError("moments need patches of full height side by side, an odd number of them")

    @property
    def grid(self) -> tuple[int, int]:
        """Patches in either direction: floor((W - width) / stride) + 1."""
        rows = 2 * self.rows - 1 if self.expand else self.rows
        sides = zip((rows, self.n_frames), self.patch, self.stride, strict=True)
        high, wide = ((side - patch) // stride + 1 for side, patch, stride in sides)
        return high, wide


class Asimt(nn.Module):
    """[batch, rows, n_frames] in 0..=1 to embeddings."""

    def __init__(self, config: AsimtConfig) -> None:
        super().__init__()
        self.config = config
        n_patches = config.grid[0] * config.grid[1]
        n_tokens = n_patches + (config.pooling == "cls")
        self.patches = nn.Conv2d(1, config.dim, config.patch, config.stride)
        self.cls = nn.Parameter(torch.zeros(1, 1, config.dim)) if config.pooling == "cls" else None
        self.positions = nn.Parameter(torch.zeros(1, n_tokens, config.dim))
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.norm = nn.LayerNorm(config.dim)
        self.embed = nn.Linear(config.dim, config.embedding_dim)
        self.classify = nn.Linear(config.embedding_dim, config.n_works) if config.n_works else None
        self.moments = Moments(config) if config.moment_dim else None
        self.apply(partial(initialise, by_width=config.init == "width"))
        nn.init.trunc_normal_(self.positions, std=0.02)
        if self.cls is not None:
            nn.init.trunc_normal_(self.cls, std=0.02)

    def forward(self, frames: Tensor) -> Output:
        """`frames` [batch, rows, n_frames]."""
        x = torch.cat([frames, frames[:, :-1]], dim=1) if self.config.expand else frames
        tokens = self.patches(x[:, None]).flatten(2).transpose(1, 2)
        if self.cls is not None:
            # Not len(tokens), which an export would take for a constant.
            tokens = torch.cat([self.cls.expand(tokens.shape[0], -1, -1), tokens], dim=1)
        tokens = self.dropout(tokens + self.positions)
        for block in self.blocks:
            tokens = block(tokens)
        tokens = self.norm(tokens)
        moments = self.moments(frames, tokens[:, self.cls is not None :]) if self.moments is not None else None
        embedding = self.embed(tokens[:, 0] if self.cls is not None else tokens.mean(dim=1))
        if self.config.sigmoid_embedding:
            embedding = torch.sigmoid(embedding)
        logits = self.classify(embedding) if self.classify is not None else None
        if logits is not None and self.config.sigmoid_logits:
            logits = torch.sigmoid(logits)
        if self.config.l2_normalise:
            embedding = normalize(embedding, dim=1)
        return Output(embedding, logits, moments)


class Moments(nn.Module):
    """A vector for every patch: what sounds around it, plus what the encoder makes of it.

    The first part is linear, a projection of a few blocks of frames, and begins as their principal components, which
    find versions without any training; the encoder learns what that misses: tempo, ornaments, the place within the
    passage. Compared by late interaction: Khattab & Zaharia, "ColBERT", SIGIR 2020.
    """

    def __init__(self, config: AsimtConfig) -> None:
        super().__init__()
        self.width, self.views = config.patch[1], config.rows // 12
        self.weights: Tensor
        self.register_buffer("weights", torch.tensor(config.view_weights[: self.views])[:, None, None])
        n = config.moment_patches
        self.shortcut = nn.Conv1d(config.rows, config.moment_dim, n, padding=n // 2)
        self.encoded = nn.Linear(config.dim, config.moment_dim)
        self.gain = nn.Parameter(torch.tensor(config.moment_gain))

    def forward(self, frames: Tensor, tokens: Tensor) -> Tensor:
        """`frames` [batch, rows, n_frames], `tokens` [batch, patches, dim] to [batch, patches, moment_dim]."""
        linear = self.shortcut(self.blocks(frames)).transpose(1, 2)
        return normalize(normalize(linear, dim=2) + self.gain * self.encoded(tokens), dim=2)

    def blocks(self, frames: Tensor) -> Tensor:
        """[batch, rows, n_frames] to the means of patches [batch, rows, patches], each view of one length."""
        return weighted_blocks(frames, self.width, self.weights, 1e-3)

    @torch.no_grad()
    def begin(self, frames: Tensor) -> None:
        """Sets the linear part to the principal components of windows [n, rows, n_frames] in all 12 keys."""
        keys = torch.cat([self.rotated(frames, key) for key in range(12)])
        n = self.shortcut.kernel_size[0]
        x = self.blocks(keys).unfold(2, n, n).transpose(1, 2).flatten(0, 1).flatten(1)
        mean = x.mean(dim=0)
        _, _, components = torch.linalg.svd(x - mean, full_matrices=False)
        kept = components[: self.shortcut.out_channels]
        weight, bias = self.shortcut.weight.zero_(), self.shortcut.bias
        assert bias is not None
        bias.zero_()
        weight[: len(kept)] = kept.reshape(len(kept), -1, n)
        bias[: len(kept)] = -kept @ mean

    def rotated(self, frames: Tensor, key: int) -> Tensor:
        """All views `key` semitones up."""
        return frames.unflatten(1, (self.views, 12)).roll(key, 2).flatten(1, 2)


def weighted_blocks(frames: Tensor, width: int, weights: Tensor, least: float) -> Tensor:
    """[batch, 12 * views, n_frames] to the means of so many frames [batch, 12 * views, blocks], each view as long as
    its weight [views, 1, 1] says but where it is shorter than `least`, as silence is."""
    views = avg_pool1d(frames, width).unflatten(1, (len(weights), 12))
    return (normalize(views, dim=2, eps=least) * weights).flatten(1, 2)


class Block(nn.Module):
    """Attention and a perceptron, each on normalised tokens and added to them."""

    def __init__(self, config: AsimtConfig) -> None:
        super().__init__()
        hidden = int(config.dim * config.mlp_ratio)
        self.heads, self.p = config.heads, config.dropout
        self.norm1, self.norm2 = nn.LayerNorm(config.dim), nn.LayerNorm(config.dim)
        self.qkv, self.proj = nn.Linear(config.dim, 3 * config.dim), nn.Linear(config.dim, config.dim)
        self.fc1, self.fc2 = nn.Linear(config.dim, hidden), nn.Linear(hidden, config.dim)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, n_tokens, dim] to the same shape."""
        n, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        attended = scaled_dot_product_attention(q, k, v, dropout_p=self.p if self.training else 0.0)
        x = x + self.dropout(self.proj(attended.transpose(1, 2).reshape(n, t, d)))
        hidden = self.dropout(nn.functional.gelu(self.fc1(self.norm2(x))))
        return x + self.dropout(self.fc2(hidden))


def initialise(module: nn.Module, by_width: bool) -> None:
    """Truncated normal weights of linear layers, no bias: as ViT, or by the number of inputs."""
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=module.in_features**-0.5 if by_width else 0.02)
        nn.init.zeros_(module.bias)
