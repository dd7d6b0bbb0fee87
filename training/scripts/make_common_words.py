r"""Makes the bundled table of what many texts say, and strangers: texts of songs that nothing has in common.

    python training/scripts/fetch_debian_texts.py --out TEXTS
    PYTHONPATH=training/src python training/scripts/make_common_words.py --texts TEXTS \
        [--out models/words] [--strangers strangers.json]

TEXTS holds a folder for each language, named by its code, of plain texts with a paragraph a line. They are cut into
lines of five to eleven words, shuffled, and joined to texts as long as songs. Strangers are made of the first lines of
each language, and the table counts in how many of the other texts each run of six letters is. What the recogniser
invents, and what songs say all the time, stands in `models/words/fillers.txt`: it counts as common. Writes

    common.bin     the table, in the format of `reprise_training.words.table_bytes`
    common.toml    its hash, its size, and what it was made from

Needs `pip install anyascii==0.3.3`, the same transliterator as the program's.
"""

import argparse
import hashlib
import json
import math
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reprise_training import words

WORDS = Path(__file__).resolve().parents[2] / "models" / "words"

STRANGERS = {
    "en": 3500,
    "es": 500,
    "de": 300,
    "fr": 200,
    "ru": 150,
    "it": 100,
    "pl": 80,
    "cs": 60,
    "pt": 60,
    "ja": 30,
    "zh": 20,
}
"""How many of each language, 5,000 in all: a library in which most is in English."""

LINE_WORDS = (5, 11)
LONGEST_WORD = 30
"""Letters: a saying may be the name of a protein, and nobody sings that."""

USUAL_LETTERS, SPREAD, LETTERS = 470, 0.7, (90, 3500)
"""Letters of a text: the median and the deviation of the logarithm, and the limits. As songs have, refrains once."""

MOST_FILLERS = 5
"""Up to so many stand in a text made up."""

FEWEST_TEXTS = 150
"""In fewer texts a share of one in a hundred is chance."""

LEAST_SHARE = {"en": 0.01}
LEAST_SHARE_ELSEWHERE = 0.03
"""Terms that fewer texts have are left out. Half of the table is for English, in which most is sung."""

NOTHING_SAID = 13
"""Of 255: from this share on a term says nothing."""

SYLLABLE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Kana and Han: their scripts have no spaces, so that each sign counts as a word."""

EVERY_LANGUAGE = "*"
SEED = 7

Words = list[str]
"""A line or a text, word by word, in Latin letters."""


@dataclass(frozen=True)
class Table:
    """What is known of one language."""

    shares: dict[str, int]
    """Of 255, by term."""
    n_texts: int
    packages: list[str]


def main() -> int:
    """Writes the table, and strangers if asked for; 1 when there is no text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WORDS)
    parser.add_argument("--fillers", type=Path, default=WORDS / "fillers.txt")
    parser.add_argument("--strangers", type=Path)
    options = parser.parse_args()
    fillers = read_fillers(options.fillers.read_text(encoding="utf-8"))
    tables, strangers = {}, []
    for folder in sorted(path for path in options.texts.iterdir() if len(path.name) == 2):
        known = fillers.get(EVERY_LANGUAGE, []) + fillers.get(folder.name, [])
        files = sorted(folder.glob("*.txt"))
        lines = shuffled_lines(files, random.Random(SEED))
        texts = made_up(lines, known, random.Random(SEED))
        strangers += [{"lang": folder.name, "words": " ".join(next(texts))} for _ in range(STRANGERS[folder.name])]
        table = table_of(folder.name, list(texts), known, [path.stem for path in files])
        print(f"{folder.name}: {table.n_texts} texts, {len(table.shares)} terms", flush=True)
        if table.n_texts >= FEWEST_TEXTS:
            tables[folder.name] = table
    if not tables:
        print(f"{options.texts}: no language with {FEWEST_TEXTS} texts", file=sys.stderr)
        return 1
    write(options.out, tables)
    if options.strangers:
        options.strangers.write_text(json.dumps(strangers), encoding="utf-8")
    return 0


def read_fillers(text: str) -> dict[str, list[Words]]:
    """What is said without meaning anything, by language: lines `code: words`, and comments."""
    fillers: dict[str, list[Words]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, _, said = line.partition(":")
            fillers.setdefault(code, []).append(words_of(said))
    return fillers


def words_of(text: str) -> Words:
    """The words of a text as the program reads them: in Latin letters, in lower case, without apostrophes."""
    from anyascii import anyascii

    plain = {sign: anyascii(sign).replace("'", "").replace("`", "") for sign in set(text)}
    spaced = {sign: f" {letters} " if SYLLABLE.match(sign) else letters for sign, letters in plain.items()}
    return re.findall("[a-z0-9]+", text.translate(str.maketrans(spaced)).lower())


def shuffled_lines(files: list[Path], source: random.Random) -> list[Words]:
    """All texts of a language, cut into short lines in any order."""
    lines: list[Words] = []
    for file in files:
        said = [word for word in words_of(file.read_text(encoding="utf-8")) if len(word) <= LONGEST_WORD]
        place = 0
        while place < len(said):
            n_words = source.randint(*LINE_WORDS)
            lines.append(said[place : place + n_words])
            place += n_words
    source.shuffle(lines)
    return lines


def made_up(lines: list[Words], fillers: list[Words], source: random.Random) -> Iterator[Words]:
    """Texts as long as songs, each of lines that no other has, with some fillers. What is left is dropped."""
    text: Words = []
    n_letters, n_wanted = 0, 0.0
    for line in lines:
        n_wanted = n_wanted or min(max(source.lognormvariate(math.log(USUAL_LETTERS), SPREAD), LETTERS[0]), LETTERS[1])
        text += line
        n_letters += sum(map(len, line))
        if n_letters >= n_wanted:
            for _ in range(source.randint(0, MOST_FILLERS) if fillers else 0):
                place = source.randint(0, len(text))
                text[place:place] = source.choice(fillers)
            yield text
            text, n_letters, n_wanted = [], 0, 0.0


def table_of(language: str, texts: list[Words], fillers: list[Words], packages: list[str]) -> Table:
    """Counts the texts that have each term."""
    having = Counter(term for text in texts for term in terms(text))
    least = LEAST_SHARE.get(language, LEAST_SHARE_ELSEWHERE)
    shares = {term: max(round(255 * n / len(texts)), 1) for term, n in having.items() if n >= least * len(texts)}
    for term in {term for filler in fillers for term in terms(filler)}:
        shares[term] = max(shares.get(term, 0), NOTHING_SAID)
    return Table(shares, len(texts), packages)


def terms(text: Words) -> set[str]:
    """The distinct runs of six letters."""
    letters = "".join(text)
    return {letters[start : start + words.GRAM] for start in range(len(letters) - words.GRAM + 1)}


def write(folder: Path, tables: dict[str, Table]) -> None:
    """The table and its description."""
    written = words.table_bytes({code: table.shares for code, table in tables.items()})
    (folder / "common.bin").write_bytes(written)
    lines = [
        "# Written by training/scripts/make_common_words.py; read and verified by crates/reprise-library.",
        'file       = "common.bin"',
        f'sha256     = "{hashlib.sha256(written).hexdigest()}"',
        f"size_bytes = {len(written)}",
    ]
    for code, table in tables.items():
        lines += ["", "[[language]]", f'code    = "{code}"', f"n_terms = {len(table.shares)}"]
        lines += [f"n_texts = {table.n_texts}", f"sources = {json.dumps([*table.packages, 'fillers.txt'])}"]
    (folder / "common.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{folder / 'common.bin'}: {len(written)} bytes")


if __name__ == "__main__":
    sys.exit(main())
