"""Makes tests/golden/voice2: reference arrays of the voice's chain.

    python tests/golden/make_voice.py --wheels DIR

DIR holds the wheels that training/scripts/export_voice.py reads. Arrays come from the plain NumPy chain in
training/src/reprise_training/features/voice.py and from the published networks in PyTorch, in single precision.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "training" / "src"), str(ROOT / "training" / "scripts")]

import export_voice  # noqa: E402

from reprise_training import melody_onnx, published, vocals_onnx, voice_signal  # noqa: E402
from reprise_training.features import voice  # noqa: E402

OUT = Path(__file__).resolve().parent / "voice2"
SIGNAL_S = 6.0
CHOSEN_FRAMES = (0, 40, 100, 200, 258)
MASK_STEP = 16
VOCALS = slice(88_200, 110_250)
FADE_DB_A_FRAME = 0.15


def main() -> None:
    """Writes every array."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, required=True)
    wheels = parser.parse_args().wheels

    def read(package: str, name: str) -> bytes:
        wheel = next(wheels.glob(f"{package.split('==')[0].replace('-', '_')}*.whl"))
        return published.read_from_wheel(package, wheel, name)

    OUT.mkdir(exist_ok=True)
    song = voice_signal.song(SIGNAL_S, 44_100)
    save("song", np.round(song * 32768).astype(np.int16))
    frames = voice.stft(song)
    magnitudes = voice.segments(frames)
    save("magnitudes", magnitudes[0, 0, list(CHOSEN_FRAMES)])
    mask = published_mask(read, magnitudes)
    save("mask", np.round(255 * mask[::MASK_STEP]).astype(np.uint8))
    vocals = voice.resynthesis(frames, mask, len(song))
    save("vocals", vocals[VOCALS].astype(np.float32))
    # The singer is in front throughout; faded out, the song has every weight there is.
    fade = 10 ** (-FADE_DB_A_FRAME * np.arange(len(mask)) / 20)
    powers = voice.powers(frames, mask * fade[:, None])
    save("weights", voice.weights(*powers, len(song) // 4096).astype(np.float32))

    sung = np.round(voice_signal.singer(3.0, 16_000) * 32767).astype(np.int16)
    save("sung", sung)
    samples = sung.astype(np.float32) / 32768
    log_mel = voice.log_mel(samples)
    save("log_mel", log_mel)
    checkpoint = published.load_checkpoint(read(melody_onnx.PACKAGE, melody_onnx.WEIGHTS_IN_WHEEL))
    with torch.no_grad():
        salience = export_voice.published_fcpe(read, checkpoint)(torch.from_numpy(log_mel[None])).numpy()[0]
    save("salience", np.round(255 * salience).astype(np.uint8))
    folded = voice.pitch_classes(salience, 0.0)
    save("melody", voice.on_grid(folded, 44_100 / 4096, 32).astype(np.float32))
    save("activity", activity(read, samples))


def published_mask(read: export_voice.Callable, magnitudes: np.ndarray) -> np.ndarray:
    """[segment_frames, n_bins] of the first segment, by the published network."""
    state = published.load_checkpoint(read(vocals_onnx.PACKAGE, vocals_onnx.WEIGHTS_IN_WHEEL))
    module = published.load_module("unet", read(vocals_onnx.PACKAGE, vocals_onnx.MODULE_IN_WHEEL))
    network = module.UNet(2).eval()
    network.load_state_dict({name: torch.as_tensor(values) for name, values in state.items()})
    # Silent cells have a mask too, which only shows when they are not quite silent.
    given = np.maximum(magnitudes[:1], 1e-9)
    with torch.no_grad():
        masked = network(torch.from_numpy(np.repeat(given, 2, axis=1))).numpy()
    return (masked / given).mean(axis=1)[0]


def activity(read: export_voice.Callable, samples: np.ndarray) -> np.ndarray:
    """Probabilities of the published detector, which begins anew after `memory_frames`."""
    spec = voice.SPEC["activity"]
    frame, context, memory = spec["frame_samples"], spec["context_samples"], spec["memory_frames"]
    session = onnxruntime.InferenceSession(
        read(export_voice.SILERO, export_voice.SILERO_IN_WHEEL), providers=["CPUExecutionProvider"]
    )
    state = np.zeros((1, 1, spec["state_values"]), np.float32)
    found = []
    for start in range(0, len(samples) // frame * frame, memory * frame):
        part = samples[start : start + memory * frame]
        padded = np.concatenate([np.zeros(context, np.float32), part[: len(part) // frame * frame]])
        given = np.stack([padded[i : i + context + frame] for i in range(0, len(padded) - context, frame)])
        found.append(session.run(["speech_probs"], {"input": given, "h": state, "c": state})[0].reshape(-1))
    return np.concatenate(found)


def save(name: str, values: np.ndarray) -> None:
    """One array as .npy in order of memory."""
    np.save(OUT / f"{name}.npy", np.ascontiguousarray(values))
    print(f"{name}: {values.dtype} {list(values.shape)}")


if __name__ == "__main__":
    main()
