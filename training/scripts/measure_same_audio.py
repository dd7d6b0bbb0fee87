"""How well the same recording is told from a version and from an impostor, by the application itself.

    python training/scripts/measure_same_audio.py --music FOLDER --reprise BIN --out FOLDER [--songs N]

Takes songs of FOLDER that last two to five minutes, encodes, masters, cuts and mixes each in several ways with ffmpeg,
lets `reprise` scan all with the remaining files of FOLDER as impostors, and asks what each is to the original. `--out`
keeps the files and the library, so that a second run asks only.
"""

import argparse
import json
import random
import subprocess
from collections import Counter
from pathlib import Path

MASTER = (
    "equalizer=f=100:width_type=o:w=2:g=5,equalizer=f=8000:width_type=o:w=2:g=5,"
    "acompressor=threshold=0.1:ratio=4:makeup=3,alimiter"
)

MONO = "aresample=44100,aformat=channel_layouts=mono"
MUTED = "between(t,20,20.5)+between(t,40,40.5)+between(t,60,60.5)"
BLEEP = (
    "aevalsrc=0.5*sin(2*PI*1000*t)*between(t\\,41\\,41.6):d=600[tone];"
    f"[0:a]{MONO},volume=enable='between(t,41,41.6)':volume=0[song];"
    "[song][tone]amix=inputs=2:normalize=0:duration=first"
)
OTHER_INTRO = (
    f"[0:a]{MONO},volume=enable='lt(t,8)':volume=0[song];[1:a]{MONO},volume=enable='gte(t,8)':volume=0[intro];"
    "[song][intro]amix=inputs=2:normalize=0:duration=first"
)
OVER_15_S = (
    f"[0:a]{MONO}[song];[1:a]{MONO},volume=0.5,volume=enable='not(between(t,30,45))':volume=0[over];"
    "[song][over]amix=inputs=2:normalize=0:duration=first"
)

# What is done to a song: the ending of its file and ffmpeg's arguments. OTHER is another song.
VARIANTS = {
    "MP3, 128 kbit/s": ("mp3", ["-b:a", "128k"]),
    "MP3, 64 kbit/s, mono": ("mp3", ["-b:a", "64k", "-ac", "1"]),
    "AAC, 96 kbit/s": ("m4a", ["-c:a", "aac", "-b:a", "96k"]),
    "Vorbis, 64 kbit/s": ("ogg", ["-c:a", "libvorbis", "-q:a", "0"]),
    "mastered anew": ("flac", ["-ar", "44100", "-af", MASTER]),
    "7 s shorter": ("flac", ["-ss", "7.3"]),
    "0.5 % faster": ("flac", ["-af", "aresample=44100,asetrate=44320,aresample=44100"]),
    "2 % faster": ("flac", ["-af", "aresample=44100,asetrate=44982,aresample=44100"]),
    "200 to 3,500 Hz only": ("flac", ["-ar", "44100", "-af", "highpass=f=200,lowpass=f=3500"]),
    "20 s cut out": ("flac", ["-ar", "44100", "-af", "aselect='lt(t,30)+gt(t,50)'"]),
    "its first 40 s": ("flac", ["-t", "40"]),
    "another song over it, 6 dB quieter": ("flac", ["OTHER", "amix=inputs=2:weights=1 0.5:duration=first"]),
    "another song over it, as loud": ("flac", ["OTHER", "amix=inputs=2:weights=1 1:duration=first"]),
    "another song over it, 10 dB quieter": (
        "flac",
        ["OTHER", "amix=inputs=2:weights=1 0.3:normalize=0:duration=first"],
    ),
    "another song over 15 s of it": ("mp3", ["OTHER", OVER_15_S, "-b:a", "128k"]),
    "three mutes of 0.5 s": ("mp3", ["-af", f"volume=enable='{MUTED}':volume=0", "-b:a", "128k"]),
    "three mutes of 0.5 s, Vorbis, 64 kbit/s": (
        "ogg",
        ["-af", f"volume=enable='{MUTED}':volume=0", "-c:a", "libvorbis", "-q:a", "0"],
    ),
    "a bleep of 0.6 s": ("mp3", ["-filter_complex", BLEEP, "-b:a", "128k"]),
    "another intro of 8 s": ("flac", ["OTHER", OTHER_INTRO]),
    "its first 20 s": ("opus", ["-t", "20"]),
    "in a set, between two others": ("flac", ["SET"]),
}


def main() -> None:
    """Prints a row for each thing that can be done to a song, then what impostors were called."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--music", type=Path, required=True)
    parser.add_argument("--reprise", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=16)
    options = parser.parse_args()
    originals = {path.name: path for path in sorted(options.music.iterdir())}
    fitting = [path for path in originals.values() if 120 < duration_s(path) < 300]
    songs = random.Random(3).sample(fitting, options.songs)
    made = options.out / "made"
    made.mkdir(parents=True, exist_ok=True)
    for number, song in enumerate(songs):
        others = [songs[(number + step) % len(songs)] for step in (1, 2)]
        for place, (ending, arguments) in enumerate(VARIANTS.values()):
            write(song, others, arguments, made / f"{number}-{place}.{ending}")
    reprise = [options.reprise, "--library", str(options.out / "library.db"), "--json"]
    scan = ["scan", "--voice", "never", str(options.music), str(made)]
    subprocess.run([*reprise, *scan], check=True, stdout=subprocess.DEVNULL)
    told, impostors = ask(reprise, songs, originals)
    print("| | recording | edit | part | version | other, or nothing |")
    print("|---|---|---|---|---|---|")
    for place, name in enumerate(VARIANTS):
        counts = [told[place][relation] for relation in ("recording", "edit", "part", "version")]
        print(f"| {name} | {' | '.join(map(str, counts))} | {len(songs) - sum(counts)} |")
    print(f"\nAnswers about {len(songs)} songs that are no variant of them:", dict(impostors))


def duration_s(path: Path) -> float:
    """As ffprobe says; 0 of what is no audio."""
    command = ["ffprobe", "-v", "quiet", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    said = subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
    return float(said) if said.replace(".", "", 1).isdigit() else 0.0


def write(song: Path, others: list[Path], arguments: list[str], out: Path) -> None:
    """Makes one variant of a song, unless it is there."""
    if out.exists():
        return
    inputs, rest = [song], arguments
    if arguments[0] == "OTHER":
        inputs, rest = [song, others[0]], ["-filter_complex", *arguments[1:]]
    elif arguments[0] == "SET":
        resampled = "".join(f"[{n}:a]aresample=44100,aformat=channel_layouts=mono[s{n}];" for n in range(3))
        inputs = [others[0], song, others[1]]
        rest = ["-filter_complex", f"{resampled}[s0][s1][s2]concat=n=3:v=0:a=1"]
    named = [part for path in inputs for part in ("-i", str(path))]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *named, "-vn", "-map_metadata", "-1", *rest, str(out)], check=True)


def ask(reprise: list[str], songs: list[Path], originals: dict[str, Path]) -> tuple[list[Counter[str]], Counter[str]]:
    """How often a variant was called what, and the same of files that are neither the song nor hold it."""
    told: list[Counter[str]] = [Counter() for _ in VARIANTS]
    impostors: Counter[str] = Counter()
    for number, song in enumerate(songs):
        answer = subprocess.run([*reprise, "covers", "--limit", "10000", str(song)], check=True, capture_output=True)
        for cover in json.loads(answer.stdout)["covers"]:
            name = Path(cover["path"]).name
            if name in originals:
                impostors[cover["relation"]] += 1
                continue
            of, place = map(int, Path(name).stem.split("-"))
            if of == number:
                told[place][cover["relation"]] += 1
            elif "another" not in list(VARIANTS)[place] and "others" not in list(VARIANTS)[place]:
                impostors[cover["relation"]] += 1
    return told, impostors


if __name__ == "__main__":
    main()
