"""Fetches texts in several languages from Debian packages, as plain text: input of make_common_words.py.

    python training/scripts/fetch_debian_texts.py --out DIR

Bibles, novels, sayings and the dialogues of a game's campaigns: all in the public domain or under free licences. Writes

    DIR/<language>/<package>_<version>.txt   a paragraph a line
    DIR/copyright/<package>                  the copyright file of each package

Needs apt-get, dpkg-deb and a Debian package index; root is not needed. Fetches 140 MB.
"""

import argparse
import gettext
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from fetch_debian_music import download, keep_copyright

SAYINGS = {
    "fortunes": ("en", "*"),
    "fortunes-cs": ("cs", "cs/*"),
    "fortunes-de": ("de", "de/*"),
    "fortunes-it": ("it", "**/*"),
    "fortunes-pl": ("pl", "pl/*"),
    "fortunes-ru": ("ru", "ru/*"),
    "fortunes-br": ("pt", "*"),
}
"""Language of each package, and which of its files: signs in columns and other languages are left out."""

PICTURES = {"ascii-art", "banner", "translate-me"}

BIBLES = {"sword-text-web": "en", "sword-text-sparv": "es"}
NOVELS = "r-cran-janeaustenr"

GAME = tuple(
    f"wesnoth-1.16-{campaign}"
    for campaign in "did dm dw ei httt l low nr sof sota sotbe thot trow tsg ttb utbs".split()
)
GAME_LANGUAGES = {
    "cs": "cs",
    "de": "de",
    "es": "es",
    "fr": "fr",
    "it": "it",
    "ja": "ja",
    "pl": "pl",
    "pt_BR": "pt",
    "ru": "ru",
    "zh_CN": "zh",
}
"""Translations by the name of their folder, and how the recogniser calls their languages."""

SHORTEST_LETTERS = 40
"""What is shorter is a name or an order."""

AUTHOR = re.compile(r"\s+(--|—)\s*.{2,150}\s*$", flags=re.DOTALL)
"""Where a saying is from: the names of a few authors would be as common as no word is."""


def main() -> int:
    """Fetches package by package; 1 when one is missing, as its language would be another one then."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    (options.out / "copyright").mkdir(parents=True, exist_ok=True)
    failed = [package for package in (*SAYINGS, *BIBLES, NOVELS, *GAME) if not fetch(package, options.out)]
    if failed:
        print(f"not fetched: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def fetch(package: str, out: Path) -> bool:
    """Writes the texts of one package. Whether it could be had."""
    with tempfile.TemporaryDirectory() as scratch:
        archive = download(package, Path(scratch))
        if archive is None:
            return False
        root = Path(scratch) / "root"
        subprocess.run(["dpkg-deb", "-x", str(archive), str(root)], check=True)
        keep_copyright(root, package, out / "copyright" / package)
        for language, paragraphs in texts_of(package, root):
            # Some sayings stand in several files.
            lines = list(dict.fromkeys(" ".join(paragraph.split()) for paragraph in paragraphs))
            folder = out / language
            folder.mkdir(exist_ok=True)
            name = f"{archive.stem.removesuffix('_all')}.txt"
            (folder / name).write_text("".join(f"{line}\n" for line in lines if line), encoding="utf-8")
            print(f"{package}: {language}, {sum(map(len, lines))} letters", flush=True)
    return True


def texts_of(package: str, root: Path) -> Iterator[tuple[str, list[str]]]:
    """The languages of an unpacked package, each with its paragraphs."""
    if package in SAYINGS:
        language, files = SAYINGS[package]
        yield language, sayings(root / "usr/share/games/fortunes", files)
    elif package in BIBLES:
        yield BIBLES[package], bible(next((root / "usr/share/sword/modules/texts/ztext").iterdir()))
    elif package == NOVELS:
        yield "en", strings_of_r(root / "usr/lib/R/site-library/janeaustenr/data/Rdata.rdb")
    else:
        for folder, language in GAME_LANGUAGES.items():
            yield language, dialogues(sorted(root.glob(f"usr/**/{folder}/LC_MESSAGES/*.mo")))


def sayings(folder: Path, files: str) -> list[str]:
    """The sayings of a package, parted by lines with a per cent sign."""
    paths = (path for path in sorted(folder.glob(files)) if path.is_file() and path.suffix not in {".dat", ".u8"})
    found: list[str] = []
    for path in paths:
        if path.name not in PICTURES and not path.is_symlink():
            stored = path.read_text(encoding="utf-8", errors="ignore")
            found += (AUTHOR.sub("", saying) for saying in stored.split("\n%\n"))
    return found


def bible(folder: Path) -> list[str]:
    """The verses of a SWORD module: compressed blocks of marked-up text, and an index of their places."""
    found: list[str] = []
    for testament in ("ot", "nt"):
        index, blocks = ((folder / f"{testament}.{kind}").read_bytes() for kind in ("bzs", "bzz"))
        for start, size, _ in struct.iter_unpack("<III", index):
            if size:
                text = zlib.decompress(blocks[start : start + size]).decode("utf-8", "replace")
                text = re.sub(r"<(note|title).*?</\1>", " ", text, flags=re.DOTALL)
                found += re.sub(r"<[^>]+>", " ", text).splitlines()
    return found


def strings_of_r(path: Path) -> list[str]:
    """The strings in a file of R's lazily loaded data: zlib streams of tagged values with big-endian lengths."""
    stored = path.read_bytes()
    found: list[str] = []
    for begin in re.finditer(rb"\x78[\x01\x9c\xda\x5e]", stored):
        try:
            values = zlib.decompressobj().decompress(stored[begin.start() :])
        except zlib.error:
            continue
        for tag in re.finditer(rb"\x00\x04\x00\x09(.{4})", values, flags=re.DOTALL):
            (size,) = struct.unpack(">i", tag[1])
            if 0 < size < 200:
                found.append(values[tag.end() : tag.end() + size].decode("latin-1"))
    return found


def dialogues(catalogues: list[Path]) -> list[str]:
    """The longer sentences of translations, without marks and placeholders."""
    found: list[str] = []
    for path in catalogues:
        with path.open("rb") as catalogue:
            # No public way leads to all sentences of a catalogue.
            sentences = vars(gettext.GNUTranslations(catalogue))["_catalog"]
        for original, translated in sentences.items():
            if original and translated != original:
                text = re.sub(r"<[^>]+>|\$\S+|\bhttps?:\S+", " ", translated)
                if len(text) >= SHORTEST_LETTERS or not text.isascii():
                    found.append(text)
    return found


if __name__ == "__main__":
    sys.exit(main())
