"""The voice's chain in plain NumPy, slow and obvious: the reference for crates/reprise-features/src/voice.

Every number is read from models/features/voice-v2.toml.
"""

import tomllib
from pathlib import Path

import numpy as np

from reprise_training import spec

SPEC = tomllib.loads(
    (Path(__file__).resolve().parents[4] / "models" / "features" / "voice-v2.toml").read_text(encoding="utf-8")
)

CENT_REFERENCE_HZ = 10.0
"""FCPE counts cents from here."""

SILENT_DB = -120.0
"""What stands for the prominence of a voice where nothing sounds."""


def hann(n: int) -> np.ndarray:
    """Periodic Hann window."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)


def stft(samples: np.ndarray) -> np.ndarray:
    """Samples at 44.1 kHz to complex frames [n_frames, fft/2 + 1]; beyond its ends the track is silent."""
    n, hop = SPEC["separation"]["fft_samples"], SPEC["separation"]["hop_samples"]
    padded = np.pad(samples.astype(np.float64), (n // 2, n))
    frames = [padded[t * hop : t * hop + n] * hann(n) for t in range(len(samples) // hop + 1)]
    return np.fft.rfft(frames, axis=1)


def segments(frames: np.ndarray) -> np.ndarray:
    """Magnitudes [n_segments, 1, segment_frames, n_bins] of the lowest bins, zero beyond the end."""
    length, n_bins = SPEC["separation"]["segment_frames"], SPEC["separation"]["n_bins"]
    padded = np.zeros((-(-len(frames) // length) * length, n_bins), np.float32)
    padded[: len(frames)] = np.abs(frames[:, :n_bins])
    return padded.reshape(-1, 1, length, n_bins)


def resynthesis(frames: np.ndarray, mask: np.ndarray, n_samples: int) -> np.ndarray:
    """Masked frames to samples; `mask` [n_frames, n_bins]."""
    n, hop = SPEC["separation"]["fft_samples"], SPEC["separation"]["hop_samples"]
    masked = np.zeros_like(frames)
    masked[:, : mask.shape[1]] = frames[:, : mask.shape[1]] * mask[: len(frames)]
    total, weight = np.zeros(len(frames) * hop + n), np.zeros(len(frames) * hop + n)
    for t, frame in enumerate(np.fft.irfft(masked, axis=1)):
        total[t * hop : t * hop + n] += frame * hann(n)
        weight[t * hop : t * hop + n] += hann(n) ** 2
    return (total / np.maximum(weight, 1e-8))[n // 2 : n // 2 + n_samples]


def powers(frames: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Powers [n_frames] of mix and voice: twice the sum of squared bins; `mask` [n_frames, n_bins] or longer."""
    mix = 2 * (np.abs(frames) ** 2).sum(axis=1)
    voice = 2 * (np.abs(frames[:, : mask.shape[1]] * mask[: len(frames)]) ** 2).sum(axis=1)
    return mix, voice


def prominence_db(mix: np.ndarray, voice: np.ndarray, n_frames: int) -> np.ndarray:
    """By how many dB the voice is above the mix, [n_frames] of the grid; a window ends where the track does."""
    separation = SPEC["separation"]
    step = spec.read().cqt.hop_samples // separation["hop_samples"]
    rate_hz = separation["sample_rate_hz"] / separation["hop_samples"]
    reach = int(SPEC["prominence"]["window_s"] * rate_hz / 2 + 0.5)
    found = np.full(n_frames, SILENT_DB)
    for k in range(n_frames):
        window = slice(max(0, step * k - reach), step * k + reach + 1)
        of_mix, of_voice = mix[window].sum(), voice[window].sum()
        if of_voice > 0 and of_mix > 0:
            found[k] = 10 * np.log10(of_voice / of_mix)
    return found


def ramp(db: np.ndarray) -> np.ndarray:
    """How much a moment counts in which the voice is so many dB above the mix, 0..=1."""
    silent, full = SPEC["prominence"]["silent_db"], SPEC["prominence"]["full_db"]
    return np.clip((db - silent) / (full - silent), 0, 1)


def weights(mix: np.ndarray, voice: np.ndarray, n_frames: int) -> np.ndarray:
    """How much each moment counts for the voice, [n_frames] of the grid in 0..=1."""
    return ramp(prominence_db(mix, voice, n_frames))


def mel_bands() -> np.ndarray:
    """Triangles of unit area on Slaney's mel scale, [n_mels, fft/2 + 1]."""
    melody = SPEC["melody"]

    def mel(hz: np.ndarray) -> np.ndarray:
        return np.where(hz < 1000, 3 * hz / 200, 15 + 27 * np.log(np.maximum(hz, 1) / 1000) / np.log(6.4))

    def hertz(mels: np.ndarray) -> np.ndarray:
        return np.where(mels < 15, 200 * mels / 3, 1000 * np.exp(np.log(6.4) * (mels - 15) / 27))

    ends = mel(np.array([melody["mel_low_hz"], melody["mel_high_hz"]]))
    edges = hertz(np.linspace(ends[0], ends[1], melody["n_mels"] + 2))
    bins = np.arange(melody["fft_samples"] // 2 + 1) * melody["sample_rate_hz"] / melody["fft_samples"]
    left, centre, right = (edges[i : i + melody["n_mels"], None] for i in range(3))
    triangles = np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre))
    return np.maximum(triangles, 0) * 2 / (right - left)


def log_mel(samples: np.ndarray) -> np.ndarray:
    """Samples at 16 kHz to the network's input [n_frames, n_mels]; the signal is reflected at its ends."""
    melody = SPEC["melody"]
    n, hop = melody["fft_samples"], melody["hop_samples"]
    padded = np.pad(samples.astype(np.float64), (n - hop) // 2, mode="reflect")
    frames = np.array([padded[t * hop : t * hop + n] * hann(n) for t in range(len(samples) // hop)])
    magnitudes = np.sqrt(np.abs(np.fft.rfft(frames, axis=1)) ** 2 + melody["power_offset"])
    return np.log(np.maximum(magnitudes @ mel_bands().T, melody["level_min"])).astype(np.float32)


def pitch_classes(salience: np.ndarray, tuning_cents: float) -> np.ndarray:
    """Salience [n_frames, n_pitches] to the largest of each pitch class, [n_frames, 12]."""
    melody = SPEC["melody"]
    low, high = (1200 * np.log2(melody[end] / CENT_REFERENCE_HZ) for end in ("pitch_low_hz", "pitch_high_hz"))
    hz = CENT_REFERENCE_HZ * 2 ** (np.linspace(low, high, melody["n_pitches"]) / 1200)
    classes = np.round(69 + 12 * np.log2(hz / 440) - tuning_cents / 100).astype(int) % 12
    return np.stack([salience[:, classes == pitch_class].max(axis=1) for pitch_class in range(12)], axis=1)


def on_grid(frames: np.ndarray, grid_hz: float, n_frames: int) -> np.ndarray:
    """Means of the frames nearest to each moment of the grid, [n_frames, 12]."""
    melody = SPEC["melody"]
    frame_hz = melody["sample_rate_hz"] / melody["hop_samples"]
    nearest = np.floor(np.arange(len(frames)) / frame_hz * grid_hz + 0.5).astype(int)
    means = [frames[nearest == k].mean(axis=0) if (nearest == k).any() else np.zeros(12) for k in range(n_frames)]
    return np.array(means)
