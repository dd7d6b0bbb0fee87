"""Chord charts of six published corpora to works, and a report of what became of them.

    python training/scripts/import_charts.py --corpora DIR --reserved reserved-titles.txt --out works.json.gz

DIR holds the corpora as archives, each as its upstream repository lays it out: bunks.tar.gz, ireal.tar.gz,
lilypond-lead-sheets.tar.gz, billboard.tar.gz, rollingstone.tar.gz, pop909.tar.gz. One that is not there is
an error: works made of less would look like a result.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from reprise_training.charts import billboard, bunks, ireal, lilypond, pop909, rollingstone, titles, works
from reprise_training.charts.chart import Chart
from reprise_training.charts.skipped import Skipped

CORPORA: dict[str, Callable[[Path, Skipped], Iterator[Chart]]] = {
    # The first chart of a work gives its key: those that write whole forms in a named key come first.
    "ireal": ireal.read,
    "bunks": bunks.read,
    "lilypond-lead-sheets": lilypond.read,
    "billboard": billboard.read,
    "rollingstone": rollingstone.read,
    "pop909": pop909.read,
}


def main() -> int:
    """Reads, gathers, writes, reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--reserved", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    reserved = titles.read_reserved(options.reserved)
    charts: list[Chart] = []
    for name, read in CORPORA.items():
        skipped = Skipped()
        own = list(read(options.corpora / f"{name}.tar.gz", skipped))
        print(f"{name}: {len(own)} charts, {sum(len(chart.chords()) for chart in own)} chords")
        for reason, count in skipped.charts.most_common():
            print(f"  left out, {reason}: {count}")
        for symbol, count in skipped.symbols.most_common():
            print(f"  taken for its triad, {symbol}: {count}")
        charts += own
    gathered, report = works.gathered(charts, reserved)
    works.write(options.out, gathered)
    print_report(gathered, report)
    return 0


def print_report(gathered: list[works.Work], report: works.Report) -> None:
    """What became of the charts."""
    for corpus, count in report.charts.items():
        print(f"{corpus}: {count} read, {report.refused[corpus]} refused, {report.kept[corpus]} kept")
    several = [work for work in gathered if len(work.charts) > 1]
    across = [work for work in several if len({one.chart.corpus for one in work.charts}) > 1]
    moved = [work for work in several if any(one.transposed_by for one in work.charts)]
    print(f"reserved titles refused: {report.refused.total()} charts")
    print(f"too short: {report.too_short} charts")
    print(f"duplicates collapsed: {report.duplicates}")
    print(f"titles with several tunes: {report.split_titles}")
    print(f"works: {len(gathered)}")
    print(f"works with two charts or more: {len(several)}")
    print(f"  charts in them: {sum(len(work.charts) for work in several)}")
    print(f"  from two corpora or more: {len(across)}")
    print(f"  with a chart that was in another key: {len(moved)}")


if __name__ == "__main__":
    sys.exit(main())
