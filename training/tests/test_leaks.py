"""Training and validation share no work. The corpora themselves are looked at where REPRISE_CORPORA names their
folder."""

import csv
import io
import os
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from reprise_training.charts import billboard, bunks, ireal, lilypond, rollingstone, titles, works
from reprise_training.charts.skipped import Skipped

# POP909 numbers its songs and is of no use here.
TITLED = {
    "ireal": ireal,
    "bunks": bunks,
    "lilypond-lead-sheets": lilypond,
    "billboard": billboard,
    "rollingstone": rollingstone,
}


def shared_works(
    training: Iterable[str], validation: Iterable[str], reserved: frozenset[str] = frozenset()
) -> list[str]:
    """Titles to train on that are titles of validation, or whose hash is a reserved one; in order, once each."""
    forbidden = {titles.normalised(title) for title in validation} - {""}
    return sorted({t for t in training if titles.normalised(t) in forbidden or titles.is_reserved(t, reserved)})


def test_a_work_of_validation_is_found_in_training_under_other_spellings() -> None:
    training = ["The Song (Live)", "Another", "Ça va"]
    assert shared_works(training, ["Song", "ca va!"]) == ["The Song (Live)", "Ça va"]
    assert shared_works(training, ["Other"]) == []


def titles_of_validation(archive: Path) -> set[str]:
    """What labels.csv in a packed archive calls its works, impostors too."""
    with tarfile.open(archive) as packed:
        member = next(member for member in packed.getmembers() if Path(member.name).name == "labels.csv")
        content = packed.extractfile(member)
        assert content is not None
        table = io.TextIOWrapper(content, encoding="utf-8", newline="")
        return {row.get("work_title") or row["title"] for row in csv.DictReader(table)}


@pytest.mark.skipif(
    "REPRISE_CORPORA" not in os.environ, reason="REPRISE_CORPORA, the folder of the corpora, is not set"
)
def test_no_chart_is_of_a_work_of_validation() -> None:
    folder = Path(os.environ["REPRISE_CORPORA"])
    reserved = titles.read_reserved(folder / "reserved-titles.txt")
    read = [
        chart for name, corpus in TITLED.items() for chart in corpus.read(folder / f"train/{name}.tar.gz", Skipped())
    ]
    kept = [one.chart.title for work in works.gathered(read, reserved)[0] for one in work.charts]
    assert len(kept) > 4000
    for archive in sorted((folder / "validation").glob("*.tar.gz")):
        forbidden = titles_of_validation(archive)
        assert len(forbidden) > 100
        assert shared_works(kept, forbidden, reserved) == []
