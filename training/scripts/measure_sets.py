"""How well songs are found inside DJ sets and medleys, by the application itself.

    python training/scripts/measure_sets.py --eval EVAL --reprise BIN --out FOLDER

EVAL as `render_midi_archive.py` and `split_works.py` leave it. Of each work that has several versions one is played:
those of half a in sets of twelve songs, two minutes of each, up to 6 % faster or slower, every third song one that
nobody else plays; those of half b in medleys of three songs, 70 s of each. `reprise` scans both with all that is played
in none, the other versions of the works among it, and is asked what each set and medley holds. A song is found where a
version of it is listed as a part, in the right place. `--out` keeps the files and the library, so that a second run
hears nothing anew.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measure_same_audio import duration_s

RATE_HZ = 44_100
SHORTEST_S = 60.0
"""A shorter rendition is not played."""

HALF = 0.5
"""Of what is listed so much lies where the song is played."""

SEED = 5


@dataclass(frozen=True)
class Kind:
    """How songs are put together."""

    name: str
    half: str
    songs: int
    seconds: float
    crossfade_s: float
    speed: float
    """At most so much faster or slower."""
    impostor_each: int
    """Every so many songs one that has no version; 0 for none."""


KINDS = (Kind("set", "a", 12, 135.0, 6.0, 0.06, 3), Kind("medley", "b", 3, 70.0, 1.0, 0.0, 0))


@dataclass(frozen=True)
class Song:
    """A rendition that is played; no work where nobody else plays it."""

    file: Path
    work: str | None


@dataclass(frozen=True)
class Place:
    """Where a song is played, in seconds."""

    work: str | None
    start_s: float
    end_s: float


def main() -> None:
    """Makes, scans, asks and prints a row for each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, required=True)
    parser.add_argument("--reprise", required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    works = {half: read_works(options.eval, half) for half in "ab"}
    labelled = {file for half in works.values() for files in half.values() for file in files}
    audio = sorted((options.eval / "midi").glob("*.flac"))
    impostors = [file for file in audio if file not in labelled and duration_s(file) > SHORTEST_S]
    random.Random(SEED).shuffle(impostors)
    programme = options.out / "programme"
    programme.mkdir(parents=True, exist_ok=True)
    made: dict[str, list[Place]] = {}
    played: set[Path] = set()
    for kind in KINDS:
        for number, songs in enumerate(programmes(kind, works[kind.half], impostors)):
            file = programme / f"{kind.name}-{number:02}.flac"
            made[file.name] = play(kind, songs, random.Random(f"{kind.name} {number}"), file)
            played |= {song.file for song in songs}
    folder = options.out / "library"
    folder.mkdir(exist_ok=True)
    for file in [*audio, *sorted((options.eval / "debian" / "evaluation").iterdir())]:
        if file not in played and not (folder / file.name).exists():
            (folder / file.name).symlink_to(file.resolve())
    reprise = [options.reprise, "--library", str(options.out / "library.db"), "--json"]
    scan = ["scan", "--voice", "never", str(folder), str(programme)]
    subprocess.run([*reprise, *scan], check=True, stdout=subprocess.DEVNULL)
    work_of = {file.name: work for half in works.values() for work, files in half.items() for file in files}
    for kind in KINDS:
        print(f"{kind.name}: {ask(reprise, programme, kind, made, work_of)}")


def read_works(folder: Path, half: str) -> dict[str, list[Path]]:
    """The renditions of each work of a half."""
    works: dict[str, list[Path]] = {}
    with (folder / f"labels_{half}.csv").open(newline="", encoding="utf-8") as table:
        for row in csv.DictReader(table):
            works.setdefault(row["work"], []).append(folder / "midi" / Path(row["file"]).name)
    missing = [str(file) for files in works.values() for file in files if not file.exists()]
    if missing:
        sys.exit(f"labels_{half}.csv names what is not there: {', '.join(missing)}")
    return works


def programmes(kind: Kind, works: dict[str, list[Path]], impostors: list[Path]) -> Iterator[list[Song]]:
    """What is played one after another, until the works are over. Impostors are taken from the end of their list."""
    draw = random.Random(kind.name)
    fitting = {work: [file for file in files if duration_s(file) > SHORTEST_S] for work, files in works.items()}
    songs = [Song(draw.choice(files), work) for work, files in sorted(fitting.items()) if files]
    draw.shuffle(songs)
    while songs:
        programme: list[Song] = []
        while len(programme) < kind.songs and songs:
            is_impostor = kind.impostor_each and len(programme) % kind.impostor_each == kind.impostor_each - 1
            programme.append(Song(impostors.pop(), None) if is_impostor else songs.pop())
        if len(programme) == kind.songs:
            yield programme


def play(kind: Kind, songs: list[Song], draw: random.Random, out: Path) -> list[Place]:
    """Writes the songs one after another unless that is there; where each is."""
    fade = int(kind.crossfade_s * RATE_HZ)
    together = np.zeros(0, np.float32)
    places: list[Place] = []
    for song in songs:
        sound = excerpt(song.file, kind.seconds, 1 + draw.uniform(-kind.speed, kind.speed))
        start = max(0, len(together) - fade)
        if places:
            rise = np.linspace(0, 1, len(together) - start, dtype=np.float32)
            together[start:] = together[start:] * (1 - rise) + sound[: len(rise)] * rise
            sound = sound[len(rise) :]
        together = np.concatenate([together, sound])
        places.append(Place(song.work, start / RATE_HZ, len(together) / RATE_HZ))
    if not out.exists():
        raw = ["-f", "f32le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-"]
        command = ["ffmpeg", "-v", "error", "-y", *raw, "-sample_fmt", "s16", str(out)]
        subprocess.run(command, input=together.tobytes(), check=True)
    return places


def excerpt(file: Path, seconds: float, speed: float) -> np.ndarray:
    """The beginning of a file at another speed in the same key, mono."""
    shape = ["-t", str(seconds), "-ac", "1", "-ar", str(RATE_HZ), "-af", f"atempo={speed:.4f}"]
    command = ["ffmpeg", "-v", "error", "-i", str(file), *shape, "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32).copy()


def ask(reprise: list[str], folder: Path, kind: Kind, made: dict[str, list[Place]], work_of: dict[str, str]) -> str:
    """A sentence about all sets or medleys."""
    own = {name: places for name, places in made.items() if name.startswith(kind.name)}
    n_songs = n_found = n_listed = 0
    parts: Counter[tuple[str, bool]] = Counter()
    merged: Counter[bool] = Counter()
    for name, places in own.items():
        answer = subprocess.run(
            [*reprise, "covers", "--limit", "10000", str(folder / name)], check=True, capture_output=True
        )
        covers = json.loads(answer.stdout)["covers"]
        found, listed = set(), set()
        for cover in covers:
            work = work_of.get(Path(cover["path"]).name)
            is_played = work is not None and any(place.work == work for place in places)
            if is_played and cover["relation"] != "unlikely":
                listed.add(work)
            if cover["relation"] == "part":
                is_right = is_played and any(place.work == work and lies_in(cover["spans"], place) for place in places)
                parts[cover["confidence"], is_right] += 1
                found |= {work} if is_right else set()
            elif cover["relation"] == "version":
                merged[is_played] += 1
        n_songs += sum(place.work is not None for place in places)
        n_found += len(found)
        n_listed += len(listed)
    right = ", ".join(
        f"{parts[confidence, True]} of {parts[confidence, True] + parts[confidence, False]} {confidence}"
        for confidence in ("likely", "possible")
    )
    return (
        f"{len(own)}, with {n_songs} songs that have versions: {n_found} found in their place, "
        f"{n_listed} listed in any way; parts that are right: {right}; "
        f"called a version of one of its songs {merged[True]} times, of others {merged[False]}"
    )


def lies_in(spans: list[dict[str, float]], place: Place) -> bool:
    """Whether most of what was found lies where the song is played."""
    length = sum(span["query_end_s"] - span["query_start_s"] for span in spans)
    inside = sum(
        max(0.0, min(span["query_end_s"], place.end_s) - max(span["query_start_s"], place.start_s)) for span in spans
    )
    return inside >= HALF * length > 0


if __name__ == "__main__":
    main()
