"""Writes models/crema/model.onnx and manifest.toml from the weights in the PyPI package crema 0.2.0.

    python training/scripts/export_crema.py [--wheel FILE] [--out DIR]

Without `--wheel` the wheel is fetched with pip. Nothing is written unless the new file, run by ONNX Runtime
on the reference inputs in tests/golden/v1, gives the published network's output.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

from reprise_training import crema_onnx

REPOSITORY = Path(__file__).resolve().parents[2]
GOLDEN = REPOSITORY / "tests" / "golden" / "v1"
TOLERANCE = 1e-5
"""Float32 sums in another order than TensorFlow's; 6e-7 is what is seen."""

MANIFEST = """\
# Written by training/scripts/export_crema.py; read and verified by crates/reprise-inference.
id              = "crema-1"
file            = "model.onnx"
sha256          = "{sha256}"
size_bytes      = {size_bytes}
opset           = {opset}
feature_version = 1
license         = "BSD-2-Clause"
source          = {{ package = "{package}", file = "{weights}", sha256 = "{wheel_sha256}" }}

[[input]]
name  = "{input_name}"
dtype = "f32"
shape = [1, "n_frames", {n_bins}, {n_harmonics}]

[[output]]
name  = "{output_name}"
dtype = "f32"
shape = ["n_frames", {n_pitch_classes}]
"""


def main() -> None:
    """Builds, checks, and only then writes."""
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as scratch:
        wheel = arguments.wheel or fetch_wheel(Path(scratch))
        content = crema_onnx.build_model(crema_onnx.read_weights(wheel)).SerializeToString(deterministic=True)
    error = largest_golden_error(content)
    if not error <= TOLERANCE:
        sys.exit(f"nothing written: chord_pitch is {error:.1e} off the published network, allowed is {TOLERANCE:.0e}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "model.onnx").write_bytes(content)
    (arguments.out / "manifest.toml").write_text(manifest(content))
    print(f"{arguments.out / 'model.onnx'}: {len(content)} bytes, at most {error:.1e} off the published network")


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, help="crema-0.2.0-py3-none-any.whl, if already at hand")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "models" / "crema", help="folder to write to")
    return parser.parse_args()


def fetch_wheel(folder: Path) -> Path:
    """Downloads the package's wheel without what it depends on."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "--dest", str(folder), crema_onnx.PACKAGE], check=True)
    return next(folder.glob("*.whl"))


def largest_golden_error(content: bytes) -> float:
    """The largest difference from the published network's output, over all reference inputs."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    errors = []
    for path in sorted(GOLDEN.glob("*.cqt_librosa081.npy")):
        hcqt_db = np.ascontiguousarray(np.load(path))
        expected = np.load(path.with_name(path.name.replace("cqt_librosa081", "chord_pitch_020_tf")))
        (actual,) = session.run(None, {crema_onnx.INPUT_NAME: hcqt_db[None]})
        if actual.shape != expected.shape:
            sys.exit(f"nothing written: {path.name} gives {actual.shape}, expected {expected.shape}")
        errors.append(float(np.abs(actual - expected).max()))
    if not errors:
        sys.exit(f"nothing written: no reference inputs in {GOLDEN}")
    return max(errors)


def manifest(content: bytes) -> str:
    """The manifest that describes this very file."""
    return MANIFEST.format(
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        opset=crema_onnx.OPSET,
        package=crema_onnx.PACKAGE,
        weights=crema_onnx.WEIGHTS_IN_WHEEL,
        wheel_sha256=crema_onnx.WHEEL_SHA256,
        input_name=crema_onnx.INPUT_NAME,
        output_name=crema_onnx.OUTPUT_NAME,
        n_bins=crema_onnx.N_BINS,
        n_harmonics=crema_onnx.N_HARMONICS,
        n_pitch_classes=crema_onnx.N_PITCH_CLASSES,
    )


if __name__ == "__main__":
    main()
