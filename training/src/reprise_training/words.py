"""What two recordings say: likeness by the words heard in them, and what it adds to the score of a pair.

The text of a track is its letters without spaces, transliterated and in lower case, segment by segment as decoded. Its
terms are the distinct runs of six letters, so that a loop counts once. Text is never compared between alphabets: the
transliterator has seen to it. The reference of `crates/reprise-matching/src/words.rs`.
"""

import struct
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

GRAM = 6
"""Letters in a term."""

IGNORED, BELIEVED = -2.0, -1.0
"""Mean log-probabilities of a segment: up to the first it counts nothing, from the second fully."""

COMMON, RARE = 0.05, 0.005
"""Shares of tracks in one language: from the first on a term says nothing, up to the second it says all it can."""

TABLE_TRACKS, NO_TABLE_TRACKS = 300, 100
"""As many tracks of the library the bundled table of a language counts for, and the lack of one."""

MORE_TERMS = 100.0
"""Terms that every track is taken to have besides, and shares with none: two short texts cannot be alike."""

BY_CHANCE = 0.0125
"""Of a hundred pairs of unrelated tracks in one language, one is as alike. Only what is above says anything."""

NATS = 5.0
"""Unrelated pairs that are e times as alike are e^5 times as rare, up to one in ten million."""

TERMS_A_NAT = 5.0
"""So many shared terms are needed for each unit of the logarithm of the odds: one line in common says little."""

MOST = 8.0
"""No words add more to the logarithm of the odds: a prayer or a folk verse has many settings."""

LIMIT = 8.7
"""No tune says more under other words: just below certain in the smallest library (9.27), less a personal half."""

SURELY_OTHERS = 0.5
"""From this otherness on words are said to be others, and the limit holds in full."""

CLEAR = 60.0
"""Believed rare terms (sum of squares) from which on a text is clear."""

SURE = 0.4
"""From this probability on a language counts as recognised."""

MISTAKEN = frozenset({"la", "jw", "nn"})
"""Languages that Whisper names for many others: nothing is held against pairs in them."""

LOG_ODDS_A_DEVIATION = 1.013
"""As in crates/reprise-library/src/relations/thresholds.rs."""


@dataclass(frozen=True)
class Heard:
    """What was heard in one track."""

    terms: Mapping[Any, float]
    """Each term and how far the decoder believes in it, 0 (exclusive) to 1."""
    language: str
    sureness: float
    """The probability of the language."""


def belief(log_probability: float) -> float:
    """How far a segment with this mean log-probability counts, 0 to 1."""
    return min(max((log_probability - IGNORED) / (BELIEVED - IGNORED), 0.0), 1.0)


def terms_of(segments: Iterable[tuple[str, float]]) -> dict[Hashable, float]:
    """The terms of a text: segments of letters with their mean log-probabilities. A term counts by its best place."""
    letters, beliefs = "", []
    for text, log_probability in segments:
        letters += text
        beliefs += [belief(log_probability)] * len(text)
    found: dict[Hashable, float] = {}
    for start in range(len(letters) - GRAM + 1):
        term, believed = letters[start : start + GRAM], min(beliefs[start : start + GRAM])
        if believed > 0:
            found[term] = max(found.get(term, 0.0), believed)
    return found


class Rarity:
    """How many tracks of each language have a term: those of the library, and those behind a bundled table."""

    def __init__(self, heard: Sequence[Heard], tables: Mapping[str, Mapping[Any, float]] | None = None) -> None:
        """Counts the tracks. A table has the share of texts in a language that have a term, where it is not tiny."""
        self.tracks = Counter(one.language for one in heard)
        self.having = Counter((one.language, term) for one in heard for term in one.terms)
        self.tables = tables or {}

    def of(self, language: str, term: Hashable) -> float:
        """How much a shared term says, 0 to 1, by the share of the other tracks of this language that have it."""
        table = self.tables.get(language)
        behind = NO_TABLE_TRACKS if table is None else TABLE_TRACKS
        having = max(self.having[language, term] - 1, 0) + behind * self.by_table(language, term)
        return rarity_of(having / (self.tracks[language] + behind))

    def by_table(self, language: str, term: Hashable) -> float:
        """The share by the table alone: whatever the library, a song's own versions cannot make its words common."""
        return self.tables.get(language, {}).get(term, 0.0)


def rarity_of(share: float) -> float:
    """How much a term says that this share of tracks has, 0 to 1."""
    return min(max(log(COMMON / max(share, 1e-9)) / log(COMMON / RARE), 0.0), 1.0)


@dataclass(frozen=True)
class Vector:
    """The terms of a track, weighted by belief and rarity."""

    weights: Mapping[Any, float]
    firm: Mapping[Any, float]
    """The same by rarity in the table alone: for saying that words are others."""
    language: str
    sureness: float


def vector(heard: Heard, rarity: Rarity) -> Vector:
    """The vector of a track."""
    weights, firm = {}, {}
    for term, believed in heard.terms.items():
        weights[term] = believed * rarity.of(heard.language, term)
        firm[term] = believed * rarity_of(rarity.by_table(heard.language, term))
    return Vector(weights, firm, heard.language, heard.sureness)


def squares(weights: Mapping[Any, float]) -> float:
    """The squared length of a vector."""
    return sum(weight**2 for weight in weights.values())


def shared_terms(one: Mapping[Any, float], other: Mapping[Any, float]) -> float:
    """How many terms two tracks share, each by both weights."""
    small, large = sorted((one, other), key=len)
    return sum(weight * large.get(term, 0.0) for term, weight in small.items())


def likeness(one: Mapping[Any, float], other: Mapping[Any, float]) -> float:
    """The cosine of two vectors, each with [`MORE_TERMS`] that the other lacks, 0 to 1."""
    return shared_terms(one, other) / sqrt((squares(one) + MORE_TERMS) * (squares(other) + MORE_TERMS))


def are_clear(one: Vector, other: Vector) -> bool:
    """Whether both are heard so well, in one language, that other words would show."""
    is_one_language = one.language == other.language and one.language not in MISTAKEN
    return is_one_language and all(text.sureness > SURE and squares(text.firm) >= CLEAR for text in (one, other))


def evidence(one: Vector, other: Vector) -> float:
    """What words add to the score of a pair, in deviations: nothing up to what chance does."""
    said = NATS * log(max(likeness(one.weights, other.weights), BY_CHANCE) / BY_CHANCE)
    return min(said, shared_terms(one.weights, other.weights) / TERMS_A_NAT, MOST) / LOG_ODDS_A_DEVIATION


def otherness(one: Vector, other: Vector) -> float:
    """How surely the words are others, 0 to 1: fully at half of what chance does, and only where both are clear."""
    if not are_clear(one, other):
        return 0.0
    return min(max(2.0 - 2.0 * likeness(one.firm, other.firm) / BY_CHANCE, 0.0), 1.0)


def fused(by_harmony_and_voice: float, one: Vector, other: Vector) -> float:
    """The score of a pair with its words.

    The surer a tune, the surer that it is the same tune. Under other words that is not the question, so that what lies
    beyond the limit does not count.
    """
    beyond = max(by_harmony_and_voice - LIMIT, 0.0)
    others = min(otherness(one, other) / SURELY_OTHERS, 1.0)
    return by_harmony_and_voice + evidence(one, other) - others * beyond


def table_bytes(tables: Mapping[str, Mapping[str, int]]) -> bytes:
    """Tables of languages, each with the 255ths of texts that have a term, as `CommonTerms::parse` reads them.

    For each language its code, the number of its terms (u32), the terms in ascending order as numbers to the base 36
    (u32), and the 255ths (u8); little-endian.
    """
    written = b""
    for code, shares in sorted(tables.items()):
        numbered = sorted((int(term, 36), share) for term, share in shares.items())
        terms, parts = [term for term, _ in numbered], [share for _, share in numbered]
        written += struct.pack(f"<2sI{len(terms)}I{len(parts)}B", code.encode(), len(terms), *terms, *parts)
    return written


def read_table(written: bytes) -> dict[str, dict[str, float]]:
    """The tables by language, each with the share of texts that have a term."""
    tables, place = {}, 0
    while place < len(written):
        code, n_terms = struct.unpack_from("<2sI", written, place)
        place += struct.calcsize("<2sI")
        values = struct.unpack_from(f"<{n_terms}I{n_terms}B", written, place)
        place += n_terms * struct.calcsize("<IB")
        spelled = [spelling(term) for term in values[:n_terms]]
        tables[code.decode()] = {term: share / 255 for term, share in zip(spelled, values[n_terms:], strict=True)}
    return tables


def spelling(number: int) -> str:
    """The letters of a term that is given as a number to the base 36."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return "".join(digits[number // 36**place % 36] for place in reversed(range(GRAM)))


def passage(one: Sequence[Hashable], other: Sequence[Hashable], gap: int = 24) -> list[tuple[int, int]]:
    """The longest chain of places in two texts (terms in their order) that say the same in the same order.

    Between two links of the chain there are at most `gap` letters on either side. It is a reason to show and a place
    to play, no evidence: "same words from 0:31 on" is the first link.
    """
    places: dict[Hashable, list[int]] = {}
    for place, term in enumerate(other):
        places.setdefault(term, []).append(place)
    links = [(a, b) for a, term in enumerate(one) for b in places.get(term, ())]
    longest, before = [1] * len(links), [-1] * len(links)
    for at, (a, b) in enumerate(links):
        for earlier in range(at - 1, -1, -1):
            c, d = links[earlier]
            if a - c > gap:
                break
            if c < a and 0 < b - d <= gap and longest[earlier] >= longest[at]:
                longest[at], before[at] = longest[earlier] + 1, earlier
    at = max(range(len(links)), key=lambda link: longest[link], default=-1)
    chain = []
    while at >= 0:
        chain.append(links[at])
        at = before[at]
    return chain[::-1]
