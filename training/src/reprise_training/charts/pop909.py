"""POP909: chords and beats in seconds. The archive has numbers for names."""

import itertools
import re
import statistics
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from reprise_training.charts import archive, symbols
from reprise_training.charts.chart import Chart, Chord, Section, joined
from reprise_training.charts.reading import known
from reprise_training.charts.skipped import Skipped

CORPUS = "pop909"
GRID = 4
"""Chords begin on beats but for rounding: lengths are whole fractions of a beat."""


def read(path: Path, skipped: Skipped) -> Iterator[Chart]:
    """All charts of the packed corpus."""
    songs: dict[str, dict[str, str]] = {}
    for name, text in archive.texts(path, "chord_midi.txt", "beat_midi.txt", "key_audio.txt"):
        where = PurePosixPath(name)
        songs.setdefault(where.parent.name, {})[where.stem] = text
    for number, files in songs.items():
        try:
            yield parse(
                f"POP909 {number}",
                files.get("chord_midi", ""),
                files.get("beat_midi", ""),
                files.get("key_audio", ""),
                skipped,
            )
        except ValueError as error:
            skipped.charts[str(error)] += 1


def parse(title: str, chords: str, beats: str, keys: str, skipped: Skipped) -> Chart:
    """One song: lines of start, end and Harte label; of a beat's time and two marks of downbeats; of start,
    end and key, the first of which counts."""
    rows = [line.split() for line in beats.splitlines() if line.strip()]
    times = [float(row[0]) for row in rows]
    if len(times) < 2:
        raise ValueError("no beats")
    downbeats = [index for index, row in enumerate(rows) if float(row[2]) == 1]
    bars = [end - start for start, end in itertools.pairwise(downbeats)]
    timed: list[Chord] = []
    for line in chords.splitlines():
        fields = line.split()
        if len(fields) != 3:
            continue
        start, end = (round(GRID * at_beat(times, float(time))) / GRID for time in fields[:2])
        if end > start:
            timed.append(known(symbols.harte, fields[2], skipped).lasting(end - start))
    merged = joined(timed)
    if all(chord.root is None for chord in merged):
        raise ValueError("no chords")
    key = re.search(rf"\s({symbols.NOTE}):(maj|min)", keys)
    return Chart(
        title=title,
        composer="",
        corpus=CORPUS,
        key=symbols.pitch_class(key[1]) if key else None,
        is_minor=key[2] == "min" if key else None,
        beats_per_bar=statistics.mode(bars) if bars else 4,
        tempo_bpm=round(60 * (len(times) - 1) / (times[-1] - times[0]), 2),
        sections=(Section("", merged),),
    )


def at_beat(times: list[float], time: float) -> float:
    """A time in beats, between the beats in proportion, beyond them at the pace of the nearest."""
    index = min(max(bisect_right(times, time) - 1, 0), len(times) - 2)
    return index + (time - times[index]) / (times[index + 1] - times[index])
