r"""Trains a run and keeps what it needs to go on.

    python -m reprise_training.train --config training/configs/NAME.yaml --works works.json.gz --out DIR \
        [--steps N] [--minutes M]
    python -m reprise_training.train --config training/configs/asimt-paper.yaml --corpus KIND PATH... --out DIR \
        [--deit FILE] [--init CHECKPOINT]

Goes on from DIR/checkpoint.pt when that is there. Writes it every few minutes and at the end, beside log.csv; stops
after M minutes, wherever it is: the schedule is by steps, so that a run cut into pieces is the run in one piece.

Several devices: `torchrun --nproc_per_node N -m reprise_training.train ...`, by Accelerate; each process draws batches
of its own, and a step is a batch of each. Graphics processors compute in half precision (bf16) what bears it.
"""

import argparse
import csv
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.utils import gather_object
from torch import Tensor

from reprise_training import checkpoints
from reprise_training.alignment import alignment_scores, normalised_scores
from reprise_training.augment import augmented
from reprise_training.config import Run, read_run
from reprise_training.corpora.refusals import Refusals
from reprise_training.failures import content_of, sentence
from reprise_training.losses.late_interaction import late_interaction
from reprise_training.masking import masked
from reprise_training.mixture import Mixture
from reprise_training.model.asimt import Asimt
from reprise_training.model.build import build_model, trained_model
from reprise_training.model.deit import load_deit
from reprise_training.model.output import Output
from reprise_training.objective import Losses, Taught, objective
from reprise_training.optimisation import optimiser, rate
from reprise_training.simulate.rendered import read_all
from reprise_training.simulate.score import read_works
from reprise_training.sources import Sources, made, read_corpus, recorded
from reprise_training.tunes import works as tunes
from reprise_training.views import MELODY

CHECKPOINT_EVERY_S = 120
LOG_EVERY = 20
WATCHED_BATCHES = 4


def main(words: Sequence[str] | None = None) -> None:
    """Trains until the steps or the minutes are over. The words are those of the command line if none are given."""
    options = argument_parser().parse_args(words)
    refusals = Refusals()
    training = None
    try:
        run = read_run(options.config)
        if options.steps is not None:
            run = replace(run, optimisation=replace(run.optimisation, steps=options.steps))
        options.out.mkdir(parents=True, exist_ok=True)
        training = prepared(run, options, refusals)
        train(training, options.out, options.minutes)
    except (ValueError, OSError) as error:
        sys.exit(f"train: {sentence(error)}")
    finally:
        if training is not None:
            training.sampler.close()
    if said := refusals.summary():
        print(said, flush=True)
    training.end()


def argument_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--works", type=Path, help="what scripts/import_charts.py wrote")
    parser.add_argument("--rendered", type=Path, nargs="+", help="what scripts/render_{pop909,charts}.py packed")
    parser.add_argument("--tunes", type=Path, help="what scripts/import_tunes.py wrote")
    parser.add_argument("--corpus", nargs="+", metavar=("KIND", "PATH"), help=read_corpus.__doc__)
    parser.add_argument("--hop", type=int, help="samples from frame to frame of the corpus, if not the published ones")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, help="instead of those of the configuration; the schedule is as long")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    beginning = parser.add_mutually_exclusive_group()
    beginning.add_argument("--deit", help="weights to begin with: a file, or a name that timm can fetch")
    beginning.add_argument("--init", type=Path, help="a checkpoint whose weights to begin with, of whatever run")
    parser.add_argument("--teacher", type=Path, help="checkpoint of the run that the configuration names as teacher")
    return parser


def prepared(run: Run, options: argparse.Namespace, refusals: Refusals) -> "Training":
    """A run at its beginning, or where it stopped."""
    training = Training(run, read_sources(run, options, refusals))
    if run.teacher:
        training.teacher = read_teacher(run, options)
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        training.restore(checkpoints.read_checkpoint(checkpoint), checkpoint)
    elif options.deit:
        load_deit(training.model, options.deit)
    elif options.init:
        checkpoints.begin_with(training.model, options.init)
    if training.engine.is_main_process:
        n_works, passages = training.sampler.n_works, run.passages
        begins = f"goes on from {checkpoint}, step {training.step}" if training.step else "begins"
        batch = f"{min(n_works, passages.n_works)} x {passages.n_renditions} a batch"
        print(f"{run.name} {begins}: {n_works} works to train on, {batch}", flush=True)
    return training


def read_sources(run: Run, options: argparse.Namespace, refusals: Refusals) -> Sources:
    """A corpus if one is given, else charts and, if the run wants them, rendered songs and tunes."""
    if options.corpus:
        kind, *paths = options.corpus
        return recorded(run, read_corpus(kind, [Path(path) for path in paths], options.hop), refusals)
    has_charts = run.passages.n_works > run.rendered_works + run.tune_works
    if has_charts and options.works is None:
        raise ValueError("there is nothing to train on: --works FILE or --corpus KIND PATH")
    if run.rendered_works and options.rendered is None:
        raise ValueError(f"{run.name} trains on rendered songs: --rendered FILE")
    if run.tune_works and options.tunes is None:
        raise ValueError(f"{run.name} trains on tunes: --tunes FILE")
    songs = content_of("--rendered", options.rendered, partial(read_all, views=run.views)) if run.rendered_works else []
    works = content_of("--works", options.works, read_works) if has_charts else []
    sung = content_of("--tunes", options.tunes, tunes.read) if run.tune_works else []
    return made(run, works, songs, sung)


def read_teacher(run: Run, options: argparse.Namespace) -> torch.nn.Module:
    """The network whose distances are learned."""
    if options.teacher is None:
        raise ValueError(f"{run.name} learns from {run.teacher}: --teacher CHECKPOINT")
    return trained_model(read_run(options.config.parent / f"{run.teacher}.yaml"), options.teacher)


class Step(NamedTuple):
    """What a step was like."""

    loss: float
    accuracy: float | None
    """Share of the batch that the head gives its work, or none without a head."""


class Training:
    """A run under way. Devices, several of them and half precision are Accelerate's business."""

    def __init__(self, run: Run, sources: Sources) -> None:
        self.run, self.step = run, 0
        self.teacher: torch.nn.Module | None = None
        has_gpu = torch.cuda.is_available()
        # Losses that a run leaves out leave weights without a gradient, the same ones in every step.
        same_graph = DistributedDataParallelKwargs(static_graph=True)
        self.engine = Accelerator(
            mixed_precision="bf16" if has_gpu else "no", cpu=not has_gpu, kwargs_handlers=[same_graph]
        )
        self.device = self.engine.device
        torch.manual_seed(run.seed)
        self.sampler, watching = sources(str(self.device), self.engine.process_index)
        self.n_works = self.sampler.n_works if run.losses.cross_entropy else 0
        self.model = build_model(run, self.n_works)
        batches = [watching.batch() for _ in range(WATCHED_BATCHES)]
        # No teacher network yet: its distances are not watched, and what the aligner says of these batches stays the
        # same.
        self.watched_batches = [(*batch, self.taught(*batch)) for batch in batches]
        if isinstance(self.model, Asimt) and self.model.moments is not None:
            self.model.moments.begin(self.sampler.complete_windows().cpu())
        if run.neighbours:
            if not isinstance(self.sampler, Mixture):
                raise ValueError(f"{run.name} groups rendered songs, of which a corpus has none")
            self.sampler.group(self.model, run.neighbours)
        self.prepared, self.optimiser = self.engine.prepare(self.model, optimiser(self.model, run.optimisation))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, lambda step: rate(step, run.optimisation))

    def one_step(self) -> "Step":
        """Moves the weights once."""
        self.prepared.train()
        frames, works = self.sampler.batch()
        frames = augmented(frames, self.run.augmentation, self.sampler.generator)
        taught = self.taught(frames, works)
        melody = self.run.views.index(MELODY) if MELODY in self.run.views else None
        frames = masked(frames, self.run.masking, self.sampler.generator, melody)
        with self.engine.autocast():
            output = self.prepared(frames)
        loss = objective(in_full(output), works, self.run.losses, taught)
        self.optimiser.zero_grad(set_to_none=True)
        self.engine.backward(loss)
        self.engine.clip_grad_norm_(self.prepared.parameters(), self.run.optimisation.clip_norm)
        self.optimiser.step()
        self.schedule.step()
        self.step += 1
        return Step(float(loss.detach()), accuracy(output, works))

    @torch.no_grad()
    def taught(self, frames: Tensor, works: Tensor) -> Taught:
        """What the teachers of the run make of frames."""
        embedding = None if self.teacher is None else self.teacher.to(self.device)(frames).embedding
        is_aligned = self.run.losses.aligned > 0
        return Taught(embedding, normalised_scores(alignment_scores(frames), works) if is_aligned else None)

    @torch.no_grad()
    def watch(self) -> tuple[float, float]:
        """Loss on works that are not trained on, and the share of windows whose nearest other is of the same work."""
        self.prepared.eval()
        losses_of_others = watched_losses(self.run.losses)
        losses, hits = [], []
        for frames, works, taught in self.watched_batches:
            output = in_full(self.prepared(frames))
            losses.append(float(objective(output, works, losses_of_others, taught)))
            likeness = likeness_of(output).fill_diagonal_(-2)
            hits.append(float((works[likeness.argmax(dim=1)] == works).float().mean()))
        return float(np.mean(losses)), float(np.mean(hits))

    def elapsed_s(self, began: float) -> float:
        """Seconds since `began` by the slowest process, so that all of them save and stop at the same step."""
        own = torch.tensor(time.monotonic() - began, dtype=torch.float32, device=self.device)
        return float(self.engine.gather(own).max())

    def end(self) -> None:
        """Lets go of the other processes once all are here: one that is still talked to and leaves is aborted."""
        self.engine.wait_for_everyone()
        self.engine.end_training()
        if self.engine.num_processes > 1:
            # All is written. Threads of PyTorch's that still run would abort one in thirty processes on its way out.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)

    def state(self) -> dict[str, Any]:
        """All that is needed to go on as if nothing had happened. Asked of all processes at once."""
        return {
            "name": self.run.name,
            "step": self.step,
            "n_works": self.n_works,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "samplers": gather_object([self.sampler.state()]),
            "random": gather_object([checkpoints.random_state(self.device)]),
        }

    def restore(self, state: dict[str, Any], path: Path) -> None:
        """Goes on from a state, which is from that path."""
        checkpoints.check_resumable(state, path)
        if state["name"] != self.run.name:
            raise ValueError(f"{path} is of {state['name']}, not of {self.run.name}")
        if state["n_works"] != self.n_works:
            raise ValueError(f"{path} tells {state['n_works']} works apart, what is trained on now has {self.n_works}")
        self.step = state["step"]
        checkpoints.load_weights(self.model, state["model"], path)
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        index = self.engine.process_index
        if index < len(state["samplers"]):
            self.sampler.restore(state["samplers"][index])
        if index < len(state.get("random", ())):
            checkpoints.restore_random_state(state["random"][index], self.device)


def in_full(output: Output) -> Output:
    """In single precision, which losses need."""
    logits, moments = (value if value is None else value.float() for value in (output.logits, output.moments))
    return Output(output.embedding.float(), logits, moments)


def watched_losses(losses: Losses) -> Losses:
    """What can be watched of losses on works that are not trained on: a head knows none of those, and no teacher looks
    at them. Where nothing else is minimised it is MAPLoss, so that classification has a curve too."""
    kept = replace(losses, cross_entropy=0.0, distillation=0.0)
    return kept if kept.is_any else replace(kept, map=1.0)


def accuracy(output: Output, works: Tensor) -> float | None:
    """Share of a batch whose work has the largest of what the head gives."""
    if output.logits is None:
        return None
    return float((output.logits.detach().argmax(dim=1) == works).float().mean())


def likeness_of(output: Output) -> Tensor:
    """[batch, batch], by the moments where there are any."""
    if output.moments is not None:
        return late_interaction(output.moments)
    unit = torch.nn.functional.normalize(output.embedding, dim=1)
    return unit @ unit.T


def train(training: Training, out: Path, minutes: float) -> None:
    """Steps, log and checkpoints."""
    began, elapsed_s, saved_s = time.monotonic(), 0.0, 0.0
    steps: list[Step] = []
    while training.step < training.run.optimisation.steps and elapsed_s < minutes * 60:
        steps.append(training.one_step())
        elapsed_s = training.elapsed_s(began)
        if training.step % LOG_EVERY == 0:
            note(training, out, steps, elapsed_s)
            steps = []
        if elapsed_s - saved_s > CHECKPOINT_EVERY_S:
            saved_s = elapsed_s
            save(training, out)
    save(training, out)


def note(training: Training, out: Path, steps: list[Step], elapsed_s: float) -> None:
    """A line in the log and on the screen, by one process: step, loss in training, loss on watched works, share of
    these whose nearest other is a version, and the accuracy of classification in training, empty where there is
    none. See curves.py."""
    watched, hits = training.watch()
    right = [step.accuracy for step in steps if step.accuracy is not None]
    figures = [float(np.mean([step.loss for step in steps])), watched, hits]
    row = (training.step, *(f"{figure:.4f}" for figure in figures), f"{np.mean(right):.4f}" if right else "")
    if training.engine.is_main_process:
        with (out / "log.csv").open("a", newline="", encoding="utf-8") as log:
            csv.writer(log).writerow(row)
        print(*row, f"{elapsed_s:.0f} s", flush=True)


def save(training: Training, out: Path) -> None:
    """Writes the checkpoint beside the old one, then in its place: a cut leaves one of the two."""
    state = training.state()
    if training.engine.is_main_process:
        torch.save(state, out / "checkpoint.new")
        (out / "checkpoint.new").replace(out / "checkpoint.pt")


if __name__ == "__main__":
    main()
