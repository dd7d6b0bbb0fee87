r"""What each change of `asimt-paper-read` is worth: tiny copies of it, each without one of them, and the literal paper.

    python training/scripts/ablate_reading.py --works works.json.gz --out DIR [--variants NAME ...] [--seeds 1 2] \
        [--n-works 40] [--n-new 60] [--steps 600]

The recordings are simulated from charts once, five a work in any key and tempo, and are a corpus from then on. All are
trained on but those of `--n-new` other works. A row has the cross-entropy and the accuracy of the last steps, MAP of
the recordings that were trained on among one another, and MAP of the others with its interval over works: means over
the seeds, in one key. DIR/NAME-SEED/log.csv is a run's log, which `python -m reprise_training.curves` draws.
"""

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from reprise_training.config import Run, build, merged, overlaid
from reprise_training.corpora.batches import first_frames
from reprise_training.corpora.track import HOP_SAMPLES, Track, works_of
from reprise_training.embedding import of_frames
from reprise_training.failures import content_of, sentence
from reprise_training.metrics.ranking import Ranking, evaluate_ranking
from reprise_training.simulate.passages import PassageSampler
from reprise_training.simulate.score import Score, read_works
from reprise_training.sources import recorded, split
from reprise_training.train import LOG_EVERY, Training, train

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
READ, LITERAL = "asimt-paper-read-tiny", "asimt-paper-tiny"
VERSIONS = 5
SPARE = 1.5
"""Recordings are so much longer than what is read of them."""

CE: dict[str, Any] = {"losses": {"map": 0.0}}
CONTRASTIVE: dict[str, Any] = {"losses": {"map": 0.0, "contrastive": 1.0}}
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "literal-ce": (LITERAL, CE),
    "literal-map": (LITERAL, {}),
    "literal-contrastive": (LITERAL, CONTRASTIVE),
    "ce": (READ, CE),
    "map": (READ, {}),
    "contrastive": (READ, CONTRASTIVE),
    "ce-sigmoid-logits": (READ, overlaid(CE, {"model": {"sigmoid_logits": True}})),
    "ce-vit-init": (READ, overlaid(CE, {"model": {"init": "vit"}})),
    "ce-dropout": (READ, overlaid(CE, {"model": {"dropout": 0.1}})),
    "ce-slow": (READ, overlaid(CE, {"optimisation": {"learning_rate": 0.002}})),
    "ce-adamw": (
        READ,
        overlaid(CE, {"optimisation": {"optimiser": "adamw", "learning_rate": 0.001, "weight_decay": 0.05}}),
    ),
    "ce-mean": (READ, overlaid(CE, {"model": {"pooling": "mean"}})),
}


def main() -> None:
    """Trains the variants one after another and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=Path, required=True, help="what import_charts.py wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--n-works", type=int, default=40)
    parser.add_argument("--n-new", type=int, default=60)
    parser.add_argument("--steps", type=int)
    options = parser.parse_args()
    try:
        works = content_of("--works", options.works, read_works)
        if len(works) < options.n_works + options.n_new:
            raise ValueError(f"{options.works} has {len(works)} works")
        print("| variant | cross-entropy | accuracy | MAP, trained on | MAP, new works | 95 % over works |", flush=True)
        print("|---|---|---|---|---|---|")
        for name in options.variants:
            print(row(name, [outcome(name, works, seed, options) for seed in options.seeds]), flush=True)
    except (ValueError, OSError) as error:
        sys.exit(f"ablate_reading: {sentence(error)}")


class Outcome(NamedTuple):
    """What a run came to: MAP of the recordings it was trained on, and of others with the interval."""

    cross_entropy: float
    accuracy: float
    own: float
    new: float
    low: float
    high: float


def outcome(name: str, works: list[list[Score]], seed: int, options: argparse.Namespace) -> Outcome:
    """Trains one variant and ranks what it knows and what it does not."""
    run = variant(name, seed, options.steps)
    tracks, new = recordings(run, works, options.n_works, options.n_new)
    training = Training(run, recorded(run, tracks))
    out = options.out / f"{name}-{seed}"
    out.mkdir(parents=True, exist_ok=True)
    (out / "log.csv").unlink(missing_ok=True)
    train(training, out, float("inf"))
    trained_on = [track for versions in split(works_of(tracks), run)[0] for track in versions]
    cross_entropy, accuracy = classified(training)
    training.sampler.close()
    own, others = (ranking(training.model, run, some) for some in (trained_on, new))
    precision = own.mean_average_precision, others.mean_average_precision
    return Outcome(cross_entropy, accuracy, *precision, *others.interval)


def variant(name: str, seed: int, steps: int | None) -> Run:
    """The run of a variant. Two works are left out to watch, and the new ones are never seen."""
    base, own = VARIANTS[name]
    settings = overlaid(merged(CONFIGS / f"{base}.yaml"), own)
    run = build(Run, {"name": name} | settings | {"seed": seed, "validation_share": 0.0}, name)
    return run if steps is None else replace(run, optimisation=replace(run.optimisation, steps=steps))


def recordings(run: Run, works: list[list[Score]], n_works: int, n_new: int) -> tuple[list[Track], list[Track]]:
    """Simulated recordings of works to train on, and of others; the same ones for every variant and seed."""
    order = np.random.default_rng(0).permutation(len(works))
    chosen = [works[index] for index in order[: n_works + n_new]]
    long = replace(
        run.passages, n_works=len(chosen), n_renditions=VERSIONS, n_frames=round(SPARE * run.passages.n_frames)
    )
    frames, numbers = PassageSampler(chosen, long, 0, run.liberties, run.recogniser).batch()
    tracks = [
        Track(f"{work}/{index}", f"{int(work):05}", partial(np.asarray, one.numpy()), HOP_SAMPLES)
        for index, (one, work) in enumerate(zip(frames, numbers, strict=True))
    ]
    return [one for one in tracks if int(one.work) < n_works], [one for one in tracks if int(one.work) >= n_works]


@torch.no_grad()
def classified(training: Training) -> tuple[float, float]:
    """Cross-entropy and accuracy over some batches as they are trained on, without dropout."""
    training.model.eval()
    found = []
    for _ in range(LOG_EVERY):
        frames, works = training.sampler.batch()
        logits = training.model(frames).logits
        assert logits is not None
        right = float((logits.argmax(dim=1) == works).float().mean())
        found.append((float(torch.nn.functional.cross_entropy(logits, works)), right))
    cross_entropy, accuracy = np.mean(found, axis=0)
    return float(cross_entropy), float(accuracy)


def ranking(model: torch.nn.Module, run: Run, tracks: list[Track]) -> Ranking:
    """Of tracks among one another, by the beginning of each in its own key."""
    frames = torch.from_numpy(np.stack([first_frames(track.read(), run.input_shape[1]) for track in tracks]))
    vectors = of_frames(model, frames)
    return evaluate_ranking((vectors @ vectors.T).numpy(), [track.work for track in tracks])


def row(name: str, outcomes: list[Outcome]) -> str:
    """The means over seeds; the interval is the mean of theirs."""
    cross_entropy, accuracy, own, new, low, high = np.mean(outcomes, axis=0)
    return f"| `{name}` | {cross_entropy:.2f} | {accuracy:.2f} | {own:.3f} | {new:.3f} | {low:.3f} to {high:.3f} |"


if __name__ == "__main__":
    main()
