"""Losses against slow loops, their gradients, and the sign that the paper prints."""

from collections.abc import Callable

import pytest

pytest.importorskip("torch")

import torch

from reprise_training.losses.average_precision import map_loss
from reprise_training.losses.contrastive import contrastive_loss
from reprise_training.losses.cross_entropy import cross_entropy_loss
from reprise_training.losses.distillation import distance_distillation
from reprise_training.losses.late_interaction import late_interaction
from reprise_training.losses.supervised_contrastive import supervised_contrastive_loss
from reprise_training.losses.triplet import prototypical_loss, triplet_loss
from reprise_training.model.output import Output
from reprise_training.objective import Losses, objective

WORKS = torch.tensor([0, 0, 0, 1, 1, 2, 2, 3])
Loss = Callable[[torch.Tensor], torch.Tensor]


def rows(seed: int, n: int = 8, d: int = 4) -> torch.Tensor:
    source = torch.Generator().manual_seed(seed)
    return torch.randn((n, d), dtype=torch.float64, generator=source)


def unit(seed: int) -> torch.Tensor:
    return torch.nn.functional.normalize(rows(seed), dim=1)


def average_precision(likeness: torch.Tensor, query: int) -> float | None:
    others = sorted((j for j in range(len(WORKS)) if j != query), key=lambda j: -float(likeness[query, j]))
    found = [rank for rank, j in enumerate(others, 1) if WORKS[j] == WORKS[query]]
    return sum(i / rank for i, rank in enumerate(found, 1)) / len(found) if found else None


@pytest.mark.parametrize("seed", range(4))
def test_map_loss_is_one_minus_map_when_nothing_is_smoothed(seed: int) -> None:
    embedding = unit(seed)
    likeness = embedding @ embedding.T
    known = [p for p in (average_precision(likeness, query) for query in range(8)) if p is not None]
    assert float(map_loss(embedding, WORKS, 1e-6)) == pytest.approx(1 - sum(known) / len(known), abs=1e-6)


def test_the_sign_that_the_paper_prints_rewards_the_wrong_order() -> None:
    """With s(q, i) - s(q, j) in place of s(q, j) - s(q, i), a version that lies first gets the last rank."""
    works = torch.tensor([0, 0, 1, 2])
    good = torch.nn.functional.normalize(torch.tensor([[1.0, 0], [0.9, 0.1], [-1, 0.1], [-1, -0.1]]), dim=1)
    bad = good[torch.tensor([0, 2, 1, 3])]

    def printed(embedding: torch.Tensor) -> float:
        likeness = embedding @ embedding.T
        losses = []
        for query, version in ((0, 1), (1, 0)):
            behind = [torch.sigmoid((likeness[query, version] - likeness[query, j]) / 0.01) for j in (2, 3)]
            losses.append(1 - 1 / (1 + float(sum(behind))))
        return sum(losses) / 2

    assert map_loss(good, works, 0.01) < map_loss(bad, works, 0.01)
    assert printed(good) > printed(bad)


def squared(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((a - b).square().mean())


def test_triplets_are_the_farthest_version_and_the_nearest_impostor() -> None:
    x, expected = rows(5), []
    for q in range(7):
        versions = [squared(x[q], x[j]) for j in range(8) if j != q and WORKS[j] == WORKS[q]]
        impostors = [squared(x[q], x[j]) for j in range(8) if WORKS[j] != WORKS[q]]
        expected.append(max(0.0, max(versions) - min(impostors) + 0.5))
    assert float(triplet_loss(x, WORKS, 0.5)) == pytest.approx(sum(expected) / 7)


def slow_prototypical(x: torch.Tensor, margin: float) -> float:
    """As Doras & Peeters have it, row by row."""
    prototypes = {int(work): x[WORKS == work].mean(dim=0) for work in WORKS.unique()}
    prototypes = {work: mean / mean.norm() for work, mean in prototypes.items()}
    losses = []
    for row, work in zip(x, WORKS.tolist(), strict=True):
        far = {other: float((row - prototype).square().sum()) for other, prototype in prototypes.items()}
        own = far.pop(work)
        beyond = [distance for distance in far.values() if distance > own]
        negative = min(beyond) if beyond else max(far.values())
        losses.append(max(0.0, own - negative + margin))
    return sum(losses) / len(losses)


@pytest.mark.parametrize("seed", range(6))
def test_a_prototype_is_the_mean_of_its_work_and_the_other_one_is_semi_hard(seed: int) -> None:
    x = unit(seed)
    assert float(prototypical_loss(x, WORKS, 1.0)) == pytest.approx(slow_prototypical(x, 1.0))
    assert float(prototypical_loss(x, WORKS, 0.2)) == pytest.approx(slow_prototypical(x, 0.2))


def test_a_row_that_lies_with_another_work_is_compared_with_the_farthest() -> None:
    """Nothing lies beyond the own prototype of a row that is opposite to it."""
    works = torch.tensor([0, 0, 0, 1, 2])
    x = torch.nn.functional.normalize(torch.tensor([[1.0, 0], [1, 0], [-1, 0.02], [0, 1], [-1, 0.2]]), dim=1)
    prototype = torch.nn.functional.normalize(x[:3].mean(dim=0), dim=0)
    far = [float((x[2] - other).square().sum()) for other in (prototype, x[3], x[4])]
    assert far[0] > far[1] > far[2], "so that the second is the farthest of the others"
    losses = []
    for row, own, others in ((0, prototype, (3, 4)), (1, prototype, (3, 4)), (3, x[3], (4,)), (4, x[4], (3,))):
        to_own = float((x[row] - own).square().sum())
        negatives = [float((x[row] - x[other]).square().sum()) for other in others]
        if row > 2:
            negatives.append(float((x[row] - prototype).square().sum()))
        losses.append(max(0.0, to_own - min(n for n in negatives if n > to_own) + 1))
    losses.insert(2, far[0] - far[1] + 1)
    assert float(prototypical_loss(x, works, 1.0)) == pytest.approx(sum(losses) / 5, abs=1e-6)


@pytest.mark.parametrize("margin", [0.5, 1.0, 1.6])
def test_pairs_of_versions_are_drawn_together_and_others_pushed_to_the_margin(margin: float) -> None:
    x, losses = unit(4), []
    for i in range(8):
        for j in range(i + 1, 8):
            distance = float((x[i] - x[j]).norm())
            losses.append(distance**2 / 2 if WORKS[i] == WORKS[j] else max(0.0, margin - distance) ** 2 / 2)
    assert len(losses) == 28 and float(contrastive_loss(x, WORKS, margin)) == pytest.approx(sum(losses) / 28)


def test_supervised_contrast_is_the_surprise_at_versions_among_all_others() -> None:
    x, losses = unit(3), []
    for i in range(7):
        versions = [j for j in range(8) if j != i and WORKS[j] == WORKS[i]]
        total = sum(float(torch.exp(x[i] @ x[j] / 0.1)) for j in range(8) if j != i)
        shares = [float(torch.exp(x[i] @ x[j] / 0.1)) / total for j in versions]
        losses.append(-sum(float(torch.tensor(share, dtype=torch.float64).log()) for share in shares) / len(shares))
    assert float(supervised_contrastive_loss(x, WORKS, 0.1)) == pytest.approx(sum(losses) / 7)


def test_the_objective_is_the_sum_of_what_is_wanted() -> None:
    x, logits = rows(2), rows(12, 8, 4)
    one = torch.nn.functional.normalize(x, dim=1)
    parts = {
        "cross_entropy": cross_entropy_loss(logits, WORKS),
        "map": map_loss(one, WORKS, 0.01),
        "contrastive": contrastive_loss(one, WORKS, 1.0),
        "supervised_contrastive": supervised_contrastive_loss(one, WORKS, 0.07),
        "triplet": triplet_loss(x, WORKS, 1.0),
        "prototypical": prototypical_loss(one, WORKS, 1.0),
    }
    output = Output(x, logits)
    for name, value in parts.items():
        assert float(objective(output, WORKS, Losses(**{name: 1.0}))) == pytest.approx(float(value)), name
        assert float(objective(output, WORKS, Losses(**{name: 0.5}))) == pytest.approx(float(value) / 2), name
    together = objective(output, WORKS, Losses(**dict.fromkeys(parts, 1.0)))
    assert float(together) == pytest.approx(sum(float(value) for value in parts.values()))


def test_distillation_looks_at_distances_only_whatever_the_dimension() -> None:
    teacher = rows(7)
    turned = torch.linalg.qr(rows(8, 4, 4))[0]
    assert float(distance_distillation(teacher @ turned + 1, teacher)) == pytest.approx(0, abs=1e-12)
    twice = torch.cat([teacher, teacher], dim=1)
    assert float(distance_distillation(twice, teacher)) == pytest.approx(0, abs=1e-12)


def test_distillation_is_the_mean_difference_of_distances() -> None:
    student, teacher = rows(9), rows(7, d=6)
    gaps = [
        abs(squared(student[i], student[j]) - squared(teacher[i], teacher[j]))
        for i in range(8)
        for j in range(8)
        if i != j
    ]
    assert float(distance_distillation(student, teacher)) == pytest.approx(sum(gaps) / 56)


def test_a_teacher_learns_nothing() -> None:
    teacher = rows(7).requires_grad_()
    distance_distillation(rows(9).requires_grad_(), teacher).backward()
    assert teacher.grad is None


def test_cross_entropy_is_the_surprise_at_the_right_work_and_sigmoids_bound_it() -> None:
    logits = rows(12, 8, 4)
    surprise = [-float((logits[i].exp() / logits[i].exp().sum())[WORKS[i]].log()) for i in range(8)]
    assert float(cross_entropy_loss(logits, WORKS)) == pytest.approx(sum(surprise) / 8)
    certain = torch.nn.functional.one_hot(WORKS, 4).double()
    # Logits within 0..1, as the paper's, never get below this.
    least = -torch.tensor(torch.e / (torch.e + 3)).log()
    assert float(cross_entropy_loss(certain, WORKS)) == pytest.approx(float(least))


def test_late_interaction_is_the_mean_of_the_best() -> None:
    moments = rows(10, 6, 5).reshape(3, 2, 5)
    slow = [[float(torch.stack([(b @ m).max() for m in a]).mean()) for b in moments] for a in moments]
    assert torch.allclose(late_interaction(moments), torch.tensor(slow, dtype=torch.float64))


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: map_loss(x, WORKS, 0.3),
        lambda x: triplet_loss(x, WORKS, 1.0),
        lambda x: prototypical_loss(torch.nn.functional.normalize(x, dim=1), WORKS, 1.0),
        lambda x: contrastive_loss(torch.nn.functional.normalize(x, dim=1), WORKS, 1.5),
        lambda x: supervised_contrastive_loss(x, WORKS, 0.5),
        lambda x: distance_distillation(x, rows(7)),
        lambda x: cross_entropy_loss(x, WORKS),
        lambda x: late_interaction(x.reshape(4, 2, 4)),
    ],
)
def test_gradients(loss: Loss) -> None:
    assert torch.autograd.gradcheck(loss, (rows(11).requires_grad_(),))


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: map_loss(x, torch.arange(8), 0.1),
        lambda x: triplet_loss(x, torch.arange(8), 1.0),
        lambda x: triplet_loss(x, torch.zeros(8), 1.0),
        lambda x: prototypical_loss(x, torch.zeros(8), 1.0),
        lambda x: contrastive_loss(x[:1], torch.zeros(1), 1.0),
    ],
)
def test_a_batch_without_versions_or_without_impostors_teaches_nothing(loss: Loss) -> None:
    x = rows(1).requires_grad_()
    value = loss(x)
    value.backward()
    assert value.item() == 0 and x.grad is not None and not x.grad.any()
