"""A network learns from another how alike things are. Distances of a larger network: Yesiler, Serra & Gomez, "Less is
more" (Re-MOVE), ISMIR 2020. The order in which the aligner ranks: Cao et al., "Learning to rank: from pairwise approach
to listwise approach" (ListNet), ICML 2007."""

import torch
from torch import Tensor

from reprise_training.losses.supervised_contrastive import log_shares
from reprise_training.losses.triplet import distances


def distance_distillation(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean absolute difference of the distances within a batch, [n, ds] against [n, dt]. As in the published
    training they are squared and divided by each one's dimension, and the loss goes beside the triplet loss.
    Both networks end in a batch normalisation, so that their distances have one scale."""
    apart = ~torch.eye(len(student), dtype=torch.bool, device=student.device)
    ours, theirs = (distances(rows, rows)[apart] for rows in (student, teacher.detach()))
    return (ours - theirs).abs().mean()


def ranking_distillation(likeness: Tensor, scores: Tensor, temperature: float, score_temperature: float) -> Tensor:
    """Mean cross-entropy of each row's softmax of likeness [n, n] against that of the teacher's scores [n, n], each
    over its temperature; the diagonal does not count. What the teacher does not tell apart need not be told apart."""
    wanted = log_shares(scores.detach(), score_temperature).exp()
    given = log_shares(likeness, temperature)
    return -(wanted * given.masked_fill(wanted == 0, 0.0)).sum(dim=1).mean()
