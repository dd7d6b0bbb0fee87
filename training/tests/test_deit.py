"""DeiT's weights into ASimT, with random ones of their shapes."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from reprise_training.model.asimt import Asimt, AsimtConfig
from reprise_training.model.deit import load_deit, positions

CONFIG = AsimtConfig(dim=24, depth=2, heads=3, n_frames=200, embedding_dim=8, dropout=0.0)


def state(n_special: int = 1, dim: int = 24) -> dict[str, torch.Tensor]:
    source = torch.Generator().manual_seed(3)
    shapes = {
        "cls_token": (1, 1, dim), "pos_embed": (1, n_special + 196, dim), "patch_embed.proj.weight": (dim, 3, 16, 16),
        "patch_embed.proj.bias": (dim,), "norm.weight": (dim,), "norm.bias": (dim,), "head.weight": (1000, dim),
    }  # fmt: skip
    for block in range(2):
        for name, size in (("attn.qkv", 3 * dim), ("attn.proj", dim), ("mlp.fc1", 4 * dim), ("mlp.fc2", dim)):
            wide = 4 * dim if name == "mlp.fc2" else dim
            shapes |= {f"blocks.{block}.{name}.weight": (size, wide), f"blocks.{block}.{name}.bias": (size,)}
        for name in ("norm1", "norm2"):
            shapes |= {f"blocks.{block}.{name}.weight": (dim,), f"blocks.{block}.{name}.bias": (dim,)}
    return {name: torch.randn(shape, generator=source) for name, shape in shapes.items()}


@pytest.mark.parametrize("name", ["deit.pth", "deit.safetensors"])
@pytest.mark.parametrize("n_special", [1, 2])
def test_every_weight_of_the_encoder_comes_from_the_file(tmp_path: Path, n_special: int, name: str) -> None:
    given = state(n_special)
    if name.endswith(".pth"):
        torch.save({"model": given}, tmp_path / name)
    else:
        pytest.importorskip("safetensors.torch").save_file(given, tmp_path / name)
    model = Asimt(CONFIG)
    load_deit(model, str(tmp_path / name))
    assert torch.equal(model.patches.weight[:, 0], given["patch_embed.proj.weight"].mean(dim=1))
    own = model.state_dict()
    assert torch.equal(own["blocks.1.qkv.weight"], given["blocks.1.attn.qkv.weight"])
    assert torch.equal(own["cls"], given["cls_token"])
    assert model.positions.shape == (1, 1 + CONFIG.grid[1], 24)
    assert torch.equal(model.positions[:, 0], given["pos_embed"][:, 0])
    assert model(torch.rand((2, 12, 200))).embedding.shape == (2, 8)


def slow_positions(given: torch.Tensor, high: int, wide: int, n_special: int) -> torch.Tensor:
    """[high * wide, D] of the middle rows of a square grid, each place between the two columns around it."""
    side = round((given.shape[1] - n_special) ** 0.5)
    found = []
    for row in range(side // 2 - high // 2, side // 2 - high // 2 + high):
        for column in range(wide):
            at = min(max((column + 0.5) * side / wide - 0.5, 0), side - 1)
            left, right = int(at), min(int(at) + 1, side - 1)
            columns = [given[0, n_special + side * row + place] for place in (left, right)]
            found.append((1 - (at - left)) * columns[0] + (at - left) * columns[1])
    return torch.stack(found)


@pytest.mark.parametrize("grid", [(1, 179), (1, 28), (2, 9), (3, 14), (14, 14)])
@pytest.mark.parametrize("n_special", [1, 2])
def test_positions_are_the_middle_rows_interpolated_along_them(grid: tuple[int, int], n_special: int) -> None:
    given = torch.randn((1, n_special + 196, 5), generator=torch.Generator().manual_seed(1))
    ours = positions(given, grid, True)
    assert torch.equal(ours[0, 0], given[0, 0]) and ours.shape == (1, 1 + grid[0] * grid[1], 5)
    assert torch.allclose(ours[0, 1:], slow_positions(given, *grid, n_special), atol=1e-5)
    assert torch.equal(positions(given, grid, False), ours[:, 1:])


def test_the_paper_s_one_row_of_patches_gets_the_eighth_of_fourteen() -> None:
    rows = torch.arange(14.0).repeat_interleave(14).reshape(1, 196, 1)
    ours = positions(torch.cat([torch.zeros((1, 1, 1)), rows], dim=1), (1, 179), True)
    assert torch.allclose(ours[0, 1:], torch.tensor(7.0))


def test_what_does_not_fit_or_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    torch.save(state(dim=48), tmp_path / "wide.pth")
    with pytest.raises(ValueError, match="the network wants"):
        load_deit(Asimt(CONFIG), str(tmp_path / "wide.pth"))
    torch.save({"cls_token": torch.zeros((1, 1, 24))}, tmp_path / "bare.pth")
    with pytest.raises(ValueError, match="holds no"):
        load_deit(Asimt(CONFIG), str(tmp_path / "bare.pth"))
    given = state()
    del given["pos_embed"]
    torch.save(given, tmp_path / "nowhere.pth")
    with pytest.raises(ValueError, match="holds no positions"):
        load_deit(Asimt(CONFIG), str(tmp_path / "nowhere.pth"))
    for source in ("no_such_network", str(tmp_path / "missing.safetensors")):
        with pytest.raises(ValueError, match="is no file"):
            load_deit(Asimt(CONFIG), source)


def test_a_block_computes_what_timm_s_computes() -> None:
    timm = pytest.importorskip("timm")
    theirs = timm.models.vision_transformer.Block(24, 3, qkv_bias=True).eval()
    ours = Asimt(CONFIG).eval().blocks[0]
    names = {"attn.qkv": "qkv", "attn.proj": "proj", "mlp.fc1": "fc1", "mlp.fc2": "fc2"}
    given = theirs.state_dict()
    for theirs_name, own in names.items():
        given = {name.replace(theirs_name, own): tensor for name, tensor in given.items()}
    ours.load_state_dict(given)
    x = torch.randn((2, 9, 24))
    assert torch.allclose(ours(x), theirs(x), atol=1e-5)
