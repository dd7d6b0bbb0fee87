"""`asimt-paper-read`: the paper, read so that it learns; and that the literal one does not."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import torch
from corpus_examples import song

from reprise_training.config import Run, read_run
from reprise_training.corpora.batches import first_frames
from reprise_training.corpora.track import HOP_SAMPLES, Track
from reprise_training.metrics.ranking import evaluate_ranking
from reprise_training.model.asimt import Asimt
from reprise_training.sources import recorded, split
from reprise_training.train import Training

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
LITERAL, READ = (read_run(CONFIGS / f"asimt-paper{name}.yaml") for name in ("", "-read"))
SMALL = replace(READ.model, dim=24, depth=1, heads=3, n_frames=230, embedding_dim=8)


def test_the_reading_changes_what_it_says_and_nothing_else() -> None:
    changed = replace(
        LITERAL,
        name=READ.name,
        model=replace(LITERAL.model, sigmoid_logits=False, init="width", dropout=0.0),
        optimisation=replace(LITERAL.optimisation, learning_rate=0.1),
    )
    assert changed == READ


def test_the_tiny_copies_are_of_one_size() -> None:
    def tiny(run: Run) -> Run:
        return replace(
            run,
            name=run.name + "-tiny",
            model=replace(run.model, dim=64, depth=2, heads=4, n_frames=300),
            passages=replace(run.passages, n_works=16, n_renditions=4, n_frames=300),
            optimisation=replace(run.optimisation, steps=600),
        )

    for run in (LITERAL, READ):
        assert tiny(run) == read_run(CONFIGS / f"{run.name}-tiny.yaml")


@pytest.mark.parametrize(("init", "deviation"), [("vit", 0.02), ("width", 96**-0.5)])
def test_weights_begin_as_loud_as_they_are_told(init: str, deviation: float) -> None:
    torch.manual_seed(1)
    weights = Asimt(replace(SMALL, dim=96, init=init)).state_dict()
    assert float(weights["blocks.0.qkv.weight"].std()) == pytest.approx(deviation, rel=0.03)
    assert not weights["blocks.0.qkv.bias"].any()
    with pytest.raises(ValueError, match="weights cannot begin as loud"):
        replace(SMALL, init="loud")


def recordings(n_works: int, n_versions: int) -> list[Track]:
    """Made-up songs, each version in a key of its own."""
    tracks = []
    for work in range(n_works):
        for version in range(n_versions):
            frames = np.roll(song(work, version, 450), 5 * version + work, axis=0)
            tracks.append(Track(f"{work}/{version}", f"{work:02}", partial(np.asarray, frames), HOP_SAMPLES))
    return tracks


def map_of_own_works(name: str, losses: dict[str, float], steps: int) -> float:
    """MAP of the recordings that a tiny copy was trained on, as they are, after so many steps."""
    run = read_run(CONFIGS / f"{name}-tiny.yaml")
    run = replace(
        run,
        losses=replace(run.losses, **losses),
        validation_share=0.0,
        passages=replace(run.passages, n_works=8),
        optimisation=replace(run.optimisation, steps=steps),
    )
    tracks = recordings(10, 4)
    training = Training(run, recorded(run, tracks))
    for _ in range(steps):
        training.one_step()
    training.sampler.close()
    names = {one.work for one in tracks}
    trained_on, _ = split(sorted(names), run)
    own = [track for track in tracks if track.work in trained_on]
    frames = torch.from_numpy(np.stack([first_frames(track.read(), 300) for track in own]))
    with torch.no_grad():
        vectors = torch.nn.functional.normalize(training.model.eval()(frames).embedding, dim=1)
    return evaluate_ranking((vectors @ vectors.T).numpy(), [track.work for track in own]).mean_average_precision


STEPS = 650
"""Less than a minute of one core."""


@pytest.mark.parametrize(
    "losses", [{"map": 0.0}, {}, {"map": 0.0, "contrastive": 1.0}], ids=["ce", "map", "contrastive"]
)
def test_a_tiny_copy_of_the_reading_learns_its_own_works(losses: dict[str, float]) -> None:
    assert map_of_own_works("asimt-paper-read", losses, STEPS) > 0.9


def test_a_tiny_copy_of_the_literal_paper_does_not() -> None:
    assert map_of_own_works("asimt-paper", {}, STEPS) < 0.3
