"""Makes tests/fixtures/models/whole: the smallest model that embeds a whole track as one vector.

    PYTHONPATH=training/src python training/scripts/make_whole_fixture.py

The vector is the mean chord-pitch of each eighth of the first 1,800 frames. Nothing in it was learned.
"""

import hashlib
from pathlib import Path

import numpy as np

from reprise_training.onnx_graph import OPSET, Graph, Shape

N_FRAMES, N_PARTS = 1800, 8
OUT = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "models" / "whole"

MANIFEST = """\
# Written by training/scripts/make_whole_fixture.py.
id              = "whole-fixture"
file            = "model.onnx"
sha256          = "{sha256}"
size_bytes      = {size_bytes}
opset           = {opset}
feature_version = 1
license         = "MIT OR Apache-2.0"
source          = {{ run = "none", steps = 0 }}

[[input]]
name  = "frames"
dtype = "f32"
shape = ["n_windows", 12, {n_frames}]

[[output]]
name  = "embedding"
dtype = "f32"
shape = ["n_windows", {len}]

[vectors]
kind         = "whole"
views        = ["crema"]
n_keys       = 3
key_template = [0.2, 0.05, 0.44, 0.04, 0.41, 0.03, 0.24, 0.48, 0.04, 0.29, 0.02, 0.47]
"""


def main() -> None:
    """Writes the model and its manifest."""
    part = N_FRAMES // N_PARTS
    graph = Graph(stores_integers=False)
    means = graph.node("AveragePool", "frames", kernel_shape=[part], strides=[part])
    shape = graph.constant("shape", np.array([-1, 12 * N_PARTS], np.int64))
    graph.node("Reshape", means, shape, name="embedding")
    inputs: dict[str, Shape] = {"frames": ["n_windows", 12, N_FRAMES]}
    outputs: dict[str, Shape] = {"embedding": ["n_windows", 12 * N_PARTS]}
    content = graph.model("whole", inputs, outputs)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "model.onnx").write_bytes(content)
    manifest = MANIFEST.format(
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        opset=OPSET,
        n_frames=N_FRAMES,
        len=12 * N_PARTS,
    )
    (OUT / "manifest.toml").write_text(manifest, encoding="utf-8")


if __name__ == "__main__":
    main()
