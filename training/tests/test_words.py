"""Likeness by words: the reference, and the table that ships."""

import hashlib
import random
import re
import runpy
import tomllib
from itertools import combinations
from math import log, sqrt
from pathlib import Path

import pytest

from reprise_training import words
from reprise_training.words import Heard, Rarity

MODELS = Path(__file__).resolve().parents[2] / "models" / "words"

VERSE = (
    "the river runs down to the sea tonight and i will follow it home seven white horses were standing in the rain "
    "nobody knew where the summer had gone"
)
OTHER = (
    "give me the morning and give me the bread a mountain of sugar to put in my head the baker is sleeping the windows "
    "are blue the cat on the roof has nothing to do"
)


def heard(text: str, log_probability: float = -0.2, language: str = "en", sureness: float = 0.9) -> Heard:
    return Heard(words.terms_of([(text.replace(" ", ""), log_probability)]), language, sureness)


def vector(one: Heard, rarity: Rarity | None = None) -> words.Vector:
    return words.vector(one, rarity or Rarity([]))


def some_texts(n_texts: int) -> list[Heard]:
    source = random.Random(3)
    vocabulary = "river home seven horses rain summer bread sugar window roof night morning".split()
    return [heard(" ".join(source.choices(vocabulary, k=40))) for _ in range(n_texts)]


def test_likeness_is_that_of_the_slow_twin_and_does_not_depend_on_who_asks() -> None:
    texts = some_texts(20)
    rarity = Rarity(texts, {"en": {"horses": 0.03, "window": 0.2}})
    for one, other in combinations(texts, 2):
        mine, theirs = vector(one, rarity), vector(other, rarity)
        # Slowly: over all terms of both, with weights of 0 for those that one lacks.
        every = sorted({*one.terms, *other.terms})
        ours, others = ([text.terms.get(term, 0.0) * rarity.of("en", term) for term in every] for text in (one, other))
        product = sum(a * b for a, b in zip(ours, others, strict=True))
        lengths = [sqrt(sum(weight**2 for weight in weights) + 100) for weights in (ours, others)]
        assert words.likeness(mine.weights, theirs.weights) == pytest.approx(product / lengths[0] / lengths[1])
        assert words.likeness(mine.weights, theirs.weights) == pytest.approx(
            words.likeness(theirs.weights, mine.weights)
        )
        assert words.evidence(mine, theirs) == pytest.approx(words.evidence(theirs, mine))
        assert words.otherness(mine, theirs) == pytest.approx(words.otherness(theirs, mine))


def test_the_same_words_misheard_are_alike_and_other_words_are_not() -> None:
    misheard = VERSE.replace("river", "reefer").replace("white", "wide").replace("knew", "new")
    same = vector(heard(VERSE)), vector(heard(misheard))
    assert words.evidence(*same) > 6 and words.otherness(*same) == 0
    others = vector(heard(VERSE)), vector(heard(OTHER))
    assert words.evidence(*others) == 0 and words.otherness(*others) > 0.9


def test_a_loop_counts_once() -> None:
    loop = heard("na na na " * 50)
    assert set(loop.terms) == {"nanana", "ananan"}
    assert words.evidence(vector(loop), vector(loop)) <= 2 / words.TERMS_A_NAT
    often = vector(heard(" ".join([VERSE] * 9)))
    once = vector(heard(VERSE))
    # Where the text begins again five terms are new.
    assert len(often.weights) == len(once.weights) + 5


def test_what_is_badly_heard_counts_nothing_and_a_term_counts_by_its_best_place() -> None:
    assert heard(VERSE, -2.0).terms == {}
    assert heard("followme", -1.5).terms == {"follow": 0.5, "ollowm": 0.5, "llowme": 0.5}
    best = words.terms_of([("followme", -1.75), ("followme", -1.25)])
    assert best["follow"] == 0.75
    assert best["lowmef"] == 0.25, "the least belief in one of its letters"


def test_the_more_tracks_have_a_term_the_less_it_says() -> None:
    texts = [heard("love me do")] * 60 + [heard("yellow")] * 10 + [heard(f"zzz{n:03}") for n in range(230)]
    rarity = Rarity(texts)
    assert rarity.of("en", "loveme") == 0
    assert rarity.of("en", "yellow") == pytest.approx(log(0.05 * 400 / 9) / log(10))
    assert rarity.of("en", "zzz200") == rarity.of("en", "unheard") == rarity.of("de", "loveme") == 1
    by_table = Rarity([heard("love me")], {"en": {"loveme": 0.2}})
    assert by_table.of("en", "loveme") == 0


def test_other_words_limit_only_where_both_are_clear() -> None:
    one = vector(heard(VERSE))
    certain = words.LIMIT + 5
    assert words.fused(certain, one, vector(heard(OTHER))) == pytest.approx(words.LIMIT, abs=0.5)
    assert words.fused(words.LIMIT - 1, one, vector(heard(OTHER))) == words.LIMIT - 1, "nothing is taken off below"
    unclear = [
        heard(OTHER, log_probability=-2.0),
        heard(OTHER, sureness=0.3),
        heard(OTHER, language="de"),
        heard("oh no"),
    ]
    for other in unclear:
        assert words.fused(certain, one, vector(other)) == certain
    latin = vector(heard(VERSE, language="la")), vector(heard(OTHER, language="la"))
    assert words.otherness(*latin) == 0, "the recogniser names this language for many others"


def test_versions_do_not_make_their_own_words_other_words() -> None:
    versions = [heard(VERSE)] * 30
    vectors = [vector(one, Rarity(versions)) for one in versions]
    assert words.evidence(vectors[0], vectors[1]) == 0, "their words are not rare here"
    assert words.otherness(vectors[0], vectors[1]) == 0


def test_words_never_say_all_and_a_line_says_little() -> None:
    whole = vector(heard(VERSE))
    assert words.evidence(whole, whole) * words.LOG_ODDS_A_DEVIATION == pytest.approx(words.MOST)
    line = vector(heard(f"{OTHER} standing in the rain"))
    assert words.evidence(whole, line) * words.LOG_ODDS_A_DEVIATION < 4


def test_a_passage_goes_forward_in_both_texts() -> None:
    assert words.passage("abcde", "xxabxcde") == [(0, 2), (1, 3), (2, 5), (3, 6), (4, 7)]
    assert words.passage("abc", "xyz") == []


def test_the_table_reads_back() -> None:
    tables = {"de": {"zzzzzz": 1, "0a0b0c": 255}, "en": {"loveme": 51}, "fr": {}}
    read = words.read_table(words.table_bytes(tables))
    assert read == {code: {term: share / 255 for term, share in shares.items()} for code, shares in tables.items()}
    # By hand: a code, one term, its number to the base 36, and a fifth.
    number = sum("0123456789abcdefghijklmnopqrstuvwxyz".index(letter) * 36**n for n, letter in enumerate("emevol"))
    assert words.table_bytes({"en": {"loveme": 51}}) == b"en\1\0\0\0" + number.to_bytes(4, "little") + b"\x33"


def test_the_table_that_ships_is_what_its_description_says() -> None:
    stored = tomllib.loads((MODELS / "common.toml").read_text(encoding="utf-8"))
    written = (MODELS / stored["file"]).read_bytes()
    assert (len(written), hashlib.sha256(written).hexdigest()) == (stored["size_bytes"], stored["sha256"])
    assert len(written) < 150_000
    tables = words.read_table(written)
    assert {code: len(shares) for code, shares in tables.items()} == {
        language["code"]: language["n_terms"] for language in stored["language"]
    }
    assert (
        words.table_bytes({code: {t: round(255 * s) for t, s in of.items()} for code, of in tables.items()}) == written
    )
    for shares in tables.values():
        assert all(0 < share <= 1 and re.fullmatch("[0-9a-z]{6}", term) for term, share in shares.items())


def test_fillers_say_nothing() -> None:
    tables = words.read_table((MODELS / "common.bin").read_bytes())
    rarity = Rarity([], tables)
    n_checked = 0
    for line in (MODELS / "fillers.txt").read_text(encoding="utf-8").splitlines():
        code, _, said = line.partition(": ")
        # Without the transliterator only plain letters can be read.
        if not line.startswith("#") and line and said.isascii():
            for term in heard(re.sub("[^a-z0-9]", "", said.lower())).terms:
                n_checked += 1
                assert all(rarity.of(name, term) == 0 for name in (tables if code == "*" else [code])), line
    assert n_checked > 2000


def test_texts_made_up_share_no_line() -> None:
    script = runpy.run_path(str(Path(__file__).resolve().parents[1] / "scripts" / "make_common_words.py"))
    lines = [[f"word{n}", "and"] for n in range(2000)]
    texts = list(script["made_up"](lines, [], random.Random(1)))
    said = [word for text in texts for word in text if word != "and"]
    assert len(texts) > 10 and len(set(said)) == len(said)
    table = script["table_of"]("en", [["one", "two", "one"], ["two", "one", "two"]] * 200, [["lalala"]], [])
    half = dict.fromkeys(["netwoo", "etwoon", "woonet", "oonetw"], 128)
    assert table.shares == {"onetwo": 255, "twoone": 255, **half, "lalala": 13}
