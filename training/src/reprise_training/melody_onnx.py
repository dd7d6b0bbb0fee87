"""FCPE from its published weights to ONNX.

FCPE ("fast context-based pitch estimation"), in the configuration of the PyPI package torchfcpe: two convolutions with
a group normalisation over the whole passage, six conformer blocks without attention, and a sigmoid for each pitch. The
pointwise layers, where nearly all the work is, are products of 8-bit integers.
"""

import numpy as np

from reprise_training.onnx_graph import Graph, Shape

PACKAGE = "torchfcpe==0.0.4"
WEIGHTS_IN_WHEEL = "torchfcpe/assets/fcpe_c_v001.pt"

INPUT: dict[str, Shape] = {"log_mel": [1, "n_frames", 128]}
OUTPUT: dict[str, Shape] = {"salience": [1, "n_frames", 360]}

CHANNELS = 512
GROUPS = 4
BLOCKS = 6
INNER = 1024
EPSILON = 1e-5
LEAK = 0.01

Weights = dict[str, np.ndarray]


def build_model(weights: Weights, stores_integers: bool) -> bytes:
    """`weights`: the published state of the network, by name."""
    graph = Graph(stores_integers)
    graph.constant("halves", np.array([INNER, INNER], np.int64))
    graph.constant("height", np.array([2], np.int64))
    x = graph.node("Transpose", "log_mel", perm=[0, 2, 1])
    x = convolution(graph, x, "input_stack.0", weights)
    x = graph.node("LeakyRelu", group_norm(graph, x, "input_stack.1", weights), alpha=LEAK)
    x = convolution(graph, x, "input_stack.3", weights)
    x = graph.node("Transpose", x, perm=[0, 2, 1])
    for block in range(BLOCKS):
        x = graph.node("Add", x, conformer(graph, x, f"net.encoder_layers.{block}.conformer.net", weights))
    x = layer_norm(graph, x, "norm", weights)
    direction, length = weights["output_proj.weight_v"], weights["output_proj.weight_g"]
    projection = direction * length / np.linalg.norm(direction, axis=1, keepdims=True)
    x = graph.linear("output_proj", x, projection, weights["output_proj.bias"])
    graph.node("Sigmoid", x, name="salience")
    return graph.model("melody", INPUT, OUTPUT)


def conformer(graph: Graph, x: str, name: str, weights: Weights) -> str:
    """The convolution module of a conformer: x [1, n_frames, 512] to what is added to it."""
    x = layer_norm(graph, x, f"{name}.0", weights)
    x = graph.linear(f"{name}.2", x, weights[f"{name}.2.weight"][:, :, 0], weights[f"{name}.2.bias"])
    value, gate = f"{name}.value", f"{name}.gate"
    graph.nodes("Split", [x, "halves"], [value, gate], axis=2)
    x = graph.node("Mul", value, graph.node("Sigmoid", gate))
    # Two-dimensional, one frame high: ONNX Runtime has a fast depthwise convolution for images only.
    x = graph.node("Unsqueeze", graph.node("Transpose", x, perm=[0, 2, 1]), "height")
    x = graph.node(
        "Conv",
        x,
        graph.weights(f"{name}.4.weight", weights[f"{name}.4.conv.weight"][:, :, None, :], channel_axis=0),
        graph.constant(f"{name}.4.bias", weights[f"{name}.4.conv.bias"]),
        group=INNER,
        pads=[0, 15, 0, 15],
    )
    x = graph.node("Squeeze", x, "height")
    x = graph.node("Transpose", graph.node("Mul", x, graph.node("Sigmoid", x)), perm=[0, 2, 1])
    return graph.linear(f"{name}.6", x, weights[f"{name}.6.weight"][:, :, 0], weights[f"{name}.6.bias"])


def convolution(graph: Graph, x: str, name: str, weights: Weights) -> str:
    """Three frames wide, as long as its input."""
    kernel = graph.weights(f"{name}.weight", weights[f"{name}.weight"], channel_axis=0)
    return graph.node("Conv", x, kernel, graph.constant(f"{name}.bias", weights[f"{name}.bias"]), pads=[1, 1])


def group_norm(graph: Graph, x: str, name: str, weights: Weights) -> str:
    """Each quarter of the channels normalised over all frames."""
    x = graph.node("Reshape", x, graph.constant(f"{name}.groups", np.array([0, GROUPS, -1], np.int64)))
    ones = graph.constant(f"{name}.ones", np.ones(GROUPS, np.float32))
    zeros = graph.constant(f"{name}.zeros", np.zeros(GROUPS, np.float32))
    x = graph.node("InstanceNormalization", x, ones, zeros, epsilon=EPSILON)
    x = graph.node("Reshape", x, graph.constant(f"{name}.channels", np.array([0, CHANNELS, -1], np.int64)))
    x = graph.node("Mul", x, graph.constant(f"{name}.weight", weights[f"{name}.weight"][:, None]))
    return graph.node("Add", x, graph.constant(f"{name}.bias", weights[f"{name}.bias"][:, None]))


def layer_norm(graph: Graph, x: str, name: str, weights: Weights) -> str:
    """Each frame normalised over its channels."""
    weight = graph.constant(f"{name}.weight", weights[f"{name}.weight"])
    bias = graph.constant(f"{name}.bias", weights[f"{name}.bias"])
    return graph.node("LayerNormalization", x, weight, bias, axis=-1, epsilon=EPSILON)
