"""The McGill Billboard annotations (SALAMI chord files): what is heard on a record, with the seconds of its
lines."""

import itertools
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

from reprise_training.charts import archive, symbols
from reprise_training.charts.chart import Chart, Chord, Section, beats_in, joined
from reprise_training.charts.reading import known
from reprise_training.charts.skipped import Skipped

CORPUS = "billboard"
METRE = re.compile(r"\((\d+)/(\d+)\)")
UNWRITTEN = ("&pause", "*")
"""Of no length that is known, and not written out: both are passed over."""

SWAPPED = frozenset(
    (
        "Don Gibson",
        "Golden Earring",
        "Gordon Lightfoot",
        "Jimi Hendrix",
        "Naked Eyes",
        "Simon & Garfunkel",
        "The Animals",
        "Willie Nelson",
        "Yvonne Elliman",
    )
)
"""What stands for the title where upstream has title and artist the wrong way round."""


def read(path: Path, skipped: Skipped) -> Iterator[Chart]:
    """All charts of the packed corpus."""
    for name, text in archive.texts(path, ".txt"):
        if "/SalamiFiles/" in name:
            try:
                yield parse(text, skipped)
            except ValueError as error:
                skipped.charts[str(error)] += 1


def parse(text: str, skipped: Skipped) -> Chart:
    """One file. `# name: value` lines, of which metre and tonic may change midway; then a time, perhaps a
    section's letter and name, bars between `|`, and perhaps how often the line is played."""
    fields: dict[str, str] = {}
    beats = 4.0
    sections: list[tuple[str, list[Chord]]] = []
    timed: list[tuple[float, float]] = []
    for line in text.splitlines():
        if line.startswith("#"):
            name, _, value = line[1:].partition(":")
            fields.setdefault(name.strip(), value.strip())
            if name.strip() == "metre":
                beats = beats_of(value.strip())
            continue
        time, _, content = line.partition("\t")
        if not content:
            continue
        before, _, after = content.partition("|")
        bars, _, rest = after.rpartition("|")
        labels = [label.strip() for label in before.split(",") if label.strip()]
        if labels and (re.fullmatch(r"[A-Z]'*", labels[0]) or bars):
            # The name says more than the letter, which is a record's own.
            sections.append((next((label for label in labels[1:] if label[0] != "("), labels[0]), []))
        times = re.search(r"\bx(\d+)", rest)
        chords = [chord for bar in bars.split("|") for chord in in_bar(bar, beats, skipped)]
        chords *= int(times[1]) if times else 1
        if chords and not sections:
            sections.append(("", []))
        if sections:
            sections[-1][1].extend(chords)
        timed.append((float(time), sum(chord.beats for chord in chords)))
    written = tuple(Section(name, joined(chords)) for name, chords in sections if chords)
    if not written:
        raise ValueError("no chords")
    title, artist = named(fields["title"], fields.get("artist", ""))
    return Chart(
        title=title,
        composer=artist,
        corpus=CORPUS,
        key=symbols.pitch_class(fields["tonic"]) if "tonic" in fields else None,
        is_minor=None,
        beats_per_bar=round(beats_of(fields.get("metre", "4/4"))),
        tempo_bpm=tempo(timed),
        sections=written,
    )


def named(title: str, artist: str) -> tuple[str, str]:
    """Title and artist in their places, apostrophes where a few titles have spaces: `Don t`."""
    if title in SWAPPED or (title, artist) == ("Chicago", "25 or 6 to 4"):
        title, artist = artist, title
    return re.sub(r"(?<=[A-Za-z]) (?=(?:t|m|s|re|ll|ve)\b)", "'", title), artist


def beats_of(metre: str) -> float:
    """Of `12/8`."""
    numerator, _, denominator = metre.partition("/")
    return beats_in(int(numerator), int(denominator))


def in_bar(bar: str, beats: float, skipped: Skipped) -> list[Chord]:
    """The chords of a bar: one for each beat, or fewer that share it; `.` repeats the one before."""
    metre = METRE.search(bar)
    if metre:
        beats = beats_in(int(metre[1]), int(metre[2]))
        bar = METRE.sub(" ", bar)
    written = bar.split()
    if not written or all(symbol in UNWRITTEN for symbol in written):
        return []
    chords: list[Chord] = []
    for symbol in written:
        if symbol == "." and chords:
            chords.append(chords[-1])
        elif symbol in (".", *UNWRITTEN):
            chords.append(symbols.SILENCE.lasting(beats / len(written)))
        else:
            chords.append(known(symbols.harte, symbol, skipped).lasting(beats / len(written)))
    return chords


def tempo(timed: list[tuple[float, float]]) -> float | None:
    """Beats a minute, the median of the lines: fermatas and breaks are short of it."""
    paces = [
        60 * beats / (end - start) for (start, beats), (end, _) in itertools.pairwise(timed) if beats and end > start
    ]
    return round(statistics.median(paces), 2) if paces else None
