"""MOVE: shapes, no dependence on the key, too short an input."""

import pytest

torch = pytest.importorskip("torch")

from reprise_training.model.move import Move, MoveConfig

SMALL = MoveConfig(channels=4, first_kernel=20, dilation=3, embedding_dim=6)


def test_a_track_in_another_key_has_the_same_embedding():
    torch.manual_seed(1)
    network, frames = Move(SMALL).eval(), torch.rand((3, 12, 80))
    expected = network(frames).embedding
    assert expected.shape == (3, 6)
    for key in (1, 5, 7, 11):
        assert torch.allclose(network(frames.roll(key, 1)).embedding, expected, atol=1e-6)


def test_it_learns_from_every_weight():
    network = Move(SMALL)
    network(torch.rand((3, 12, 80))).embedding[:, 0].square().sum().backward()
    assert all(weight.grad is not None for weight in network.parameters())


def test_too_short_an_input_is_refused_and_the_shortest_is_not():
    assert Move(SMALL).eval()(torch.rand((1, 12, SMALL.least_frames))).embedding.shape == (1, 6)
    with pytest.raises(ValueError, match="frames or more"):
        Move(SMALL)(torch.rand((1, 12, SMALL.least_frames - 1)))
    assert MoveConfig().least_frames == 268
