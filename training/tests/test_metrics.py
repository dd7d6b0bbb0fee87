"""Rankings against the obvious loops."""

import numpy as np
import pytest

from reprise_training.metrics.ranking import evaluate_ranking, ranks_of_versions


def slow_average_precision(order: list[int], versions: set[int]) -> float:
    precisions = []
    for rank, candidate in enumerate(order, start=1):
        if candidate in versions:
            precisions.append(sum(one in versions for one in order[:rank]) / rank)
    return sum(precisions) / len(versions)


def test_figures_are_what_the_loops_say() -> None:
    source = np.random.default_rng(1)
    works = [None if i % 4 == 3 else f"work {i % 7}" for i in range(40)]
    likeness = source.normal(size=(40, 40))
    precisions, firsts = [], []
    for query, work in enumerate(works):
        versions = {i for i, other in enumerate(works) if other == work and i != query}
        if work is None or not versions:
            continue
        order = sorted((i for i in range(40) if i != query), key=lambda i: -likeness[query, i])
        precisions.append(slow_average_precision(order, versions))
        firsts.append(min(order.index(i) for i in versions) + 1)
    ranking = evaluate_ranking(likeness, works)
    assert ranking.queries == len(precisions) == 30
    assert ranking.mean_average_precision == pytest.approx(np.mean(precisions))
    assert ranking.mr1 == pytest.approx(np.mean(firsts))
    assert ranking.hit[20] == pytest.approx(np.mean([first <= 20 for first in firsts]))
    low, high = ranking.interval
    assert low < ranking.mean_average_precision < high


def test_a_perfect_ranking_is_one() -> None:
    works = ["a", "a", "b", "b", None]
    likeness = np.array([[float(one == other) for other in works] for one in works])
    ranking = evaluate_ranking(likeness, works)
    assert (ranking.mean_average_precision, ranking.mr1, ranking.hit[1]) == (1.0, 1.0, 1.0)


def test_nothing_to_rank_is_an_error() -> None:
    with pytest.raises(ValueError, match="another version"):
        evaluate_ranking(np.zeros((2, 2)), ["a", None])


def test_what_is_equally_alike_counts_against_us_whatever_the_order_of_files() -> None:
    for works in (["a", "a", "b", "b", None, None], [None, "b", "a", None, "b", "a"]):
        ranking = evaluate_ranking(np.zeros((6, 6)), works)
        # Behind the four impostors of each query.
        assert (ranking.mean_average_precision, ranking.mr1, ranking.hit[1]) == (0.2, 5.0, 0.0)
    source = np.random.default_rng(2)
    labels = [f"work {i % 7}" for i in range(40)]
    likeness = source.integers(0, 5, (40, 40)).astype(float)
    order = source.permutation(40)
    shuffled = evaluate_ranking(likeness[order][:, order], [labels[i] for i in order])
    ranking = evaluate_ranking(likeness, labels)
    assert shuffled.mean_average_precision == pytest.approx(ranking.mean_average_precision)
    assert shuffled.mr1 == ranking.mr1 and shuffled.hit == ranking.hit
    for query in range(40):
        versions = {i for i, other in enumerate(labels) if other == labels[query] and i != query}
        others = [i for i in range(40) if i != query]
        worst = sorted(others, key=lambda i: (-likeness[query, i], i in versions))
        ranks = ranks_of_versions(likeness[query], np.array([int(label[5:]) for label in labels]), query)
        assert sorted(ranks.tolist()) == [rank for rank, i in enumerate(worst, 1) if i in versions]


def test_what_is_no_number_is_no_rank() -> None:
    likeness = np.eye(3)
    likeness[1, 2] = np.nan
    with pytest.raises(ValueError, match="how alike track 1 is to another is no number"):
        evaluate_ranking(likeness, ["a", "a", "a"])
