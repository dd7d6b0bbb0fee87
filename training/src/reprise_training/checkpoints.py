"""What a run leaves behind to go on from, and what another one can begin with."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

HEAD = "classify."
"""Weights that belong to the works of one corpus."""
NEEDED = ("name", "step", "model", "optimiser", "schedule", "samplers")


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What train.py saved, in the processor's memory; a ValueError names a file that is no such thing."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise
    # What PyTorch raises of another kind of file is not one family.
    except Exception as error:
        raise ValueError(f"{path}: is no checkpoint") from error
    if not isinstance(state, dict) or not {"name", "model", "n_works"} <= state.keys():
        raise ValueError(f"{path}: is no checkpoint of a run")
    return state


def load_weights(model: nn.Module, weights: dict[str, torch.Tensor], path: Path) -> None:
    """All of them into a network that has no others; a ValueError when it has."""
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        first = str(error).splitlines()[1 if "\n" in str(error) else 0].strip()
        raise ValueError(f"{path}: is not of this network: {first}") from error


def check_resumable(state: dict[str, Any], path: Path) -> None:
    """A ValueError when a checkpoint holds weights only, as those in weights/ do."""
    lacking = [part for part in NEEDED if part not in state]
    if lacking:
        raise ValueError(f"{path}: holds no {lacking[0]}: no run goes on from it, but --init begins with its weights")


def begin_with(model: nn.Module, path: Path) -> None:
    """Takes the weights of a checkpoint, of whatever run; a head of other works stays new."""
    given, own = read_checkpoint(path)["model"], model.state_dict()
    if any(name.startswith(HEAD) and given.get(name, own[name]).shape != own[name].shape for name in own):
        given = {name: tensor for name, tensor in given.items() if not name.startswith(HEAD)}
    for name, tensor in own.items():
        if name not in given:
            if name.startswith(HEAD):
                continue
            raise ValueError(f"{path}: holds no {name}, which the network has")
        if given[name].shape != tensor.shape:
            raise ValueError(f"{path}: {name} is {list(given[name].shape)}, the network wants {list(tensor.shape)}")
    unknown = [name for name in given if name not in own and not name.startswith(HEAD)]
    if unknown:
        raise ValueError(f"{path}: holds {unknown[0]}, which the network has not")
    model.load_state_dict(own | {name: given[name] for name in own if name in given})


def random_state(device: torch.device) -> dict[str, torch.Tensor]:
    """Where PyTorch's own draws stand, dropout's among them."""
    state = {"cpu": torch.get_rng_state()}
    return state | ({"cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {})


def restore_random_state(state: dict[str, torch.Tensor], device: torch.device) -> None:
    """Draws on from there."""
    torch.set_rng_state(state["cpu"].cpu())
    if "cuda" in state and device.type == "cuda":
        torch.cuda.set_rng_state(state["cuda"].cpu(), device)
