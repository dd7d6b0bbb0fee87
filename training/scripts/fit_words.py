r"""What words add to harmony and tune: tables over the sung set, and what chance does among strangers.

    python training/scripts/unpack_sung.py --features features.npz --loudness loudness.npz --out SUNG
    reprise --library SUNG/all.db eval --features SUNG --truth SUNG/labels.csv
    PYTHONPATH=training/src python training/scripts/fit_words.py --words words.npz --labels features.npz \
        --library SUNG/all.db --strangers strangers.json --table models/words/common.bin

The `.npz` files are those of the sung set, where words are hashes: two consecutive hashes of five letters are a term of
six, and the bundled table knows none of them. strangers.json is a list of {"lang": ..., "words": ...}, texts of tracks
that nothing has in common, from make_common_words.py. `--strangers` and `--table` may be left out.
"""

import argparse
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fit_calibration import AMONG, formula, likelihood, logistic
from numpy.typing import NDArray

from reprise_training import words
from reprise_training.words import Heard, Rarity, Vector

LINKED, RIVALS_SHARE, MOST_OF_RIVALS = 5.2, 0.25, 15.0
"""As in crates/reprise-library/src/relations/{thresholds,competition}.rs."""

CERTAIN = 11.3
LEAST_SUNG, FULLY_SUNG = 0.03, 0.1
"""As in crates/reprise-matching/src/fuse.rs."""

DRAWS, SEED = 2000, 0
RARITIES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
LIBRARIES = ((30, 300), (104, 100), (784, 4), (5000, 1))
"""How many strangers a library has, and how many libraries are drawn."""

ONE_TUNE = {"sukhkarta_dukhharta", "durge_durghat_bhari", "yuge_atthavis"}
"""Works of the sung set with one tune under other words."""

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]
Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class SungSet:
    """Labels and scores of all pairs."""

    work: np.ndarray
    half: np.ndarray
    harmony: Matrix
    fused: Matrix

    @property
    def same(self) -> Mask:
        """Which pairs are one song."""
        return (self.work[:, None] == self.work[None]) & ~np.eye(len(self.work), dtype=bool)


@dataclass(frozen=True)
class Ranked:
    """One query."""

    work: str
    half: str
    precision: float
    first: float
    """Whether the first answer is right."""


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--strangers", type=Path)
    parser.add_argument("--table", type=Path)
    options = parser.parse_args()
    sung = read_scores(options.library, np.load(options.labels))
    heard = read_heard(np.load(options.words), len(sung.work))
    rarity = Rarity(heard)
    vectors = [words.vector(one, rarity) for one in heard]
    alike = of_pairs(vectors, lambda one, other: words.likeness(one.weights, other.weights))
    clear = of_pairs(vectors, words.are_clear) > 0
    by_words = of_pairs(vectors, words.evidence)
    scores = {
        "words alone": alike,
        "harmony": standing(sung.harmony),
        "harmony + words": standing(with_words(sung.harmony, vectors)),
        "harmony + tune (today)": standing(sung.fused),
        "all, without the limit": standing(sung.fused + by_words),
        "all": standing(with_words(sung.fused, vectors)),
    }
    tell_table("all pairs", sung, scores, ~np.eye(len(alike), dtype=bool))
    tell_table("pairs understood and all wrong ones", sung, scores, (by_words > 0) | ~sung.same)
    for half in ("a", "b", "ab"):
        tell_fit(half, sung, by_words)
    tell_clear(sung, of_pairs(vectors, lambda one, other: words.likeness(one.firm, other.firm)), clear)
    if options.strangers:
        strangers = read_strangers(options.strangers)
        tell_strangers("no table", sung, strangers, {})
        if options.table:
            tell_strangers("the bundled table", sung, strangers, words.read_table(options.table.read_bytes()))


def read_scores(library: Path, labels: Arrays) -> SungSet:
    """Normalised scores as the program has them; recordings are numbered by the names of their files."""
    with sqlite3.connect(f"file:{library}?mode=ro", uri=True) as store:
        paths = store.execute("SELECT recordings.id, path FROM recordings JOIN tracks USING (payload)").fetchall()
        rows = store.execute(
            "SELECT recording_id, mean, deviation, voice_mean, voice_deviation, sung_share FROM cohort_statistics"
        ).fetchall()
        pairs = store.execute("SELECT a, b, score, voice FROM alignments").fetchall()
    number = {recording: int(Path(path.decode()).name) for recording, path in paths}
    cohorts = {row[0]: row[1:] for row in rows}
    harmony = np.full((len(number), len(number)), -np.inf)
    fused = harmony.copy()
    for a, b, score, voice in pairs:
        one, other = cohorts[a], cohorts[b]
        key = number[a], number[b]
        by_harmony = normalised(score, one[:2], other[:2])
        by_voice = 0.0
        if voice is not None and one[2] is not None and other[2] is not None:
            weight = np.clip((min(one[4], other[4]) - LEAST_SUNG) / (FULLY_SUNG - LEAST_SUNG), 0, 1)
            by_voice = weight * normalised(voice, one[2:4], other[2:4])
        for table, value in ((harmony, by_harmony), (fused, by_harmony + by_voice)):
            table[key] = table[key[::-1]] = value
    return SungSet(labels["work"], labels["half"], harmony, fused)


def normalised(score: float, one: tuple[float, float], other: tuple[float, float]) -> float:
    """The mean over both cohorts, each given by its mean and deviation."""
    return float(np.mean([(score - mean) / deviation for mean, deviation in (one, other)]))


def read_heard(stored: Arrays, n_tracks: int) -> list[Heard]:
    """The terms of each recording. Which segment a letter is in is not stored and follows from its place."""
    heard = []
    for number in range(n_tracks):
        name = f"{number:03}"
        fives, segment, log_probability = (stored[f"{key}{name}"] for key in ("letters", "segment", "logprob"))
        places = (np.arange(len(fives)) / max(len(fives), 1) * len(segment)).astype(int)
        believed = [words.belief(float(log_probability[segment[place]])) for place in places]
        terms: dict[tuple[int, int], float] = {}
        for at in range(len(fives) - 1):
            term, least = (int(fives[at]), int(fives[at + 1])), min(believed[at : at + 2])
            if least > 0:
                terms[term] = max(terms.get(term, 0.0), least)
        heard.append(Heard(terms, str(stored["language"][number]), float(stored["language_probability"][number])))
    return heard


def of_pairs(vectors: list[Vector], value: Callable[[Vector, Vector], float]) -> Matrix:
    """A value of every pair, [n, n]; 0 on the diagonal."""
    values = np.zeros((len(vectors), len(vectors)))
    for a, one in enumerate(vectors):
        for b, other in enumerate(vectors[:a]):
            values[a, b] = values[b, a] = value(one, other)
    return values


def with_words(scores: Matrix, vectors: list[Vector]) -> Matrix:
    """The scores of all pairs with their words."""
    values = scores.copy()
    for a, one in enumerate(vectors):
        for b, other in enumerate(vectors[:a]):
            values[a, b] = values[b, a] = words.fused(scores[a, b], one, other)
    return values


def standing(scores: Matrix) -> Matrix:
    """Less a share of the strongest rival of either side, as `competition.rs` has it."""
    linked = scores >= LINKED
    rival = np.zeros_like(scores)
    for a, row in enumerate(scores):
        others = [int(place) for place in np.argsort(-row) if linked[a, place]]
        for b in range(len(scores)):
            strongest = next((row[other] for other in others if other != b and not linked[b, other]), 0.0)
            rival[a, b] = min(strongest, MOST_OF_RIVALS)
    return scores - RIVALS_SHARE * (rival + rival.T)


def ranked(sung: SungSet, scores: Matrix, counted: Mask) -> list[Ranked]:
    """Every query that has another version among the pairs that count."""
    queries = []
    for query in range(len(scores)):
        candidates = np.flatnonzero(counted[query] & (np.arange(len(scores)) != query))
        order = candidates[np.argsort(-scores[query, candidates], kind="stable")]
        right = sung.same[query, order]
        if right.any():
            ranks = np.flatnonzero(right) + 1
            precision = float(np.mean(np.arange(1, len(ranks) + 1) / ranks))
            queries.append(Ranked(str(sung.work[query]), str(sung.half[query]), precision, float(right[0])))
    return queries


def interval(queries: list[Ranked], value: Callable[[int], float]) -> str:
    """95 % of the means of a value over works drawn with repetition."""
    works = sorted({query.work for query in queries})
    place = {work: number for number, work in enumerate(works)}
    sums, counts = np.zeros(len(works)), np.zeros(len(works))
    for number, query in enumerate(queries):
        sums[place[query.work]] += value(number)
        counts[place[query.work]] += 1
    drawn = np.random.default_rng(SEED).integers(0, len(works), (DRAWS, len(works)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [2.5, 97.5])
    return f"{low:+.3f} to {high:+.3f}"


def known(sung: SungSet, half: str, counted: Mask) -> Mask:
    """Pairs, each once, of which one side at least is in the half: what `eval` knows the truth of."""
    inside = np.isin(sung.half, list(half))
    return np.triu(counted & (inside[:, None] | inside[None]), 1)


def tell_table(title: str, sung: SungSet, scores: dict[str, Matrix], counted: Mask) -> None:
    """A row for each way: MAP with its interval, P@1, pairs found at a precision of .99, and certain ones."""
    today = ranked(sung, scores["harmony + tune (today)"], counted)
    print(f"\n{title} | half | MAP, 95 % over works | above today | P@1 | found at .99 | certain: right of all")
    for name, table in scores.items():
        for half in ("a", "b", "ab"):
            pairs = [pair for pair in zip(ranked(sung, table, counted), today, strict=True) if pair[0].half in half]
            queries, before = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            gains = [query.precision - other.precision for query, other in zip(queries, before, strict=True)]
            mask = known(sung, half, counted)
            right, found = sung.same[mask], table[mask] >= certain_from(len(sung.work))
            certain = "" if name == "words alone" else f"{(right & found).sum()} of {found.sum()}"
            precisions = [query.precision for query in queries]
            cells = (
                f"{np.mean(precisions):.3f}, {interval(queries, precisions.__getitem__)}",
                f"{np.mean(gains):+.3f}, {interval(queries, gains.__getitem__)}",
                f"{np.mean([query.first for query in queries]):.3f}",
                f"{found_at(table[mask], right):.2f}",
                certain,
            )
            print(f"{name} | {half} ({len(queries)}) | " + " | ".join(cells))


def certain_from(size: int) -> float:
    """The score from which on a pair is certain in a library of so many tracks."""
    return float(CERTAIN + np.log(max(size, 100) / AMONG) / words.LOG_ODDS_A_DEVIATION)


def found_at(scores: Matrix, right: Mask, precision: float = 0.99) -> float:
    """The share of right pairs above the lowest score above which so many are right."""
    hits = np.cumsum(right[np.argsort(-scores, kind="stable")])
    enough = np.flatnonzero(hits >= precision * np.arange(1, len(hits) + 1))
    return float(hits[enough[-1]] / right.sum()) if len(enough) else 0.0


def tell_fit(half: str, sung: SungSet, by_words: Matrix) -> None:
    """The slopes of the likeliest logistic curve over the score of today and what words add, both in deviations."""
    mask = known(sung, half, ~np.eye(len(by_words), dtype=bool))
    right, score = sung.same[mask], np.minimum(sung.fused, MOST_OF_RIVALS)[mask]
    x = np.stack([np.ones_like(score), score, by_words[mask]], axis=1)
    weights = np.zeros(3)
    for _ in range(200):
        odds = logistic(x @ weights)
        curvature = (x * (odds * (1 - odds))[:, None]).T @ x + 1e-3 * np.eye(3)
        step = np.linalg.solve(curvature, x.T @ (right - odds) - 1e-3 * weights)
        while likelihood(x @ (weights + step), right) < likelihood(x @ weights, right) and np.abs(step).max() > 1e-9:
            step = step / 2
        weights = weights + step
    print(f"\nhalf {half}: {formula(float(weights[0]), float(weights[1]))} + {weights[2]:.3f} x words")


def tell_clear(sung: SungSet, alike: Matrix, clear: Mask) -> None:
    """How alike the words of clear pairs are, of one song and of others."""
    mask = np.triu(clear, 1)
    for name, right in (("one song", True), ("others", False)):
        values = alike[mask & (sung.same == right)]
        shares = ", ".join(
            f"{(values < words.BY_CHANCE * part).mean():.3f} below {words.BY_CHANCE * part:.4f}"
            for part in (0.25, 0.5, 1)
        )
        print(f"clear pairs of {name}: {len(values)}; {shares}")


def read_strangers(path: Path) -> list[Heard]:
    """Texts in Latin letters, taken for heard without a doubt."""
    texts = json.loads(path.read_text(encoding="utf-8"))
    return [Heard(words.terms_of([(text["words"].replace(" ", ""), 0.0)]), text["lang"], 1.0) for text in texts]


def tell_strangers(
    title: str, sung: SungSet, strangers: list[Heard], tables: Mapping[str, Mapping[str, float]]
) -> None:
    """How alike strangers are by chance, what the formula says then, and how many pairs would be certain by that."""
    print(f"\nstrangers, {title}")
    source = np.random.default_rng(SEED)
    for size, n_drawn in LIBRARIES:
        drawn = [source.permutation(len(strangers))[:size] for _ in range(n_drawn)]
        found = [chance([strangers[place] for place in places], tables) for places in drawn]
        alike, said = (np.sort(np.concatenate(values)) for values in zip(*found, strict=True))
        tails = ", ".join(
            f"1 in {1 / rare:.0e}: {alike[-1 - int(rare * len(alike))]:.4f} (allowed {allowed(rare):.4f})"
            for rare in RARITIES
            if rare * len(alike) >= 1
        )
        shares = ", ".join(f"above {least}: {(said > least).mean():.1e}" for least in (0, 1, 2, 4, 6))
        print(f"{n_drawn} x {size} tracks, {len(alike)} pairs: likeness {tails}")
        print(f"  evidence in deviations {shares}; the most {said[-1]:.2f}")
        tell_false(sung, said, size)


def allowed(rare: float) -> float:
    """The likeness that the formula takes for so rare."""
    return float(words.BY_CHANCE * np.exp(np.log(0.01 / rare) / words.NATS))


def chance(heard: list[Heard], tables: Mapping[str, Mapping[str, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Likeness and evidence of all pairs of a library, each [n_pairs]."""
    rarity = Rarity(heard, tables)
    having: dict[object, list[tuple[int, float]]] = {}
    lengths = np.zeros(len(heard))
    for number, one in enumerate(heard):
        weights = words.vector(one, rarity).weights
        lengths[number] = np.sqrt(words.squares(weights) + words.MORE_TERMS)
        for term, weight in weights.items():
            if weight > 0:
                having.setdefault(term, []).append((number, weight))
    products = np.zeros((len(heard), len(heard)), np.float32)
    for tracks in having.values():
        if len(tracks) > 1:
            places, weights_of = np.array([track for track, _ in tracks]), np.array([weight for _, weight in tracks])
            products[np.ix_(places, places)] += np.outer(weights_of, weights_of).astype(np.float32)
    pairs = np.triu_indices(len(heard), 1)
    shared, alike = products[pairs], (products / np.outer(lengths, lengths))[pairs]
    by_likeness = words.NATS * np.log(np.maximum(alike, words.BY_CHANCE) / words.BY_CHANCE)
    said = np.minimum(np.minimum(by_likeness, shared / words.TERMS_A_NAT), words.MOST) / words.LOG_ODDS_A_DEVIATION
    return alike, said


def tell_false(sung: SungSet, said: np.ndarray, size: int) -> None:
    """How many wrong pairs would be certain, if words by chance came to the scores of the set's wrong pairs."""
    one_tune = np.isin(sung.work, list(ONE_TUNE))
    mask = np.triu(~sung.same & ~(one_tune[:, None] & one_tune[None]), 1)
    missing = certain_from(size) - standing(sung.fused)[mask]
    share = 1 - np.searchsorted(said, missing) / len(said)
    pairs = size * (size - 1) / 2
    nearest = f"the nearest of the set lacks {missing.min():.1f}"
    print(f"  certain and wrong: {pairs * share.mean():.2g} of {pairs:.0f} pairs; {nearest}")


if __name__ == "__main__":
    main()
