"""What is exported gives what the network gives, whatever the network and however many windows."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import torch
from test_train import tiny

from reprise_training import export
from reprise_training.config import Run, read_run
from reprise_training.embedding import embedder
from reprise_training.export import LARGEST_BYTES, REPOSITORY, exported, largest_bytes, manifest
from reprise_training.model.asimt import Asimt
from reprise_training.model.build import build_model, trained_model
from reprise_training.model.move import Move, MoveConfig

CONFIGS = Path(__file__).resolve().parents[1] / "configs"


def as_printed() -> Run:
    """The paper's network, narrower and shallower."""
    run = read_run(CONFIGS / "asimt-paper.yaml")
    return replace(run, model=replace(run.model, dim=24, depth=2, heads=2, n_frames=200))


def embeddings(content: bytes, frames: torch.Tensor) -> torch.Tensor:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(["embedding"], {"frames": frames.numpy()})[0])


def test_the_export_gives_what_the_network_gives_or_nothing(tmp_path: Path) -> None:
    run = tiny(tmp_path)
    assert len(exported(Asimt(run.model), run)) > 1000
    broken = Asimt(run.model)
    with torch.no_grad():
        broken.embed.weight.fill_(float("nan"))
    with pytest.raises(ValueError, match="off PyTorch"):
        exported(broken, run)


@pytest.mark.parametrize("n_windows", [1, 3, 7])
def test_a_class_token_is_exported_for_any_number_of_windows(n_windows: int) -> None:
    run = as_printed()
    network = Asimt(run.model).eval()
    frames = torch.rand((n_windows, 12, 200))
    with torch.no_grad():
        wanted = network(frames).embedding
    assert network.cls is not None and torch.allclose(embeddings(exported(network, run), frames), wanted, atol=1e-5)


def test_move_is_exported_too(tmp_path: Path) -> None:
    run = read_run(CONFIGS / "move-windows.yaml")
    small = MoveConfig(channels=4, first_kernel=20, dilation=3, last_dilation=2, embedding_dim=6)
    run = replace(run, move=small, passages=replace(run.passages, n_frames=80))
    network = Move(small).eval()
    (tmp_path / "model.onnx").write_bytes(exported(network, run))
    frames = torch.rand((5, 12, 80))
    with torch.no_grad():
        wanted = network(frames).embedding
    assert torch.allclose(trained_model(run, tmp_path / "model.onnx")(frames).embedding, wanted, atol=1e-4)


def test_what_was_exported_takes_the_place_of_a_checkpoint(tmp_path: Path) -> None:
    run = tiny(tmp_path)
    network = Asimt(run.model).eval()
    (tmp_path / "model.onnx").write_bytes(exported(network, run))
    frames = torch.rand((3, 12, 96))
    with torch.no_grad():
        wanted, got = network(frames).embedding, trained_model(run, tmp_path / "model.onnx")(frames).embedding
    assert (wanted - got).abs().max() < 1e-4
    other = replace(run, model=replace(run.model, n_frames=104))
    with pytest.raises(ValueError, match="the configuration"):
        trained_model(other, tmp_path / "model.onnx")


def test_only_what_ships_has_a_largest_size(tmp_path: Path) -> None:
    assert largest_bytes(REPOSITORY / "models" / "asimt") == LARGEST_BYTES
    assert largest_bytes(tmp_path) is None
    run = tiny(tmp_path)
    with pytest.raises(ValueError, match="more than the 1000 of a network that ships"):
        exported(Asimt(run.model), run, 1000)


def run_export(monkeypatch: pytest.MonkeyPatch, *options: str | Path) -> None:
    monkeypatch.setattr("sys.argv", ["export", *map(str, options)])
    export.main()


def checkpoint(run: Run, path: Path) -> Path:
    model = build_model(run)
    torch.save({"name": run.name, "step": 3, "n_works": 0, "model": model.state_dict()}, path)
    return path


def test_no_songs_are_needed_without_moments_and_asked_for_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tiny(tmp_path)
    saved = checkpoint(run, tmp_path / "checkpoint.pt")
    out = tmp_path / "out"
    run_export(monkeypatch, "--config", tmp_path / "tiny.yaml", "--checkpoint", saved, "--out", out)
    manifest = (out / "manifest.toml").read_text()
    assert 'id              = "asimt-tiny"' in manifest and "codebook" not in manifest
    assert 'shape = ["n_windows", 12, 96]' in manifest
    again = embedder(trained_model(run, out / "model.onnx"), "windows", 96)([np.ones((12, 96), np.float32)])
    assert again[0].shape == (1, 16)
    with pytest.raises(SystemExit, match="nothing written: moments has moments, whose codebook needs --rendered"):
        run_export(monkeypatch, "--config", CONFIGS / "moments.yaml", "--checkpoint", saved, "--out", out)
    with pytest.raises(SystemExit, match=r"nothing written: .*missing\.pt: no such file"):
        missing = tmp_path / "missing.pt"
        run_export(monkeypatch, "--config", tmp_path / "tiny.yaml", "--checkpoint", missing, "--out", out)


@pytest.mark.skipif("REPRISE" not in os.environ, reason="REPRISE is the program")
def test_the_program_takes_a_model_of_whole_tracks_and_refuses_one_that_was_changed(tmp_path: Path) -> None:
    run = as_printed()
    torch.manual_seed(1)
    content = exported(Asimt(run.model).eval(), run)
    (tmp_path / "model.onnx").write_bytes(content)
    (tmp_path / "manifest.toml").write_text(manifest(content, run, 0, None))

    def status() -> subprocess.CompletedProcess[str]:
        library = tmp_path / "library.db"
        command = [os.environ["REPRISE"], "--library", str(library), "--model", str(tmp_path), "--json", "status"]
        library.touch()
        return subprocess.run(command, check=False, capture_output=True, text=True)

    taken = status()
    assert taken.returncode == 0, taken.stderr
    assert json.loads(taken.stdout)["models"][0]["id"].startswith("asimt-asimt-paper-")
    (tmp_path / "model.onnx").write_bytes(content + b" ")
    refused = status()
    assert refused.returncode == 1 and "cannot be used as a model" in refused.stderr
