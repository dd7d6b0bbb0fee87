r"""A trained run to models/asimt: ONNX, manifest, and the codebook of its moments.

    python -m reprise_training.export --config training/configs/NAME.yaml --checkpoint DIR/checkpoint.pt \
        --rendered rendered.npz [--out models/asimt]
    python -m reprise_training.export --config training/configs/moments-voice-many.yaml --checkpoint DIR/checkpoint.pt \
        --tunes tunes.json.gz --codes 4096 --held 1 --out models/asimt-voice
    python -m reprise_training.export --config training/configs/asimt-paper.yaml --checkpoint DIR/checkpoint.pt \
        --out DIR

The codebook is made of the moments of rendered songs or of sung tunes, each in its likeliest keys; a network without
moments has none and needs neither. Writes nothing unless ONNX Runtime gives what PyTorch gives, on frames, on noise and
on silence. What is written into models/ ships, and has a largest size.
"""

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from reprise_training.checkpoints import read_checkpoint
from reprise_training.codebook import N_CODES, N_HELD, as_bytes, centres
from reprise_training.config import Run, read_run
from reprise_training.embedding import MOMENT_STEP, middle_of, moments_of
from reprise_training.failures import content_of, sentence
from reprise_training.keys import N_KEYS, likely_keys, template_of
from reprise_training.model.build import Learned, trained_model
from reprise_training.model.exported import Exported
from reprise_training.simulate.rendered import read_all
from reprise_training.simulate.sung_tracks import SungTracks
from reprise_training.sources import split
from reprise_training.tunes import works
from reprise_training.views import MELODY, rotated, rows_of

REPOSITORY = Path(__file__).resolve().parents[3]
OPSET = 17
LARGEST_DIFFERENCE = 2e-5
"""Of values up to 1, in their unit where some are larger."""
LARGEST_BYTES = 24_000_000
"""Of what ships."""

MANIFEST = """\
# Written by reprise_training.export; read and verified by crates/reprise-inference.
id              = "{id}"
file            = "model.onnx"
sha256          = "{sha256}"
size_bytes      = {size_bytes}
opset           = {opset}
feature_version = 1
license         = "MIT OR Apache-2.0"
source          = {{ run = "{run}", steps = {steps} }}

[[input]]
name  = "frames"
dtype = "f32"
shape = ["n_windows", {rows}, {n_frames}]

[[output]]
name  = "embedding"
dtype = "f32"
shape = ["n_windows", {embedding_dim}]
"""

MOMENTS = """
[[output]]
name  = "moments"
dtype = "f32"
shape = ["n_windows", {n_moments}, {moment_dim}]

# How a track becomes vectors; reprise_training/embedding.py is the reference.
[vectors]
views        = [{views}]
frames_each  = {frames_each}
hop_frames   = {hop_frames}
first_kept   = {first_kept}
n_kept       = {n_kept}
step         = {step}
n_keys       = {n_keys}
key_template = [{key_template}]

[codebook]
file       = "{codebook}"
sha256     = "{codebook_sha256}"
size_bytes = {codebook_bytes}
n_held     = {n_held}
"""
WHOLE = """
# The beginning of a track, a window long, becomes one vector in each key.
[vectors]
kind         = "whole"
views        = [{views}]
n_keys       = {n_keys}
key_template = [{key_template}]
"""
CODEBOOK = "codebook.i8"
MOST_SUNG = 3000
"""Tunes that a codebook is made of."""


class Vectors(torch.nn.Module):
    """The network without what only training needs."""

    def __init__(self, model: Learned) -> None:
        super().__init__()
        self.model = model

    def forward(self, frames: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Windows [n, rows, n_frames] to embeddings [n, embedding_dim] and, if there are any, moments."""
        output = self.model(frames)
        return (output.embedding,) if output.moments is None else (output.embedding, output.moments)


def main(words: Sequence[str] | None = None) -> None:
    """Exports, compares, and only then writes. The words are those of the command line if none are given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    heard = parser.add_mutually_exclusive_group()
    heard.add_argument("--rendered", type=Path, nargs="+")
    heard.add_argument("--tunes", type=Path)
    parser.add_argument("--codes", type=int, default=N_CODES)
    parser.add_argument("--held", type=int, default=N_HELD, help="codes that the application holds for each moment")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "models" / "asimt")
    options = parser.parse_args(words)
    try:
        written = export(options)
    except (ValueError, OSError) as error:
        sys.exit(f"nothing written: {sentence(error)}")
    print(written)


def export(options: argparse.Namespace) -> str:
    """Writes the network and what belongs to it; what is written, in a sentence."""
    run = read_run(options.config)
    if run.model.moment_dim and not (options.rendered or options.tunes):
        raise ValueError(f"{run.name} has moments, whose codebook needs --rendered FILE or --tunes FILE")
    model = trained_model(run, options.checkpoint)
    if isinstance(model, Exported):
        raise ValueError(f"{options.checkpoint} is exported already")
    content = exported(model, run, largest_bytes(options.out))
    codebook = None
    if run.model.moment_dim:
        tracks = rendered(options.rendered, run) if options.rendered else sung(options.tunes, run)
        moments = moments_in_likely_keys(model, tracks, template_of(run.views))
        codebook = as_bytes(centres(moments, options.codes)).tobytes()
    steps = read_checkpoint(options.checkpoint)["step"]
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "model.onnx").write_bytes(content)
    if codebook is not None:
        (options.out / CODEBOOK).write_bytes(codebook)
    (options.out / "manifest.toml").write_text(manifest(content, run, steps, codebook, options.held), encoding="utf-8")
    return f"{options.out / 'model.onnx'}: {len(content)} bytes, {steps} steps of {run.name}"


def largest_bytes(out: Path) -> int | None:
    """What a network written there may have at most: a limit for what ships, none elsewhere."""
    return LARGEST_BYTES if out.resolve().is_relative_to((REPOSITORY / "models").resolve()) else None


def exported(model: Learned, run: Run, largest: int | None = None) -> bytes:
    """The network as ONNX; a ValueError when ONNX Runtime gives something else, or when it has more than so many
    bytes."""
    network = Vectors(model).eval()
    shape = (2, *run.input_shape)
    names = ["embedding", "moments"] if getattr(model, "moments", None) is not None else ["embedding"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        torch.onnx.export(
            network,
            (torch.rand(shape),),
            str(path),
            input_names=["frames"],
            output_names=names,
            dynamic_axes={name: {0: "n_windows"} for name in ("frames", *names)},
            opset_version=OPSET,
            dynamo=False,
        )
        content = path.read_bytes()
    if largest is not None and len(content) > largest:
        raise ValueError(f"{run.name} has {len(content)} bytes, more than the {largest} of a network that ships")
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    for name, frames in trials(shape).items():
        with torch.no_grad():
            expected = network(torch.from_numpy(frames))
        for wanted, got in zip(expected, session.run(None, {"frames": frames}), strict=True):
            difference = float(np.abs(got - wanted.numpy()).max() / wanted.abs().max().clamp(min=1))
            if not difference <= LARGEST_DIFFERENCE:
                raise ValueError(f"on {name} ONNX Runtime is {difference:.1e} off PyTorch")
    return content


def rendered(paths: list[Path], run: Run) -> Iterator[np.ndarray]:
    """Rows [rows, T] of every rendition of every song."""
    songs = content_of("--rendered", paths, partial(read_all, views=run.views))
    for rendition in chain.from_iterable(songs):
        yield rendition.rows.astype(np.float32)


def sung(path: Path, run: Run) -> Iterator[np.ndarray]:
    """Rows [12, T] of one singer of each of `MOST_SUNG` tunes that were trained on."""
    trained, _ = split(content_of("--tunes", path, works.read), run)
    for melody in SungTracks(run.singing, run.seed).once_each(trained[:MOST_SUNG]):
        yield rows_of({MELODY: melody}, run.views)


def moments_in_likely_keys(model: torch.nn.Module, tracks: Iterable[np.ndarray], template: np.ndarray) -> np.ndarray:
    """The moments [n, d] of tracks [rows, T], each in the keys in which the application keeps it."""
    found = []
    for rows in tracks:
        found += moments_of(model, [rotated(rows, key) for key in likely_keys(rows[:12], N_KEYS, template)])
    return np.concatenate(found)


def trials(shape: tuple[int, int, int]) -> dict[str, np.ndarray]:
    """What both are given: sparse frames as the recogniser makes them, noise, silence, another number of windows."""
    source = np.random.default_rng(6)
    noise = source.random((5, *shape[1:]), dtype=np.float32)
    return {
        "frames": np.where(noise > 0.75, 0.97, 0.01).astype(np.float32),
        "noise": noise,
        "silence": np.zeros((1, *shape[1:]), np.float32),
    }


def manifest(content: bytes, run: Run, steps: int, codebook: bytes | None, n_held: int = N_HELD) -> str:
    """What describes this very file."""
    model = run.model
    text = MANIFEST.format(
        id=f"{run.architecture}-{run.name}",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        opset=OPSET,
        run=run.name,
        steps=steps,
        rows=run.input_shape[0],
        n_frames=run.input_shape[1],
        embedding_dim=run.embedding_dim,
    )
    shared = {
        "views": ", ".join(f'"{view}"' for view in run.views),
        "n_keys": N_KEYS,
        "key_template": ", ".join(str(value) for value in template_of(run.views)),
    }
    if codebook is None:
        return text + WHOLE.format(**shared)
    middle = middle_of(model.n_frames, model.patch[1])
    return text + MOMENTS.format(
        n_moments=model.grid[1],
        moment_dim=model.moment_dim,
        **shared,
        frames_each=model.patch[1],
        hop_frames=2 * (model.n_frames // 4),
        first_kept=middle.start,
        n_kept=middle.stop - middle.start,
        step=MOMENT_STEP,
        codebook=CODEBOOK,
        codebook_sha256=hashlib.sha256(codebook).hexdigest(),
        codebook_bytes=len(codebook),
        n_held=n_held,
    )


if __name__ == "__main__":
    main()
