"""How well voice activity tells sung from instrumental pieces, by how long the detector remembers.

    python training/scripts/measure_voice.py --sung DIR --instrumental DIR

The folders hold separated vocals, from `reprise features --stage vocals --as-if-sung`. Prints for each length of memory
the share of pairs of a sung and an instrumental piece that the mean probability puts in the right order.
"""

import argparse
from pathlib import Path

import numpy as np
import onnxruntime

from reprise_training.features import voice

MODEL = Path(__file__).resolve().parents[2] / "models" / "voice-activity" / "model.onnx"
MEMORIES_S = (1, 2, 3, 4, 6, 12, 60)
EXCERPT_S = 36


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sung", type=Path, required=True)
    parser.add_argument("--instrumental", type=Path, required=True)
    options = parser.parse_args()
    session = onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])
    sung, instrumental = (
        [read_16_khz(path) for path in sorted(folder.glob("*.wav"))] for folder in (options.sung, options.instrumental)
    )
    for memory_s in MEMORIES_S:
        high, low = (
            np.array([mean_activity(session, samples, memory_s) for samples in pieces])
            for pieces in (sung, instrumental)
        )
        above = (high[:, None] > low[None]).mean() + 0.5 * (high[:, None] == low[None]).mean()
        print(f"{memory_s:3d} s: {above:.3f} in order; lowest sung {high.min():.3f}, highest other {low.max():.3f}")


def read_16_khz(path: Path) -> np.ndarray:
    """The beginning of a mono file of 32-bit floats at 44.1 kHz, resampled by linear phase decimation to 16 kHz."""
    content = path.read_bytes()
    start = content.index(b"data") + 8
    samples = np.frombuffer(content[start : start + EXCERPT_S * 44_100 * 4], np.float32)
    # By the spectrum: 16 kHz of 44.1 is 160 of 441.
    samples = samples[: len(samples) // 441 * 441]
    spectrum = np.fft.rfft(samples)[: len(samples) // 441 * 80 + 1]
    return (np.fft.irfft(spectrum, len(samples) // 441 * 160) * 160 / 441).astype(np.float32)


def mean_activity(session: onnxruntime.InferenceSession, samples: np.ndarray, memory_s: float) -> float:
    """Mean probability of a voice when the detector begins anew after so many seconds."""
    spec = voice.SPEC["activity"]
    frame, context = spec["frame_samples"], spec["context_samples"]
    length = int(memory_s * spec["sample_rate_hz"]) // frame * frame
    state = np.zeros((1, 1, spec["state_values"]), np.float32)
    found = []
    for start in range(0, len(samples) - frame + 1, length):
        part = samples[start : start + length]
        padded = np.concatenate([np.zeros(context, np.float32), part[: len(part) // frame * frame]])
        given = np.stack([padded[i : i + context + frame] for i in range(0, len(padded) - context, frame)])
        found.append(session.run(["speech_probs"], {"input": given, "h": state, "c": state})[0].reshape(-1))
    return float(np.concatenate(found).mean())


if __name__ == "__main__":
    main()
