"""That `asimt-paper` is the paper: every value of its table, every part of its network, and how it is trained."""

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import torch

from reprise_training.augment import Augmentation
from reprise_training.config import Optimisation, Run, read_run
from reprise_training.corpora.track import HOP_SAMPLES, Track
from reprise_training.model.asimt import Asimt, AsimtConfig, Block
from reprise_training.model.move import MoveConfig
from reprise_training.objective import Losses
from reprise_training.optimisation import optimiser, rate
from reprise_training.simulate.passages import Passages
from reprise_training.sources import recorded
from reprise_training.train import Training

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
PAPER = read_run(CONFIGS / "asimt-paper.yaml")
SMALL = replace(PAPER.model, dim=24, depth=2, heads=3, n_frames=230, embedding_dim=8, n_works=5)


def test_every_value_is_that_of_the_paper_s_table() -> None:
    assert (PAPER.architecture, PAPER.views, PAPER.rendered_works, PAPER.teacher) == ("asimt", ("crema",), 0, "")
    # Input, expansion, patches, backbone, pooling, head. The rate of dropout is ViT's: the paper names none.
    assert PAPER.model == AsimtConfig(
        rows=12, expand=True, n_frames=1800, patch=(16, 16), stride=(10, 10), dim=768, depth=12, heads=12,
        mlp_ratio=4.0, dropout=0.1, pooling="cls", embedding_dim=256, sigmoid_embedding=True, sigmoid_logits=True,
        l2_normalise=False, n_works=0, moment_dim=0, moment_patches=7, moment_gain=0.1, view_weights=(1.0, 0.7, 0.7),
    )  # fmt: skip
    assert PAPER.model.grid == (1, 179)
    assert Losses(
        cross_entropy=1.0, map=1.0, map_temperature=0.01, supervised_contrastive=0.0, contrastive=0.0, late=0.0,
        triplet=0.0, prototypical=0.0, distillation=0.0, aligned=0.0,
    ) == PAPER.losses  # fmt: skip
    # A roll into any key, stretched by 0.7 to 1.5, frames doubled, silenced or lost: as often as in MOVE's code.
    assert PAPER.augmentation == Augmentation(
        roll=True, stretch=0.3, shortest=0.7, longest=1.5, warp=0.3, doubled=0.4, silenced=0.3, frames_doubled=0.15,
        frames_silenced=0.1, frames_lost=0.1,
    )  # fmt: skip
    hidden = PAPER.masking
    assert (hidden.frames, hidden.pitch_classes, hidden.edges) == (0, 0, 0), "nothing is hidden; one view is never lost"
    drawn = PAPER.passages
    assert (drawn.n_works, drawn.n_renditions, drawn.n_frames, drawn.whole) == (70, 5, 1800, True)
    assert not drawn.aligned_keys and not drawn.hard_keys
    # Momentum and clipping are ours, as are 5 % of the works withheld; 10,000 steps see every track 56 times.
    assert PAPER.optimisation == Optimisation(
        optimiser="sgd", learning_rate=0.002, weight_decay=0.0001, warmup_steps=1, steps=10_000, momentum=0.9,
        clip_norm=1.0,
    )  # fmt: skip
    assert PAPER.validation_share == 0.05


@pytest.mark.parametrize(
    ("name", "losses"),
    [
        ("ce", {"map": 0.0}),
        ("contrastive", {"map": 0.0, "contrastive": 1.0}),
        ("small-ce", {"map": 0.0}),
        ("small-contrastive", {"map": 0.0, "contrastive": 1.0}),
        ("small-supervised", {"map": 0.0, "supervised_contrastive": 1.0}),
    ],
)
def test_the_paper_s_other_losses_change_nothing_else(name: str, losses: dict[str, float]) -> None:
    twin = read_run(CONFIGS / ("asimt-paper-small.yaml" if name.startswith("small") else "asimt-paper.yaml"))
    run = read_run(CONFIGS / f"asimt-paper-{name}.yaml")
    assert replace(run, name=twin.name) == replace(twin, losses=replace(twin.losses, **losses))


@pytest.mark.parametrize("size", ["", "small-"])
def test_the_two_poolings_differ_in_nothing_else(size: str) -> None:
    token, mean = (read_run(CONFIGS / f"asimt-paper-{size}{name}.yaml") for name in ("ce", "mean"))
    assert (token.model.pooling, mean.model.pooling) == ("cls", "mean")
    assert replace(mean, name=token.name, model=replace(mean.model, pooling="cls")) == token
    assert token.losses == Losses(cross_entropy=1.0)


def linear(state: dict[str, torch.Tensor], name: str, x: torch.Tensor) -> torch.Tensor:
    return torch.stack([state[f"{name}.weight"] @ row + state[f"{name}.bias"] for row in x])


def norm(state: dict[str, torch.Tensor], name: str, x: torch.Tensor) -> torch.Tensor:
    centred = x - x.mean(dim=1, keepdim=True)
    unit = centred / (centred.square().mean(dim=1, keepdim=True) + 1e-5).sqrt()
    return unit * state[f"{name}.weight"] + state[f"{name}.bias"]


def slow_block(state: dict[str, torch.Tensor], name: str, x: torch.Tensor, heads: int) -> torch.Tensor:
    """Pre-norm: attention head by head, then the perceptron with a GELU."""
    queries, keys, values = linear(state, f"{name}.qkv", norm(state, f"{name}.norm1", x)).chunk(3, dim=1)
    width = x.shape[1] // heads
    attended = []
    for head in range(heads):
        own = slice(head * width, head * width + width)
        shares = (queries[:, own] @ keys[:, own].T / math.sqrt(width)).exp()
        attended.append(shares / shares.sum(dim=1, keepdim=True) @ values[:, own])
    x = x + linear(state, f"{name}.proj", torch.cat(attended, dim=1))
    hidden = linear(state, f"{name}.fc1", norm(state, f"{name}.norm2", x))
    gelu = hidden * (1 + torch.erf(hidden / math.sqrt(2))) / 2
    return x + linear(state, f"{name}.fc2", gelu)


def slow_network(
    state: dict[str, torch.Tensor], config: AsimtConfig, frames: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """One track [12, n_frames] to its embedding and logits, step by step as the paper has it."""
    rows = torch.stack([frames[row % 12] for row in range(23)])
    tokens = [state["cls"][0, 0]] if config.pooling == "cls" else []
    for start in range(0, config.n_frames - 15, 10):
        patch = rows[:16, start : start + 16]
        tokens.append((state["patches.weight"][:, 0] * patch).sum(dim=(1, 2)) + state["patches.bias"])
    x = torch.stack(tokens) + state["positions"][0]
    for block in range(config.depth):
        x = slow_block(state, f"blocks.{block}", x, config.heads)
    x = norm(state, "norm", x)
    pooled = x[0] if config.pooling == "cls" else x.mean(dim=0)
    embedding = 1 / (1 + (-linear(state, "embed", pooled[None])[0]).exp())
    return embedding, 1 / (1 + (-linear(state, "classify", embedding[None])[0]).exp())


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_the_network_computes_what_the_paper_describes(pooling: str) -> None:
    torch.manual_seed(1)
    config = replace(SMALL, pooling=pooling)
    network = Asimt(config).eval()
    with torch.no_grad():
        # Far from the small values that it begins with, so that no part goes unnoticed.
        for weight in network.parameters():
            weight.copy_(torch.randn(weight.shape) * 0.3)
    frames = torch.rand((2, 12, 230))
    output = network(frames)
    assert output.logits is not None
    for track, embedding, logits in zip(frames, output.embedding, output.logits, strict=True):
        wanted, classes = slow_network(network.state_dict(), config, track)
        assert torch.allclose(embedding, wanted, atol=1e-4) and torch.allclose(logits, classes, atol=1e-4)
    assert network.positions.shape[1] == config.grid[1] + (pooling == "cls")


def test_twelve_rows_become_23() -> None:
    seen: list[torch.Tensor] = []
    network = Asimt(SMALL).eval()
    network.patches.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    frames = torch.rand((1, 12, 230))
    network(frames)
    assert torch.equal(seen[0][0, 0], torch.cat([frames[0], frames[0, :11]])) and seen[0].shape == (1, 1, 23, 230)


def test_dropout_is_where_vit_has_it_and_in_training_only(monkeypatch: pytest.MonkeyPatch) -> None:
    attended: list[float] = []

    def attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, dropout_p: float) -> torch.Tensor:
        attended.append(dropout_p)
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, dropout_p=dropout_p)

    monkeypatch.setattr("reprise_training.model.asimt.scaled_dot_product_attention", attention)
    network, frames = Asimt(replace(SMALL, dropout=0.3)), torch.rand((2, 12, 230))
    dropped: list[tuple[str, int]] = []
    for name, module in network.named_modules():
        if isinstance(module, torch.nn.Dropout):
            assert module.p == 0.3
            module.register_forward_hook(lambda _, __, out, name=name: dropped.append((name, out.shape[-1])))
    # Behind the positions; in each block behind the attention, within the perceptron and behind it.
    expected = [("dropout", 24)]
    for block in range(2):
        expected += [(f"blocks.{block}.dropout", width) for width in (24, 96, 24)]
    assert not torch.equal(network.train()(frames).embedding, network(frames).embedding)
    assert dropped == 2 * expected and attended == [0.3] * 4
    assert torch.equal(network.eval()(frames).embedding, network(frames).embedding)
    assert attended[4:] == [0.0] * 4


def test_weights_are_as_many_as_those_of_vit_b() -> None:
    with torch.device("meta"):
        network = Asimt(PAPER.model)
        block = sum(weight.numel() for weight in Block(PAPER.model).parameters())
    assert block == 7_087_872, "of ViT-B (Dosovitskiy et al. 2021)"
    others = 16 * 16 * 768 + 768 + 768 + 180 * 768 + 2 * 768 + 768 * 256 + 256
    assert sum(weight.numel() for weight in network.parameters()) == 12 * block + others


def test_the_rate_falls_as_half_a_cosine() -> None:
    for share, wanted in ((0, 1.0), (0.25, 0.853553), (0.5, 0.5), (0.75, 0.146447), (1, 0.0)):
        step = 1 + round(share * (PAPER.optimisation.steps - 1))
        assert rate(step, PAPER.optimisation) == pytest.approx(wanted, abs=2e-4)
    assert rate(0, PAPER.optimisation) == 1, "no warm-up"


def test_the_optimiser_is_what_the_table_says() -> None:
    network = Asimt(SMALL)
    sgd = optimiser(network, PAPER.optimisation)
    (group,) = sgd.param_groups
    assert isinstance(sgd, torch.optim.SGD) and len(group["params"]) == len(list(network.parameters()))
    assert (group["lr"], group["momentum"], group["weight_decay"]) == (0.002, 0.9, 0.0001)
    assert not group["nesterov"] and group["dampening"] == 0
    adamw = optimiser(network, replace(PAPER.optimisation, optimiser="adamw"))
    assert isinstance(adamw, torch.optim.AdamW) and adamw.param_groups[0]["lr"] == 0.002
    with pytest.raises(ValueError, match="no optimiser adam; there are sgd and adamw"):
        optimiser(network, replace(PAPER.optimisation, optimiser="adam"))


def recordings(n_works: int, n_versions: int, n_frames: int) -> list[Track]:
    def frames(w: int, v: int) -> np.ndarray:
        return np.random.default_rng(100 * w + v).random((12, n_frames), dtype=np.float32)

    return [
        Track(f"{w}/{v}", f"{w:03}", partial(frames, w, v), HOP_SAMPLES)
        for w in range(n_works)
        for v in range(n_versions)
    ]


def test_a_batch_is_350_tracks_of_70_works() -> None:
    source, _ = recorded(PAPER, recordings(90, 6, 40))("cpu", 0)
    frames, works = source.batch()
    source.close()
    assert frames.shape == (350, 12, 1800)
    assert works.bincount().unique().tolist() == [0, 5] and len(works.unique()) == 70


def test_a_step_moves_the_weights_as_the_table_says() -> None:
    """By hand from the gradients: clipped to a norm of 1, decayed, with momentum, at the rate of the schedule."""
    small = Passages(n_works=3, n_renditions=2, n_frames=230, whole=True, aligned_keys=False)
    wanted = replace(PAPER.optimisation, steps=4)
    run = replace(PAPER, model=replace(SMALL, n_works=0, dropout=0.0), passages=small, optimisation=wanted)
    training = Training(run, recorded(run, recordings(8, 3, 260)))
    gradients: list[torch.Tensor] = []
    weight = training.model.embed.weight
    positions = [weight.detach().clone()]
    limits: list[float] = []
    clip = training.engine.clip_grad_norm_

    def kept(*_: object) -> None:
        assert weight.grad is not None
        gradients.append(weight.grad.clone())

    def clipped(parameters: Iterable[torch.nn.Parameter], limit: float) -> None:
        limits.append(limit)
        clip(parameters, limit)

    training.optimiser.optimizer.register_step_pre_hook(kept)
    training.engine.clip_grad_norm_ = clipped
    for _ in range(3):
        training.one_step()
        positions.append(weight.detach().clone())
    training.sampler.close()
    momentum = torch.zeros_like(weight)
    for step in range(3):
        momentum = 0.9 * momentum + gradients[step] + 0.0001 * positions[step]
        moved = positions[step] - 0.002 * rate(step, wanted) * momentum
        assert torch.allclose(positions[step + 1], moved, atol=1e-8)
    assert limits == [1.0] * 3


def test_the_readme_says_that_what_ships_is_another_network() -> None:
    ships = read_run(CONFIGS / "moments-taught-96.yaml")
    readme = (CONFIGS.parent / "README.md").read_text(encoding="utf-8")
    assert "**The ASimT that ships is not the paper's model**" in readme
    table = readme.split("## What ships is not the paper's model")[1].split("\n## ")[0]
    for run in (PAPER, ships):
        assert f"{run.model.depth} layers of {run.model.dim}" in table
        assert f"{run.model.embedding_dim} values" in table
        assert f"{run.passages.n_works * run.passages.n_renditions} " in table
    assert f"{ships.optimisation.steps} of AdamW, {ships.optimisation.learning_rate}" in table
    assert f"SGD, {PAPER.optimisation.learning_rate}" in table


def test_names_are_those_that_are_tested() -> None:
    """All that a run has, so that no setting is added without a word here."""
    assert {*Run.__dataclass_fields__} == {
        "name", "seed", "validation_share", "views", "rendered_works", "neighbours", "tune_works", "architecture",
        "model", "move", "passages", "liberties", "recogniser", "singing", "losses", "optimisation", "masking",
        "augmentation", "teacher",
    }  # fmt: skip
    assert PAPER.neighbours == PAPER.tune_works == 0 and PAPER.move == MoveConfig()
