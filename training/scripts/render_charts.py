r"""Renders charts as bands play them, hears them with the Rust chain, and packs what it heard with what was
played.

    PYTHONPATH=training/src python training/scripts/render_charts.py --works works.json.gz --reprise BIN \
        --soundfonts A.sf2 B.sf2 --out rendered.npz [--n-works N] [--renditions M] [--seconds S] [--seed K] \
        [--without CORPUS] [--jobs J] [--minutes M]

The file holds `<work>/crema<rendition>` and `<work>/chroma<rendition>` in 0..=255, [12, T]; `key` and `ratio` as
`render_pop909.py` has them, so that it can be trained on too; and for the calibration `notes` (bool [n, 12]), `roots`
[n] and `ends` (seconds, [n]) as they sound, `tempo`, `soundfont` and `arrangement`. `<work>` is the work's place in
what `read_works` returns. Audio is deleted as soon as it has been heard; a second run with the same options goes on
where the first was stopped, by itself after so many minutes; what is there is packed. Do not train on renditions whose
soundfont is one that validation is rendered with; `--without pop909` leaves out the songs that `render_pop909.py`
renders.
"""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import torch

from reprise_training.simulate.band import Passage, drawn_arrangement, performance
from reprise_training.simulate.passages import FRAMES_A_SECOND, Passages, PassageSampler, Plan
from reprise_training.simulate.rendering import heard, keep, pack, synthesise
from reprise_training.simulate.renditions import Liberties, played
from reprise_training.simulate.score import Score, read_works


def main() -> int:
    """Renders what is not there yet, then packs everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=Path, required=True)
    parser.add_argument("--reprise", required=True)
    parser.add_argument("--soundfonts", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--n-works", type=int, default=40)
    parser.add_argument("--renditions", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=75.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", help="a corpus whose works are left out")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    options = parser.parse_args()
    works = read_works(options.works, options.without)
    n_works = min(options.n_works, len(works))
    chosen = np.random.default_rng(options.seed).choice(len(works), n_works, replace=False).tolist()
    parts = options.out.with_suffix(".parts")
    parts.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + 60 * options.minutes
    # In turn, so that all jobs are as long.
    shares = [chosen[job :: options.jobs] for job in range(options.jobs)]
    with ProcessPoolExecutor(options.jobs) as pool:
        list(pool.map(partial(render_works, works=works, parts=parts, options=options, until=until), shares))
    pack(sorted(parts.glob("*.npz")), options.out)
    return 0


def render_works(
    chosen: list[int], works: list[list[Score]], parts: Path, options: argparse.Namespace, until: float
) -> None:
    """Those of them that are not there yet, until the time is over."""
    torch.set_num_threads(1)
    for work in chosen:
        part = parts / f"{work:05}.npz"
        if time.monotonic() < until and not part.exists():
            keep(render_work(works, work, options), part)
            print(part.stem, flush=True)


def render_work(works: list[list[Score]], work: int, options: argparse.Namespace) -> dict[str, np.ndarray]:
    """All renditions of one passage of a work, under the names that the bundle has below the work's."""
    draw = np.random.default_rng([options.seed, work])
    n_frames = int(options.seconds * FRAMES_A_SECOND)
    sampler = PassageSampler(works, Passages(1, options.renditions, n_frames), seed=int(draw.integers(2**31)))
    place, tempo = float(draw.random()), sampler.tempo()
    content: dict[str, np.ndarray] = {}
    with tempfile.TemporaryDirectory() as folder:
        for index in range(options.renditions):
            plan = sampler.plan(works[work], place, int(draw.integers(12)), tempo)
            passage = passage_of(plan, options.seconds, sampler.generator)
            arrangement = drawn_arrangement(draw)
            soundfont = options.soundfonts[int(draw.integers(len(options.soundfonts)))]
            synthesise(performance(passage, arrangement, draw), soundfont, Path(folder) / f"{index}.wav")
            labels = {
                "key": plan.key,
                "tempo": passage.beats_per_minute,
                "ratio": tempo / passage.beats_per_minute,
                "notes": passage.notes,
                "roots": passage.roots,
                "ends": passage.ends_s(),
                "soundfont": soundfont.stem,
                "arrangement": str(arrangement),
            }
            content |= {f"{name}{index}": np.array(label) for name, label in labels.items()}
        lengths = [float(content[f"ends{index}"][-1]) for index in range(options.renditions)]
        return content | heard(Path(folder), options.reprise, lengths)


def passage_of(plan: Plan, seconds: float, generator: torch.Generator) -> Passage:
    """The first `seconds` of a plan, with a band's liberties."""
    chords, tempo = plan.chords, 60 * FRAMES_A_SECOND / plan.frames_a_beat
    beats = plan.score.beats[chords].astype(float)
    beats[0] -= min(plan.into, beats[0] - 0.1)
    starts = np.cumsum(beats) - beats
    wanted = seconds * tempo / 60
    n = int(np.searchsorted(starts, wanted))
    beats[n - 1] = min(beats[n - 1], wanted - starts[n - 1])
    roots = plan.score.roots[chords[:n]]
    roots = np.where(roots < 0, -1, (roots + plan.key) % 12)
    notes = torch.from_numpy(np.roll(plan.score.notes[chords[:n]], plan.key, axis=1))
    sounding = played(notes[None], torch.from_numpy(roots)[None], Liberties(), generator)[0].numpy()
    return Passage(sounding, roots, beats[:n], tempo)


if __name__ == "__main__":
    sys.exit(main())
