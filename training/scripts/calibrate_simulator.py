"""How far the simulated recogniser is from the real one, over the same chords at the same times.

    PYTHONPATH=training/src python training/scripts/calibrate_simulator.py --rendered rendered.npz
        [--picture out.png] [--seed K] [--set NAME=VALUE...]

RENDERED is what `render_charts.py` packs. Prints a table of figures, the real ones beside the simulated ones;
the picture shows some renditions both ways (needs matplotlib). `--set` tries another value of a constant of
`Recogniser`.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from reprise_training.simulate.hearing import Heard, figures
from reprise_training.simulate.passages import FRAMES_A_SECOND
from reprise_training.simulate.recogniser import Recogniser, chord_logits, frames

SHOWN, SHOWN_FRAMES = 6, 400


def main() -> int:
    """Compares and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rendered", type=Path, required=True)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", dest="changes", nargs="*", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    real = read(options.rendered)
    recogniser = changed(Recogniser(), options.changes)
    generator = torch.Generator()
    generator.manual_seed(options.seed)
    simulated = [simulate(one, recogniser, generator) for one in real]
    theirs, ours = figures(real), figures(simulated)
    print(f"{'':38} {'real':>9} {'simulated':>9}")
    for name in theirs:
        print(f"{name:38} {theirs[name]:9.3f} {ours[name]:9.3f}")
    if options.picture:
        draw(real, simulated, options.picture)
    return 0


def read(path: Path) -> list[Heard]:
    """All renditions of a bundle."""
    with np.load(path) as bundle:
        arrays = {name: bundle[name] for name in bundle.files}
    return [
        Heard(
            frames=arrays[name] / np.float32(255),
            notes=arrays[name.replace("crema", "notes")],
            roots=arrays[name.replace("crema", "roots")],
            ends=arrays[name.replace("crema", "ends")] * FRAMES_A_SECOND,
        )
        for name in sorted(arrays)
        if "/crema" in name
    ]


def changed(recogniser: Recogniser, changes: list[str]) -> Recogniser:
    """With the constants of the command line: a number, or two with a comma between."""
    wanted: dict[str, Any] = {}
    for change in changes:
        name, _, text = change.partition("=")
        wanted[name] = tuple(map(int, text.split(","))) if "," in text else float(text)
    return replace(recogniser, **wanted)


def simulate(real: Heard, recogniser: Recogniser, generator: torch.Generator) -> Heard:
    """The same chords, simulated; in the steps in which the real frames are kept."""
    logits = chord_logits(torch.from_numpy(real.notes)[None], recogniser, generator)
    ends = torch.from_numpy(real.ends.astype(np.float32))[None]
    heard = frames(logits, ends, real.frames.shape[1], recogniser, generator)[0].numpy()
    return replace(real, frames=np.round(heard * 255) / np.float32(255))


def draw(real: list[Heard], simulated: list[Heard], path: Path) -> None:
    """Some renditions: what was played, what the real one and what the simulated one make of it."""
    from matplotlib import pyplot

    chosen = np.linspace(0, len(real) - 1, min(SHOWN, len(real))).astype(int)
    figure, axes = pyplot.subplots(len(chosen), 3, figsize=(18, 2.2 * len(chosen)), squeeze=False)
    for row, index in zip(axes, chosen, strict=True):
        played = real[index].notes[real[index].chord_of()].T
        shown = {"played": played, "real": real[index].frames, "simulated": simulated[index].frames}
        for axis, (name, matrix) in zip(row, shown.items(), strict=True):
            axis.imshow(matrix[:, :SHOWN_FRAMES], aspect="auto", origin="lower", vmin=0, vmax=1, cmap="magma")
            axis.set_title(f"{name}, rendition {index}", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=70)


if __name__ == "__main__":
    sys.exit(main())
