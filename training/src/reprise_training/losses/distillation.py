"""A small network learns the distances of a large one: Yesiler, Serra & Gomez, "Less is more" (Re-MOVE), ISMIR 2020."""

import torch
from torch import Tensor

from reprise_training.losses.triplet import distances


def distance_distillation(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean absolute difference of the distances within a batch, [n, ds] against [n, dt]. As in the published
    training they are squared and divided by each one's dimension, and the loss goes beside the triplet loss.
    Both networks end in a batch normalisation, so that their distances have one scale."""
    apart = ~torch.eye(len(student), dtype=torch.bool, device=student.device)
    ours, theirs = (distances(rows, rows)[apart] for rows in (student, teacher.detach()))
    return (ours - theirs).abs().mean()
