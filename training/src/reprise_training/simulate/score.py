"""Works as arrays of chords: what renditions are drawn from."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Score:
    """One chart, unrolled: n chords one after another, and the sections they fall into."""

    notes: np.ndarray
    """bool [n, 12], absolute pitch classes; no note at all is no chord."""
    roots: np.ndarray
    """int64 [n], -1 for no chord."""
    beats: np.ndarray
    """float32 [n]."""
    section_of: np.ndarray
    """int64 [n], index of the section that a chord belongs to."""
    beats_per_minute: float | None

    def __post_init__(self) -> None:
        if not len(self.notes) == len(self.roots) == len(self.beats) == len(self.section_of) > 0:
            raise ValueError("a score needs chords, each with notes, root, beats and section")


def read_works(path: Path, without: str | None = None) -> list[list[Score]]:
    """The charts of each work in works.json.gz, in one key; see `charts.works`. `without`: a corpus whose works are
    left out, also those that others have too."""
    with gzip.open(path, "rt", encoding="utf-8") as text:
        works = json.load(text)["works"]
    if without is not None:
        works = [work for work in works if all(chart["corpus"] != without for chart in work["charts"])]
    scores = [[score(chart) for chart in work["charts"] if n_chords(chart) >= FEWEST_CHORDS] for work in works]
    return [charts for charts in scores if charts]


FEWEST_CHORDS = 8
"""Fewer tell no work from another."""


def n_chords(chart: dict[str, Any]) -> int:
    """Chords of a chart as it is stored."""
    return sum(len(section["chords"]) for section in chart["sections"])


def score(chart: dict[str, Any]) -> Score:
    """A chart as it is stored, [beats, root, notes, bass] a chord, to arrays."""
    chords = [(chord, index) for index, section in enumerate(chart["sections"]) for chord in section["chords"]]
    notes = np.zeros((len(chords), 12), bool)
    for row, (chord, _) in zip(notes, chords, strict=True):
        row[list(chord[2])] = True
    return Score(
        notes=notes,
        roots=np.array([-1 if chord[1] is None else chord[1] for chord, _ in chords]),
        beats=np.array([chord[0] for chord, _ in chords], np.float32),
        section_of=np.array([section for _, section in chords]),
        beats_per_minute=chart.get("tempo_bpm"),
    )
