r"""Lead sheets in LilyPond (neonscribe): only what stands in `\chordmode`.

Many files hold several harmonisations of one tune, from different books; each is a chart of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from reprise_training.charts import archive, symbols
from reprise_training.charts.chart import Chart, Chord, Section, beats_in, joined
from reprise_training.charts.skipped import Skipped
from reprise_training.charts.symbols import DEGREES, Harmony, altered, built

CORPUS = "lilypond"
SHORTEST_BEATS = 16
"""A refrain of less is a vamp or a stub."""

TOKEN = re.compile(
    r"(?P<open>\{)|(?P<close>\})|(?P<command>\\[A-Za-z]+)|(?P<text>\"[^\"]*\")|(?P<scheme>#\S+)"
    r"|(?P<chord>(?<![A-Za-z\\])(?:[a-g](?:es|is|s|f)*|[srR])[,']*"
    r"(?:\d+\.*(?:\*\d+(?:/\d+)?)*)?"
    r"(?::(?:maj|min|m|dim|aug|sus)?[0-9+\-.]*(?:sus4?)?)?(?:/\+?[a-g](?:es|is|s|f)*)?~?)"
    r"(?=[\s{}|\\a-gsrR]|$)"
    r"|(?P<bar>\|)|(?P<number>\d+(?:/\d+)?\.?)|(?P<space>\s+)|(?P<unknown>\S+)"
)
CHORD = re.compile(
    r"([a-gsrR])((?:es|is|s|f)*)[,']*(\d+\.*)?((?:\*\d+(?:/\d+)?)*)(?::([a-z0-9+\-.]*))?(?:/\+?(\w+))?~?"
)
ORNAMENTS = {
    # Arguments that follow and mean nothing for the harmony.
    "\\break": 0,
    "\\noBreak": 0,
    "\\pageBreak": 0,
    "\\xPageBreak": 0,
    "\\textCodaBreak": 0,
    "\\chordOpenParen": 0,
    "\\chordCloseParen": 0,
    "\\chordInsideParens": 0,
    "\\bar": 1,
    "\\sect": 1,
    "\\sectGap": 1,
    "\\sectNoBar": 1,
    "\\sectNoBreak": 1,
    "\\sectNoBarNoBreak": 1,
    "\\sectPageBreak": 1,
    "\\partial": 1,
    "\\time": 1,
}


def read(path: Path, skipped: Skipped) -> Iterator[Chart]:
    """All charts of the packed corpus."""
    for _, text in archive.texts(path, ".ly"):
        try:
            yield from parse(text, skipped)
        except ValueError as error:
            skipped.charts[str(error)] += 1


def parse(text: str, skipped: Skipped) -> list[Chart]:
    """One file: a chart for each refrain, around it the introduction, verse and ending, which are common to
    all."""
    text = re.sub(r"%\{.*?%\}", "", text, flags=re.DOTALL)
    text = re.sub(r"(?m)%.*$", "", text)
    title = re.search(r'headerTitle\s*=\s*"([^"]+)"', text)
    if not title:
        raise ValueError("no title")
    composer = re.search(r'headerComposer\s*=\s*"([^"]*)"', text)
    time = re.search(r"\\time\s+(\d+)/(\d+)", text)
    numerator, denominator = (int(time[1]), int(time[2])) if time else (4, 4)
    beats = beats_in(numerator, denominator)
    per_whole = Fraction(beats).limit_denominator(24) * denominator / numerator
    refrains: list[Section] = []
    around: dict[str, Section] = {}
    for name, body in chordmodes(text):
        try:
            chords = chords_of(body, per_whole, beats, skipped)
        except ValueError as error:
            skipped.charts[f"a chord part: {error}"] += 1
            continue
        length = sum(chord.beats for chord in chords)
        if all(chord.root is None for chord in chords):
            continue
        kind = re.search(r"(?i)intro|verse|outro|coda|refrain|bridge", name)
        match kind[0].lower() if kind else "":
            case "refrain" if length >= SHORTEST_BEATS:
                refrains.append(Section("refrain", chords))
            case "intro" | "verse" | "outro" | "coda" as part:
                around.setdefault(part, Section(part, chords))
            case _:
                skipped.charts["a chord part that is no refrain"] += 1
    if not refrains:
        raise ValueError("no refrain that can be read")
    before = tuple(around[part] for part in ("intro", "verse") if part in around)
    after = tuple(around[part] for part in ("outro", "coda") if part in around)
    key = re.search(r"(?m)^\s*refrainKey\s*=\s*([a-g](?:es|is|s|f)*)\b", text)
    pace = re.search(r'\\tempo(\w*)\s*"[^"]*"\s*([\d.]+)', text)
    return [
        Chart(
            title=title[1],
            composer=composer[1] if composer else "",
            corpus=CORPUS,
            key=note(key[1]) if key else None,
            is_minor="\\refrainKey \\minor" in text if key else None,
            beats_per_bar=max(1, round(beats)),
            tempo_bpm=float(pace[2]) * PACES.get(pace[1], 1) if pace and float(pace[2]) > 0 else None,
            sections=(*before, refrain, *after),
        )
        for refrain in refrains
    ]


PACES = {"Two": 2}
"""`\\tempoTwo` counts halves."""


def chordmodes(text: str) -> Iterator[tuple[str, str]]:
    r"""Name and contents of every `name = \chordmode { }`."""
    for begun in re.finditer(r"(?m)^\s*(\w+)\s*=\s*\\chordmode\s*\{", text):
        depth = 1
        for place in range(begun.end(), len(text)):
            depth += {"{": 1, "}": -1}.get(text[place], 0)
            if depth == 0:
                yield begun[1], text[begun.end() : place]
                break


@dataclass
class Reader:
    """The place in a chord part, and what a chord without a length inherits."""

    tokens: list[re.Match[str]]
    per_whole: Fraction
    skipped: Skipped
    place: int = 0
    length: Fraction = Fraction(1, 4)
    scale: Fraction = Fraction(1)
    last: Harmony = field(default=symbols.SILENCE)

    def music(self) -> list[Chord]:
        """Everything up to the end or to the brace that closes."""
        chords: list[Chord] = []
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            self.place += 1
            if token["close"]:
                break
            if token["open"]:
                chords += self.music()
            elif token["chord"]:
                chords.append(self.chord(token[0]))
            elif token["command"]:
                chords += self.command(token[0])
            elif not (token["bar"] or token["text"] or token["scheme"]):
                raise ValueError(f"cannot read {token[0]}")
        return chords

    def command(self, name: str) -> list[Chord]:
        """What a command makes of what follows it."""
        if name in ORNAMENTS:
            self.place += ORNAMENTS[name]
            return []
        if name == "\\chordSlash":
            # Strokes: so many quarters more of the same chord.
            quarters = Fraction(self.argument("number"))
            return [self.last.lasting(float(quarters / 4 * self.per_whole))]
        if name == "\\set":
            self.place += 3 if self.peek("unknown") else 0
            return []
        if name in ("\\tuplet", "\\times"):
            ratio = Fraction(self.argument("number"))
            before = self.scale
            self.scale *= 1 / ratio if name == "\\tuplet" else ratio
            self.argument("open")
            chords = self.music()
            self.scale = before
            return chords
        if name == "\\repeat":
            return self.repeat()
        raise ValueError(f"cannot read {name}")

    def repeat(self) -> list[Chord]:
        r"""`\repeat volta 2 { } \alternative { { } { } }`, written out."""
        self.place += 1  # volta, unfold, percent
        times = int(self.argument("number"))
        self.argument("open")
        body = self.music()
        endings: list[list[Chord]] = []
        if self.peek("command") and self.tokens[self.place][0] == "\\alternative":
            self.place += 1
            self.argument("open")
            while self.peek("open"):
                self.place += 1
                endings.append(self.music())
            self.argument("close")
        chords: list[Chord] = []
        for turn in range(times):
            chords += body
            # Fewer endings than turns: the first serves for all but the last ones.
            chords += endings[max(0, turn - (times - len(endings)))] if endings else []
        return chords

    def peek(self, kind: str) -> bool:
        """Whether the next token is of that kind."""
        return self.place < len(self.tokens) and bool(self.tokens[self.place][kind])

    def argument(self, kind: str) -> str:
        """The next token, which must be of that kind."""
        if not self.peek(kind):
            raise ValueError(f"a {kind} is missing")
        self.place += 1
        return self.tokens[self.place - 1][0]

    def chord(self, text: str) -> Chord:
        """One chord, rest or skip."""
        found = CHORD.fullmatch(text)
        if not found:
            raise ValueError(f"cannot read {text}")
        if found[3]:
            digits = found[3].rstrip(".")
            dots = len(found[3]) - len(digits)
            self.length = Fraction(1, int(digits)) * (2 - Fraction(1, 2**dots))
            for factor in found[4].split("*")[1:]:
                self.length *= Fraction(factor)
        if found[1] in "rR":
            self.last = symbols.SILENCE
        elif found[1] != "s":
            # A skip shows nothing: the chord before it goes on.
            self.last = self.harmony(note(found[1] + found[2]), found[5] or "", found[6])
        return self.last.lasting(float(self.length * self.scale * self.per_whole))

    def harmony(self, root: int, suffix: str, bass: str | None) -> Harmony:
        """A root with what is written behind the colon; what is unknown is taken for its triad."""
        under = note(bass) if bass else None
        notes = intervals(suffix)
        if notes is None:
            self.skipped.symbols[f":{suffix}"] += 1
            return symbols.triad(suffix, root)
        return built(root, notes, under)


def chords_of(body: str, per_whole: Fraction, bar: float, skipped: Skipped) -> tuple[Chord, ...]:
    """The chords of one part, without the silence of a pickup."""
    tokens = [token for token in TOKEN.finditer(body) if not token["space"]]
    chords = joined(Reader(tokens, per_whole, skipped).music())
    if not chords:
        raise ValueError("empty")
    return chords[1:] if chords[0].root is None and chords[0].beats < bar else chords


def note(name: str) -> int:
    """`df` and `des` are 1, `fs` and `fis` are 6."""
    accidentals = re.fullmatch(r"([a-g])((?:es|is|s|f)*)", name)
    if not accidentals:
        raise ValueError(f"unknown note {name!r}")
    change = 0
    for accidental in re.findall("es|is|s|f", accidentals[2]):
        # `es` behind e or a is written `s` in Dutch, but these files write English: s is a sharp.
        change += 1 if accidental in ("is", "s") else -1
    return (symbols.NATURALS[accidentals[1].upper()] + change) % 12


def intervals(suffix: str) -> set[int] | None:
    """What stands above the root: `m7.5-`, `maj9`, `sus7`, `1.3.5.9`. None where it is not known."""
    found = re.match(r"min(?=\d|$)|maj|m|dim|aug|sus", suffix)
    kind = found[0] if found else ""
    items = re.findall(r"(\d+)([+-]?)", suffix[len(kind) :])
    rest = re.sub(r"sus4?$", "", suffix[len(kind) :])
    is_suspended = kind == "sus" or rest != suffix[len(kind) :]
    if ".".join(number + sign for number, sign in re.findall(r"(\d+)([+-]?)", rest)) != rest:
        return None
    items = re.findall(r"(\d+)([+-]?)", rest)
    if any(int(number) not in DEGREES for number, _ in items):
        return None
    third = 3 if kind in ("m", "min", "dim") else 4
    fifth = {"dim": 6, "aug": 8}.get(kind, 7)
    seventh = {"maj": 11, "dim": 9}.get(kind, 10)
    notes = {0, third, fifth}
    if items and items[0][0] == "1":
        notes = {0}
    elif items:
        # The first number stacks thirds up to it; thirteenths leave the eleventh out.
        number, sign = int(items[0][0]), items[0][1]
        if number >= 7 and number != 8:
            notes.add(seventh)
        if number >= 9:
            notes.add(2)
        if number == 11:
            notes.add(5)
        if number == 13:
            notes.add(9)
        if number == 7 and sign == "+":
            notes = {0, third, fifth, 11}
            items = items[1:]
    elif kind == "maj":
        notes.add(11)
    for position, (digits, sign) in enumerate(items):
        number = int(digits)
        if sign:
            accidental = "#" if sign == "+" else "b"
            if number == 7:
                notes = (notes - {10}) | {11 if sign == "+" else 10}
            elif number == 3:
                notes = (notes - {4}) | {3 if sign == "-" else 5}
            else:
                notes = altered(notes, accidental, number)
        elif number == 7:
            notes.add(seventh)
        elif number == 4:
            notes = (notes - {3, 4}) | {5}
        elif position or notes == {0} or number in (2, 6):
            notes.add(DEGREES[number])
    if is_suspended:
        is_second = any(digits == "2" for digits, _ in items)
        notes = (notes - {3, 4}) | ({2} if is_second else {5})
    return notes
