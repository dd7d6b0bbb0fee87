"""What a command says when what it is given is not what it wants: a sentence, and no traceback."""

import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import torch
from corpus_examples import published, song, write_datacos, write_shs
from test_processes import write_works
from test_train import TINY

from reprise_training import checkpoints, evaluate, train
from reprise_training.config import read_run
from reprise_training.model.build import build_model

TRAINING = Path(__file__).resolve().parents[1]
CONFIGS = TRAINING / "configs"
WEIGHTS = TRAINING / "weights" / "moments-taught-96.pt"


def run_train(monkeypatch: pytest.MonkeyPatch, *options: str | Path) -> None:
    monkeypatch.setattr("sys.argv", ["train", *map(str, options)])
    train.main()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small configuration, works to train it on, and what is none of both."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "ce.yaml").write_text("base: tiny\nlosses: {cross_entropy: 1.0, supervised_contrastive: 0.0}\n")
    (tmp_path / "two.yaml").write_text("base: tiny\nviews: [crema, chroma]\nmodel: {rows: 24, patch: [24, 8]}\n")
    (tmp_path / "slip.yaml").write_text("base: tiny\nmodel: {dept: 3}\n")
    (tmp_path / "broken.yaml").write_text("model: {dim: [\n")
    (tmp_path / "songs.yaml").write_text("base: tiny\nrendered_works: 2\n")
    np.savez(tmp_path / "empty.npz", x=np.zeros(1))
    (tmp_path / "text").write_text("text")
    write_works(tmp_path / "works.json.gz")
    write_shs(tmp_path / "shs.h5", 6, 3)
    write_shs(tmp_path / "few.h5", 3, 2)
    write_datacos(tmp_path, 6, 3)
    # Fine frames where a list is thought to have coarse ones.
    (tmp_path / "list").write_text("1\t0\n")
    np.save(tmp_path / FEATURES / "1_0.npy", published(song(1, 0)))
    return tmp_path


METADATA, FEATURES = "da-tacos_benchmark_subset_metadata.json", "da-tacos_benchmark_subset_crema"

REFUSED = {
    "--config missing.yaml --works works.json.gz": r"missing\.yaml: no such file",
    "--config slip.yaml --works works.json.gz": "no setting dept",
    "--config broken.yaml --works works.json.gz": r"broken\.yaml: is no YAML",
    "--config text --works works.json.gz": "text: is no file of settings",
    "--config tiny.yaml": "there is nothing to train on",
    "--config tiny.yaml --works missing.json.gz": r"missing\.json\.gz: no such file",
    "--config tiny.yaml --works shs.h5": r"--works: shs\.h5 is no such file as it wants",
    "--config tiny.yaml --works text": "--works: text is no such file as it wants",
    "--config songs.yaml --works works.json.gz --rendered works.json.gz": r"--rendered: works\.json\.gz is no such",
    "--config songs.yaml --works works.json.gz --rendered empty.npz": r"--rendered: empty\.npz holds 0, and 4 are the",
    "--config songs.yaml --works works.json.gz": "songs trains on rendered songs: --rendered FILE",
    "--config tiny.yaml --corpus vinyl shs.h5": "there is no corpus vinyl",
    "--config tiny.yaml --corpus shs-file": "shs-file is given by FILE, not by 0 paths",
    "--config tiny.yaml --corpus shs-file missing.h5": r"missing\.h5: is no file",
    "--config tiny.yaml --corpus shs-file text": "text: is no HDF5 file",
    "--config tiny.yaml --corpus shs-file few.h5": "3 works with two versions or more are too few",
    f"--config tiny.yaml --corpus datacos {FEATURES} {METADATA}": "subset_crema: is no file of metadata",
    f"--config tiny.yaml --corpus datacos {METADATA} {METADATA}": r"metadata\.json: is no folder",
    f"--config tiny.yaml --corpus datacos text {FEATURES}": "text: is no JSON",
    f"--config tiny.yaml --corpus datacos {METADATA} .": "holds no WORK_crema",
    "--config tiny.yaml --corpus folder . missing.csv features reprise": r"missing\.csv: no such file",
    "--config tiny.yaml --corpus shs-file shs.h5 --hop 500": "a hop of 500 samples does not divide",
    f"--config tiny.yaml --corpus shs-list list {FEATURES}": "a hop of 4096 samples the middle .* lasts 743 s",
    "--config two.yaml --corpus shs-file shs.h5": "two reads crema and chroma; .* have crema alone",
    "--config tiny.yaml --works works.json.gz --init missing.pt": r"missing\.pt: no such file",
    "--config tiny.yaml --works works.json.gz --init text": "text: is no checkpoint",
    f"--config tiny.yaml --works works.json.gz --init {WEIGHTS}": "holds no|the network",
    "--config tiny.yaml --works works.json.gz --deit no_such_network": "no_such_network is no file",
    "--config tiny.yaml --works works.json.gz --deit text": "text: holds no weights",
}


@pytest.mark.parametrize("options", REFUSED)
def test_train_says_what_is_wrong(options: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit, match=REFUSED[options]) as ended:
        run_train(monkeypatch, *options.split(), "--out", "run")
    said = str(ended.value)
    assert said.startswith("train: ") and "\n" not in said


def test_a_run_goes_on_without_the_damaged_files_of_its_corpus(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    for name in ("W_1_crema/P_11_crema.h5", "W_4_crema/P_40_crema.h5"):
        path = folder / FEATURES / name
        path.write_bytes(path.read_bytes()[:5000])
    run_train(monkeypatch, *f"--config ce.yaml --corpus datacos {METADATA} {FEATURES} --out run --steps 20".split())
    said = capsys.readouterr()
    assert "2 tracks could not be read and were left out" in said.out
    assert said.err.count("P_11_crema.h5: is no HDF5 file, or damaged") == 1
    assert "ce begins: 4 works to train on, 4 x 2 a batch" in said.out
    (line,) = (folder / "run" / "log.csv").read_text().splitlines()
    step, loss, watched, hits, accuracy = line.split(",")
    assert int(step) == 20 and float(loss) > 0 and 0 <= float(hits) <= 1
    assert float(watched) > 0, "classification is watched by MAPLoss"
    assert 0 < float(accuracy) <= 1


def test_a_run_begins_with_weights_and_goes_on_from_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    given = build_model(read_run(folder / "tiny.yaml"), 7)
    weights = {name: tensor.half() for name, tensor in given.state_dict().items()}
    torch.save({"name": "other", "step": 9, "n_works": 7, "model": weights}, "weights.pt")
    command = "--config ce.yaml --corpus shs-file shs.h5 --init weights.pt --out run --steps".split()
    run_train(monkeypatch, *command, "0")
    begun = torch.load("run/checkpoint.pt", weights_only=True)
    assert all(
        torch.allclose(begun["model"][name], tensor.float())
        for name, tensor in weights.items()
        if not name.startswith("classify.")
    )
    assert begun["model"]["classify.weight"].shape == (4, 16), "a head of its own"
    run_train(monkeypatch, *command, "2")
    run_train(monkeypatch, *command, "3")
    assert "ce goes on from run/checkpoint.pt, step 2" in capsys.readouterr().out
    assert torch.load("run/checkpoint.pt", weights_only=True)["step"] == 3
    with pytest.raises(SystemExit, match=r"run/checkpoint\.pt is of ce, not of tiny"):
        run_train(monkeypatch, *"--config tiny.yaml --corpus shs-file shs.h5 --out run".split())
    write_shs(folder / "more.h5", 9, 3)
    with pytest.raises(SystemExit, match="tells 4 works apart, what is trained on now has 7"):
        run_train(monkeypatch, *"--config ce.yaml --corpus shs-file more.h5 --out run".split())


def test_weights_alone_cannot_be_gone_on_from_but_begun_with(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "run").mkdir()
    shutil.copy(WEIGHTS, folder / "run" / "checkpoint.pt")
    with pytest.raises(SystemExit, match="holds no optimiser: no run goes on from it, but --init begins with"):
        run_train(monkeypatch, *"--config tiny.yaml --works works.json.gz --out run".split())
    model = build_model(read_run(CONFIGS / "moments-taught-96.yaml"))
    checkpoints.begin_with(model, WEIGHTS)
    stored = torch.load(WEIGHTS, weights_only=True)["model"]
    assert all(torch.equal(tensor, stored[name].float()) for name, tensor in model.state_dict().items())


def test_evaluate_says_what_is_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    model = build_model(read_run(folder / "tiny.yaml"))
    torch.save({"name": "tiny", "step": 0, "n_works": 0, "model": model.state_dict()}, "tiny.pt")
    (folder / "wide").mkdir()
    (folder / "wide" / "tiny.yaml").write_text(TINY.replace("dim: 32", "dim: 64"))
    shutil.copy("text", "text.onnx")
    refused = {
        "--config tiny.yaml --checkpoint missing.pt --corpus shs-file shs.h5": "missing.pt: no such file",
        "--config tiny.yaml --checkpoint text --corpus shs-file shs.h5": "text: is no checkpoint",
        "--config tiny.yaml --checkpoint text.onnx --corpus shs-file shs.h5": "text.onnx: is no network",
        "--config ce.yaml --checkpoint tiny.pt --corpus shs-file shs.h5": "tiny.pt is of tiny, not of ce",
        "--config wide/tiny.yaml --checkpoint tiny.pt --corpus shs-file shs.h5": "tiny.pt: is not of this network: ",
        "--config tiny.yaml --checkpoint tiny.pt --corpus shs-file few.h5 shs.h5": "shs-file is given by FILE, not",
        "--config tiny.yaml --checkpoint tiny.pt --by moments --corpus shs-file shs.h5": "tiny has no moments",
        "--config tiny.yaml --checkpoint tiny.pt --features . --labels missing.csv": "missing.csv: no such file",
        "--config tiny.yaml --checkpoint tiny.pt --features . --labels text": "text: needs the columns file and work",
    }
    for options, what in refused.items():
        monkeypatch.setattr("sys.argv", ["evaluate", *options.split()])
        assert evaluate.main() == 1, options
        said = capsys.readouterr().err
        assert said.startswith(f"evaluate: {what}") and said.count("\n") == 1, said
    monkeypatch.setattr("sys.argv", "evaluate --config tiny.yaml --checkpoint tiny.pt --features .".split())
    with pytest.raises(SystemExit):
        evaluate.main()
    assert "--features DIR needs --labels FILE" in capsys.readouterr().err


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "wide.yaml").write_text("base: tiny\nmodel: {dim: 64}\n")
    (tmp_path / "token.yaml").write_text("base: tiny\nmodel: {pooling: cls}\n")
    models = {name: build_model(read_run(tmp_path / f"{name}.yaml")) for name in ("tiny", "wide", "token")}
    for name, refused in (("wide", "the network wants"), ("token", "holds no cls, which the network has")):
        torch.save({"name": "tiny", "n_works": 0, "model": models["tiny"].state_dict()}, tmp_path / "weights.pt")
        with pytest.raises(ValueError, match=refused):
            checkpoints.begin_with(models[name], tmp_path / "weights.pt")
    torch.save({"name": "x", "n_works": 0, "model": models["tiny"].state_dict() | {"x": torch.ones(1)}}, tmp_path / "w")
    with pytest.raises(ValueError, match="holds x, which the network has not"):
        checkpoints.begin_with(models["tiny"], tmp_path / "w")
