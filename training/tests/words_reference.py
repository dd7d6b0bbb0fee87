"""Whisper in plain NumPy, all tokens at once and one head after another: the slow twin of the graphs."""

import math
import struct

import numpy as np

from reprise_training.words_onnx import BLOCK, ZERO, Weights, quantised

HEAD_DIM = 64
NUMBERS = {"float16": 4, "float32": 0, "int8": 1, "int16": 2}

N_LAYERS, WIDTH, N_MEL, N_FRAMES, N_TOKENS, N_POSITIONS = 2, 128, 8, 6, 40, 16


def tiny_weights() -> Weights:
    """Random weights of a model with two layers and two heads, in half precision."""
    random = np.random.default_rng(7)
    shapes: dict[str, tuple[int, ...]] = {
        "encoder/conv1/weight": (WIDTH, N_MEL, 3),
        "encoder/conv1/bias": (WIDTH,),
        "encoder/conv2/weight": (WIDTH, WIDTH, 3),
        "encoder/conv2/bias": (WIDTH,),
        "encoder/position_encodings/encodings": (N_FRAMES, WIDTH),
        "decoder/position_encodings/encodings": (N_POSITIONS, WIDTH),
        "decoder/embeddings/weight": (N_TOKENS, WIDTH),
    }
    linear = {"self_attention/linear_0": (3 * WIDTH, WIDTH), "self_attention/linear_1": (WIDTH, WIDTH)}
    linear |= {"ffn/linear_0": (2 * WIDTH, WIDTH), "ffn/linear_1": (WIDTH, 2 * WIDTH)}
    crossing = {"attention/linear_0": (WIDTH, WIDTH), "attention/linear_1": (2 * WIDTH, WIDTH)}
    crossing["attention/linear_2"] = (WIDTH, WIDTH)
    for half, layers in (("encoder", linear), ("decoder", linear | crossing)):
        norms = ["layer_norm"]
        for layer in range(N_LAYERS):
            for name, shape in layers.items():
                shapes[f"{half}/layer_{layer}/{name}/weight"] = shape
                shapes[f"{half}/layer_{layer}/{name}/bias"] = shape[:1]
            norms += [f"layer_{layer}/{part}/layer_norm" for part in sorted({name.split("/")[0] for name in layers})]
        shapes |= {f"{half}/{norm}/{end}": (WIDTH,) for norm in norms for end in ("gamma", "beta")}
    weights = {name: random.normal(0, 0.15, shape) for name, shape in shapes.items()}
    return {name: (values + name.endswith("gamma")).astype(np.float16) for name, values in weights.items()}


def as_stored(weights: Weights) -> Weights:
    """The weights in double precision, matrices as their 8-bit integers stand for them."""
    stored = {name: values.astype(np.float64) for name, values in weights.items()}
    for name, values in weights.items():
        if ("/linear_" in name and name.endswith("/weight")) or name == "decoder/embeddings/weight":
            integers, scales = quantised(values.astype(np.float32))
            assert integers.shape == (len(values), values.shape[1] // BLOCK, BLOCK)
            blocks = (integers.astype(np.float64) - ZERO) * scales[:, :, None]
            stored[name] = blocks.reshape(values.shape)
    return stored


def encode(weights: Weights, mel: np.ndarray) -> np.ndarray:
    """From mel [n_mel, 2 * n_frames] to [n_frames, width]."""
    x = gelu(convolution(weights, mel, "encoder/conv1", stride=1))
    x = gelu(convolution(weights, x, "encoder/conv2", stride=2)).T + weights["encoder/position_encodings/encodings"]
    for layer in range(N_LAYERS):
        name = f"encoder/layer_{layer}"
        y = layer_norm(weights, x, f"{name}/self_attention/layer_norm")
        query, key, value = np.split(linear(weights, y, f"{name}/self_attention/linear_0"), 3, axis=1)
        x = x + linear(weights, attention(query, key, value), f"{name}/self_attention/linear_1")
        x = feed_forward(weights, x, name)
    return layer_norm(weights, x, "encoder/layer_norm")


def cross(weights: Weights, encoded: np.ndarray, layer: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys and values [n_frames, width] of a layer of the decoder."""
    key, value = np.split(linear(weights, encoded, f"decoder/layer_{layer}/attention/linear_1"), 2, axis=1)
    return key, value


def decode(weights: Weights, tokens: list[int], encoded: np.ndarray) -> np.ndarray:
    """The logits [n_tokens, N_TOKENS] of what follows on each token."""
    x = weights["decoder/embeddings/weight"][tokens]
    x = x + weights["decoder/position_encodings/encodings"][: len(tokens)]
    for layer in range(N_LAYERS):
        name = f"decoder/layer_{layer}"
        y = layer_norm(weights, x, f"{name}/self_attention/layer_norm")
        query, key, value = np.split(linear(weights, y, f"{name}/self_attention/linear_0"), 3, axis=1)
        x = x + linear(weights, attention(query, key, value, causal=True), f"{name}/self_attention/linear_1")
        query = linear(weights, layer_norm(weights, x, f"{name}/attention/layer_norm"), f"{name}/attention/linear_0")
        x = x + linear(weights, attention(query, *cross(weights, encoded, layer)), f"{name}/attention/linear_2")
        x = feed_forward(weights, x, name)
    return layer_norm(weights, x, "decoder/layer_norm") @ weights["decoder/embeddings/weight"].T


def attention(query: np.ndarray, key: np.ndarray, value: np.ndarray, causal: bool = False) -> np.ndarray:
    """Each [n_steps, width]; with `causal`, no step sees a later one."""
    result = np.empty_like(query)
    for start in range(0, query.shape[1], HEAD_DIM):
        head = slice(start, start + HEAD_DIM)
        for step, one in enumerate(query[:, head]):
            n_seen = step + 1 if causal else len(key)
            scores = np.exp(key[:n_seen, head] @ one / math.sqrt(HEAD_DIM))
            result[step, head] = scores / scores.sum() @ value[:n_seen, head]
    return result


def convolution(weights: Weights, x: np.ndarray, name: str, stride: int) -> np.ndarray:
    """Of x [n_channels, n_frames], three frames wide."""
    kernel, bias = weights[f"{name}/weight"], weights[f"{name}/bias"]
    padded = np.pad(x, ((0, 0), (1, 1)))
    frames = [np.tensordot(kernel, padded[:, t : t + 3], axes=2) + bias for t in range(0, x.shape[1], stride)]
    return np.stack(frames, axis=1)


def linear(weights: Weights, x: np.ndarray, name: str) -> np.ndarray:
    """From x [n, in] to [n, out]."""
    return x @ weights[f"{name}/weight"].T + weights[f"{name}/bias"]


def layer_norm(weights: Weights, x: np.ndarray, name: str) -> np.ndarray:
    """Each row of x normalised."""
    centred = x - x.mean(axis=1, keepdims=True)
    normalised = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    return normalised * weights[f"{name}/gamma"] + weights[f"{name}/beta"]


def feed_forward(weights: Weights, x: np.ndarray, name: str) -> np.ndarray:
    """What the two layers behind attention make of x, added to it."""
    y = linear(weights, layer_norm(weights, x, f"{name}/ffn/layer_norm"), f"{name}/ffn/linear_0")
    return x + linear(weights, gelu(y), f"{name}/ffn/linear_1")


def gelu(x: np.ndarray) -> np.ndarray:
    """By the error function."""
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def binary(weights: Weights, aliases: dict[str, str], specification: str = "WhisperSpec") -> bytes:
    """What CTranslate2's converter would write."""

    def named(name: str) -> bytes:
        return struct.pack("<H", len(name) + 1) + name.encode() + b"\0"

    content = struct.pack("<I", 6) + named(specification) + struct.pack("<II", 3, len(weights))
    for name, values in weights.items():
        shape = struct.pack(f"<B{values.ndim}I", values.ndim, *values.shape)
        content += named(name) + shape + struct.pack("<BI", NUMBERS[values.dtype.name], values.nbytes)
        content += values.tobytes()
    content += struct.pack("<I", len(aliases))
    return content + b"".join(named(alias) + named(name) for alias, name in aliases.items())
