"""iReal lists (`irealb://`): links that hold scrambled charts of many tunes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

from reprise_training.charts import archive, symbols
from reprise_training.charts.chart import Chart, Chord, Section, beats_in, joined
from reprise_training.charts.reading import known
from reprise_training.charts.skipped import Skipped
from reprise_training.charts.symbols import Harmony

CORPUS = "ireal"
MARK = "1r34LbKcu7"
BLOCK = 50
SWAPPED = (*range(5), *range(10, 24))
MOST_REPEATS = 8
"""Written `<99x>` means until nobody listens."""

MOST_BLANK = 0.25
"""Of the bars. A bar without anything holds the chord before; many of them are a drummer's sheet, where
nobody wrote the chords down."""

TOKEN = re.compile(
    r"(?P<comment><[^>]*>)|(?P<alternative>\([^)]*\))|\*(?P<section>.)|T(?P<metre>\d\d)|N(?P<ending>\d)"
    r"|(?P<chord>(?:[A-G][b#]?|W)(?:sus|alt|add\d|[-^oh+#b\d])*(?:/[A-G][b#]?)?)"
    r"|(?P<bar>[\[\]{}|Z])|(?P<sign>.)",
    re.DOTALL,
)
# Signs S and Q and the words D.C. and D.S. send the reader elsewhere and are passed over, as are U (the
# end), Y (a gap), f (a fermata), s and l (small and large letters): every bar is read once, in the order
# written.


@dataclass
class Bar:
    """A bar of equal cells; each chord begins at one of them. A name begins a section."""

    beats: float
    name: str | None = None
    chords: list[tuple[int, Harmony]] = field(default_factory=list)
    cells: int = 0
    is_blank: bool = True

    def take(self, other: "Bar") -> None:
        """Sounds like the other bar: all of it in the same metre, else what it ended with."""
        self.is_blank = False
        if other.beats == self.beats or not other.chords:
            self.chords, self.cells = list(other.chords), other.cells
        else:
            self.chords, self.cells = [(0, other.chords[-1][1])], 1


def read(path: Path, skipped: Skipped) -> Iterator[Chart]:
    """All charts of the packed corpus."""
    for _, text in archive.texts(path, ".txt", ".html"):
        for link in re.findall(r"irealb://([^\"\s]+)", text):
            for song in unquote(link).split("==="):
                # The last piece of a list is the list's own name.
                if MARK in song:
                    try:
                        yield parse(song, skipped)
                    except ValueError as error:
                        skipped.charts[str(error)] += 1
                elif "=" in song:
                    skipped.charts["no chords"] += 1


def parse(song: str, skipped: Skipped) -> Chart:
    """One tune: `title=composer==style=key=transposition=`, the mark and the body,
    `=style=tempo=choruses`."""
    head, _, rest = song.partition(MARK)
    scrambled, _, tail = rest.partition("=")
    fields = head.split("=")
    if len(fields) < 5:
        raise ValueError("a head without a key")
    key = re.fullmatch(rf"({symbols.NOTE})(-?)", fields[4])
    bars = played(written(unscrambled(scrambled), skipped))
    if not bars or not any(bar.chords for bar in bars):
        raise ValueError("no chords")
    if sum(bar.is_blank for bar in bars) > MOST_BLANK * len(bars):
        raise ValueError("mostly blank bars")
    speed = re.search(r"=(\d+)=\d*\s*$", "=" + tail)
    return Chart(
        title=fields[0].strip(),
        composer=fields[1].strip(),
        corpus=CORPUS,
        key=symbols.pitch_class(key[1]) if key else None,
        is_minor=bool(key[2]) if key else None,
        beats_per_bar=max(1, round(bars[0].beats)),
        tempo_bpm=float(speed[1]) if speed and int(speed[1]) > 0 else None,
        sections=sections_of(bars),
    )


def unscrambled(text: str) -> str:
    """Blocks of 50 characters, some of which trade places with their mirror; a remainder of less than two
    characters leaves the block before it as it is. Then the three abbreviations."""
    blocks: list[str] = []
    while len(text) > BLOCK:
        block, text = list(text[:BLOCK]), text[BLOCK:]
        if len(text) >= 2:
            for index in SWAPPED:
                mirror = BLOCK - 1 - index
                block[index], block[mirror] = block[mirror], block[index]
        blocks.append("".join(block))
    plain = "".join(blocks) + text
    return plain.replace("XyQ", "   ").replace("LZ", " |").replace("Kcl", "| x")


def written(body: str, skipped: Skipped) -> list[Bar | str]:
    """Bars as they are written, between the marks of repeats: `{`, `}`, `[`, `N1`, and `x3` for how often."""
    items: list[Bar | str] = []
    bars: list[Bar] = []
    bar = Bar(4.0)
    last: Harmony | None = None
    is_inside = False
    is_second_of_two = False
    for token in TOKEN.finditer(body + "|"):
        sign = token["sign"]
        if token["bar"]:
            if bar.cells or bar.chords:
                if is_second_of_two and bar.is_blank:
                    bar.take(bars[-2])
                    is_second_of_two = False
                items.append(bar)
                bars.append(bar)
                bar = Bar(bar.beats)
            if token["bar"] in "{}[":
                items.append(token["bar"])
            # Spaces behind the end of a part fill the line on the screen and are no bar.
            is_inside = token["bar"] in "[{|"
        elif token["section"]:
            bar.name = token["section"]
        elif token["metre"]:
            bar.beats = 4.0 if token["metre"] == "12" else beats_in(int(token["metre"][0]), int(token["metre"][1]))
        elif token["ending"]:
            items.append(f"N{token['ending']}")
        elif token["comment"]:
            repeats = re.search(r"(?<!\d)(\d)x|x(\d)(?!\d)", token["comment"])
            if repeats:
                items.append(f"x{repeats[1] or repeats[2]}")
        elif token["chord"] or sign == "n":
            last = symbols.SILENCE if sign == "n" else harmony(token["chord"], last, skipped)
            bar.chords.append((bar.cells, last))
            bar.cells += 1
            bar.is_blank, is_inside, is_second_of_two = False, True, False
        elif sign in ("x", "r") and len(bars) >= (1 if sign == "x" else 2):
            bar.take(bars[-1 if sign == "x" else -2])
            is_inside = False
            is_second_of_two = sign == "r"
        elif sign in (" ", "p") and is_inside:
            bar.cells += 1
            bar.is_blank = bar.is_blank and sign == " "
    return items


def harmony(symbol: str, last: Harmony | None, skipped: Skipped) -> Harmony:
    """The chord of a symbol. `W` is the chord before, upon another bass."""
    if not symbol.startswith("W"):
        return known(symbols.jazz, symbol, skipped)
    if last is None or last.root is None:
        return symbols.SILENCE
    bass = symbols.pitch_class(symbol[2:]) if symbol[1:2] == "/" else None
    return last._replace(bass=None if bass == last.root else bass)


def played(items: list[Bar | str]) -> list[Bar]:
    """Bars in the order they are played: what stands between `{` and `}` again, up to the first ending if
    there are endings. Without a `{` a repeat goes back to the end of the one before."""
    bars: list[Bar] = []
    start, times, ending = 0, 2, 0
    body_end = 0
    for place, item in enumerate(items):
        if isinstance(item, Bar):
            bars.append(item)
        elif item == "{" or (item == "[" and ending > 1):
            start, times, ending = len(bars), 2, 0
        elif item.startswith("N"):
            ending = int(item[1:])
            body_end = len(bars) if ending == 1 else body_end
        elif item.startswith("x"):
            times = min(MOST_REPEATS, max(2, int(item[1:])))
        elif item == "}":
            if ending == 0:
                bars += again(bars[start:]) * (times - 1)
                start, times = len(bars), 2
            elif ending == 1 or f"N{ending + 1}" in until_next_repeat(items[place + 1 :]):
                bars += again(bars[start:body_end])
    return bars


def until_next_repeat(items: list[Bar | str]) -> list[Bar | str]:
    """What belongs to the endings of this repeat."""
    return items[: items.index("{")] if "{" in items else items


def again(bars: list[Bar]) -> list[Bar]:
    """The bars a second time: a part of its own, of the same name."""
    if not bars:
        return []
    return [replace(bars[0], name=bars[0].name or ""), *bars[1:]]


def sections_of(bars: list[Bar]) -> tuple[Section, ...]:
    """Bars to chords: cells to beats, and what is held over a bar line held."""
    parts: list[tuple[str, list[Chord]]] = [("", [])]
    held = next(chord for bar in bars for _, chord in bar.chords)
    for bar in bars:
        if bar.name is not None:
            parts.append((bar.name or parts[-1][0], []))
        events = list(bar.chords)
        if not events or events[0][0] > 0:
            events.insert(0, (0, held))
        starts = [*beats_of([cell for cell, _ in events], bar.cells, bar.beats), bar.beats]
        for (_, chord), start, end in zip(events, starts[:-1], starts[1:], strict=True):
            parts[-1][1].append(chord.lasting(end - start))
            held = chord
    return tuple(Section(name, joined(chords)) for name, chords in parts if chords)


def beats_of(cells: list[int], of: int, beats: float) -> list[float]:
    """The beats on which chords begin that stand in certain cells. Whole ones where there is one for each:
    two chords in the four cells of a 3/4 bar last two beats and one."""
    exact = [cell * beats / of for cell in cells]
    whole = [float(int(beat + 0.5)) for beat in exact]
    if len(set(whole)) == len(whole) and whole[-1] < beats:
        return whole
    return exact
