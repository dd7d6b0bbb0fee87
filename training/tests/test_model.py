"""The network: shapes, the paper's patches, what it may not depend on."""

from dataclasses import replace

import pytest

pytest.importorskip("torch")

import torch

from reprise_training.model.asimt import Asimt, AsimtConfig

SMALL = AsimtConfig(n_frames=64, dim=16, depth=1, heads=2, embedding_dim=8, dropout=0.0)


def test_the_paper_s_input_makes_179_patches_in_one_row() -> None:
    assert AsimtConfig().grid == (1, 179)


def test_the_paper_s_patches_never_see_the_last_seven_of_23_rows() -> None:
    network = Asimt(SMALL).eval()
    expanded = torch.rand((2, 1, 23, 64))
    other = expanded.clone()
    other[:, :, 16:] = 0
    assert torch.equal(network.patches(expanded), network.patches(other))
    other[:, :, 15] = 0
    assert not torch.equal(network.patches(expanded), network.patches(other))


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_shapes_and_heads(pooling: str) -> None:
    config = replace(SMALL, pooling=pooling, n_works=5, l2_normalise=True)
    output = Asimt(config)(torch.rand((3, 12, 64)))
    assert output.embedding.shape == (3, 8) and output.logits is not None and output.logits.shape == (3, 5)
    assert torch.allclose(output.embedding.norm(dim=1), torch.ones(3))
    assert Asimt(SMALL)(torch.rand((3, 12, 64))).logits is None


def test_a_track_does_not_depend_on_its_batch() -> None:
    torch.manual_seed(2)
    network = Asimt(SMALL).eval()
    frames = torch.rand((4, 12, 64))
    together = network(frames).embedding
    for index in range(4):
        assert torch.allclose(network(frames[index : index + 1]).embedding[0], together[index], atol=1e-6)


def test_what_cannot_be_built_is_refused() -> None:
    with pytest.raises(ValueError, match="no pooling max"):
        AsimtConfig(pooling="max")
    with pytest.raises(ValueError, match="12 rows"):
        AsimtConfig(rows=36)
    with pytest.raises(ValueError, match="shared among"):
        AsimtConfig(dim=100, heads=12)
    with pytest.raises(ValueError, match="larger than the input"):
        AsimtConfig(n_frames=8)
