"""What is hidden from a network in training."""

import torch
from torch import Tensor

from reprise_training.config import Masking


def masked(frames: Tensor, masking: Masking, generator: torch.Generator, melody: int | None = None) -> Tensor:
    """Windows [n, rows, T] with a stretch of frames, some pitch classes and some views hidden. `melody`: which view
    that is; windows that have nothing else keep it."""
    n, n_rows, n_frames = frames.shape
    device, n_views = frames.device, n_rows // 12
    length = torch.randint(0, masking.frames + 1, (n, 1, 1), generator=generator, device=device)
    start = torch.randint(0, n_frames, (n, 1, 1), generator=generator, device=device)
    at = torch.arange(n_frames, device=device)[None, None, :]
    hidden = (at >= start) & (at < start + length)
    edge = torch.randint(0, n_frames // 3, (n, 1, 1), generator=generator, device=device)
    drawn = torch.rand((n, 1, 1), generator=generator, device=device)
    hidden |= (drawn < masking.edges / 2) & (at < edge)
    hidden |= (drawn > 1 - masking.edges / 2) & (at >= n_frames - edge)
    classes = torch.rand((n, 1, 12, 1), generator=generator, device=device) < masking.pitch_classes
    lost = torch.randint(0, n_views, (n,), generator=generator, device=device)
    loses = torch.rand((n, 1), generator=generator, device=device) < (masking.views if n_views > 1 else 0.0)
    views = torch.nn.functional.one_hot(lost, n_views).bool() & loses
    if melody is not None:
        is_dropped = torch.rand((n,), generator=generator, device=device) < masking.melody
        harmony = frames.unflatten(1, (n_views, 12)).abs().amax(dim=(2, 3))
        harmony[:, melody] = 0
        has_harmony = harmony.amax(dim=1) > 0
        views[:, melody] |= is_dropped
        views[:, melody] &= has_harmony
    views = views[:, :, None, None]
    return frames.masked_fill(hidden | (classes | views).expand(-1, n_views, -1, -1).flatten(1, 2), 0.0)
