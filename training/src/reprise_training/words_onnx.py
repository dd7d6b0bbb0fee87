"""Whisper from its published weights to two ONNX graphs: one hears a passage, the other writes it token by token.

Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022. The weights are named as CTranslate2
names them (ctranslate2.py). The encoder also computes keys and values of the decoder's attention to it, which are the
same for every token. Large matrices are 8-bit integers with one scale for each 64 values of a row.
"""

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from reprise_training.onnx_graph import MICROSOFT, Graph, Shape

HEAD_DIM = 64
BLOCK = 64
"""Values of a row that share a scale. Twice as many would be a little faster and get twice as many words wrong."""
ZERO = 128
"""The integer that stands for 0; it is what MatMulNBits expects where it is told none."""
LIMIT = 127
EPSILON = 1e-5
QUERY_FACTOR = HEAD_DIM**-0.5
"""A power of two: weights multiplied by it lose nothing."""
INTEGER_PRODUCTS = 4
"""MatMulNBits' accuracy level at which it makes its inputs 8-bit integers, too."""
EXACT_PRODUCTS = 1
"""That at which it computes in single precision."""

Weights = dict[str, np.ndarray]


@dataclass(frozen=True)
class Sizes:
    """What differs between Whisper's sizes, read off the weights."""

    n_layers: int
    """Of the encoder and of the decoder."""
    width: int
    n_mel: int
    n_frames: int
    """Of the encoder's output; its input has twice as many."""
    n_tokens: int
    """Different tokens there are."""

    @property
    def n_heads(self) -> int:
        """All sizes of Whisper have heads of 64."""
        return self.width // HEAD_DIM


def sizes(weights: Weights) -> Sizes:
    """The sizes of a model with as many layers in the encoder as in the decoder."""
    width, n_mel, _ = weights["encoder/conv1/weight"].shape
    n_layers = sum(name.endswith("/self_attention/linear_0/weight") for name in weights) // 2
    n_frames = len(weights["encoder/position_encodings/encodings"])
    if width % BLOCK:
        raise ValueError(f"expected a width that is a multiple of {BLOCK}, got {width}")
    return Sizes(n_layers, width, n_mel, n_frames, len(weights["decoder/embeddings/weight"]))


def quantised(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Integers around ZERO [out, n_blocks, BLOCK] of a matrix [out, in], and the scale of each block."""
    blocks = values.reshape(len(values), -1, BLOCK)
    scales = (np.maximum(np.abs(blocks).max(axis=2), 1e-12) / LIMIT).astype(np.float32)
    integers = np.round(blocks / scales[:, :, None]) + ZERO
    return integers.astype(np.uint8), scales


class Network:
    """A graph in the making, and the layers that both halves of Whisper consist of."""

    def __init__(self, weights: Weights, computes_integers: bool) -> None:
        """`computes_integers`: whether matrix products make their inputs integers, too, which is faster."""
        self.weights = weights
        self.sizes = sizes(weights)
        self.graph = Graph(stores_integers=True)
        self._heads = self.graph.constant("heads", np.array([0, 0, self.sizes.n_heads, HEAD_DIM], np.int64))
        self._accuracy = INTEGER_PRODUCTS if computes_integers else EXACT_PRODUCTS

    def published(self, name: str) -> str:
        """Weights as they are, in half precision; they become single when the model is opened."""
        stored = self.graph.constant(f"{name}.half", self.weights[name].astype(np.float16))
        return self.graph.node("Cast", stored, name=name, to=TensorProto.FLOAT)

    def integers(self, name: str, values: np.ndarray) -> tuple[str, str]:
        """Stores a matrix [out, in] as integers and scales."""
        integers, scales = quantised(values)
        return self.graph.constant(f"{name}.int8", integers), self.graph.constant(f"{name}.scale", scales)

    def linear(self, x: str, name: str, n_queries: int = 0) -> str:
        """The node of x W + b for x [..., in], W published as [out, in]. The first `n_queries` outputs are scaled."""
        weight, bias = (self.weights[f"{name}/{end}"].astype(np.float32) for end in ("weight", "bias"))
        weight[:n_queries] *= QUERY_FACTOR
        bias[:n_queries] *= QUERY_FACTOR
        integers, scales = self.integers(f"{name}/weight", weight)
        return self.product(x, weight.shape, integers, scales, self.graph.constant(f"{name}/bias", bias))

    def product(
        self, x: str, shape: tuple[int, ...], integers: str, scales: str, bias: str = "", name: str | None = None
    ) -> str:
        """The node of x W + b, W being stored integers of `shape` [out, in]."""
        n_outputs, n_inputs = shape
        # Between scales and bias: the integer that stands for 0, and an order of the blocks.
        given = [integers, scales, "", "", bias] if bias else [integers, scales]
        layout = {"N": n_outputs, "K": n_inputs, "bits": 8, "block_size": BLOCK}
        return self.graph.node(
            "MatMulNBits", x, *given, name=name, domain=MICROSOFT, accuracy_level=self._accuracy, **layout
        )

    def layer_norm(self, x: str, name: str) -> str:
        """Each frame or token normalised over its channels."""
        gamma, beta = self.published(f"{name}/gamma"), self.published(f"{name}/beta")
        return self.graph.node("LayerNormalization", x, gamma, beta, axis=-1, epsilon=EPSILON)

    def gelu(self, x: str) -> str:
        """The activation x Φ(x), by the error function."""
        return self.graph.node("Gelu", x, domain=MICROSOFT)

    def feed_forward(self, x: str, name: str) -> str:
        """The two layers that follow on attention, added to x."""
        y = self.linear(self.layer_norm(x, f"{name}/layer_norm"), f"{name}/linear_0")
        return self.graph.node("Add", x, self.linear(self.gelu(y), f"{name}/linear_1"))

    def split(self, x: str, *names: str) -> tuple[str, ...]:
        """The channels of x [n, n_steps, n_channels] in equal parts."""
        self.graph.nodes("Split", [x], list(names), axis=2)
        return names

    def per_head(self, x: str, perm: tuple[int, ...] = (0, 2, 1, 3), name: str | None = None) -> str:
        """Makes x [n, n_steps, width] [n, n_steps, n_heads, 64], with the axes in the order of `perm`."""
        return self.graph.node("Transpose", self.graph.node("Reshape", x, self._heads), name=name, perm=perm)

    def attention(self, query: str, keys: str, values: str, mask: str | None = None) -> str:
        """`query` and `values` [n, n_heads, n_steps, 64], `keys` [n, n_heads, 64, n_steps] to [n, n_steps, width]."""
        scores = self.graph.node("MatMul", query, keys)
        if mask is not None:
            scores = self.graph.node("Add", scores, mask)
        heads = self.graph.node("MatMul", self.graph.node("Softmax", scores, axis=-1), values)
        return self.joined(self.graph.node("Transpose", heads, perm=[0, 2, 1, 3]))

    def joined(self, x: str) -> str:
        """Makes x [n, n_steps, ...] [n, n_steps, width]."""
        shape = self.graph.constant(f"{x}.joined", np.array([0, 0, self.sizes.width], np.int64))
        return self.graph.node("Reshape", x, shape)


def build_encoder(weights: Weights, computes_integers: bool = True) -> bytes:
    """Log-mel frames of passages to the keys and values of each of the decoder's layers."""
    network = Network(weights, computes_integers)
    graph, size = network.graph, network.sizes
    x = convolution(network, "mel", "encoder/conv1", stride=1)
    x = convolution(network, x, "encoder/conv2", stride=2)
    x = graph.node("Transpose", x, perm=[0, 2, 1])
    x = graph.node("Add", x, network.published("encoder/position_encodings/encodings"))
    for layer in range(size.n_layers):
        name = f"encoder/layer_{layer}"
        y = network.linear(
            network.layer_norm(x, f"{name}/self_attention/layer_norm"), f"{name}/self_attention/linear_0"
        )
        # ONNX Runtime's own operator never holds all 1500 x 1500 weights: a tenth faster than the standard's.
        parts = network.split(y, f"{name}/query", f"{name}/key", f"{name}/value")
        y = graph.node("MultiHeadAttention", *parts, domain=MICROSOFT, num_heads=size.n_heads)
        x = graph.node("Add", x, network.linear(y, f"{name}/self_attention/linear_1"))
        x = network.feed_forward(x, f"{name}/ffn")
    x = network.layer_norm(x, "encoder/layer_norm")
    for layer in range(size.n_layers):
        y = network.linear(x, f"decoder/layer_{layer}/attention/linear_1")
        keys, values = network.split(y, f"keys_{layer}", f"values_{layer}")
        network.per_head(keys, perm=(0, 2, 3, 1), name=f"cross_key_{layer}")
        network.per_head(values, name=f"cross_value_{layer}")
    outputs = cross_tensors(size, "n_segments")
    return graph.model("words_encoder", {"mel": ["n_segments", size.n_mel, 2 * size.n_frames]}, outputs)


def convolution(network: Network, x: str, name: str, stride: int) -> str:
    """Three frames wide, activation included."""
    kernel, bias = network.published(f"{name}/weight"), network.published(f"{name}/bias")
    return network.gelu(network.graph.node("Conv", x, kernel, bias, pads=[1, 1], strides=[stride]))


def cross_tensors(size: Sizes, n: int | str) -> dict[str, Shape]:
    """What the encoder hands to the decoder, layer by layer. Keys lie as they are multiplied with one query."""
    tensors: dict[str, Shape] = {}
    for layer in range(size.n_layers):
        tensors[f"cross_key_{layer}"] = [n, size.n_heads, HEAD_DIM, size.n_frames]
        tensors[f"cross_value_{layer}"] = [n, size.n_heads, size.n_frames, HEAD_DIM]
    return tensors


def self_tensors(size: Sizes, prefix: str, n: str) -> dict[str, Shape]:
    """Keys and values of the tokens so far, layer by layer."""
    names = [f"{prefix}self_{kind}_{layer}" for layer in range(size.n_layers) for kind in ("key", "value")]
    return {name: [1, size.n_heads, n, HEAD_DIM] for name in names}


def build_decoder(weights: Weights, computes_integers: bool = True) -> bytes:
    """Tokens and what is known of those before them to the logits of the token that follows on the last."""
    network = Network(weights, computes_integers)
    graph, size = network.graph, network.sizes
    # Rows of this matrix are looked up at the beginning, and the result is compared with all of them at the end.
    table = weights["decoder/embeddings/weight"].astype(np.float32)
    integers, scales = network.integers("decoder/embeddings/weight", table)
    mask = causal_mask(graph)
    x = embeddings(network, integers, scales)
    for layer in range(size.n_layers):
        name = f"decoder/layer_{layer}"
        x = graph.node("Add", x, self_attention(network, x, name, layer, mask))
        y = network.layer_norm(x, f"{name}/attention/layer_norm")
        query = network.per_head(network.linear(y, f"{name}/attention/linear_0", n_queries=size.width))
        y = network.attention(query, f"cross_key_{layer}", f"cross_value_{layer}")
        x = graph.node("Add", x, network.linear(y, f"{name}/attention/linear_2"))
        x = network.feed_forward(x, f"{name}/ffn")
    x = graph.node("Gather", x, graph.constant("last", np.array(-1, np.int64)), axis=1)
    x = network.layer_norm(x, "decoder/layer_norm")
    network.product(x, table.shape, integers, scales, name="logits")
    inputs: dict[str, Shape] = {"tokens": [1, "n_tokens"], "positions": ["n_tokens"]}
    inputs |= self_tensors(size, "", "n_before") | cross_tensors(size, 1)
    outputs: dict[str, Shape] = {"logits": [1, size.n_tokens], **self_tensors(size, "new_", "n_after")}
    return graph.model("words_decoder", inputs, outputs, integers=("tokens", "positions"))


def embeddings(network: Network, integers: str, scales: str) -> str:
    """Each token's row of the stored matrix, and its position's."""
    graph = network.graph
    rows = graph.node("Cast", graph.node("Gather", integers, "tokens"), to=TensorProto.FLOAT)
    rows = graph.node("Sub", rows, graph.constant("zero", np.array(ZERO, np.float32)))
    last_axis = graph.constant("last_axis", np.array([-1], np.int64))
    factors = graph.node("Unsqueeze", graph.node("Gather", scales, "tokens"), last_axis)
    x = network.joined(graph.node("Mul", rows, factors))
    encodings = network.published("decoder/position_encodings/encodings")
    return graph.node("Add", x, graph.node("Gather", encodings, "positions"))


def causal_mask(graph: Graph) -> str:
    """[n_tokens, n_after]: minus infinity where a token would see a later one."""
    n_before = graph.node("Shape", "self_key_0", start=2, end=3)
    n_after = graph.node("Squeeze", graph.node("Add", n_before, graph.node("Shape", "positions")))
    first, step = graph.constant("first", np.array(0, np.int64)), graph.constant("step", np.array(1, np.int64))
    seen = graph.node("Range", first, n_after, step)
    seeing = graph.node("Unsqueeze", "positions", graph.constant("second_axis", np.array([1], np.int64)))
    hidden = graph.constant("hidden", np.array(-np.inf, np.float32))
    return graph.node(
        "Where", graph.node("Greater", seen, seeing), hidden, graph.constant("shown", np.array(0, np.float32))
    )


def self_attention(network: Network, x: str, name: str, layer: int, mask: str) -> str:
    """What attention to the tokens so far adds to x; keeps their keys and values for the tokens to come."""
    name = f"{name}/self_attention"
    y = network.layer_norm(x, f"{name}/layer_norm")
    y = network.linear(y, f"{name}/linear_0", n_queries=network.sizes.width)
    query, key, value = network.split(y, f"{name}/query", f"{name}/key", f"{name}/value")
    keys, values = (
        network.graph.node(
            "Concat", f"self_{kind}_{layer}", network.per_head(new), name=f"new_self_{kind}_{layer}", axis=2
        )
        for kind, new in (("key", key), ("value", value))
    )
    turned = network.graph.node("Transpose", keys, perm=[0, 1, 3, 2])
    y = network.attention(network.per_head(query), turned, values, mask)
    return network.linear(y, f"{name}/linear_1")
