"""The network that a run wants: new, from its checkpoint, or as it was exported."""

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from reprise_training.checkpoints import load_weights, read_checkpoint
from reprise_training.config import Run
from reprise_training.model.asimt import Asimt
from reprise_training.model.exported import Exported
from reprise_training.model.move import Move

Learned = Asimt | Move
Network = TypeVar("Network", bound=nn.Module)


def build_model(run: Run, n_works: int = 0) -> Learned:
    """With a head for so many works, if any."""
    if run.architecture == "asimt":
        return Asimt(replace(run.model, n_works=n_works))
    if run.architecture == "move":
        if n_works:
            raise ValueError("MOVE has no head for classification")
        return Move(run.move)
    raise ValueError(f"there is no network {run.architecture}; there are asimt and move")


def trained_model(run: Run, checkpoint: Path) -> Learned | Exported:
    """As a checkpoint of the run left it, ready to embed. The checkpoint may also be what was exported of it, `.onnx`.
    It lies in the processor's memory; see `on_fastest_device`."""
    if checkpoint.suffix == ".onnx":
        return Exported(run.model, run.input_shape, checkpoint)
    state = read_checkpoint(checkpoint)
    if state["name"] != run.name:
        raise ValueError(f"{checkpoint} is of {state['name']}, not of {run.name}")
    model = build_model(run, state["n_works"])
    load_weights(model, state["model"], checkpoint)
    return model.eval()


def on_fastest_device(model: Network) -> Network:
    """On the graphics processor, if there is one."""
    return model.to("cuda") if torch.cuda.is_available() else model
