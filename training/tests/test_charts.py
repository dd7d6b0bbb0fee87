"""Chord charts: what a chart is, titles, and works gathered from charts."""

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chart_examples import MAJOR, MINOR, MINOR_SEVENTH, SEVENTH, chart, chord, silence

from reprise_training.charts import likeness, titles, works
from reprise_training.charts.chart import Chord, beats_in

# The chart itself


@pytest.mark.parametrize(
    "broken",
    [
        (0, 0, frozenset({0}), None),
        (1, 12, frozenset({0}), None),
        (1, 0, frozenset({-1}), None),
        (1, 0, frozenset(), None),
    ],
)
def test_chords_that_cannot_be_are_refused(broken: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError):
        Chord(*broken)


def test_transposing_moves_every_pitch_class_and_twelve_times_comes_back() -> None:
    original = chart("a", [chord(4, 11, SEVENTH, bass=3), silence(1), chord(2, 4, MINOR)])
    up = original.transposed(1)
    assert up.key == 1
    assert up.chords() == (chord(4, 0, SEVENTH, bass=4), silence(1), chord(2, 5, MINOR))
    for _ in range(11):
        up = up.transposed(1)
    assert up == original


def test_bars_are_counted_in_the_beats_one_taps() -> None:
    assert [beats_in(4, 4), beats_in(2, 2), beats_in(3, 4), beats_in(6, 8), beats_in(12, 8)] == [
        4,
        4,
        3,
        2,
        4,
    ]


# Titles


@pytest.mark.parametrize(
    ("title", "normal"),
    [
        ("The Girl from Ipanema", "girl from ipanema"),
        ("Sunshine Of Your Love, The", "sunshine of your love"),
        ("A Foggy Day (In London Town)", "foggy day"),
        ("Don’t Stop [live] & Go", "dont stop and go"),
        ("Águas de Março", "aguas de marco"),
        ("26-2", "26 2"),
        ("The", "the"),
    ],
)
def test_titles_are_normalised(title: str, normal: str) -> None:
    assert titles.normalised(title) == normal


def test_reserved_titles_are_refused_however_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "reserved.txt").write_text("\n".join(map(titles.fingerprint, ("foggy day", "one more"))) + "\n")
    reserved = titles.read_reserved(tmp_path / "reserved.txt")
    for title in (
        "Foggy Day, A",
        "A FOGGY DAY (in London town)",
        "In London Town (A Foggy Day)",
        "(One) More",
    ):
        assert titles.is_reserved(title, reserved)
    assert not titles.is_reserved("A Foggy Night", reserved)
    gathered, report = works.gathered([chart("Foggy day", TUNE), chart("Sunny day", TUNE)], reserved)
    assert [work.id for work in gathered] == ["sunny day"]
    assert report.refused == {"ireal": 1}


def test_fingerprints_are_what_sha256sum_says() -> None:
    assert titles.fingerprint("The abc") == "ba7816bf8f01cfea"


# Works

TUNE = [chord(4, 0, MAJOR), chord(4, 9, MINOR), chord(4, 2, MINOR_SEVENTH), chord(4, 7, SEVENTH)] * 3
OTHER = [chord(4, 0, MINOR), chord(4, 8, MAJOR), chord(4, 1, MAJOR), chord(4, 6, SEVENTH)] * 3


def moved(chords: list[Chord], semitones: int) -> list[Chord]:
    return [one.transposed(semitones) for one in chords]


def test_a_transposed_chart_is_merged_and_aligned() -> None:
    embellished = [*moved(TUNE, 5), chord(4, 5, MAJOR)]
    gathered, _ = works.gathered([chart("The Tune", TUNE), chart("Tune, The", embellished, "bunks")], frozenset())
    assert [work.id for work in gathered] == ["tune"]
    one, other = gathered[0].charts
    assert (one.transposed_by, other.transposed_by, other.chart.key) == (0, 7, 7)
    assert one.chart.chords() == tuple(TUNE)
    assert other.chart.chords() == (*TUNE, chord(4, 0, MAJOR))


def test_another_tune_of_the_same_name_is_another_work() -> None:
    gathered, report = works.gathered(
        [
            chart("Hello", OTHER, "billboard"),
            chart("Hello", TUNE),
            chart("Hello", moved(TUNE[:-1], 3), "bunks"),
        ],
        frozenset(),
    )
    assert [(work.id, [one.chart.corpus for one in work.charts]) for work in gathered] == [
        ("hello", ["ireal", "bunks"]),
        ("hello #2", ["billboard"]),
    ]
    assert report.split_titles == 1


def test_what_one_corpus_calls_one_song_stays_one_work() -> None:
    two = [chart("Hello", chords, "rollingstone", "Somebody") for chords in (TUNE, OTHER)]
    assert len(works.gathered(two, frozenset())[0]) == 1
    nameless = [chart("Hello", chords, "rollingstone", "Traditional") for chords in (TUNE, OTHER)]
    assert len(works.gathered(nameless, frozenset())[0]) == 2


def test_charts_that_say_the_same_collapse() -> None:
    halves = [replace(one, beats=2) for one in TUNE for _ in "ab"]
    gathered, report = works.gathered([chart("T", TUNE), chart("T", moved(halves, 4), "bunks")], frozenset())
    assert [len(work.charts) for work in gathered] == [1]
    assert report.duplicates == 1


def test_the_best_key_is_that_of_trying_all() -> None:
    counted = likeness.bigrams(chart("T", TUNE))
    for semitones in range(12):
        other = likeness.bigrams(chart("T", moved(TUNE, semitones)))
        assert other == likeness.in_key(counted, semitones)
        like, back = likeness.best_key(other, counted)
        assert like == pytest.approx(1) and back == -semitones % 12
    assert likeness.best_key(likeness.bigrams(chart("T", OTHER)), counted)[0] < works.SAME_TUNE


def test_works_are_written_the_same_way_twice(tmp_path: Path) -> None:
    gathered, _ = works.gathered([chart("T", TUNE)], frozenset())
    for name in ("a", "b"):
        works.write(tmp_path / name, gathered)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    document = json.loads(gzip.decompress((tmp_path / "a").read_bytes()))
    assert document["works"][0]["charts"][0]["sections"][0]["chords"][1] == [4, 9, [0, 4, 9], None]
