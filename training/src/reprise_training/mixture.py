"""Batches of simulated charts, rendered songs and sung tunes together."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from reprise_training.config import Run
from reprise_training.neighbours import in_groups, nearest_songs
from reprise_training.simulate.passages import PassageSampler
from reprise_training.simulate.rendered import RenderedSampler, Rendition, transposed
from reprise_training.simulate.score import Score
from reprise_training.simulate.singing import sung
from reprise_training.simulate.tunes import TuneSampler
from reprise_training.tunes.tune import Tune
from reprise_training.views import MELODY, sung_blocks

SUNG_AT_LEAST = 0.6
"""Of the time, by windows of a voice alone: so much more is drawn than they hold."""


class Mixture:
    """Draws batches as a run wants them, the same ones for the same seed."""

    def __init__(
        self,
        run: Run,
        works: list[list[Score]],
        songs: list[list[Rendition]],
        seed: int,
        device: str,
        tunes: list[list[Tune]] | None = None,
    ) -> None:
        self.run, self.device = run, device
        n_simulated = run.passages.n_works - run.rendered_works - run.tune_works
        wanted = replace(run.passages, n_works=n_simulated)
        self.simulated = PassageSampler(works, wanted, seed, run.liberties, run.recogniser, device)
        self.rendered = RenderedSampler(songs, wanted.n_frames, wanted.start_jitter_s, device) if songs else None
        self.generator, self.choice = self.simulated.generator, self.simulated.choice
        self.is_alone = run.views == (MELODY,)
        drawn = replace(wanted, n_frames=round(wanted.n_frames / SUNG_AT_LEAST)) if self.is_alone else wanted
        self.tunes = TuneSampler(tunes, drawn, self.is_alone) if tunes and run.tune_works else None
        self.n_charts, self.n_songs = len(works), len(songs)
        self.n_works = len(works) + len(songs) + len(tunes or [])
        self.melody = run.views.index(MELODY) if MELODY in run.views else None

    def batch(self) -> tuple[Tensor, Tensor]:
        """Windows [n, 12 * views, n_frames] and the work of each."""
        parts = [self.simulated_batch()] if self.simulated.passages.n_works else []
        if self.rendered is not None and self.run.rendered_works:
            parts.append(self.rendered_batch(self.rendered))
        if self.tunes is not None:
            parts.append(self.tune_batch(self.tunes))
        windows, works = (torch.cat(both) for both in zip(*parts, strict=True))
        return (self.in_one_key(windows) if self.run.passages.hard_keys else windows), works

    def in_one_key(self, windows: Tensor) -> Tensor:
        """Every work in the key in which it is most like the first one of the batch, all of them in a random one: a
        search tries all keys, so that an impostor is as near as its best key."""
        n_renditions = self.run.passages.n_renditions
        by_view = windows.unflatten(1, (-1, 12))
        profiles = by_view[::n_renditions, 0].mean(dim=2)
        if self.melody is not None:
            profiles = profiles + by_view[::n_renditions, self.melody].mean(dim=2)
        keys = torch.stack([profiles.roll(key, 1) @ profiles[0] for key in range(12)]).argmax(dim=0)
        keys = (keys + int(self.choice.integers(12))).repeat_interleave(n_renditions)
        return transposed(windows, keys)

    def simulated_batch(self) -> tuple[Tensor, Tensor]:
        """Charts: views but the first are silent."""
        windows, works = self.simulated.batch()
        return torch.nn.functional.pad(windows, (0, 0, 0, 12 * (len(self.run.views) - 1))), works

    def rendered_batch(self, rendered: RenderedSampler) -> tuple[Tensor, Tensor]:
        """Songs; their numbers follow those of the charts."""
        passages = self.run.passages
        windows, songs = rendered.batch(
            self.run.rendered_works, passages.n_renditions, self.choice, passages.aligned_keys
        )
        if self.melody is not None:
            rows = slice(12 * self.melody, 12 * self.melody + 12)
            windows[:, rows] = sung(windows[:, rows], self.run.singing, self.generator)
        return windows, (songs + self.n_charts).to(self.device)

    def tune_batch(self, tunes: TuneSampler) -> tuple[Tensor, Tensor]:
        """Tunes: views but the melody are silent. Their numbers follow those of the songs."""
        notes, works = tunes.batch(self.run.tune_works, self.run.passages.n_renditions, self.choice)
        voices = sung(notes.to(self.device), self.run.singing, self.generator)
        melody, n_views = self.run.views.index(MELODY), len(self.run.views)
        if self.is_alone:
            voices = without_silence(voices, self.run.passages.n_frames)
        silent = (0, 0, 12 * melody, 12 * (n_views - 1 - melody))
        windows = torch.nn.functional.pad(voices, silent)
        return windows, (works + self.n_charts + self.n_songs).to(self.device)

    def group(self, model: nn.Module, size: int) -> None:
        """From now on songs are drawn in groups of so many that sound alike to a network."""
        if self.rendered is None:
            raise ValueError("there are no rendered songs to group")
        nearest = nearest_songs(model, self.rendered.songs, self.run.passages.n_frames)
        self.rendered.drawn = lambda n, choice: in_groups(nearest, n, size, choice)

    def complete_windows(self) -> Tensor:
        """Windows that have every view."""
        return self.rendered_batch(self.rendered)[0] if self.rendered is not None else self.batch()[0]

    def state(self) -> dict[str, Any]:
        """Where the draws stand."""
        return {"generator": self.generator.get_state(), "choice": self.choice.bit_generator.state}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""
        self.generator.set_state(state["generator"].cpu())
        self.choice.bit_generator.state = state["choice"]

    def close(self) -> None:
        """Nothing goes on behind it."""


def without_silence(voices: Tensor, n_frames: int) -> Tensor:
    """Voices [n, 12, T] as a network reads them that reads nothing else [n, 12, n_frames]; see `views.rows_of`."""
    read = torch.zeros(len(voices), 12, n_frames)
    for window, voice in zip(read, voices.cpu().numpy(), strict=True):
        heard = torch.from_numpy(sung_blocks(voice)[:, :n_frames])
        window[:, : heard.shape[1]] = heard
    return read.to(voices.device)
