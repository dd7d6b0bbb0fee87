"""Every configuration takes a step: four versions, on a processor. Deep networks but one are cut short."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import torch
from test_simulate import random_score
from test_tunes import random_tune

from reprise_training.config import Run, read_run
from reprise_training.model.build import build_model
from reprise_training.simulate.rendered import Rendition
from reprise_training.sources import made
from reprise_training.train import Training

CONFIGS = (Path(__file__).resolve().parents[1] / "configs").glob("*.yaml")
TRAINABLE = sorted(path for path in CONFIGS if path.stem != "base")
WORKS = [[random_score(seed)] for seed in range(8)]


def songs(run: Run) -> list[list[Rendition]]:
    source = np.random.default_rng(1)
    rows = lambda: source.random((12 * len(run.views), run.passages.n_frames + 50)).astype(np.float16)
    return [[Rendition(rows(), ratio) for ratio in (0.9, 1.1)] for _ in range(8)]


@pytest.mark.parametrize("path", TRAINABLE, ids=lambda path: path.stem)
def test_a_step_of_four_versions(path: Path) -> None:
    run = read_run(path)
    assert run.name == path.stem
    has_charts = run.rendered_works + run.tune_works < run.passages.n_works
    depth = run.model.depth if path.stem == "asimt-paper" else min(run.model.depth, 2)
    tunes = min(run.tune_works, 1 if has_charts or run.rendered_works else 2)
    rendered = min(run.rendered_works, 1) if has_charts or tunes else 2
    small = replace(
        run,
        rendered_works=rendered,
        tune_works=tunes,
        model=replace(run.model, depth=depth),
        passages=replace(run.passages, n_works=2, n_renditions=2),
    )
    sung = [[random_tune(seed)] for seed in range(8)] if tunes else []
    training = Training(small, made(small, WORKS, songs(run) if rendered else [], sung))
    if run.teacher:
        training.teacher = build_model(read_run(path.parent / f"{run.teacher}.yaml"))
    before = next(training.model.parameters()).detach().clone()
    assert np.isfinite(training.one_step().loss)
    assert not torch.equal(before, next(training.model.parameters()))
