r"""The melodies of the LilyPond lead sheets: what stands in `refrainMelody = \relative`, read once from top to bottom.
Repeats are not written out: a tune is compared and sung in passages."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from reprise_training.charts import archive, symbols
from reprise_training.charts.lilypond import note
from reprise_training.tunes.tune import Tune

CORPUS = "lilypond"
TOKEN = re.compile(
    r"(?P<open>\{)|(?P<close>\})|(?P<tuplet>\\tuplet\s+(?P<above>\d+)/(?P<below>\d+)(?:\s+\d+)?)"
    r"|(?P<grace>\\(?:grace|acciaccatura|appoggiatura)\s*(?:\{[^}]*\}|\S+))"
    r"|(?P<command>\\key\s+\S+|\\[A-Za-z]+)"
    r"|(?P<text>\"[^\"]*\")|(?P<scheme>#\S+)"
    r"|(?P<note>(?:(?<![A-Za-z\\])(?P<name>[a-g](?:es|is|s|f)*|[rsR])(?P<octave>[',]*)[!?]?|<(?P<chord>[^<>]*)>)"
    r"(?P<length>\d+)?(?P<dots>\.*)(?P<times>(?:\*\d+(?:/\d+)?)*)(?P<tie>~?)(?![A-Za-z]))"
)
IN_CHORD = re.compile(r"(?<![A-Za-z\\])([a-g](?:es|is|s|f)*)([',]*)")
LETTERS = "cdefgab"
QUARTERS = Fraction(4)
"""In a whole note."""


def read(path: Path) -> Iterator[Tune]:
    """All melodies of the packed corpus."""
    for _, text in archive.texts(path, ".ly"):
        tune = parse(text)
        if tune is not None:
            yield tune


def parse(text: str) -> Tune | None:
    """The melody of one file; none where there is none that can be read."""
    text = re.sub(r"%\{.*?%\}", "", text, flags=re.DOTALL)
    text = re.sub(r"(?m)%.*$", "", text)
    title = re.search(r'headerTitle\s*=\s*"([^"]+)"', text)
    melody = re.search(r"refrainMelody\s*=\s*\\relative\s+([a-g](?:es|is|s|f)*)([',]*)\s*\{", text)
    # Several lines at once are no tune.
    if not title or not melody or "<<" in text[melody.end() :]:
        return None
    octave = 3 + melody[2].count("'") - melody[2].count(",")
    return Tune(title[1], CORPUS, notes_of(text[melody.end() :], 7 * octave + LETTERS.index(melody[1][0])))


def notes_of(body: str, place: int) -> tuple[tuple[float, float, int], ...]:
    """Notes until the brace that was open is closed; `place`: on the staff, that the first note is relative to, 0 for
    the lowest C and one more for each line and each space."""
    now, length, is_tied = Fraction(0), Fraction(1), False
    scales, scale_of_next = [Fraction(1)], Fraction(1)
    notes: list[tuple[Fraction, Fraction, int]] = []
    for token in TOKEN.finditer(body):
        if token["tuplet"]:
            scale_of_next = Fraction(int(token["below"]), int(token["above"]))
        elif token["open"]:
            scales.append(scales[-1] * scale_of_next)
            scale_of_next = Fraction(1)
        elif token["close"]:
            scales.pop()
            if not scales:
                break
        elif token["note"]:
            if token["length"]:
                length = QUARTERS / int(token["length"]) * (2 - Fraction(1, 2 ** len(token["dots"])))
                for factor in token["times"].split("*")[1:]:
                    length *= Fraction(factor)
            begins, now = now, now + length * scales[-1]
            struck = [(token["name"], token["octave"])] if token["name"] else IN_CHORD.findall(token["chord"])
            if not struck or struck[0][0] in ("r", "s", "R"):
                continue
            key, place = highest(struck, place)
            if is_tied and notes and notes[-1][2] == key:
                notes[-1] = (notes[-1][0], now, key)
            else:
                notes.append((begins, now, key))
            is_tied = bool(token["tie"])
    return tuple((float(start), float(end), key) for start, end, key in notes)


def highest(struck: list[tuple[str, str]], place: int) -> tuple[int, int]:
    """The highest key of notes that are struck together, names and octave marks, each relative to the one before; and
    the place of the first, which the next ones are relative to."""
    places = []
    for name, marks in struck:
        place = nearest(name[0], place) + 7 * (marks.count("'") - marks.count(","))
        places.append((name, place))
    return max(key_of(name, place) for name, place in places), places[0][1]


def nearest(letter: str, place: int) -> int:
    """The place of that letter at most three steps away."""
    return place + (LETTERS.index(letter) - place + 3) % 7 - 3


def key_of(name: str, place: int) -> int:
    """The key 0..127 of a note's name at a place of the staff."""
    natural = symbols.NATURALS[name[0].upper()]
    accidentals = (note(name) - natural + 6) % 12 - 6
    return 12 * (place // 7 + 1) + natural + accidentals
