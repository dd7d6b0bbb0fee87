"""The Jazz Chord Progressions Corpus (carey-bunks): bars of jazz symbols in plain text, the form written
out."""

import re
from collections.abc import Iterator
from pathlib import Path

from reprise_training.charts import archive, symbols
from reprise_training.charts.chart import Chart, Chord, Section, beats_in, joined
from reprise_training.charts.reading import known, letters
from reprise_training.charts.skipped import Skipped

CORPUS = "bunks"


def read(path: Path, skipped: Skipped) -> Iterator[Chart]:
    """All charts of the packed corpus."""
    for name, text in archive.texts(path, ".txt"):
        if "/Songs" in name:
            try:
                yield parse(text, skipped)
            except ValueError as error:
                skipped.charts[str(error)] += 1


def parse(text: str, skipped: Skipped) -> Chart:
    """One file: `Name = value` lines, then bars between `|`, a blank line between sections."""
    fields: dict[str, str] = {}
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        field = re.match(r"\s*(\w+)\s*=\s*(.*)", line)
        if field and "|" not in line:
            fields[field[1]] = field[2].strip()
        elif not line.strip():
            blocks.append([])
        elif "|" in line:
            blocks[-1] += [bar.strip() for bar in line.split("|") if bar.strip()]
    title = fields.get("Title") or fields.get("mpTitle", "")
    if not title:
        raise ValueError("no title")
    time = re.fullmatch(r"(\d+)\s+(\d+)", fields.get("TimeSig", ""))
    if not time:
        raise ValueError("no time signature")
    beats = beats_in(int(time[1]), int(time[2]))
    sections = [joined(chord for bar in bars for chord in in_bar(bar, beats, skipped)) for bars in blocks if bars]
    if not sections:
        raise ValueError("no chords")
    # The key is that of the signature: a tune in A minor says C.
    key = re.fullmatch(symbols.NOTE, fields.get("DBKeySig", ""))
    return Chart(
        title=title,
        composer=fields.get("ComposedBy", ""),
        corpus=CORPUS,
        key=symbols.pitch_class(key[0]) if key else None,
        is_minor=None,
        beats_per_bar=round(beats),
        tempo_bpm=None,
        sections=tuple(map(Section, letters(sections), sections)),
    )


def in_bar(bar: str, beats: float, skipped: Skipped) -> list[Chord]:
    """The chords of a bar are equally long: who needs another length writes a chord twice."""
    written = bar.split()
    return [known(symbols.jazz, symbol, skipped).lasting(beats / len(written)) for symbol in written]
