"""Trains a run and keeps what it needs to go on.

    python -m reprise_training.train --config training/configs/NAME.yaml --works works.json.gz --out DIR [--minutes M]

Goes on from DIR/checkpoint.pt when that is there. Writes it every few minutes and at the end, beside log.csv; stops after
M minutes, wherever it is: the schedule is by steps, so that a run cut into pieces is the run in one piece.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from reprise_training.config import Masking, Run, read_run
from reprise_training.losses.contrastive import contrastive_loss
from reprise_training.model.asimt import Asimt
from reprise_training.simulate.passages import PassageSampler
from reprise_training.simulate.score import Score, read_works

CHECKPOINT_EVERY_S = 120
LOG_EVERY = 20
WATCHED_BATCHES = 4


def main() -> None:
    """Trains until the steps or the minutes are over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--works", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    run = read_run(options.config)
    options.out.mkdir(parents=True, exist_ok=True)
    training = Training(run, read_works(options.works), options.device)
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        training.restore(torch.load(checkpoint, map_location=options.device, weights_only=True))
    train(training, options.out, options.minutes)


class Training:
    """A run under way."""

    def __init__(self, run: Run, works: list[list[Score]], device: str) -> None:
        self.run, self.device, self.step = run, device, 0
        torch.manual_seed(run.seed)
        self.model = Asimt(run.model).to(device)
        wanted = run.optimisation
        self.optimiser = optimiser(self.model, run)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, lambda step: rate(step, wanted))
        trained, watched = split(works, run.validation_share, run.seed)
        self.sampler, self.watched = (self.sampler_of(part, run.seed + i) for i, part in enumerate((trained, watched)))
        self.watched_batches = [self.watched.batch() for _ in range(WATCHED_BATCHES)]

    def sampler_of(self, works: list[list[Score]], seed: int) -> PassageSampler:
        """Draws from some of the works."""
        run = self.run
        return PassageSampler(works, run.passages, seed, run.liberties, run.recogniser, self.device)

    def one_step(self) -> float:
        """Moves the weights once; the loss."""
        self.model.train()
        frames, works = self.sampler.batch()
        frames = masked(frames, self.run.masking, self.sampler.generator)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
            embedding = self.model(frames).embedding
        loss = contrastive_loss(embedding.float(), works, self.run.optimisation.temperature)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.run.optimisation.clip_norm)
        self.optimiser.step()
        self.schedule.step()
        self.step += 1
        return float(loss.detach())

    @torch.no_grad()
    def watch(self) -> tuple[float, float]:
        """Loss on works that are not trained on, and the share of windows whose nearest other is of the same work."""
        self.model.eval()
        losses, hits = [], []
        for frames, works in self.watched_batches:
            embedding = self.model(frames).embedding.float()
            losses.append(float(contrastive_loss(embedding, works, self.run.optimisation.temperature)))
            likeness = (embedding @ embedding.T).fill_diagonal_(-2)
            hits.append(float((works[likeness.argmax(dim=1)] == works).float().mean()))
        return float(np.mean(losses)), float(np.mean(hits))

    def state(self) -> dict:
        """All that is needed to go on as if nothing had happened."""
        return {
            "name": self.run.name,
            "step": self.step,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "generator": self.sampler.generator.get_state(),
            "choice": self.sampler.choice.bit_generator.state,
        }

    def restore(self, state: dict) -> None:
        """Goes on from a state."""
        if state["name"] != self.run.name:
            raise ValueError(f"the checkpoint is of {state['name']}, not of {self.run.name}")
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.sampler.generator.set_state(state["generator"].cpu())
        self.sampler.choice.bit_generator.state = state["choice"]


def train(training: Training, out: Path, minutes: float) -> None:
    """Steps, log and checkpoints."""
    began = saved = time.monotonic()
    losses: list[float] = []
    with (out / "log.csv").open("a", newline="", encoding="utf-8") as log:
        rows = csv.writer(log)
        while training.step < training.run.optimisation.steps and time.monotonic() - began < minutes * 60:
            losses.append(training.one_step())
            if training.step % LOG_EVERY == 0:
                watched, hits = training.watch()
                row = (training.step, f"{np.mean(losses):.4f}", f"{watched:.4f}", f"{hits:.4f}")
                rows.writerow(row)
                log.flush()
                losses = []
                print(*row, f"{time.monotonic() - began:.0f} s", flush=True)
            if time.monotonic() - saved > CHECKPOINT_EVERY_S:
                saved = time.monotonic()
                save(training, out)
    save(training, out)


def save(training: Training, out: Path) -> None:
    """Writes the checkpoint beside the old one, then in its place: a cut leaves one of the two."""
    torch.save(training.state(), out / "checkpoint.new")
    (out / "checkpoint.new").replace(out / "checkpoint.pt")


def optimiser(model: torch.nn.Module, run: Run) -> torch.optim.Optimizer:
    """As the run says."""
    wanted = run.optimisation
    if wanted.optimiser == "sgd":
        return torch.optim.SGD(
            model.parameters(), lr=wanted.learning_rate, momentum=0.9, weight_decay=wanted.weight_decay
        )
    if wanted.optimiser == "adamw":
        return torch.optim.AdamW(model.parameters(), lr=wanted.learning_rate, weight_decay=wanted.weight_decay)
    raise ValueError(f"there is no optimiser {wanted.optimiser}; there are sgd and adamw")


def rate(step: int, wanted: "object") -> float:
    """Warm-up, then half a cosine down to nothing."""
    if step < wanted.warmup_steps:
        return (step + 1) / wanted.warmup_steps
    share = (step - wanted.warmup_steps) / max(1, wanted.steps - wanted.warmup_steps)
    return 0.5 * (1 + float(np.cos(np.pi * min(1.0, share))))


def split(works: list[list[Score]], share: float, seed: int) -> tuple[list[list[Score]], list[list[Score]]]:
    """Works to train on and works to watch; by work, never by version."""
    order = np.random.default_rng(seed).permutation(len(works))
    n_watched = max(2, round(share * len(works)))
    return [works[i] for i in order[n_watched:]], [works[i] for i in order[:n_watched]]


def masked(frames: Tensor, masking: Masking, generator: torch.Generator) -> Tensor:
    """Windows [n, 12, T] with a stretch of frames and some pitch classes hidden."""
    n, _, n_frames = frames.shape
    device = frames.device
    length = torch.randint(0, masking.frames + 1, (n, 1, 1), generator=generator, device=device)
    start = torch.randint(0, n_frames, (n, 1, 1), generator=generator, device=device)
    at = torch.arange(n_frames, device=device)[None, None, :]
    hidden = (at >= start) & (at < start + length)
    rows = torch.rand((n, 12, 1), generator=generator, device=device) < masking.pitch_classes
    return frames.masked_fill(hidden | rows, 0.0)


if __name__ == "__main__":
    main()
