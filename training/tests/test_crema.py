"""models/crema/model.onnx against the published network, against its NumPy twin, and against its own export."""

import hashlib
import os
import tomllib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from reprise_training import crema_onnx
from reprise_training.features import crema

REPOSITORY = Path(__file__).resolve().parents[2]
GOLDEN = REPOSITORY / "tests" / "golden" / "v1"
MODEL = REPOSITORY / "models" / "crema" / "model.onnx"
CASES = ("synth_C_Am_F_G", "midi_A_Fsm_D_E7")


@pytest.fixture(scope="module")
def session() -> onnxruntime.InferenceSession:
    """The shipped model on one thread, as the application runs it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def wheel() -> Path:
    """The wheel of crema 0.2.0, which scripts/python-env.sh lays beside the environment."""
    path = os.environ.get("REPRISE_CREMA_WHEEL")
    if not path:
        pytest.skip("REPRISE_CREMA_WHEEL is not set: the published weights themselves are NOT compared in this run")
    return Path(path)


def golden(case: str) -> tuple[np.ndarray, np.ndarray]:
    """The network's reference input [n_frames, 216, 2] and output [n_frames, 12]."""
    hcqt_db = np.load(GOLDEN / f"{case}.cqt_librosa081.npy")
    return np.ascontiguousarray(hcqt_db), np.load(GOLDEN / f"{case}.chord_pitch_020_tf.npy")


def run(session: onnxruntime.InferenceSession, hcqt_db: np.ndarray) -> np.ndarray:
    """[n_frames, 216, 2] -> [n_frames, 12] through ONNX Runtime."""
    return session.run([crema_onnx.OUTPUT_NAME], {crema_onnx.INPUT_NAME: hcqt_db[None]})[0]


def shape_of(value: onnx.ValueInfoProto) -> list[int | str]:
    """Dimensions as the manifest writes them: a number, or the name of one that varies."""
    return [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]


@pytest.mark.parametrize("case", CASES)
def test_the_model_gives_what_the_published_network_gives(session: onnxruntime.InferenceSession, case: str) -> None:
    hcqt_db, expected = golden(case)
    actual = run(session, hcqt_db)
    assert actual.shape == expected.shape
    assert actual.dtype == np.float32 and actual.min() >= 0 and actual.max() <= 1
    # Float32 sums in another order than TensorFlow's: 6e-7 seen.
    assert np.abs(actual - expected).max() <= 1e-5


@pytest.mark.parametrize("case", CASES)
def test_the_numpy_twin_gives_what_the_published_network_gives(wheel: Path, case: str) -> None:
    hcqt_db, expected = golden(case)
    actual = crema.chord_pitch(hcqt_db, crema_onnx.read_weights(wheel))
    assert actual.shape == expected.shape
    assert np.abs(actual - expected).max() <= 1e-5  # the network's own float32


@pytest.mark.parametrize("n_frames", [1, 2, 3, 90])
def test_any_number_of_frames_agrees_with_the_numpy_twin(
    session: onnxruntime.InferenceSession, wheel: Path, n_frames: int
) -> None:
    hcqt_db = np.random.default_rng(n_frames).uniform(-80, 0, (n_frames, 216, 2)).astype(np.float32)
    expected = crema.chord_pitch(hcqt_db, crema_onnx.read_weights(wheel))
    actual = run(session, hcqt_db)
    assert actual.shape == (n_frames, 12)
    assert np.abs(actual - expected).max() <= 1e-5  # float32 against float64


def test_another_export_is_the_same_file(wheel: Path) -> None:
    content = crema_onnx.build_model(crema_onnx.read_weights(wheel)).SerializeToString(deterministic=True)
    assert hashlib.sha256(content).hexdigest() == hashlib.sha256(MODEL.read_bytes()).hexdigest()


def test_another_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "crema-0.1.0-py3-none-any.whl").write_bytes(b"another network")
    with pytest.raises(ValueError, match=r"crema==0\.2\.0"):
        crema_onnx.read_weights(tmp_path / "crema-0.1.0-py3-none-any.whl")


def test_the_manifest_describes_the_file() -> None:
    manifest = tomllib.loads((MODEL.parent / "manifest.toml").read_text())
    content = MODEL.read_bytes()
    assert manifest["size_bytes"] == len(content)
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    model = onnx.load_from_string(content)
    assert manifest["opset"] == model.opset_import[0].version
    for described, values in (("input", model.graph.input), ("output", model.graph.output)):
        assert [entry["name"] for entry in manifest[described]] == [value.name for value in values]
        assert [entry["shape"] for entry in manifest[described]] == [shape_of(value) for value in values]
