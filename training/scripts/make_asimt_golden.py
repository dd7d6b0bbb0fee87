"""What ASimT makes of a made-up track, for the tests in Rust: tests/golden/asimt, and asimt-voice for the network that
reads what is sung.

    PYTHONPATH=training/src python training/scripts/make_asimt_golden.py --config NAME.yaml --checkpoint checkpoint.pt

After every export of another model. Arrays in single precision: what is read of the track, `crema` and `chroma` or
`melody`, [T, 12]; `moments` and `moments_7`, those of the track seven semitones higher, [n, d]; `whole` [1, d].
"""

import argparse
from pathlib import Path

import numpy as np

from reprise_training.config import read_run
from reprise_training.embedding import embedder
from reprise_training.model.build import trained_model
from reprise_training.views import CHROMA, CREMA, MELODY, rotated, rows_of

N_FRAMES = 700
GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"


def main() -> None:
    """Writes all arrays."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    options = parser.parse_args()
    run = read_run(options.config)
    model = trained_model(run, options.checkpoint)
    source = np.random.default_rng(7)
    crema = np.repeat(source.random((12, N_FRAMES // 14)) ** 3, 14, axis=1).astype(np.float32)
    chroma = (0.5 * crema + 0.5 * source.random((12, N_FRAMES))).astype(np.float32)
    chroma[:, 300:310] = 0
    melody = np.where(crema == crema.max(axis=0), crema, 0.02 * crema).astype(np.float32)
    melody[:, 100:190] = 0
    heard = {CREMA: crema, CHROMA: chroma, MELODY: melody}
    heard = {view: heard[view] for view in run.views}
    rows = rows_of(heard, run.views)
    arrays = {view: frames.T for view, frames in heard.items()} | {
        "moments": embedder(model, "moments", run.passages.n_frames)([rows])[0],
        "moments_7": embedder(model, "moments", run.passages.n_frames)([rotated(rows, 7)])[0],
        "whole": embedder(model, "whole", run.passages.n_frames)([rows])[0],
    }
    out = GOLDEN / ("asimt-voice" if run.views == (MELODY,) else "asimt")
    out.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(out / f"{name}.npy", np.ascontiguousarray(array, np.float32))


if __name__ == "__main__":
    main()
