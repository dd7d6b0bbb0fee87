"""Writes the chroma reference arrays of tests/golden/v1 from its wav files.

An independent implementation of models/features/README.md in NumPy and double precision, made for reading and not
for speed: whole tracks in memory, filters as plain convolutions, kernels as dense matrices. It shares no code and no
intermediate result with crates/reprise-features. Run in the folder of the wav files:

    python ../make_chroma.py
"""

import pathlib
import tomllib
import wave

import numpy as np

SPEC_FILE = pathlib.Path(__file__).resolve().parents[2] / "models/features/v1.toml"
SPEC = tomllib.loads(SPEC_FILE.read_text())


def decimate(x: np.ndarray) -> np.ndarray:
    """Half the rate, sqrt(2) the amplitude. [n] -> [ceil(n / 2)]"""
    d = SPEC["decimation"]
    m = np.arange(1 - 2 * d["zero_crossings"], 2 * d["zero_crossings"])
    t = m / 2
    kaiser = np.i0(d["kaiser_beta"] * np.sqrt(1 - (t / d["zero_crossings"]) ** 2)) / np.i0(d["kaiser_beta"])
    taps = d["rolloff"] * np.sinc(d["rolloff"] * t) * kaiser / 2
    full = np.convolve(x, taps)[m.max() :][: len(x)]
    kept = full[::2][: len(x) // 2]
    return np.sqrt(2) * np.pad(kept, (0, (len(x) + 1) // 2 - len(kept)))


def kernel() -> tuple[np.ndarray, np.ndarray]:
    """Sparse rows [36, 513] of the top octave, and window lengths of all bins at the top rate [252]."""
    c = SPEC["cqt"]
    rate, n_fft, width = SPEC["audio"]["sample_rate_hz"] / 2, c["fft_samples"], c["bins_per_octave"]
    f = c["f_min_hz"] * 2.0 ** (np.arange(c["n_bins"]) / width)
    lengths = rate / f / (2.0 ** (1 / width) - 1)
    rows = np.zeros((width, n_fft // 2 + 1), complex)
    for row, (freq, length) in enumerate(zip(f[-width:], lengths[-width:])):
        n = np.arange(np.floor(-length / 2), np.floor(length / 2))
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(len(n)) / len(n))
        s = hann * np.exp(2j * np.pi * freq * n / rate)
        s *= length / n_fft / np.abs(s).sum()
        left = (n_fft - len(n)) // 2
        F = np.fft.fft(np.pad(s, (left, n_fft - len(n) - left)))[: n_fft // 2 + 1]
        order = np.sort(np.abs(F))
        threshold = order[np.argmin(np.cumsum(order / order.sum()) < c["sparsity"])]
        rows[row] = np.where(np.abs(F) >= threshold, F, 0)
    return rows, lengths


def cqt(x: np.ndarray) -> np.ndarray:
    """Linear magnitudes [n_frames, 252] of samples at 44,100 Hz."""
    c = SPEC["cqt"]
    rate, width, n_fft = SPEC["audio"]["sample_rate_hz"], c["bins_per_octave"], c["fft_samples"]
    n_frames = int(int(len(x) / rate * rate) // c["hop_samples"])
    rows, lengths = kernel()
    out = np.zeros((n_frames, c["n_bins"]))
    for depth in range(c["n_bins"] // width):
        x = decimate(x)
        hop = c["hop_samples"] >> (depth + 1)
        padded = np.pad(x, n_fft // 2, mode="reflect")
        frames = np.stack([padded[t * hop : t * hop + n_fft] for t in range(n_frames)])
        bins = slice(c["n_bins"] - (depth + 1) * width, c["n_bins"] - depth * width)
        responses = np.abs(np.fft.rfft(frames) @ rows.T)
        out[:, bins] = responses * np.sqrt(2) ** depth / np.sqrt(lengths[bins])
    return out


def chroma(magnitudes: np.ndarray) -> np.ndarray:
    """[n_frames, 252] -> [n_frames, 12], pitch class 0 = C."""
    c = SPEC["chroma"]
    loud = np.log1p(c["log_gain"] * magnitudes / magnitudes.max())
    semitones = np.roll(loud, c["bins_per_semitone"] // 2, axis=1).reshape(len(loud), -1, c["bins_per_semitone"])
    folded = semitones.sum(2).reshape(len(loud), -1, 12).sum(1)
    return folded / np.maximum(folded.max(1, keepdims=True), np.finfo(float).tiny)


def main() -> None:
    for path in sorted(pathlib.Path().glob("*.wav")):
        with wave.open(str(path)) as audio:
            samples = np.frombuffer(audio.readframes(audio.getnframes()), "<i2") / 32768
        np.save(path.with_suffix(".chroma.npy"), chroma(cqt(samples)).astype(np.float32))


if __name__ == "__main__":
    main()
