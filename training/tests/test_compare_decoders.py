"""What counts as a difference between what Reprise and ffmpeg hear and read."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from compare_decoders import Difference, explain, other_tags, report, same_form


def test_what_says_the_same_has_the_same_form() -> None:
    assert same_form("artist", "First;Second") == same_form("artist", "First, Second")
    assert same_form("title", "Fu\u0308r Elise ") == same_form("title", "Für Elise")
    assert same_form("year", "2004-05-01") == same_form("year", "1.5.2004") == "2004"
    assert same_form("track_number", "03/12") == same_form("track_number", "3")
    assert same_form("year", "unknown") == same_form("track_number", "0") == ""


def test_what_reprise_alone_reads_is_no_difference() -> None:
    assert other_tags({"title": "A", "year": 2004}, {"title": "A"}) == []
    assert other_tags({"title": "A"}, {"title": "A", "date": "2004"}) == ["year None, by ffprobe '2004'"]
    assert other_tags({"year": 1999}, {"date": "2004", "year": "1999"}) == []


def test_the_first_rule_that_fits_explains_and_the_table_counts() -> None:
    differences = [
        Difference("refused", "a/x.wv", "WavPack is not supported yet"),
        Difference("length", "a/y.mp3", "2.00 s, by ffmpeg 3.00 s"),
    ]
    explain(differences, [{"kind": "refused", "file": "*.wv", "said": "^WavPack", "reason": "no decoder"}])
    assert [difference.reason for difference in differences] == ["no decoder", None]
    lines = list(report(10, differences))
    assert "| agree | 8 | | |" in lines
    assert "| decoded by ffmpeg, refused here | 1 | 1 | 0 |" in lines
    assert lines[-2:] == [
        "- length: a/y.mp3: 2.00 s, by ffmpeg 3.00 s",
        "- refused: a/x.wv: WavPack is not supported yet (no decoder)",
    ]
