"""Several processes, by Accelerate, are one run: one log and one checkpoint, batches of their own, and it goes on."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import torch
from test_train import TINY

SOURCE = Path(__file__).resolve().parents[1] / "src"
LAUNCH = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]


def write_works(path: Path) -> None:
    draw = np.random.default_rng(1)
    works = []
    for _ in range(40):
        roots = [int(root) for root in draw.integers(0, 12, 16)]
        chords = [[4, root, sorted({root, (root + 4) % 12, (root + 7) % 12}), root] for root in roots]
        works.append({"charts": [{"sections": [{"chords": chords}], "tempo_bpm": None}]})
    with gzip.open(path, "wt", encoding="utf-8") as text:
        json.dump({"works": works}, text)


def train(folder: Path, steps: int) -> dict[str, Any]:
    (folder / "tiny.yaml").write_text(TINY.replace("steps: 40", f"steps: {steps}"))
    options = ["--config", "tiny.yaml", "--works", "works.json.gz", "--out", "run"]
    command = [sys.executable, *LAUNCH, "-m", "reprise_training.train", *options]
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    return torch.load(folder / "run" / "checkpoint.pt", weights_only=True)


def test_two_processes_are_one_run(tmp_path: Path) -> None:
    write_works(tmp_path / "works.json.gz")
    first = train(tmp_path, 20)
    assert first["step"] == 20 and len(first["samplers"]) == 2
    own, other = (sampler["generator"] for sampler in first["samplers"])
    assert not torch.equal(own, other), "each draws its own batches"
    assert len((tmp_path / "run" / "log.csv").read_text().splitlines()) == 1
    second = train(tmp_path, 40)
    assert second["step"] == 40
    went_on = zip(first["samplers"], second["samplers"], strict=True)
    assert not any(torch.equal(before["generator"], after["generator"]) for before, after in went_on)
