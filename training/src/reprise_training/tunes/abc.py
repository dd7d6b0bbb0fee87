"""Melodies in ABC notation, read once from top to bottom: repeats are not written out, of chords the highest note
counts, of several voices the first. What is no note (ornaments, chord symbols, words) is passed over."""

import re
from collections.abc import Iterator
from fractions import Fraction

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
FIFTHS = "FCGDAEB"
MODES = {"mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3, "phr": -4, "loc": -5, "lyd": 1}
"""Sharps of a mode beyond those of the major key on its tonic."""
ACCIDENTALS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
SCALED = {2: Fraction(3, 2), 3: Fraction(2, 3), 4: Fraction(3, 4), 6: Fraction(2, 6), 8: Fraction(3, 8)}
"""What notes of an n-tuplet are multiplied with."""
QUARTERS = Fraction(4)
"""In a whole note."""
MIDDLE_C = 60
NOTE = r"(?P<accidental>\^\^|\^|__|_|=)?(?P<letter>[A-Ga-g])(?P<octave>[',]*)"
LENGTH = r"(?P<above>\d*)(?P<slashes>/*)(?P<below>\d*)"
TOKEN = re.compile(
    rf"(?P<field>\[(?P<name>[A-Za-z]):(?P<value>[^\]]*)\])|(?P<passed>\"[^\"]*\"|![^!\s]*!|\{{[^}}]*\}})"
    rf"|\((?P<tuplet>\d)(?::\d*)*|(?P<chord>\[(?P<notes>[^\]|:]+)\])(?P<chord_length>\d*/*\d*)"
    rf"|(?:{NOTE}|(?P<rest>[zxZ])){LENGTH}|(?P<tie>-)|(?P<broken>>+|<+)|(?P<bar>\|)"
)
IN_CHORD = re.compile(NOTE)
FIELD = re.compile(r"(?P<name>[A-Za-z]):(?P<value>.*)")

Notes = tuple[tuple[float, float, int], ...]


def parse(text: str) -> Iterator[tuple[str, Notes]]:
    """Title and notes (start and end in quarter notes, key 0..127) of every tune of a file."""
    for tune in re.split(r"(?m)^X:", text)[1:]:
        title, reading = "", Reading()
        voices: set[str] = set()
        for line in tune.splitlines()[1:]:
            line = re.sub(r"(?<!\\)%.*$", "", line).rstrip("\\ ")
            field = FIELD.fullmatch(line)
            if field is None:
                if len(voices) < 2:
                    reading.music(line)
            elif field["name"] == "T":
                title = title or field["value"].strip()
            elif field["name"] == "V":
                voices.add(field["value"].split()[0] if field["value"].split() else "")
            else:
                reading.field(field["name"], field["value"].strip())
        yield title, reading.notes()


class Reading:
    """Where the reader stands in one tune."""

    def __init__(self) -> None:
        self.unit: Fraction | None = None
        self.metre = Fraction(1)
        self.signature: dict[str, int] = {}
        self.altered: dict[tuple[str, str], int] = {}
        self.now = Fraction(0)
        self.found: list[tuple[Fraction, Fraction, int]] = []
        self.is_tied, self.scale, self.scaled_left, self.broken = False, Fraction(1), 0, 0

    def notes(self) -> Notes:
        """What was read."""
        return tuple((float(start), float(end), key) for start, end, key in self.found if end > start)

    def field(self, name: str, value: str) -> None:
        """Takes note of what matters to notes: unit, metre and key."""
        fraction = re.match(r"(\d+)/(\d+)", value)
        if name == "L" and fraction:
            self.unit = Fraction(int(fraction[1]), int(fraction[2]))
        elif name == "M" and fraction:
            self.metre = Fraction(int(fraction[1]), int(fraction[2]))
        elif name == "K":
            self.signature = signature(value)

    def music(self, line: str) -> None:
        """Reads a line of notes."""
        for token in TOKEN.finditer(line):
            if token["field"]:
                self.field(token["name"], token["value"].strip())
            elif token["bar"]:
                self.altered.clear()
            elif token["tuplet"]:
                n = int(token["tuplet"])
                self.scale, self.scaled_left = SCALED.get(n, Fraction(2, n) if n else Fraction(1)), n
            elif token["broken"]:
                self.lengthen(token["broken"])
            elif token["tie"]:
                self.is_tied = True
            elif token["chord"]:
                keys = [self.key_of(note) for note in IN_CHORD.finditer(token["notes"])]
                self.sound(max(keys, default=None), length(token["chord_length"]))
            elif token["letter"] or token["rest"]:
                key = self.key_of(token) if token["letter"] else None
                self.sound(key, length(token["above"] + token["slashes"] + token["below"]))

    def sound(self, key: int | None, times: Fraction) -> None:
        """A note or a rest of so many units."""
        unit = self.unit or (Fraction(1, 16) if self.metre < Fraction(3, 4) else Fraction(1, 8))
        lasts = unit * QUARTERS * times
        if self.scaled_left:
            lasts, self.scaled_left = lasts * self.scale, self.scaled_left - 1
        if self.broken:
            lasts, self.broken = lasts * share(self.broken), 0
        start, self.now = self.now, self.now + lasts
        if self.is_tied and self.found and self.found[-1][2] == key and self.found[-1][1] == start:
            self.found[-1] = (self.found[-1][0], self.now, key)
        elif key is not None:
            self.found.append((start, self.now, key))
        self.is_tied = False

    def lengthen(self, signs: str) -> None:
        """Of two notes the one that the signs point away from is longer, the other one as much shorter."""
        towards = 1 if signs[0] == ">" else -1
        if self.found and self.found[-1][1] == self.now:
            start, end, key = self.found[-1]
            end = start + (end - start) * share(-towards * len(signs))
            self.found[-1], self.now = (start, end, key), end
        self.broken = towards * len(signs)

    def key_of(self, note: re.Match[str]) -> int:
        """The key of a note; an accidental stays until the end of the bar."""
        letter, place = note["letter"].upper(), (note["letter"], note["octave"])
        if note["accidental"]:
            self.altered[place] = ACCIDENTALS[note["accidental"]]
        octave = note["letter"].islower() + note["octave"].count("'") - note["octave"].count(",")
        return MIDDLE_C + 12 * octave + LETTERS[letter] + self.altered.get(place, self.signature.get(letter, 0))


def share(broken: int) -> Fraction:
    """Of its length that the note behind (above 0: shorter) or before such a sign keeps."""
    short = Fraction(1, 2 ** abs(broken))
    return short if broken > 0 else 2 - short


def length(text: str) -> Fraction:
    """`3`, `/`, `/2`, `3/2`, `//` as a factor."""
    found = re.fullmatch(r"(\d*)(/*)(\d*)", text)
    assert found is not None
    above, slashes, below = found.groups()
    divisor = int(below) if below else 2 ** len(slashes)
    return Fraction(int(above or 1), divisor or 1)


def signature(value: str) -> dict[str, int]:
    """Sharps and flats by letter of a key such as `G`, `F#m`, `D mixolydian`."""
    key = re.match(r"([A-G])([#b]?)\s*([A-Za-z]*)", value)
    if key is None:
        return {}
    mode = key[3].lower()
    sharps = FIFTHS.index(key[1]) - 1 + 7 * ((key[2] == "#") - (key[2] == "b"))
    sharps += MODES.get("m" if mode == "m" else mode[:3], 0)
    return dict.fromkeys(FIFTHS[: max(0, sharps)], 1) | dict.fromkeys(FIFTHS[7 + min(0, sharps) :], -1)
