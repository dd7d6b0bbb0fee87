"""What a run minimises: a weighted sum of losses over what the network gives."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import normalize

from reprise_training.losses.average_precision import map_loss
from reprise_training.losses.contrastive import contrastive_loss
from reprise_training.losses.cross_entropy import cross_entropy_loss
from reprise_training.losses.distillation import distance_distillation, ranking_distillation
from reprise_training.losses.late_interaction import late_interaction
from reprise_training.losses.supervised_contrastive import (
    supervised_contrastive_loss,
    supervised_contrastive_of_likeness,
)
from reprise_training.losses.triplet import prototypical_loss, triplet_loss
from reprise_training.model.output import Output


@dataclass(frozen=True)
class Losses:
    """Weights, 0 leaves a loss out; and what they need. Where values come from: configs/base.yaml."""

    supervised_contrastive: float = 0.0
    temperature: float = 0.07
    contrastive: float = 0.0
    contrastive_margin: float = 1.0
    late: float = 0.0
    """Supervised contrastive over the late interaction of moments."""
    late_temperature: float = 0.03
    cross_entropy: float = 0.0
    map: float = 0.0
    map_temperature: float = 0.01
    triplet: float = 0.0
    prototypical: float = 0.0
    margin: float = 1.0
    distillation: float = 0.0
    """Of a teacher's distances; see `--teacher` of train.py."""
    aligned: float = 0.0
    """Of the order in which the aligner ranks the windows of a batch, by the late interaction of moments."""
    aligned_temperature: float = 2.0
    """Of the aligner's normalised scores, in deviations."""

    @property
    def is_any(self) -> bool:
        """Whether anything is minimised."""
        weights = (
            self.supervised_contrastive,
            self.contrastive,
            self.late,
            self.cross_entropy,
            self.map,
            self.triplet,
            self.prototypical,
            self.distillation,
            self.aligned,
        )
        return any(weights)


@dataclass(frozen=True)
class Taught:
    """What teachers make of a batch, before anything of it is hidden."""

    embedding: Tensor | None = None
    """Of the network that is the teacher [batch, d]."""
    scores: Tensor | None = None
    """Of the aligner, normalised [batch, batch]."""


def objective(output: Output, works: Tensor, losses: Losses, taught: Taught = Taught()) -> Tensor:
    """The sum for one batch; `works` [batch]."""
    embedding = output.embedding
    unit = normalize(embedding, dim=1)
    total = embedding.new_zeros(())
    if losses.supervised_contrastive:
        total = total + losses.supervised_contrastive * supervised_contrastive_loss(unit, works, losses.temperature)
    if losses.contrastive:
        total = total + losses.contrastive * contrastive_loss(unit, works, losses.contrastive_margin)
    if losses.late or losses.aligned:
        total = total + of_moments(output, works, losses, taught)
    if losses.cross_entropy:
        if output.logits is None:
            raise ValueError("cross-entropy needs a head")
        total = total + losses.cross_entropy * cross_entropy_loss(output.logits, works)
    if losses.map:
        total = total + losses.map * map_loss(unit, works, losses.map_temperature)
    if losses.triplet:
        total = total + losses.triplet * triplet_loss(embedding, works, losses.margin)
    if losses.prototypical:
        total = total + losses.prototypical * prototypical_loss(unit, works, losses.margin)
    if losses.distillation:
        if taught.embedding is None:
            raise ValueError("distillation needs a teacher")
        total = total + losses.distillation * distance_distillation(embedding, taught.embedding)
    return total


def of_moments(output: Output, works: Tensor, losses: Losses, taught: Taught) -> Tensor:
    """The sum of those that compare by late interaction."""
    if output.moments is None:
        raise ValueError("late interaction needs moments")
    likeness = late_interaction(output.moments)
    total = likeness.new_zeros(())
    if losses.late:
        total = total + losses.late * supervised_contrastive_of_likeness(likeness, works, losses.late_temperature)
    if losses.aligned:
        if taught.scores is None:
            raise ValueError("the aligner's order needs its scores")
        aligned = ranking_distillation(likeness, taught.scores, losses.late_temperature, losses.aligned_temperature)
        total = total + losses.aligned * aligned
    return total
