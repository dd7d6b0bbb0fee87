"""A run: what its file says, that it learns, and that a run cut in two is the run in one piece."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("yaml")

import torch
from test_simulate import random_score

from reprise_training import windows
from reprise_training.config import Run, read_run
from reprise_training.masking import masked
from reprise_training.model.output import Output
from reprise_training.objective import Losses
from reprise_training.optimisation import rate
from reprise_training.sources import made, split
from reprise_training.train import Training, accuracy, watched_losses

CONFIGS = Path(__file__).resolve().parents[1] / "configs"

TINY = """
model: {expand: false, n_frames: 96, patch: [12, 8], stride: [12, 8], dim: 32, depth: 1, heads: 2, pooling: mean,
  embedding_dim: 16, dropout: 0.0, sigmoid_embedding: false, l2_normalise: true}
passages: {n_works: 8, n_renditions: 2, n_frames: 96}
losses: {supervised_contrastive: 1.0}
optimisation: {steps: 40, warmup_steps: 4, learning_rate: 0.003}
"""


def tiny(folder: Path) -> Run:
    (folder / "tiny.yaml").write_text(TINY)
    return read_run(folder / "tiny.yaml")


WORKS = [[random_score(seed)] for seed in range(40)]


def test_every_configuration_can_be_read_and_built() -> None:
    for path in sorted(CONFIGS.glob("*.yaml")):
        run = read_run(path)
        assert run.name == path.stem
        assert run.model.grid[1] >= 1


def test_a_file_holds_differences_only_and_a_slip_is_named(tmp_path: Path) -> None:
    tiny(tmp_path)
    (tmp_path / "other.yaml").write_text("base: tiny\nmodel: {depth: 3}\n")
    other = read_run(tmp_path / "other.yaml")
    assert (other.model.depth, other.model.dim, other.name) == (3, 32, "other")
    (tmp_path / "slip.yaml").write_text("base: tiny\nmodel: {dept: 3}\n")
    with pytest.raises(ValueError, match="no setting dept in AsimtConfig"):
        read_run(tmp_path / "slip.yaml")


def test_it_learns_a_batch_by_heart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training = Training(tiny(tmp_path), made(tiny(tmp_path), WORKS, []))
    batch = training.sampler.batch()
    monkeypatch.setattr(training.sampler, "batch", lambda: batch)
    losses = [training.one_step().loss for _ in range(30)]
    assert losses[-1] < 0.7 * losses[0]


def test_a_run_cut_in_two_is_the_run_in_one_piece(tmp_path: Path) -> None:
    run = tiny(tmp_path)
    whole = Training(run, made(run, WORKS, []))
    expected = [whole.one_step().loss for _ in range(6)]
    first = Training(run, made(run, WORKS, []))
    losses = [first.one_step().loss for _ in range(3)]
    torch.save(first.state(), tmp_path / "state.pt")
    second = Training(run, made(run, WORKS, []))
    second.restore(torch.load(tmp_path / "state.pt", weights_only=True), tmp_path / "state.pt")
    losses += [second.one_step().loss for _ in range(3)]
    assert losses == pytest.approx(expected, abs=1e-5)


def test_works_are_split_by_work(tmp_path: Path) -> None:
    trained, watched = split(WORKS, replace(tiny(tmp_path), validation_share=0.1))
    assert len(watched) == 4 and len(trained) == 36
    assert not {id(work) for work in trained} & {id(work) for work in watched}


def test_the_rate_warms_up_and_falls_to_nothing(tmp_path: Path) -> None:
    wanted = tiny(tmp_path).optimisation
    rates = [rate(step, wanted) for step in range(41)]
    assert rates[0] == 0.25 and max(rates) == 1 and rates[40] == 0
    assert rates[4:] == sorted(rates[4:], reverse=True)


def test_masking_hides_and_adds_nothing(tmp_path: Path) -> None:
    source = torch.Generator()
    source.manual_seed(1)
    x = torch.rand((20, 12, 96)) + 0.1
    hidden = masked(x, tiny(tmp_path).masking, source)
    assert ((hidden == x) | (hidden == 0)).all() and (hidden == 0).any()


def test_accuracy_is_what_the_head_gets_right_and_none_without_a_head() -> None:
    logits = torch.tensor([[0.1, 0.9, 0.3], [0.8, 0.7, 0.1], [0.2, 0.3, 0.4], [0.5, 0.1, 0.2]])
    works = torch.tensor([1, 0, 0, 0])
    assert accuracy(Output(torch.zeros((4, 2)), logits), works) == 0.75
    assert accuracy(Output(torch.zeros((4, 2)), None), works) is None


def test_classification_is_watched_by_maploss_and_everything_else_by_itself() -> None:
    assert watched_losses(Losses(cross_entropy=1.0)) == Losses(map=1.0)
    assert watched_losses(Losses(cross_entropy=1.0, contrastive=0.5)) == Losses(contrastive=0.5)
    assert watched_losses(Losses(cross_entropy=1.0, map=0.5, distillation=1.0)) == Losses(map=0.5)
    weights = {name for name, value in vars(Losses()).items() if value == 0}
    for name in weights - {"cross_entropy", "distillation"}:
        assert watched_losses(Losses(**{name: 1.0})) == Losses(**{name: 1.0})


def test_windows_cover_a_track_and_end_with_it() -> None:
    frames = np.arange(12 * 1000, dtype=np.float32).reshape(12, 1000)
    cut = windows.windows(frames, 432, 0.25)
    assert cut.shape == (7, 12, 432)
    assert np.array_equal(cut[1], frames[:, 108:540]) and np.array_equal(cut[-1], frames[:, 568:])
    short = windows.windows(frames[:, :100], 432)
    assert short.shape == (1, 12, 432) and not short[0, :, 100:].any()
