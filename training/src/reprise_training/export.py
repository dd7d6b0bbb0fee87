"""A trained run to models/asimt: ONNX, manifest.

    python -m reprise_training.export --config training/configs/NAME.yaml --checkpoint DIR/checkpoint.pt [--out models/asimt]

Writes nothing unless ONNX Runtime gives what PyTorch gives, on frames, on noise and on silence.
"""

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from reprise_training.config import Run, read_run
from reprise_training.model.asimt import Asimt

REPOSITORY = Path(__file__).resolve().parents[3]
OPSET = 17
LARGEST_DIFFERENCE = 2e-5
LARGEST_BYTES = 24_000_000

MANIFEST = """\
# Written by reprise_training.export; read and verified by crates/reprise-inference.
id              = "{id}"
file            = "model.onnx"
sha256          = "{sha256}"
size_bytes      = {size_bytes}
opset           = {opset}
feature_version = 1
license         = "MIT OR Apache-2.0"
source          = {{ run = "{run}", steps = {steps} }}

[[input]]
name  = "frames"
dtype = "f32"
shape = ["n_windows", {rows}, {n_frames}]

[[output]]
name  = "embedding"
dtype = "f32"
shape = ["n_windows", {embedding_dim}]
"""


class Embedding(torch.nn.Module):
    """The network without what only training needs."""

    def __init__(self, model: Asimt) -> None:
        super().__init__()
        self.model = model

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Windows [n, rows, n_frames] to [n, embedding_dim]."""
        return self.model(frames).embedding


def main() -> None:
    """Exports, compares, and only then writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "models" / "asimt")
    options = parser.parse_args()
    run = read_run(options.config)
    state = torch.load(options.checkpoint, map_location="cpu", weights_only=True)
    model = Asimt(run.model)
    model.load_state_dict(state["model"])
    try:
        content = exported(model, run)
    except ValueError as error:
        sys.exit(f"nothing written: {error}")
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "model.onnx").write_bytes(content)
    (options.out / "manifest.toml").write_text(manifest(content, run, state["step"]), encoding="utf-8")
    print(f"{options.out / 'model.onnx'}: {len(content)} bytes, {state['step']} steps of {run.name}")


def exported(model: Asimt, run: Run) -> bytes:
    """The network as ONNX; a ValueError when ONNX Runtime gives something else."""
    network = Embedding(model).eval()
    shape = (2, model.config.rows, run.model.n_frames)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        torch.onnx.export(
            network,
            (torch.rand(shape),),
            str(path),
            input_names=["frames"],
            output_names=["embedding"],
            dynamic_axes={"frames": {0: "n_windows"}, "embedding": {0: "n_windows"}},
            opset_version=OPSET,
            dynamo=False,
        )
        content = path.read_bytes()
    if len(content) > LARGEST_BYTES:
        raise ValueError(f"{len(content)} bytes are more than {LARGEST_BYTES}")
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    for name, frames in trials(shape).items():
        with torch.no_grad():
            expected = network(torch.from_numpy(frames)).numpy()
        got = session.run(None, {"frames": frames})[0]
        difference = float(np.abs(got - expected).max())
        if not difference <= LARGEST_DIFFERENCE:
            raise ValueError(f"on {name} ONNX Runtime is {difference:.1e} off PyTorch")
    return content


def trials(shape: tuple[int, int, int]) -> dict[str, np.ndarray]:
    """What both are given: sparse frames as the recogniser makes them, noise, silence, another number of windows."""
    source = np.random.default_rng(6)
    noise = source.random((5, *shape[1:]), dtype=np.float32)
    return {
        "frames": np.where(noise > 0.75, 0.97, 0.01).astype(np.float32),
        "noise": noise,
        "silence": np.zeros((1, *shape[1:]), np.float32),
    }


def manifest(content: bytes, run: Run, steps: int) -> str:
    """What describes this very file."""
    return MANIFEST.format(
        id=f"asimt-{run.name}",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        opset=OPSET,
        run=run.name,
        steps=steps,
        rows=run.model.rows,
        n_frames=run.model.n_frames,
        embedding_dim=run.model.embedding_dim,
    )


if __name__ == "__main__":
    main()
