"""The commands of README.md from published features to an exported model, as they stand there, on small files in the
published layouts."""

import importlib
import runpy
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

from corpus_examples import write_datacos, write_shs

from reprise_training.curves import read_curve

TRAINING = Path(__file__).resolve().parents[1]
SECTION = "## From published recordings to a model"
SMALL = """
base: asimt-paper-as-it-is
validation_share: 0.7
model: {dim: 96, depth: 1, heads: 2, embedding_dim: 64}
passages: {n_works: 4, n_renditions: 2}
optimisation: {steps: 20}
"""


def commands() -> list[str]:
    """The indented lines of the section, those that are continued together."""
    section = (TRAINING / "README.md").read_text(encoding="utf-8").split(SECTION)[1].split("\n## ")[0]
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
    return "\n".join(lines).replace("\\\n", " ").splitlines()


def main_of(words: list[str]) -> Callable[[], object]:
    """What `python -m MODULE` or `python SCRIPT` would run; the words behind are taken off."""
    if words[1] == "-m":
        return importlib.import_module(words[2]).main
    return runpy.run_path(str(TRAINING.parent / words[1]))["main"]


def test_the_commands_of_the_readme_lead_from_features_to_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the sizes differ: of the network, of its batches, and of the files."""
    configs = tmp_path / "training" / "configs"
    configs.mkdir(parents=True)
    shutil.copy(TRAINING / "configs" / "base.yaml", configs)
    shutil.copy(TRAINING / "configs" / "asimt-paper.yaml", configs / "asimt-paper-as-it-is.yaml")
    (configs / "asimt-paper.yaml").write_text(SMALL)
    shutil.copy(TRAINING / "configs" / "asimt-paper-read.yaml", configs)
    write_shs(tmp_path / "SHS5+.h5", 60, 7, 820)
    write_shs(tmp_path / "SHS4-.h5", 8, 3)
    metadata, features = write_datacos(tmp_path, 5, 3)
    metadata.rename(tmp_path / "METADATA.json")
    features.rename(tmp_path / "FEATURES")
    monkeypatch.chdir(tmp_path)
    said: dict[str, list[str]] = {}
    for command in commands():
        words = shlex.split(command)
        if words[0] == "export":
            continue
        assert words[0] == "python"
        main = main_of(words)
        monkeypatch.setattr("sys.argv", words[2 if words[1] == "-m" else 1 :])
        assert main() in (None, 0), command
        said[command] = [line for line in capsys.readouterr().out.splitlines() if line]
    recipe, train, shs, datacos, small_set, export, exported = said.values()
    assert recipe[0] == "asimt-paper-read begins: 18 works to train on, 4 x 2 a batch"
    table = (tmp_path / "READ" / "results.md").read_text().splitlines()
    assert [line.split(" | ")[1] for line in table[2:]] == ["shs-file SHS4-", "datacos METADATA", "shs-file SHS4-"]
    assert [line for line in recipe if line.startswith("| asimt")] == table[2:]
    # A network of twenty steps tells little apart: where it is exported, rounding swaps neighbours of some queries.
    assert map_of(table[4]) == pytest.approx(map_of(table[2]), abs=0.05)
    assert (tmp_path / "READ" / "exported" / "manifest.toml").is_file()
    assert train[0] == "asimt-paper begins: 18 works to train on, 4 x 2 a batch"
    curve = read_curve(tmp_path / "RUN")
    assert curve.steps == [20] and all(0 < values[0] for values in curve.values)
    assert shs[1].startswith("| asimt-paper | shs-file SHS4- | whole | 1 | ")
    assert datacos[1].startswith("| asimt-paper | datacos METADATA | whole | 1 | ")
    assert [line.split(" | ")[0] for line in small_set[1:]] == ["| all", "| works trained on", "| new works"]
    assert export[0].startswith("RUN/exported/model.onnx: ") and export[0].endswith("20 steps of asimt-paper")
    # Behind sigmoids that have hardly learned all tracks are nearly alike, so that rounding exchanges some.
    assert map_of(exported[1]) == pytest.approx(map_of(shs[1]), abs=0.05)


def map_of(row: str) -> float:
    """The first figure behind run, labels, vectors and keys."""
    return float(row.split(" | ")[4])


def test_the_lab_book_s_commands_find_the_package() -> None:
    lines = (TRAINING / "RUNS.md").read_text(encoding="utf-8").splitlines()
    commands = [line.strip() for line in lines if line.startswith("    ")]
    assert commands[0].startswith("export PYTHONPATH=training/src")
    assert any(command.startswith("python -m reprise_training.train") for command in commands)
