"""Chord symbols to pitch classes: jazz symbols, Harte labels, roman numerals.

An unknown symbol raises a ValueError that names it; `triad` is what an importer takes it for.
"""

import re
from typing import NamedTuple

from reprise_training.charts.chart import Chord

NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
DEGREES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 8: 0, 9: 2, 10: 4, 11: 5, 12: 7, 13: 9}
"""Semitones of the degrees of the major scale."""

NOTE = r"[A-G](?:b+|#+)?"
MAJOR = frozenset({0, 4, 7})
MINOR = frozenset({0, 3, 7})
DIMINISHED = frozenset({0, 3, 6})


class Harmony(NamedTuple):
    """A chord without a length."""

    root: int | None
    notes: frozenset[int]
    bass: int | None

    def lasting(self, beats: float) -> Chord:
        """A chord of that length."""
        return Chord(beats, self.root, self.notes, self.bass)


SILENCE = Harmony(None, frozenset(), None)


def pitch_class(name: str) -> int:
    """`Bb` is 10; any number of flats or of sharps."""
    if not re.fullmatch(NOTE, name):
        raise ValueError(f"unknown note {name!r}")
    return (NATURALS[name[0]] + name.count("#") - name.count("b")) % 12


def degree(name: str) -> int:
    """Semitones above the root: `b3` is 3, `#11` is 6."""
    found = re.fullmatch(r"(b*|#*)(\d+)", name)
    if not found or int(found[2]) not in DEGREES:
        raise ValueError(f"unknown degree {name!r}")
    return (DEGREES[int(found[2])] + found[1].count("#") - found[1].count("b")) % 12


def built(root: int, intervals: frozenset[int] | set[int], bass: int | None = None) -> Harmony:
    """Intervals upon a root; a bass that is the root needs no naming."""
    notes = frozenset((root + interval) % 12 for interval in intervals)
    return Harmony(root, notes, None if bass == root else bass)


# Jazz symbols

JAZZ_SYMBOL = re.compile(rf"({NOTE})(.*?)(?:/({NOTE}))?")
JAZZ_START = (
    # The longest first. Third, fifth, and the seventh that is meant where a number from 7 on follows.
    (r"m[Mm]aj|mM|-\^|m\^|minmaj", 3, 7, 11),
    (r"min|mi|m(?!aj)|-", 3, 7, 10),
    (r"maj|Maj|ma|M|\^", 4, 7, 11),
    (r"dim|o", 3, 6, 9),
    (r"h", 3, 6, 10),
    (r"aug|\+", 4, 8, 10),
    (r"", 4, 7, 10),
)
JAZZ_CHANGE = re.compile(
    r"(?P<sus>sus24|sus2|sus4|sus)|(?P<alt>alt)|(?P<without>no)(?P<gone>[35])"
    r"|(?:add)?(?P<alteration>[b#]+)(?P<of>13|11|9|6|5)|add(?P<added>13|11|9|6|4|2)"
    r"|(?P<raised>\+)|(?P<major>M7|\^7|maj7)"
)


def jazz(symbol: str) -> Harmony:
    """`FM7`, `F#o`, `Gm7b5`, `C7#9`, `Bb-7`, `C^7`, `Ch7`, `D7sus`, `C/E`, `NC`."""
    if symbol in ("NC", "N.C.", "n"):
        return SILENCE
    found = JAZZ_SYMBOL.fullmatch(symbol)
    if not found:
        raise ValueError(f"unknown chord {symbol!r}")
    intervals = jazz_intervals(found[2])
    if intervals is None:
        raise ValueError(f"unknown chord {symbol!r}")
    return built(pitch_class(found[1]), intervals, pitch_class(found[3]) if found[3] else None)


def jazz_intervals(suffix: str) -> set[int] | None:
    """What stands above the root, or None where the suffix is not known."""
    rest = re.sub(r"[(),\s]", "", suffix)
    for start, third, fifth, seventh in JAZZ_START:  # noqa: B007, read behind the loop
        begun = re.match(start, rest)
        if begun:
            break
    else:
        return None
    rest = rest[begun.end() :]
    notes = {0, third, fifth}
    number = re.match(r"6/?9|67|13|11|9|7|6|5|4|2", rest)
    if number:
        rest = rest[number.end() :]
        notes = numbered(notes, number[0].replace("/", ""), third, seventh)
        # The ninth of a diminished chord stands on its diminished seventh; nothing else is meant.
    elif begun[0] in ("^", "h", "-^", "m^", "mM"):
        notes |= {seventh}
    while rest:
        change = JAZZ_CHANGE.match(rest)
        if not change:
            return None
        rest = rest[change.end() :]
        if change["sus"]:
            notes -= {3, 4}
            notes |= {"sus24": {2, 5}, "sus2": {2}}.get(change["sus"], {5})
        elif change["alt"]:
            notes -= {7}
            notes |= {10, 1, 3, 8}
        elif change["without"]:
            notes -= {third, 3, 4} if change["gone"] == "3" else {fifth}
        elif change["alteration"]:
            notes = altered(notes, change["alteration"], int(change["of"]))
        elif change["added"]:
            notes |= {DEGREES[int(change["added"])]}
        elif change["raised"]:
            notes = altered(notes, "#", 5)
        else:
            notes |= {11}
    return notes


def numbered(notes: set[int], number: str, third: int, seventh: int) -> set[int]:
    """The notes of a triad with the number behind its name: 13, 11, 9, 7, 69, 67, 6, 5, 4 or 2."""
    match number:
        case "13":
            return notes | {seventh, 2, 9}
        case "11":
            # With a major third it would clash with the fourth: who writes C11 means the suspended chord.
            return (notes | {seventh, 2, 5}) - {4}
        case "9":
            return notes | {seventh, 2}
        case "7":
            return notes | {seventh}
        case "69":
            return notes | {9, 2}
        case "67":
            return notes | {9, 10}
        case "6":
            return notes | {9}
        case "5":
            return notes - {third}
        case "4":
            return notes | {5}
        case _:  # 2
            return notes | {2}


def altered(notes: set[int], accidental: str, number: int) -> set[int]:
    """With a degree lowered or raised. Fifths, and ninths and thirteenths that are there, are replaced;
    `7b9#9` has both ninths, and the fifth stays where only a thirteenth is lowered."""
    plain = DEGREES[number]
    replaced = {plain} if number in (5, 9, 13) else set()
    return (notes - replaced) | {degree(accidental + str(number))}


# Harte labels

HARTE = re.compile(rf"({NOTE})(?::([a-z0-9]*)(?:\(([^()]*)\))?)?(?:/([b#]*\d+))?")
HARTE_SHORTHANDS = {
    "": {0, 4, 7},
    "maj": {0, 4, 7},
    "min": {0, 3, 7},
    "dim": {0, 3, 6},
    "aug": {0, 4, 8},
    "maj7": {0, 4, 7, 11},
    "min7": {0, 3, 7, 10},
    "7": {0, 4, 7, 10},
    "dim7": {0, 3, 6, 9},
    "hdim7": {0, 3, 6, 10},
    "minmaj7": {0, 3, 7, 11},
    "maj6": {0, 4, 7, 9},
    "6": {0, 4, 7, 9},
    "min6": {0, 3, 7, 9},
    "9": {0, 4, 7, 10, 2},
    "maj9": {0, 4, 7, 11, 2},
    "min9": {0, 3, 7, 10, 2},
    "11": {0, 4, 7, 10, 2, 5},
    "maj11": {0, 4, 7, 11, 2, 5},
    "min11": {0, 3, 7, 10, 2, 5},
    "13": {0, 4, 7, 10, 2, 9},
    "maj13": {0, 4, 7, 11, 2, 9},
    "min13": {0, 3, 7, 10, 2, 9},
    "sus2": {0, 2, 7},
    "sus4": {0, 5, 7},
    "5": {0, 7},
    "1": {0},
}


def harte(label: str) -> Harmony:
    """`G:min7/b3`, `C:(1,5)`, `C:maj(*3)`; `N` and `X` are silence."""
    if label in ("N", "X"):
        return SILENCE
    found = HARTE.fullmatch(label)
    shorthand = found[2] or "" if found else None
    if not found or shorthand not in HARTE_SHORTHANDS:
        raise ValueError(f"unknown chord {label!r}")
    root = pitch_class(found[1])
    # A bare list of degrees is complete but for the root.
    notes = {0} if found[3] and not shorthand else set(HARTE_SHORTHANDS[shorthand])
    try:
        for item in (found[3] or "").split(","):
            if item.startswith("*"):
                notes.discard(degree(item[1:]))
            elif item:
                notes.add(degree(item))
        bass = (root + degree(found[4])) % 12 if found[4] else None
    except ValueError as error:
        raise ValueError(f"unknown chord {label!r}") from error
    return built(root, notes, bass)


# Roman numerals

NUMERALS = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7}
NUMERAL = r"([b#]*)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)"
ROMAN = re.compile(
    NUMERAL + r"([ohxad]?)(64|65|43|42|13|11|9|7|6)?(\+11|\+9|\+6)?(s2|s4)?((?:[b#](?:11|9|5))*)(?:/(?P<of>.+))?"
)
MINOR_SEVENTHS = (2, 4, 7, 9, 10, 11)
"""Roots, in semitones above the tonic, on which the key's own seventh is a minor one: II, III, V, VI, bVII,
VII."""


def roman(symbol: str, tonic: int) -> Harmony:
    """`bVII`, `IVd7`, `iih43`, `V65/vi`, `Vs4`, `R` for silence, upon the tonic of a key.

    Numerals count from the major scale in minor keys too. Capitals are major, `o` diminished, `h` and `x`
    half and fully diminished sevenths, `a` augmented, `d` a minor seventh where the key has a major one.
    """
    if symbol == "R":
        return SILENCE
    found = ROMAN.fullmatch(symbol)
    if not found:
        raise ValueError(f"unknown chord {symbol!r}")
    if found["of"]:
        target = re.fullmatch(NUMERAL, found["of"])
        if not target:
            raise ValueError(f"unknown chord {symbol!r}")
        tonic = (tonic + numeral_degree(target)) % 12
    above = numeral_degree(found)
    kind, figure, added, suspended = found[3], found[4] or "", found[5], found[6]
    third = 4 if found[2].isupper() else 3
    fifth = {"o": 6, "h": 6, "x": 6, "a": 8}.get(kind, 7)
    if kind in ("o", "h", "x"):
        third = 3
    seventh = {"x": 9, "h": 10, "d": 10, "o": 9, "a": 10}.get(kind)
    if seventh is None:
        seventh = 10 if third == 3 or above in MINOR_SEVENTHS else 11
    notes = {0, third, fifth}
    if figure in ("7", "65", "43", "42", "9", "11", "13") or kind in ("h", "x", "d"):
        notes.add(seventh)
    if figure in ("9", "11", "13"):
        notes.add(2)
    if figure == "11":
        notes = (notes - {third}) | {5}
    if figure == "13":
        notes.add(9)
    if added:
        notes.add(degree(added[1:]))
    if suspended:
        notes = (notes - {third}) | {degree(suspended[1:])}
    for change in re.findall(r"[b#]\d+", found[7]):
        notes = altered(notes, change[0], int(change[1:]))
        if change == "#9":
            # Only a seventh chord has one.
            notes.add(10)
    bass = {"6": third, "64": fifth, "65": third, "43": fifth, "42": seventh}.get(figure)
    root = (tonic + above) % 12
    return built(root, notes, None if bass is None else (root + bass) % 12)


def numeral_degree(found: re.Match[str]) -> int:
    """Semitones from the tonic of accidentals and a numeral, the first two groups."""
    return (DEGREES[NUMERALS[found[2].upper()]] + found[1].count("#") - found[1].count("b")) % 12


# What an unknown symbol is taken for


def triad(symbol: str, root: int) -> Harmony:
    """The triad that the beginning of a suffix promises."""
    suffix = re.sub(rf"^{NOTE}:?", "", symbol)
    if re.match(r"dim|hdim|o|h", suffix):
        return built(root, DIMINISHED)
    if re.match(r"m(?!aj|a)|-", suffix):
        return built(root, MINOR)
    return built(root, MAJOR)


def nearest_jazz(symbol: str) -> Harmony:
    """The triad of a jazz symbol or Harte label that cannot be read, silence where it does not even have a
    root."""
    found = re.match(NOTE, symbol)
    return triad(symbol, pitch_class(found[0])) if found else SILENCE


def nearest_roman(symbol: str, tonic: int) -> Harmony:
    """The triad of a numeral that cannot be read to its end."""
    found = re.match(NUMERAL, symbol)
    if not found:
        return SILENCE
    return built((tonic + numeral_degree(found)) % 12, MAJOR if found[2].isupper() else MINOR)
