"""The Rolling Stone corpus (De Clercq and Temperley): roman numerals by two annotators, and the times of the
bars."""

import itertools
import re
import statistics
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from reprise_training.charts import archive, symbols
from reprise_training.charts.chart import Chart, Chord, Section, beats_in, joined
from reprise_training.charts.skipped import Skipped
from reprise_training.charts.symbols import Harmony

CORPUS = "rollingstone"
ANNOTATORS = ("deClercq", "Temperley")


def read(path: Path, skipped: Skipped) -> Iterator[Chart]:
    """All charts of the packed corpus, one for each annotator of a song."""
    times: dict[str, str] = {}
    harmonies: dict[str, str] = {}
    for name, text in archive.texts(path, ".txt", ".tim"):
        (times if name.endswith(".tim") else harmonies)[PurePosixPath(name).stem] = text
    for name, text in harmonies.items():
        song, _, annotator = name.rpartition("_")
        if annotator not in ANNOTATORS:
            skipped.charts["no annotator in the name"] += 1
            continue
        try:
            yield parse(song, text, times.get(song, ""), skipped)
        except ValueError as error:
            skipped.charts[str(error)] += 1


def parse(name: str, text: str, times: str, skipped: Skipped) -> Chart:
    """One annotation. `name` is that of the file, `Artist_SongTitle_year`. The form is written out, without
    names."""
    artist, title = (words(part) for part in name.split("_")[:2])
    beats, first_beats = 4.0, 4.0
    tonic: int | None = None
    key: int | None = None
    last: Harmony = symbols.SILENCE
    chords: list[Chord] = []
    bars = text.replace("\n", " ").split("|")
    for bar in bars[:-1] if not bars[-1].strip() else bars:
        written: list[Harmony] = []
        for item in bar.split():
            metre = re.fullmatch(r"\[(\d+)/(\d+)\]", item)
            if metre:
                beats = beats_in(int(metre[1]), int(metre[2]))
                first_beats = first_beats if chords or written else beats
            elif item.startswith("["):
                # `[0]` takes back a metre, to the usual one.
                if item == "[0]":
                    beats = 4.0
                else:
                    tonic = symbols.pitch_class(item.strip("[]"))
                    key = tonic if key is None else key
            elif item == ".":
                written.append(last)
            else:
                if tonic is None:
                    raise ValueError("no key before the first chord")
                last = chord(item, tonic, skipped)
                written.append(last)
        written = written or [last]
        chords += [harmony.lasting(beats / len(written)) for harmony in written]
    merged = joined(chords)
    if all(chord.root is None for chord in merged):
        raise ValueError("no chords")
    return Chart(
        title=title,
        composer=artist,
        corpus=CORPUS,
        key=key,
        is_minor=None,
        beats_per_bar=round(first_beats),
        tempo_bpm=tempo(times, first_beats),
        sections=(Section("", merged),),
    )


def chord(symbol: str, tonic: int, skipped: Skipped) -> Harmony:
    """The chord of a numeral; of one that is not known its triad, counted."""
    try:
        return symbols.roman(symbol, tonic)
    except ValueError:
        skipped.symbols[symbol] += 1
        return symbols.nearest_roman(symbol, tonic)


def words(camel: str) -> str:
    """`InTheMidnightHour` in words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)", " ", camel)
    return spaced.strip()


def tempo(times: str, beats: float) -> float | None:
    """Beats a minute, from the median length of a bar; lines are a time and the number of a bar."""
    starts = [float(line.split()[0]) for line in times.splitlines() if line.strip()]
    lengths = [end - start for start, end in itertools.pairwise(starts) if end > start]
    return round(60 * beats / statistics.median(lengths), 2) if lengths else None
