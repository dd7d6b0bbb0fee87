"""A small network learns the distances of a large one: Yesiler, Serra & Gomez, "Less is more" (Re-MOVE), ISMIR 2020."""

import torch
from torch import Tensor

from reprise_training.losses.triplet import distances


def distance_distillation(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean absolute difference of the distances within a batch, [n, ds] against [n, dt], each divided by its mean:
    the two need not have one scale."""
    apart = ~torch.eye(len(student), dtype=torch.bool, device=student.device)
    near, far = (distances(rows, rows)[apart] for rows in (student, teacher.detach()))
    return (near / near.mean().clamp(min=1e-9) - far / far.mean().clamp(min=1e-9)).abs().mean()
