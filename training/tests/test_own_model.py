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
from corpus_examples import write_shs

from reprise_training import export, train
from reprise_training.metrics.ranking import evaluate_ranking

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
    """By its vectors alone, on the demo library, which it has not seen: better than by chance."""
    corpus = write_shs(tmp_path / "songs.h5", 14, 5, 450)
    config, run, model = ["--config", str(CONFIG)], tmp_path / "run", tmp_path / "model"
    of_corpus = ["--corpus", "shs-file", str(corpus), "--hop", "4096"]
    train.main([*config, *of_corpus, "--out", str(run), "--steps", str(STEPS)])
    *_, accuracy = (run / "log.csv").read_text().splitlines()[-1].split(",")
    assert float(accuracy) > 0.5, "it has learned its own works"
    export.main([*config, "--checkpoint", str(run / "checkpoint.pt"), "--out", str(model)])

    audio, library = tmp_path / "demo", tmp_path / "library.db"
    subprocess.run([os.environ["REPRISE"], "demo", str(audio)], check=True, capture_output=True)
    reprise(library, "--model", model, "scan", "--voice", "never", audio)
    labels = audio / "labels.csv"
    found = reprise(library, "eval", "--truth", labels, "--method", "shortlist")["map"]
    works = [line.rsplit(",", 1)[1] for line in labels.read_text().splitlines()[1:]]
    source = np.random.default_rng(1)
    by_chance = [evaluate_ranking(source.random((len(works), len(works))), works) for _ in range(100)]
    assert found > max(one.mean_average_precision for one in by_chance) + 0.1, found
