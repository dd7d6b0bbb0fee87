r"""Trains a run and keeps what it needs to go on.

    python -m reprise_training.train --config training/configs/NAME.yaml --works works.json.gz --out DIR \
        [--steps N] [--minutes M]

Goes on from DIR/checkpoint.pt when that is there. Writes it every few minutes and at the end, beside log.csv; stops
after M minutes, wherever it is: the schedule is by steps, so that a run cut into pieces is the run in one piece.

Several devices: `torchrun --nproc_per_node N -m reprise_training.train ...`, by Accelerate; each process draws batches
of its own, and a step is a batch of each. Graphics processors compute in half precision (bf16) what bears it.
"""

import argparse
import csv
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.utils import gather_object
from torch import Tensor

from reprise_training.alignment import alignment_scores, normalised_scores
from reprise_training.augment import augmented
from reprise_training.config import Masking, Optimisation, Run, read_run
from reprise_training.losses.contrastive import late_interaction
from reprise_training.mixture import Mixture
from reprise_training.model.asimt import Asimt
from reprise_training.model.build import build_model, trained_model
from reprise_training.model.deit import load_deit
from reprise_training.model.output import Output
from reprise_training.objective import Taught, objective
from reprise_training.simulate.rendered import read_all
from reprise_training.simulate.score import read_works
from reprise_training.sources import Sources, made, read_corpus, recorded
from reprise_training.tunes import works as tunes
from reprise_training.views import MELODY

CHECKPOINT_EVERY_S = 120
LOG_EVERY = 20
WATCHED_BATCHES = 4


def main() -> None:
    """Trains until the steps or the minutes are over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--works", type=Path, help="what scripts/import_charts.py wrote")
    parser.add_argument("--rendered", type=Path, nargs="+", help="what scripts/render_{pop909,charts}.py packed")
    parser.add_argument("--tunes", type=Path, help="what scripts/import_tunes.py wrote")
    parser.add_argument("--corpus", nargs="+", metavar=("KIND", "PATH"), help=read_corpus.__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, help="instead of those of the configuration; the schedule is as long")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--deit", help="weights to begin with: a file, or a name that timm can fetch")
    parser.add_argument("--teacher", type=Path, help="checkpoint of the run that the configuration names as teacher")
    options = parser.parse_args()
    run = read_run(options.config)
    if options.steps is not None:
        run = replace(run, optimisation=replace(run.optimisation, steps=options.steps))
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        training = Training(run, read_sources(run, options))
        if options.deit:
            load_deit(training.model, options.deit)
        if run.teacher:
            training.teacher = read_teacher(run, options)
    except ValueError as error:
        parser.error(str(error))
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        training.restore(torch.load(checkpoint, map_location="cpu", weights_only=True))
    train(training, options.out, options.minutes)
    training.end()


def read_sources(run: Run, options: argparse.Namespace) -> Sources:
    """A corpus if one is given, else charts and, if the run wants them, rendered songs and tunes."""
    if options.corpus:
        return recorded(run, read_corpus(options.corpus[0], [Path(path) for path in options.corpus[1:]]))
    has_charts = run.passages.n_works > run.rendered_works + run.tune_works
    if has_charts and options.works is None:
        raise ValueError("there is nothing to train on: --works FILE or --corpus KIND PATH")
    if run.rendered_works and options.rendered is None:
        raise ValueError(f"{run.name} trains on rendered songs: --rendered FILE")
    if run.tune_works and options.tunes is None:
        raise ValueError(f"{run.name} trains on tunes: --tunes FILE")
    songs = read_all(options.rendered, run.views) if run.rendered_works else []
    works = read_works(options.works) if has_charts else []
    return made(run, works, songs, tunes.read(options.tunes) if run.tune_works else [])


def read_teacher(run: Run, options: argparse.Namespace) -> torch.nn.Module:
    """The network whose distances are learned."""
    if options.teacher is None:
        raise ValueError(f"{run.name} learns from {run.teacher}: --teacher CHECKPOINT")
    return trained_model(read_run(options.config.parent / f"{run.teacher}.yaml"), options.teacher)


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
        self.prepared, self.optimiser = self.engine.prepare(self.model, optimiser(self.model, run))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, lambda step: rate(step, run.optimisation))

    def one_step(self) -> float:
        """Moves the weights once; the loss."""
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
        return float(loss.detach())

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
        # A head knows the works that are trained on, no others.
        losses_of_others = replace(self.run.losses, cross_entropy=0.0, distillation=0.0)
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
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""
        if state["name"] != self.run.name:
            raise ValueError(f"the checkpoint is of {state['name']}, not of {self.run.name}")
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        if self.engine.process_index < len(state["samplers"]):
            self.sampler.restore(state["samplers"][self.engine.process_index])


def in_full(output: Output) -> Output:
    """In single precision, which losses need."""
    logits, moments = (value if value is None else value.float() for value in (output.logits, output.moments))
    return Output(output.embedding.float(), logits, moments)


def likeness_of(output: Output) -> Tensor:
    """[batch, batch], by the moments where there are any."""
    if output.moments is not None:
        return late_interaction(output.moments)
    unit = torch.nn.functional.normalize(output.embedding, dim=1)
    return unit @ unit.T


def train(training: Training, out: Path, minutes: float) -> None:
    """Steps, log and checkpoints."""
    began, elapsed_s, saved_s = time.monotonic(), 0.0, 0.0
    losses: list[float] = []
    while training.step < training.run.optimisation.steps and elapsed_s < minutes * 60:
        losses.append(training.one_step())
        elapsed_s = training.elapsed_s(began)
        if training.step % LOG_EVERY == 0:
            watched, hits = training.watch()
            note(training, out, (training.step, f"{np.mean(losses):.4f}", f"{watched:.4f}", f"{hits:.4f}"), elapsed_s)
            losses = []
        if elapsed_s - saved_s > CHECKPOINT_EVERY_S:
            saved_s = elapsed_s
            save(training, out)
    save(training, out)


def note(training: Training, out: Path, row: tuple[int, str, str, str], elapsed_s: float) -> None:
    """A line in the log and on the screen, by one process."""
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


def optimiser(model: torch.nn.Module, run: Run) -> torch.optim.Optimizer:
    """As the run says."""
    wanted = run.optimisation
    if wanted.optimiser == "sgd":
        return torch.optim.SGD(
            model.parameters(), lr=wanted.learning_rate, momentum=wanted.momentum, weight_decay=wanted.weight_decay
        )
    if wanted.optimiser == "adamw":
        return torch.optim.AdamW(model.parameters(), lr=wanted.learning_rate, weight_decay=wanted.weight_decay)
    raise ValueError(f"there is no optimiser {wanted.optimiser}; there are sgd and adamw")


def rate(step: int, wanted: Optimisation) -> float:
    """Warm-up, then half a cosine down to nothing."""
    if step < wanted.warmup_steps:
        return (step + 1) / wanted.warmup_steps
    share = (step - wanted.warmup_steps) / max(1, wanted.steps - wanted.warmup_steps)
    return 0.5 * (1 + float(np.cos(np.pi * min(1.0, share))))


def masked(frames: Tensor, masking: Masking, generator: torch.Generator, melody: int | None = None) -> Tensor:
    """Windows [n, rows, T] with a stretch of frames, some pitch classes and some views hidden. `melody`: which view
    that is; windows that have nothing else keep it."""
    n, n_rows, n_frames = frames.shape
    device, n_views = frames.device, n_rows // 12
    length = torch.randint(0, masking.frames + 1, (n, 1, 1), generator=generator, device=device)
    start = torch.randint(0, n_frames, (n, 1, 1), generator=generator, device=device)
    at = torch.arange(n_frames, device=device)[None, None, :]
    hidden = (at >= start) & (at < start + length)
    edge = torch.randint(0, n_frames // 3, (n, 1, 1), generator=generator, device=device)
    drawn = torch.rand((n, 1, 1), generator=generator, device=device)
    hidden |= (drawn < masking.edges / 2) & (at < edge)
    hidden |= (drawn > 1 - masking.edges / 2) & (at >= n_frames - edge)
    classes = torch.rand((n, 1, 12, 1), generator=generator, device=device) < masking.pitch_classes
    lost = torch.randint(0, n_views, (n,), generator=generator, device=device)
    loses = torch.rand((n, 1), generator=generator, device=device) < (masking.views if n_views > 1 else 0.0)
    views = torch.nn.functional.one_hot(lost, n_views).bool() & loses
    if melody is not None:
        is_dropped = torch.rand((n,), generator=generator, device=device) < masking.melody
        harmony = frames.unflatten(1, (n_views, 12)).abs().amax(dim=(2, 3))
        harmony[:, melody] = 0
        has_harmony = harmony.amax(dim=1) > 0
        views[:, melody] |= is_dropped
        views[:, melody] &= has_harmony
    views = views[:, :, None, None]
    return frames.masked_fill(hidden | (classes | views).expand(-1, n_views, -1, -1).flatten(1, 2), 0.0)


if __name__ == "__main__":
    main()
