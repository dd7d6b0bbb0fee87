"""How far CREMA in overlapping pieces is from CREMA over the whole track.

    PYTHONPATH=training/src python training/scripts/measure_crema_segments.py HCQT.npy...

Each file is a track's input to the network, [n_frames, 216, 2] in dB, as `reprise features --stage hcqt` writes it.
The figures in crates/reprise-inference/src/segments.rs come from here.
"""

import sys
from pathlib import Path

import numpy as np
import onnxruntime

from reprise_training import crema_onnx

MODEL = Path(__file__).resolve().parents[2] / "models" / "crema" / "model.onnx"
CUTS = ((512, 80), (1024, 80), (1024, 256), (2048, 512), (4096, 80), (4096, 512), (4096, 1024))
"""Frames of a piece, and frames of context on either side of what is kept of it."""


def main() -> None:
    """Prints one line a track and cut."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])
    print(f"{'track':32} {'frames':>6} {'piece':>6} {'context':>7} {'mean':>8} {'99 %':>8} {'largest':>8}")
    for path in map(Path, sys.argv[1:]):
        hcqt_db = np.ascontiguousarray(np.load(path))
        whole = run(session, hcqt_db)
        for segment_frames, context_frames in CUTS:
            if len(hcqt_db) > segment_frames:
                pieces = run_in_pieces(session, hcqt_db, segment_frames, context_frames)
                off = np.abs(pieces - whole)
                figures = f"{off.mean():8.5f} {np.quantile(off, 0.99):8.4f} {off.max():8.4f}"
                print(f"{path.stem[:32]:32} {len(whole):6} {segment_frames:6} {context_frames:7} {figures}")


def run(session: onnxruntime.InferenceSession, hcqt_db: np.ndarray) -> np.ndarray:
    """[n_frames, 216, 2] -> [n_frames, 12]."""
    return session.run([crema_onnx.OUTPUT_NAME], {crema_onnx.INPUT_NAME: hcqt_db[None]})[0]


def run_in_pieces(
    session: onnxruntime.InferenceSession, hcqt_db: np.ndarray, segment_frames: int, context_frames: int
) -> np.ndarray:
    """As `CremaStream` in crates/reprise-inference cuts and joins."""
    kept, start = [], 0
    n_heard = 0
    while len(hcqt_db) - start > segment_frames:
        piece = run(session, hcqt_db[start : start + segment_frames])
        kept.append(piece[n_heard : segment_frames - context_frames])
        start += segment_frames - 2 * context_frames
        n_heard = context_frames
    kept.append(run(session, hcqt_db[start:])[n_heard:])
    return np.concatenate(kept)


if __name__ == "__main__":
    main()
