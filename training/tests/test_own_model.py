"""A model of one's own, from its recordings to the versions that the program finds by it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import numpy as np
import torch
from corpus_examples import write_shs

from reprise_training import export, train
from reprise_training.config import read_run
from reprise_training.metrics.ranking import evaluate_ranking
from reprise_training.model.build import build_model

CONFIG = Path(__file__).resolve().parents[1] / "configs" / "asimt-paper-read-tiny.yaml"
STEPS = 400
"""Half a minute of one core."""


def reprise(library: Path, *words: str | Path) -> dict[str, Any]:
    """What the program says in JSON."""
    command = [os.environ["REPRISE"], "--library", str(library), "--json", *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.skipif("REPRISE" not in os.environ, reason="REPRISE is the program")
def test_a_tiny_model_that_was_trained_here_finds_versions_in_the_program(tmp_path: Path) -> None:
    """By its vectors alone, on the demo library, which it has not seen: better than by chance, and than the same
    network before its training."""
    corpus = write_shs(tmp_path / "songs.h5", 80, 5, 450)
    config = ["--config", str(CONFIG)]
    out = ["--out", str(tmp_path / "run"), "--steps", str(STEPS)]
    train.main([*config, "--corpus", "shs-file", str(corpus), "--hop", "4096", *out])
    checkpoint = tmp_path / "run" / "checkpoint.pt"
    untrained = tmp_path / "untrained.pt"
    torch.manual_seed(1)
    network = build_model(read_run(CONFIG))
    torch.save({"name": CONFIG.stem, "step": 0, "n_works": 0, "model": network.state_dict()}, untrained)

    audio, library = tmp_path / "demo", tmp_path / "library.db"
    subprocess.run([os.environ["REPRISE"], "demo", str(audio)], check=True, capture_output=True)
    reprise(library, "scan", "--voice", "never", audio)
    found = {}
    for name, weights in {"untrained": untrained, "trained": checkpoint}.items():
        folder = tmp_path / name
        export.main([*config, "--checkpoint", str(weights), "--out", str(folder)])
        reprise(library, "--model", folder, "listen")
        evaluated = reprise(library, "eval", "--truth", audio / "labels.csv", "--method", "shortlist")
        found[name] = evaluated["map"]
    works = [line.rsplit(",", 1)[1] for line in (audio / "labels.csv").read_text().splitlines()[1:]]
    source = np.random.default_rng(1)
    by_chance = max(
        evaluate_ranking(source.random((len(works), len(works))), works).mean_average_precision for _ in range(100)
    )
    print(found, by_chance)
    assert found["trained"] > by_chance
    assert found["trained"] > found["untrained"]
