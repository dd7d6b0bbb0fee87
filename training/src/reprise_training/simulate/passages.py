"""Batches of windows: several renditions of the same passage of a work, for many works at once."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from reprise_training.simulate.recogniser import Recogniser, chord_logits, frames
from reprise_training.simulate.renditions import Liberties, lengths, played
from reprise_training.simulate.score import Score

FRAMES_A_SECOND = 44_100 / 4096
LENGTHS_S = (100.0, 300.0)
"""Of whole renditions."""


@dataclass(frozen=True)
class Passages:
    """What is drawn."""

    n_works: int
    """Works a batch."""
    n_renditions: int
    """Of one passage of each."""
    n_frames: int
    """Of a window."""
    start_jitter_s: float = 4.0
    """Renditions start up to so much before or after one another."""
    slowest: float = 0.75
    fastest: float = 1.33
    """Tempo of a rendition, relative to the passage's."""
    other_chart: float = 0.3
    """Share of renditions that follow another chart of the work, at the same place of its form."""
    repeated: float = 0.08
    skipped: float = 0.06
    """Share of sections after which the same comes again, or the next one is left out."""
    aligned_keys: bool = True
    """Renditions of a work are in one key; else each is in any."""
    whole: bool = False
    """Renditions are whole tracks: from the beginning of the form, of any length; else the same place in the middle."""
    hard_keys: bool = False
    """All works of a batch are in the key in which they are most alike. Only with aligned keys."""


class PassageSampler:
    """Draws batches, the same ones for the same seed."""

    def __init__(
        self,
        works: list[list[Score]],
        passages: Passages,
        seed: int,
        liberties: Liberties | None = None,
        recogniser: Recogniser | None = None,
        device: str = "cpu",
    ) -> None:
        self.works, self.passages = works, passages
        self.liberties, self.recogniser = liberties or Liberties(), recogniser or Recogniser()
        self.device = torch.device(device)
        self.choice = np.random.default_rng(seed)
        self.generator = torch.Generator(self.device)
        self.generator.manual_seed(seed)

    def batch(self) -> tuple[Tensor, Tensor]:
        """Windows [n_works * n_renditions, 12, n_frames], renditions of a work beside one another, and which work each
        is of. The works are in random keys."""
        wanted, plans, works = self.passages, [], []
        n_works = min(wanted.n_works, len(self.works))
        for work in self.choice.choice(len(self.works), n_works, replace=False):
            place = 0.0 if wanted.whole else self.choice.random()
            key, tempo = int(self.choice.integers(12)), self.tempo()
            for _ in range(wanted.n_renditions):
                own = key if wanted.aligned_keys else int(self.choice.integers(12))
                plans.append(self.plan(self.works[work], place, own, tempo))
            works += [int(work)] * wanted.n_renditions
        return self.render(plans), torch.tensor(works, device=self.device)

    def tempo(self) -> float:
        """Beats a minute of a work."""
        return float(np.clip(np.exp(self.choice.normal(np.log(112), 0.3)), 55, 220))

    def plan(self, charts: list[Score], place: float, key: int, tempo: float) -> "Plan":
        """Which chords of which chart a rendition plays from where on, in which key and tempo."""
        wanted = self.passages
        is_other = len(charts) > 1 and self.choice.random() < wanted.other_chart
        score = charts[int(self.choice.integers(1, len(charts)))] if is_other else charts[0]
        tempo *= float(np.exp(self.choice.uniform(np.log(wanted.slowest), np.log(wanted.fastest))))
        frames_a_beat = 60 / tempo * FRAMES_A_SECOND
        total = float(score.beats.sum())
        earliest = 0 if wanted.whole else -1
        jitter = self.choice.uniform(earliest, 1) * wanted.start_jitter_s * tempo / 60
        start = (place * total + jitter) % total
        ends = np.cumsum(score.beats)
        first = int(np.searchsorted(ends, start, side="right")) % len(ends)
        into = start - (ends[first] - score.beats[first])
        needed = wanted.n_frames / frames_a_beat * 1.3 + score.beats.max()
        if wanted.whole:
            needed = self.choice.uniform(*LENGTHS_S) * tempo / 60
        chords = self.course(score, first, needed)
        return Plan(score, chords, max(into, 0.0), key, frames_a_beat)

    def course(self, score: Score, first: int, needed: float) -> np.ndarray:
        """Indices of chords from `first` on that last `needed` beats: the form goes on, and from time to time a section
        is repeated or left out."""
        sections = [np.flatnonzero(score.section_of == s) for s in range(int(score.section_of.max()) + 1)]
        sections = [section for section in sections if len(section)]
        here = next(i for i, section in enumerate(sections) if section[0] <= first <= section[-1])
        course = [sections[here][sections[here] >= first]]
        lasting = float(score.beats[course[0]].sum())
        while lasting < needed:
            drawn = self.choice.random()
            repeated, skipped = self.passages.repeated, self.passages.skipped
            here += 0 if drawn < repeated else 2 if drawn < repeated + skipped else 1
            course.append(sections[here % len(sections)])
            lasting += float(score.beats[course[-1]].sum())
        return np.concatenate(course)

    def render(self, plans: list["Plan"]) -> Tensor:
        """Windows of plans."""
        longest = max(len(plan.chords) for plan in plans)
        notes = np.zeros((len(plans), longest, 12), bool)
        roots = np.full((len(plans), longest), -1)
        beats = np.full((len(plans), longest), 1e3, np.float32)
        for row, plan in enumerate(plans):
            n = len(plan.chords)
            notes[row, :n] = np.roll(plan.score.notes[plan.chords], plan.key, axis=1)
            own = plan.score.roots[plan.chords]
            roots[row, :n] = np.where(own < 0, -1, (own + plan.key) % 12)
            beats[row, :n] = plan.score.beats[plan.chords]
            beats[row, 0] -= min(plan.into, beats[row, 0] - 0.1)
        on_device = [torch.from_numpy(array).to(self.device) for array in (notes, roots, beats)]
        tempo = torch.tensor([plan.frames_a_beat for plan in plans], dtype=torch.float32, device=self.device)
        sounding = played(on_device[0], on_device[1], self.liberties, self.generator)
        ends = lengths(on_device[2], tempo, self.liberties, self.generator).cumsum(dim=1)
        logits = chord_logits(sounding, self.recogniser, self.generator)
        return frames(logits, ends, self.passages.n_frames, self.recogniser, self.generator)


@dataclass(frozen=True)
class Plan:
    """What one rendition plays."""

    score: Score
    chords: np.ndarray
    into: float
    """Beats of the first chord that lie before the window."""
    key: int
    frames_a_beat: float
