"""CREMA's chord network in plain NumPy, float64, one line of arithmetic per layer.

Slow and obvious on purpose: it is what the ONNX file is checked against, not what anything runs on.
The weights are handed in under the names of `reprise_training.crema_onnx.read_weights`.

McFee & Bello, "Structured training for large-vocabulary chord recognition", ISMIR 2017;
the network is the one in the PyPI package crema 0.2.0.
"""

from collections.abc import Mapping

import numpy as np

Weights = Mapping[str, np.ndarray]

BATCH_NORM_EPSILON = 1e-3
"""Keras's default, which the published model keeps; features README, "Network"."""


def chord_pitch(hcqt_db: np.ndarray, weights: Weights) -> np.ndarray:
    """Pitch-class probabilities of every frame.

    `hcqt_db`: [n_frames, n_bins, n_harmonics] in dB re the loudest cell of the track, per harmonic.
    Returns [n_frames, 12] in 0..1; pitch class 0 is C.
    """
    x = batch_norm(hcqt_db.astype(np.float64), weights, "batch_normalization_1")
    x = np.maximum(conv_same(x, weights["conv2d_1/kernel"], weights["conv2d_1/bias"]), 0)  # [n_frames, n_bins, 1]
    x = batch_norm(x, weights, "batch_normalization_2")
    kernel = weights["conv2d_2/kernel"][0, :, 0, :].astype(np.float64)  # [n_bins, 72]: the filter spans all bins
    x = np.maximum(x[:, :, 0] @ kernel + weights["conv2d_2/bias"], 0)  # [n_frames, 72]
    x = batch_norm(x, weights, "batch_normalization_3")
    x = bidirectional_gru(x, weights, "bidirectional_1")  # [n_frames, 256]
    x = batch_norm(x, weights, "batch_normalization_4")
    x = bidirectional_gru(x, weights, "bidirectional_2")  # [n_frames, 256]
    return 1 / (1 + np.exp(-(x @ weights["chord_pitch/kernel"] + weights["chord_pitch/bias"])))


def batch_norm(x: np.ndarray, weights: Weights, name: str) -> np.ndarray:
    """Batch normalisation with the moments fixed in training, over the last axis."""
    gamma, beta, mean, variance = (
        weights[f"{name}/{part}"].astype(np.float64) for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    return gamma * (x - mean) / np.sqrt(variance + BATCH_NORM_EPSILON) + beta


def conv_same(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Convolution (correlation, as networks have it) with zeros around the edges.

    `x`: [n_frames, n_bins, n_in]; `kernel`: [height, width, n_in, n_out], odd sizes. Returns [n_frames, n_bins, n_out].
    """
    height, width = kernel.shape[:2]
    padded = np.pad(x, ((height // 2, height // 2), (width // 2, width // 2), (0, 0)))
    out = np.zeros((*x.shape[:2], kernel.shape[3])) + bias
    for i in range(height):
        for j in range(width):
            out += padded[i : i + x.shape[0], j : j + x.shape[1]] @ kernel[i, j].astype(np.float64)
    return out


def bidirectional_gru(x: np.ndarray, weights: Weights, name: str) -> np.ndarray:
    """A GRU over the frames in each direction. `x`: [n_frames, n_in]. Returns [n_frames, forward + backward]."""
    forward = gru(x, weights, f"{name}/forward")
    backward = gru(x[::-1], weights, f"{name}/backward")[::-1]
    return np.concatenate([forward, backward], axis=1)


def gru(x: np.ndarray, weights: Weights, name: str) -> np.ndarray:
    """Keras's GRU with `reset_after=False`: the reset gate acts on the state before its matrix product.

    Gates lie side by side in the kernels in the order update (z), reset (r), candidate (h).
    """
    kernel, recurrent, bias = (
        weights[f"{name}/{part}"].astype(np.float64) for part in ("kernel", "recurrent_kernel", "bias")
    )
    n_units = recurrent.shape[0]
    z, r, h = (slice(i * n_units, (i + 1) * n_units) for i in range(3))
    state = np.zeros(n_units)
    states = np.empty((x.shape[0], n_units))
    for t, projected in enumerate(x @ kernel + bias):
        update = hard_sigmoid(projected[z] + state @ recurrent[:, z])
        reset = hard_sigmoid(projected[r] + state @ recurrent[:, r])
        candidate = np.tanh(projected[h] + (reset * state) @ recurrent[:, h])
        state = update * state + (1 - update) * candidate
        states[t] = state
    return states


def hard_sigmoid(x: np.ndarray) -> np.ndarray:
    """Keras 2's piecewise-linear sigmoid. DIFFERENCE: Keras 3 has slope 1/6, which is off by up to 0.15 here."""
    return np.clip(0.2 * x + 0.5, 0, 1)
