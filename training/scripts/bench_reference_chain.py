"""How fast the Python chain is that Reprise's own stands for: librosa, CREMA's network in Keras, ASimT in PyTorch.

    python training/scripts/bench_reference_chain.py --crema-wheel WHEEL FILE...

Prints, stage by stage, how many times faster than the music plays it is on one core, as `cargo run --release -p
reprise-library --example stage_speed -- FILE...` does for the same files. The time on the core counts, not that on the
clock. Needs `pip install librosa tensorflow-cpu h5py onnx PyYAML` beside PyTorch, in an environment of its own; WHEEL
is that of crema 0.2.0 (scripts/python-env.sh fetches it). CREMA has its published weights; ASimT has the shapes of the
model that ships and fresh weights, which takes as long.
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import keras
import librosa
import numpy as np
import tensorflow as tf
import torch

from reprise_training.config import read_run
from reprise_training.crema_onnx import read_weights
from reprise_training.embedding import moments_of
from reprise_training.model.asimt import Asimt
from reprise_training.views import rows_of

RATE_HZ, HOP, BINS_AN_OCTAVE = 44100, 4096, 36
N_KEYS = 3
"""In so many keys a track is embedded."""

Result = TypeVar("Result")

CONFIG = Path(__file__).parents[1] / "configs" / "moments.yaml"


def main() -> None:
    """Warms everything up on the first file, then times all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crema-wheel", type=Path, required=True)
    parser.add_argument("files", type=Path, nargs="+")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    crema = crema_network(arguments.crema_wheel)
    asimt = Asimt(read_run(CONFIG).model).eval()
    hear(arguments.files[0], crema, asimt, Stages())
    stages = Stages()
    music_s = sum(hear(file, crema, asimt, stages) for file in arguments.files)
    print(f"{len(arguments.files)} files, {music_s / 60:.1f} minutes of music")
    for name, took_s in [*stages.took_s.items(), ("all", sum(stages.took_s.values()))]:
        print(f"{name:32} {music_s / took_s:8.1f} times real time {60e3 * took_s / music_s:9.1f} ms a minute")


class Stages:
    """What each stage took."""

    def __init__(self) -> None:
        self.took_s: dict[str, float] = defaultdict(float)

    def time(self, name: str, work: Callable[[], Result]) -> Result:
        """Does `work` and adds up how long this process was on a core for it."""
        began = time.process_time()
        result = work()
        self.took_s[name] += time.process_time() - began
        return result


def hear(file: Path, crema: Callable[[np.ndarray], tf.Tensor], asimt: Asimt, stages: Stages) -> float:
    """The whole chain of a file; gives how many seconds it plays."""
    samples = stages.time("decoding", lambda: librosa.load(file, sr=RATE_HZ, mono=True)[0])
    magnitudes = stages.time("constant-Q, twice", lambda: [constant_q(samples, harmonic) for harmonic in (1, 2)])
    hcqt = np.stack([librosa.amplitude_to_db(part, ref=np.max).T for part in magnitudes], axis=-1)
    pitches = stages.time("CREMA", lambda: crema(hcqt[None]).numpy()[0])
    chroma = stages.time(
        "chroma",
        lambda: librosa.feature.chroma_cqt(C=magnitudes[0], sr=RATE_HZ, hop_length=HOP, bins_per_octave=BINS_AN_OCTAVE),
    )
    rows = rows_of({"crema": pitches.T, "chroma": chroma}, ("crema", "chroma"))
    stages.time("embedding, in three keys", lambda: moments_of(asimt, [rows] * N_KEYS))
    return len(samples) / RATE_HZ


def constant_q(samples: np.ndarray, harmonic: int) -> np.ndarray:
    """[216, n_frames], as pumpp's HCQTMag calls librosa for crema."""
    lowest = librosa.note_to_hz("C1") * harmonic
    return np.abs(
        librosa.cqt(samples, sr=RATE_HZ, hop_length=HOP, fmin=lowest, n_bins=216, bins_per_octave=BINS_AN_OCTAVE)
    )


@keras.saving.register_keras_serializable()  # type: ignore[untyped-decorator]  # Keras has no types.
def hard_sigmoid(x: tf.Tensor) -> tf.Tensor:
    """What Keras meant by it when the network was published."""
    return tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)


def crema_network(wheel: Path) -> Callable[[np.ndarray], tf.Tensor]:
    """[1, n_frames, 216, 2] dB to [1, n_frames, 12], the published layers and weights, compiled by TensorFlow."""
    weights = read_weights(wheel)
    layers = keras.layers

    def gru() -> keras.Layer:
        own = layers.GRU(128, return_sequences=True, reset_after=False, recurrent_activation=hard_sigmoid)
        return layers.Bidirectional(own)

    model = keras.Sequential(
        [
            keras.Input((None, 216, 2)),
            layers.BatchNormalization(name="batch_normalization_1"),
            layers.Conv2D(1, 5, padding="same", activation="relu", name="conv2d_1"),
            layers.BatchNormalization(name="batch_normalization_2"),
            layers.Conv2D(72, (1, 216), activation="relu", name="conv2d_2"),
            layers.BatchNormalization(name="batch_normalization_3"),
            layers.Reshape((-1, 72)),
            gru(),
            layers.BatchNormalization(name="batch_normalization_4"),
            gru(),
            layers.Dense(12, activation="sigmoid", name="chord_pitch"),
        ]
    )
    recurrent = iter(("bidirectional_1", "bidirectional_2"))
    for layer in model.layers:
        name = next(recurrent) if isinstance(layer, layers.Bidirectional) else layer.name
        own = [value for path, value in weights.items() if path.startswith(f"{name}/")]
        if own:
            layer.set_weights(own)
    return tf.function(model, input_signature=[tf.TensorSpec((1, None, 216, 2), tf.float32)])


if __name__ == "__main__":
    main()
