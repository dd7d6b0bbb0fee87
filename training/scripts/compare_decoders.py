"""Compares what Reprise hears and reads of audio files with what ffmpeg does. scripts/compare-decoders.sh starts it.

    python training/scripts/compare_decoders.py --reader target/release/examples/what_is_heard DIR...

A file differs where ffmpeg decodes it and Reprise refuses it, where the lengths of what they decode are apart, or where
ffprobe reads a title, artist, album, year or track number that Reprise reads otherwise or not at all. What Reprise
alone decodes or reads is no difference.
"""

import argparse
import fnmatch
import json
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

APART_S = 0.3
"""Lengths further apart differ: encoders' padding is shorter."""

MOST_UNEXPLAINED = 0.01

RATE_HZ = 8000
"""At which ffmpeg's samples are counted."""

TIMEOUT_S = 60

EXTENSIONS = set(
    "mp3 mp2 mp1 mpga flac m4a m4b mp4 mov 3gp aac adts alac ogg oga opus spx wav wave bwf w64 rf64 aif aiff aifc caf "
    "mka mkv webm weba wma asf wv ape mpc mp+ tta dsf dff ra au ac3 amr".split()
)
"""Those that a scan tries (crates/reprise-library/src/scan/walk.rs), and some that others try."""

KINDS = {
    "refused": "decoded by ffmpeg, refused here",
    "length": f"lengths more than {APART_S} s apart",
    "tags": "other tags",
}

FIELDS = {
    "title": ("title",),
    "artist": ("artist",),
    "album": ("album",),
    "year": ("date", "year"),
    "track_number": ("track",),
}
"""Reprise's name of a field, and ffprobe's names of it."""


@dataclass
class Difference:
    """One thing about one file that is otherwise there than here."""

    kind: str
    file: str
    said: str
    reason: str | None = None


def main() -> None:
    """Prints the table; the exit status says whether enough is explained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", type=Path, required=True)
    parser.add_argument("--explained", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("folders", type=Path, nargs="+")
    options = parser.parse_args()
    rules = read_rules(options.explained) if options.explained else []
    files = sorted({file for folder in options.folders for file in folder.rglob("*") if is_audio(file)})
    with ThreadPoolExecutor(options.threads) as pool:
        compared = list(pool.map(lambda file: compared_file(file, options.reader), files))
    audio = [found for found in compared if found is not None]
    differences = [difference for found in audio for difference in found]
    explain(differences, rules)
    print("\n".join(report(len(audio), differences)))
    unexplained = {difference.file for difference in differences if difference.reason is None}
    sys.exit(len(unexplained) > MOST_UNEXPLAINED * len(audio))


def is_audio(file: Path) -> bool:
    """Whether its name says so."""
    return file.suffix[1:].lower() in EXTENSIONS and file.is_file()


def compared_file(file: Path, reader: Path) -> list[Difference] | None:
    """What differs; none where neither program finds audio in it."""
    here = heard_here(file, reader)
    there_s = heard_by_ffmpeg(file)
    if here["duration_s"] is None:
        return None if there_s is None else [Difference("refused", str(file), here["refusal"])]
    found = []
    if there_s is not None and abs(there_s - here["duration_s"]) > APART_S:
        said = f"{here['duration_s']:.2f} s, by ffmpeg {there_s:.2f} s"
        found.append(Difference("length", str(file), "; ".join([said, *here["warnings"]])))
    tags = other_tags(here["tags"] or {}, tags_by_ffprobe(file))
    if tags:
        found.append(Difference("tags", str(file), "; ".join(tags)))
    return found


def heard_here(file: Path, reader: Path) -> dict[str, Any]:
    """The reader's line about a file. A reader that dies has refused it."""
    try:
        run = subprocess.run([reader, file], check=False, capture_output=True, timeout=TIMEOUT_S)
        return json.loads(run.stdout)
    except subprocess.TimeoutExpired:
        refusal = f"nothing for {TIMEOUT_S} seconds"
    except json.JSONDecodeError:
        refusal = f"the reader ended with status {run.returncode}"
    return {"duration_s": None, "refusal": refusal, "warnings": [], "tags": None}


def heard_by_ffmpeg(file: Path) -> float | None:
    """Seconds of samples, counted; none where there are none."""
    command = ["ffmpeg", "-nostdin", "-v", "quiet", "-i", f"file:{file}", "-vn", "-sn", "-dn"]
    command += ["-ac", "1", "-ar", str(RATE_HZ), "-f", "u8", "-"]
    try:
        run = subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return None
    return len(run.stdout) / RATE_HZ if run.stdout else None


def tags_by_ffprobe(file: Path) -> dict[str, str]:
    """Names in lower case. Those of the file count before those of its sound, where Ogg has them."""
    command = ["ffprobe", "-v", "quiet", "-of", "json", "-show_format", "-show_streams"]
    command += ["-select_streams", "a", f"file:{file}"]
    run = subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT_S)
    said = json.loads(run.stdout.decode("utf-8", "replace") or "{}")
    tags: dict[str, str] = {}
    for holder in [*reversed(said.get("streams", [])), said.get("format", {})]:
        tags |= {name.lower(): value for name, value in holder.get("tags", {}).items()}
    return tags


def other_tags(here: dict[str, Any], there: dict[str, str]) -> list[str]:
    """What ffprobe reads and Reprise does not, a clause each."""
    clauses = []
    for field, names in FIELDS.items():
        wanted = [same_form(field, there[name]) for name in names if name in there]
        wanted = [value for value in wanted if value]
        value = here.get(field)
        if wanted and same_form(field, str(value if value is not None else "")) not in wanted:
            clauses.append(f"{field} {value!r}, by ffprobe {'/'.join(there[n] for n in names if n in there)!r}")
    return clauses


def same_form(field: str, text: str) -> str:
    """A value in a form that is the same for all that say the same."""
    if field == "year":
        return next(iter(re.findall(r"(?<!\d)[1-9]\d{3}|(?<!\d)0\d\d[1-9]", text)), "")
    if field == "track_number":
        number = re.match(r"\d+", text.strip())
        return str(int(number[0])) if number and int(number[0]) else ""
    text = unicodedata.normalize("NFC", text).replace("\0", " ")
    # Several values have other signs between them.
    return " ".join(re.split(r"[\s;,/]+", text.strip()))


def read_rules(file: Path) -> list[dict[str, str]]:
    """The differences that are known: `kind`, `file` and `said` are patterns, `reason` is why."""
    return tomllib.loads(file.read_text(encoding="utf-8"))["difference"]


def explain(differences: list[Difference], rules: list[dict[str, str]]) -> None:
    """Gives each difference the reason of the first rule that fits it."""
    for difference in differences:
        for rule in rules:
            fits_file = fnmatch.fnmatch(difference.file, rule.get("file", "*"))
            if rule["kind"] == difference.kind and fits_file and re.search(rule.get("said", ""), difference.said):
                difference.reason = rule["reason"]
                break


def report(n_files: int, differences: list[Difference]) -> Iterator[str]:
    """The table, then a line for each difference: those without a reason first."""
    n_differing = len({difference.file for difference in differences})
    counts = Counter((difference.kind, difference.reason is not None) for difference in differences)
    yield "| | files | explained | unexplained |"
    yield "|---|---|---|---|"
    yield f"| audio files | {n_files} | | |"
    yield f"| agree | {n_files - n_differing} | | |"
    for kind, name in KINDS.items():
        explained, unexplained = counts[kind, True], counts[kind, False]
        yield f"| {name} | {explained + unexplained} | {explained} | {unexplained} |"
    yield ""
    for difference in sorted(differences, key=lambda difference: (difference.reason is not None, difference.kind)):
        because = f" ({difference.reason})" if difference.reason else ""
        yield f"- {difference.kind}: {difference.file}: {difference.said}{because}"


if __name__ == "__main__":
    main()
