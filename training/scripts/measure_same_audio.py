"""How well the same recording is told from a version and from an impostor, by the application itself.

    python training/scripts/measure_same_audio.py --music FOLDER --true-copy BIN --out FOLDER
        [--reprise BIN] [--songs N] [--seed N] [--not-of FOLDER]

Takes songs of FOLDER that last two to five minutes, encodes, masters, cuts and mixes each in several ways with ffmpeg,
lets `reprise` scan all with the remaining files of FOLDER as impostors, and asks what each is to the original. Then it
asks which of them would be offered for removal beside the original. `--out` keeps the files and the library, so that a
second run asks only.
"""

import argparse
import itertools
import json
import random
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import NamedTuple

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

# A quiet voice that sings seven notes, three partials each.
NOTE = "(220*pow(2\\,floor(mod(2.3*t\\,7))/6))"
VOICE = "+".join(f"{0.06 / n:.3f}*sin(2*PI*{n}*{NOTE}*t)*(0.5+0.5*sin(4*t))" for n in (1, 2, 3))
SUNG = (
    f"aevalsrc={VOICE}:d=600:s=44100,aformat=channel_layouts=stereo[voice];[0:a]aresample=44100[song];"
    "[song][voice]amix=inputs=2:normalize=0:duration=first,volume=0.7"
)
REVERSED = (
    "[0:a]aresample=44100,asplit=3[a][b][c];[a]atrim=0:40,asetpts=N/SR/TB[start];"
    "[b]atrim=40:40.4,asetpts=N/SR/TB,areverse[word];[c]atrim=start=40.4,asetpts=N/SR/TB[end];"
    "[start][word][end]concat=n=3:v=0:a=1"
)
ONE_SIDE_MUTED = (
    "[0:a]aresample=44100,channelsplit[l][r];[r]volume=enable='between(t,40,41)':volume=0[muted];"
    "[l][muted]join=inputs=2:channel_layout=stereo"
)


def mixed(loudness: float) -> list[str]:
    """Another song over the whole of it, both so quiet that nothing clips."""
    return ["OTHER", f"amix=inputs=2:weights=0.4 {0.4 * loudness:.2f}:normalize=0:duration=first"]


def filtered(filters: str) -> list[str]:
    """Arguments for a chain of filters at 44.1 kHz."""
    return ["-af", f"aresample=44100,{filters}"]


class Variant(NamedTuple):
    """What is done to a song: the ending of its file and ffmpeg's arguments. OTHER is another song."""

    ending: str
    arguments: list[str]
    is_copy: bool = False
    """Whether it may be offered for removal beside the original."""


VARIANTS = {
    "MP3, 128 kbit/s": Variant("mp3", ["-b:a", "128k"], is_copy=True),
    "MP3, 64 kbit/s": Variant("mp3", ["-b:a", "64k"], is_copy=True),
    "MP3, 64 kbit/s, mono": Variant("mp3", ["-b:a", "64k", "-ac", "1"]),
    "AAC, 96 kbit/s": Variant("m4a", ["-c:a", "aac", "-b:a", "96k"], is_copy=True),
    "Vorbis, 64 kbit/s": Variant("ogg", ["-c:a", "libvorbis", "-q:a", "0"], is_copy=True),
    "Opus, 48 kbit/s": Variant("opus", ["-c:a", "libopus", "-b:a", "48k"], is_copy=True),
    "6 dB quieter": Variant("flac", filtered("volume=-6dB"), is_copy=True),
    "5 s of silence at both ends": Variant("flac", filtered("adelay=5000:all=1,apad=pad_dur=5"), is_copy=True),
    "mastered anew": Variant("flac", ["-ar", "44100", "-af", MASTER], is_copy=True),
    "7 s shorter": Variant("flac", ["-ss", "7.3"]),
    "0.1 % faster": Variant("flac", filtered("asetrate=44144,aresample=44100")),
    "0.5 % faster": Variant("flac", filtered("asetrate=44320,aresample=44100")),
    "2 % faster": Variant("flac", filtered("asetrate=44982,aresample=44100")),
    "200 to 3,500 Hz only": Variant("flac", ["-ar", "44100", "-af", "highpass=f=200,lowpass=f=3500"]),
    "20 s cut out": Variant("flac", ["-ar", "44100", "-af", "aselect='lt(t,30)+gt(t,50)'"]),
    "its first 40 s": Variant("flac", ["-t", "40"]),
    "another song over it, 10 dB quieter": Variant("flac", mixed(0.3)),
    "another song over it, 4 dB quieter": Variant("flac", mixed(0.6)),
    "another song over it, as loud": Variant("flac", mixed(1.0)),
    "another song over it, 4 dB louder": Variant("flac", mixed(1.5)),
    "another song over 15 s of it": Variant("mp3", ["OTHER", OVER_15_S, "-b:a", "128k"]),
    "a mute of 0.5 s": Variant("mp3", ["-af", "volume=enable='between(t,40,40.5)':volume=0", "-b:a", "128k"]),
    "a mute of 0.5 s, Vorbis, 64 kbit/s": Variant(
        "ogg", ["-af", "volume=enable='between(t,40,40.5)':volume=0", "-c:a", "libvorbis", "-q:a", "0"]
    ),
    "three mutes of 0.5 s": Variant("mp3", ["-af", f"volume=enable='{MUTED}':volume=0", "-b:a", "128k"]),
    "three mutes of 0.5 s, Vorbis, 64 kbit/s": Variant(
        "ogg", ["-af", f"volume=enable='{MUTED}':volume=0", "-c:a", "libvorbis", "-q:a", "0"]
    ),
    "a bleep of 0.6 s": Variant("mp3", ["-filter_complex", BLEEP, "-b:a", "128k"]),
    "the middle muted for 0.4 s": Variant(
        "mp3", [*filtered("stereotools=mlev=0.015625:enable='between(t,40,40.4)'"), "-b:a", "128k"]
    ),
    "0.4 s reversed": Variant("mp3", ["-filter_complex", REVERSED, "-b:a", "128k"]),
    "a voice over it": Variant("flac", ["-filter_complex", SUNG]),
    "the middle taken out": Variant("flac", filtered("pan=stereo|c0=0.5*c0-0.5*c1|c1=0.5*c1-0.5*c0")),
    "right channel silent": Variant("flac", filtered("pan=stereo|c0=c0|c1=0*c1")),
    "left channel on both sides": Variant("flac", filtered("pan=stereo|c0=c0|c1=c0")),
    "channels swapped": Variant("flac", filtered("pan=stereo|c0=c1|c1=c0")),
    "right channel inverted": Variant("flac", filtered("pan=stereo|c0=c0|c1=-1*c1")),
    "right channel muted for 1 s": Variant("mp3", ["-filter_complex", ONE_SIDE_MUTED, "-b:a", "128k"]),
    "another intro of 8 s": Variant("flac", ["OTHER", OTHER_INTRO]),
    "its first 20 s": Variant("opus", ["-t", "20"]),
    "in a set, between two others": Variant("flac", ["SET"]),
}


def main() -> None:
    """Prints a row for each thing that can be done to a song, then what impostors were called, then what is offered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--music", type=Path, required=True)
    parser.add_argument("--reprise", help="without it, files are not scanned, and all count as one group")
    parser.add_argument("--true-copy", required=True, help="the example true_copy of reprise-analysis")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=16)
    parser.add_argument("--seed", type=int, default=3, help="which songs are taken")
    parser.add_argument("--not-of", type=Path, action="append", default=[], help="take no songs of this earlier --out")
    options = parser.parse_args()
    originals = {path.name: path for path in sorted(options.music.iterdir())}
    songs = chosen(list(originals.values()), options.songs, options.seed, options.not_of)
    made = options.out / "made"
    made.mkdir(parents=True, exist_ok=True)
    (options.out / "songs.txt").write_text("".join(f"{song.name}\n" for song in songs))
    for number, song in enumerate(songs):
        others = [songs[(number + step) % len(songs)] for step in (1, 2)]
        for place, (ending, arguments, _) in enumerate(VARIANTS.values()):
            write(song, others, arguments, made / f"{number}-{place}.{ending}")
    if options.reprise is None:
        print_offers(None, options.true_copy, songs, made)
        return
    reprise = [options.reprise, "--library", str(options.out / "library.db"), "--json"]
    scan = ["scan", "--voice", "never", str(options.music), str(made)]
    subprocess.run([*reprise, *scan], check=True, stdout=subprocess.DEVNULL)
    told, impostors = ask(reprise, songs, originals)
    print("| | recording | edit | part | version | other, or nothing |")
    print("|---|---|---|---|---|---|")
    for place, name in enumerate(VARIANTS):
        counts = [told[place][relation] for relation in ("recording", "edit", "part", "version")]
        print(f"| {name} | {' | '.join(map(str, counts))} | {len(songs) - sum(counts)} |")
    print(f"\nAnswers about {len(songs)} songs that are no variant of them:", dict(impostors), end="\n\n")
    print_offers(reprise, options.true_copy, songs, made)


def print_offers(reprise: list[str] | None, true_copy: str, songs: list[Path], made: Path) -> None:
    """What would be offered for removal beside the original: those in one group with it, whose sound is the same."""
    groups: list[set[str]] = []
    if reprise is not None:
        answer = subprocess.run([*reprise, "duplicates"], check=True, capture_output=True)
        groups = [{track["path"] for track in group["tracks"]} for group in json.loads(answer.stdout)["duplicates"]]
    print("| | may be offered | in one group | the same sound | both, offered | verdicts |")
    print("|---|---|---|---|---|---|")
    wrong = 0
    for place, (name, variant) in enumerate(VARIANTS.items()):
        verdicts: Counter[str] = Counter()
        grouped = offered = 0
        for number, song in enumerate(songs):
            path = made / f"{number}-{place}.{variant.ending}"
            is_grouped = reprise is None or any({str(song), str(path)} <= group for group in groups)
            verdict = compared(true_copy, song, path)
            verdicts[verdict] += 1
            grouped += is_grouped
            offered += is_grouped and verdict == "same"
        wrong += 0 if variant.is_copy else offered
        may = "yes" if variant.is_copy else "no"
        said = ", ".join(f"{word} {count}" for word, count in sorted(verdicts.items()))
        print(f"| {name} | {may} | {grouped} | {verdicts['same']} | {offered} | {said} |")
    print(f"\nOffered and wrong: {wrong}")


def compared(true_copy: str, song: Path, path: Path) -> str:
    """What the comparison of the sound says, in a word; of channels, what is different about them."""
    said = subprocess.run([true_copy, str(song), str(path)], check=True, capture_output=True)
    answer = json.loads(said.stdout)
    return str(answer["detail"] if answer["verdict"] == "channels" else answer["verdict"])


def chosen(music: list[Path], count: int, seed: int, earlier: list[Path]) -> list[Path]:
    """Songs of two to five minutes in stereo: what is done to one channel is heard in no other."""
    taken = {name for folder in earlier for name in (folder / "songs.txt").read_text().splitlines()}
    shuffled = random.Random(seed).sample(music, len(music))
    fitting = (path for path in shuffled if path.name not in taken and 120 < duration_s(path) < 300 and is_wide(path))
    return list(itertools.islice(fitting, count))


def is_wide(path: Path) -> bool:
    """Whether what differs between the channels is at most 20 dB quieter than what does not."""
    middle, side = (loudness_db(path, f"pan=mono|c0=0.5*c0{sign}0.5*c1") for sign in "+-")
    return side > middle - 20


def loudness_db(path: Path, filters: str) -> float:
    """The mean loudness of a minute of a file, filtered; -100 of silence."""
    command = ["ffmpeg", "-ss", "20", "-t", "60", "-i", str(path), "-ac", "2", "-af", f"{filters},volumedetect"]
    said = subprocess.run([*command, "-f", "null", "-"], check=False, capture_output=True, text=True).stderr
    found = re.search(r"mean_volume: (-?[\d.]+) dB", said)
    return float(found[1]) if found else -100.0


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
