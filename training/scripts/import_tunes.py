r"""Tune collections to works, and a report of what became of them.

    PYTHONPATH=training/src python training/scripts/import_tunes.py --corpora DIR --validation DIR \
        --reserved reserved-titles.txt --out tunes.json.gz

Reads O'Neill, Ryan, Aird and Essen from the package music21 (`pip install music21`; nothing else needs it), the
melodies of the lead sheets in DIR/lilypond-lead-sheets.tar.gz and those of DIR/pop909.tar.gz. Titles on the list are
refused, and so is every melody that also stands in an archive of the validation packs.
"""

import argparse
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

from reprise_training.charts.titles import read_reserved
from reprise_training.tunes import collections, lilypond, pop909, works
from reprise_training.tunes.validation import validation_phrases


def main() -> int:
    """Reads, refuses, gathers, writes, reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--validation", type=Path, required=True)
    parser.add_argument("--reserved", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    archives = sorted(options.validation.glob("*.tar.gz"))
    if not archives:
        parser.error(f"{options.validation} holds no archive: what must not be trained on is not known")
    forbidden = validation_phrases(archives)
    print(f"{len(forbidden)} phrases of validation", flush=True)
    sheets = lilypond.read(options.corpora / "lilypond-lead-sheets.tar.gz")
    songs = pop909.read(options.corpora / "pop909.tar.gz")
    tunes = chain(sheets, *(collections.read(name) for name in collections.FOLDERS), songs)
    gathered, report = works.gathered(tunes, read_reserved(options.reserved), forbidden)
    works.write(options.out, gathered)
    for corpus, count in report.read.items():
        refused = f"{report.reserved[corpus]} with a reserved title, {report.in_validation[corpus]} in validation"
        print(f"{corpus}: {count} read, {report.too_short[corpus]} too short, {refused}")
    sizes = Counter(min(len(work), 4) for work in gathered)
    several = [work for work in gathered if len({tune.corpus for tune in work}) > 1]
    print(f"works: {len(gathered)}; of 2, 3, 4 and more tunes: {sizes[2]}, {sizes[3]}, {sizes[4]}")
    print(f"works in two collections or more: {len(several)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
