r"""Measures what the recogniser of words invents where nobody sings, and what that would say of pairs.

    python training/scripts/fetch_debian_music.py --out DEBIAN
    reprise features --stage words --as-if-sung --out HEARD DEBIAN/evaluation/*.ogg
    PYTHONPATH=training/src python training/scripts/measure_invented_words.py --heard HEARD [--table FILE]

HEARD has `<name>.words.json` of instrumental pieces, of which no two are versions. With `--as-if-sung` all of them are
listened to; the program by itself does not listen to what it takes for instrumental. What is invented in several pieces
belongs into `models/words/fillers.txt`. Needs `pip install anyascii==0.3.3`, as make_common_words.py does.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from make_common_words import WORDS, words_of

from reprise_training import words

FEWEST_PIECES = 2
"""What was invented in fewer is not shown."""

LONGEST_RUN, N_SHOWN = 6, 40
LEAST_EVIDENCE = (0, 1, 2)
"""Deviations."""


@dataclass(frozen=True)
class Piece:
    """What was heard in one piece."""

    name: str
    said: list[str]
    """Words in Latin letters."""
    log_probabilities: list[float]
    """Of each line."""
    heard: words.Heard


def main() -> int:
    """Prints the tables; 1 when nothing is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heard", type=Path, required=True)
    parser.add_argument("--table", type=Path, default=WORDS / "common.bin")
    options = parser.parse_args()
    pieces = [read(path) for path in sorted(options.heard.glob("*.words.json"))]
    if not pieces:
        print(f"{options.heard}: no .words.json", file=sys.stderr)
        return 1
    tell_pieces(pieces)
    tell_runs(pieces)
    for title, tables in (("no table", {}), ("the table", words.read_table(options.table.read_bytes()))):
        tell_pairs(title, pieces, words.Rarity([piece.heard for piece in pieces], tables))
    return 0


def read(path: Path) -> Piece:
    """One piece; the terms of lines as they follow one another."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    lines = [(words_of(line["text"]), float(line["log_probability"])) for line in stored["lines"]]
    terms = words.terms_of(("".join(said), log_probability) for said, log_probability in lines)
    return Piece(
        path.name.removesuffix(".words.json"),
        [word for said, _ in lines for word in said],
        [log_probability for _, log_probability in lines],
        words.Heard(terms, stored["language"], float(stored["language_probability"])),
    )


def tell_pieces(pieces: list[Piece]) -> None:
    """In how many pieces something is heard, how much, in which language, and how far it is believed."""
    heard = [piece for piece in pieces if piece.said]
    print(f"{len(pieces)} pieces; words in {len(heard)}, terms in {sum(bool(piece.heard.terms) for piece in pieces)}")
    if heard:
        counts = np.percentile([len(piece.said) for piece in heard], [50, 90, 100])
        print("words in each of these: median {:.0f}, nine in ten up to {:.0f}, the most {:.0f}".format(*counts))
        sureness = np.array([value for piece in heard for value in piece.log_probabilities])
        quantiles = ", ".join(f"{value:.2f}" for value in np.percentile(sureness, [10, 50, 90]))
        print(f"mean log-probability of a line, first, fifth and ninth tenth: {quantiles}")
        believed = np.array([words.belief(float(value)) for value in sureness])
        print(f"lines that count nothing: {(believed == 0).mean():.2f}, fully: {(believed == 1).mean():.2f}")
        languages = Counter(piece.heard.language for piece in heard)
        print("languages:", ", ".join(f"{code} {n}" for code, n in languages.most_common()))
        sure = sum(piece.heard.sureness > words.SURE for piece in heard)
        print(f"language surer than {words.SURE}: {sure}")


def tell_runs(pieces: list[Piece]) -> None:
    """Runs of words that were invented in several pieces, the longest of each kind."""
    having = Counter(run for piece in pieces for run in runs_of(piece.said))
    shared = {run: n for run, n in having.items() if n >= FEWEST_PIECES and sum(map(len, run)) >= words.GRAM}
    # A run says nothing more where a longer one was heard as often.
    parts = {part for run, n in shared.items() for part in (run[1:], run[:-1]) if shared.get(part) == n}
    longest = sorted((run for run in shared if run not in parts), key=lambda run: (-shared[run], run))
    print("invented in several pieces:", "; ".join(f"{' '.join(run)} {shared[run]}" for run in longest[:N_SHOWN]))


def runs_of(said: list[str]) -> set[tuple[str, ...]]:
    """All runs of one to [`LONGEST_RUN`] words."""
    return {
        tuple(said[start : start + size]) for size in range(1, LONGEST_RUN + 1) for start in range(len(said) - size + 1)
    }


def tell_pairs(title: str, pieces: list[Piece], rarity: words.Rarity) -> None:
    """What words would say of pairs that are all wrong."""
    vectors = [words.vector(piece.heard, rarity) for piece in pieces]
    pairs = list(combinations(range(len(pieces)), 2))
    said = np.array([words.evidence(vectors[one], vectors[other]) for one, other in pairs])
    other = np.array([words.otherness(vectors[one], vectors[other]) for one, other in pairs])
    shares = ", ".join(f"above {least}: {(said > least).sum()}" for least in LEAST_EVIDENCE)
    print(f"{title}, {len(pairs)} pairs: evidence in deviations {shares}, the most {said.max(initial=0):.2f}")
    print(f"  otherness above 0: {(other > 0).sum()}")
    for place in np.argsort(-said, kind="stable")[:5]:
        if said[place] > 0:
            one, another = (pieces[number] for number in pairs[place])
            both = one.heard.terms.keys() & another.heard.terms.keys()
            print(f"  {said[place]:.2f}: {one.name}, {another.name}: {' '.join(sorted(map(str, both))[:12])}")


if __name__ == "__main__":
    sys.exit(main())
