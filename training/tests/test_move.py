"""MOVE: shapes, no dependence on the key, too short an input."""

import pytest

pytest.importorskip("torch")

import torch

from reprise_training.model.move import AttentionPool, Move, MoveConfig

SMALL = MoveConfig(channels=4, first_kernel=20, dilation=3, last_dilation=2, embedding_dim=6)


def test_a_track_in_another_key_has_the_same_embedding() -> None:
    torch.manual_seed(1)
    network, frames = Move(SMALL).eval(), torch.rand((3, 12, 80))
    expected = network(frames).embedding
    assert expected.shape == (3, 6)
    for key in (1, 5, 7, 11):
        assert torch.allclose(network(frames.roll(key, 1)).embedding, expected, atol=1e-6)


def test_it_learns_from_every_weight() -> None:
    network = Move(SMALL)
    network(torch.rand((3, 12, 80))).embedding[:, 0].square().sum().backward()
    gradients = {name: weight.grad for name, weight in network.named_parameters() if weight.grad is not None}
    assert gradients.keys() == dict(network.named_parameters()).keys()
    assert gradients["pool.sharpness"] != 0 and gradients["keys.0.weight"].any()


def test_too_short_an_input_is_refused_and_the_shortest_is_not() -> None:
    assert Move(SMALL).eval()(torch.rand((1, 12, SMALL.least_frames))).embedding.shape == (1, 6)
    with pytest.raises(ValueError, match="frames or more"):
        Move(SMALL)(torch.rand((1, 12, SMALL.least_frames - 1)))
    assert MoveConfig().least_frames == 320


def test_attention_begins_even_and_can_become_the_place_that_answers_most() -> None:
    pool, x = AttentionPool(), torch.rand((2, 8, 30), generator=torch.Generator().manual_seed(2))
    attention, values = x[:, :4], x[:, 4:]
    assert torch.allclose(pool(x), values.mean(dim=2))
    torch.nn.init.constant_(pool.sharpness, 1e6)
    assert torch.allclose(pool(x), values.gather(2, attention.argmax(dim=2, keepdim=True))[:, :, 0])


def test_its_weights_are_as_many_as_the_published_network_has() -> None:
    convolutions = 256 * (12 * 180 + 1) + 3 * 256 * (5 * 256 + 1) + 512 * (5 * 256 + 1)
    # Beside the convolutions: five rectifiers, the attention's sharpness, a linear layer without bias.
    with torch.device("meta"):
        network = Move(MoveConfig())
    assert sum(weight.numel() for weight in network.parameters()) == convolutions + 5 + 1 + 256 * 16000
