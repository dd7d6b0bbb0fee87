"""Rankings in blocks against the obvious loops over all pairs."""

import runpy
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import torch
from corpus_examples import song, write_datacos, write_shs
from test_metrics import slow_average_precision
from test_train import TINY

from reprise_training import evaluate, search
from reprise_training.config import Run, read_run
from reprise_training.corpora.refusals import Refusals
from reprise_training.corpora.track import HOP_SAMPLES, Track
from reprise_training.embedding import embedder
from reprise_training.model.build import build_model
from reprise_training.sources import split
from reprise_training.views import rotated

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


def vectors(sizes: tuple[int, ...], seed: int) -> list[np.ndarray]:
    source = np.random.default_rng(seed)
    made = [source.normal(size=(n, 5)).astype(np.float32) for n in sizes]
    return [one / np.linalg.norm(one, axis=1, keepdims=True) for one in made]


@pytest.mark.parametrize("most", [1, 7, 40, 10_000])
@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (3, 1, 4, 2, 6)])
def test_the_mean_of_the_best_is_what_the_loops_say(sizes: tuple[int, ...], most: int) -> None:
    queries, candidates = vectors((2, 1, 3), 1), vectors(sizes, 2)
    slow = [[np.mean([max(q @ c for c in candidate) for q in query]) for candidate in candidates] for query in queries]
    assert np.allclose(search.mean_of_best(queries, candidates, most), slow, atol=1e-6)


@pytest.mark.parametrize("most", [1, 5, 9, 100])
def test_no_more_vectors_than_wanted_are_compared_at_a_time(most: int) -> None:
    candidates = vectors((3, 1, 4, 2, 6), 1)
    found = list(search.parts(candidates, most))
    assert [i for part in found for i in range(*part.indices(5))] == list(range(5))
    for part in found:
        assert sum(map(len, candidates[part])) <= most or part.stop - part.start == 1


def bands(track: np.ndarray) -> np.ndarray:
    """A vector for each ten frames, of length 1."""
    means = track[:, : track.shape[1] // 10 * 10].reshape(12, -1, 10).mean(axis=2).T
    return means / np.linalg.norm(means, axis=1, keepdims=True)


@pytest.mark.parametrize("n_keys", [1, 12])
def test_likeness_is_what_the_loops_say_in_the_best_key(n_keys: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tracks = [song(i // 2, i, 40 + 10 * i) for i in range(8)]
    embed = lambda some: [bands(track) for track in some]
    monkeypatch.setattr(search, "QUERIES_AT_ONCE", 3)
    asked = [0, 1, 3, 4, 6, 7]
    found = list(search.likeness_rows(tracks.__getitem__, embed(tracks), asked, embed, n_keys, most=50))
    assert [query for query, _ in found] == asked
    for query, alike in found:
        for other, candidate in enumerate(tracks):
            stored = bands(candidate)
            by_key = [
                np.mean([max(q @ c for c in stored) for q in bands(rotated(tracks[query], k))]) for k in range(n_keys)
            ]
            assert alike[other] == pytest.approx(max(by_key) - 0.05 * np.log(len(stored)), abs=1e-5)


def paper_like(folder: Path) -> Run:
    (folder / "tiny.yaml").write_text(TINY)
    (folder / "whole.yaml").write_text(
        "base: tiny\nmodel: {n_frames: 1800, patch: [12, 30], stride: [12, 30]}\n"
        "passages: {n_frames: 1800, whole: true}\nvalidation_share: 0.5\n"
    )
    return read_run(folder / "whole.yaml")


def save(run: Run, path: Path) -> torch.nn.Module:
    torch.manual_seed(5)
    model = build_model(run).eval()
    torch.save({"name": run.name, "step": 0, "n_works": 0, "model": model.state_dict()}, path)
    return model


def slow_figures(model: torch.nn.Module, tracks: list[np.ndarray], works: list[str]) -> tuple[float, float, float]:
    """MAP, MR1 and P@1 by the first 1,800 frames of every track."""
    unit = []
    for track in tracks:
        frames = np.zeros((1, 12, 1800), np.float32)
        frames[0, :, : min(1800, track.shape[1])] = track[:, :1800]
        with torch.no_grad():
            embedding = model(torch.from_numpy(frames)).embedding[0].double().numpy()
        unit.append(embedding / np.linalg.norm(embedding))
    precisions, firsts = [], []
    for query, work in enumerate(works):
        versions = {i for i, other in enumerate(works) if other == work and i != query}
        if versions:
            order = sorted((i for i in range(len(works)) if i != query), key=lambda i: -float(unit[query] @ unit[i]))
            precisions.append(slow_average_precision(order, versions))
            firsts.append(min(order.index(i) for i in versions) + 1)
    return float(np.mean(precisions)), float(np.mean(firsts)), float(np.mean([first == 1 for first in firsts]))


def test_a_corpus_is_ranked_as_the_loops_rank_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = paper_like(tmp_path)
    model = save(run, tmp_path / "checkpoint.pt")
    # One track is longer than what is compared, one work has a single version, one track cannot be read.
    sizes = {0: 3, 1: 1, 2: 4, 3: 2, 4: 3}
    lengths = {(0, 1): 2500}
    frames = {(w, v): lengths.get((w, v), 900) for w, n in sizes.items() for v in range(n)}
    tracks = [Track(f"{w}/{v}", str(w), partial(song, w, v, one), HOP_SAMPLES) for (w, v), one in frames.items()]
    tracks.insert(4, Track("0/9", "0", partial(refused, "0/9"), HOP_SAMPLES))
    monkeypatch.setattr(evaluate, "TRACKS_AT_ONCE", 4)
    monkeypatch.setattr(search, "QUERIES_AT_ONCE", 5)
    said: list[str] = []
    embed = embedder(model, "whole", 1800)
    ranking = evaluate.rank_corpus(run, embed, tracks, 1, Refusals(said.append))
    expected = slow_figures(model, [song(w, v, n) for (w, v), n in frames.items()], [str(w) for w, _ in frames])
    assert (ranking.mean_average_precision, ranking.mr1, ranking.hit[1]) == pytest.approx(expected, abs=1e-6)
    assert ranking.queries == 12 and said == ["left out: 0/9: is damaged"]


def refused(name: str) -> np.ndarray:
    raise ValueError(f"{name}: is damaged")


def ranked(monkeypatch: pytest.MonkeyPatch, *options: str | Path) -> int:
    monkeypatch.setattr("sys.argv", ["evaluate", *map(str, options)])
    return evaluate.main()


def test_corpora_are_ranked_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = paper_like(tmp_path)
    save(run, tmp_path / "checkpoint.pt")
    given: list[str | Path] = [
        "--config",
        tmp_path / "whole.yaml",
        "--checkpoint",
        tmp_path / "checkpoint.pt",
        "--keys",
        "1",
        "--corpus",
    ]
    lines = []
    corpora = {"datacos": write_datacos(tmp_path, 4, 3), "shs-file": [write_shs(tmp_path / "shs4.h5", 4, 3)]}
    for kind, paths in corpora.items():
        assert ranked(monkeypatch, *given, kind, *paths) == 0
        header, line = capsys.readouterr().out.splitlines()
        assert header.startswith("| run | labels | by | keys | MAP |")
        lines.append(line.split(" | "))
    assert [line[1] for line in lines] == ["datacos da-tacos_benchmark_subset_metadata", "shs-file shs4"]
    assert lines[0][2:] == lines[1][2:] and lines[0][2:4] == ["whole", "1"], "the same songs at the same hop"
    assert ranked(monkeypatch, *given, "shs-file", tmp_path / "missing.h5") == 1
    assert capsys.readouterr().err == f"evaluate: {tmp_path / 'missing.h5'}: is no file\n"


def test_the_shipped_network_ranks_a_corpus_without_its_second_view(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "two.yaml").write_text(
        "base: tiny\nviews: [crema, chroma]\n"
        "model: {rows: 24, patch: [24, 8], stride: [24, 8], moment_dim: 6, moment_patches: 3}\n"
    )
    run = read_run(tmp_path / "two.yaml")
    model = save(run, tmp_path / "checkpoint.pt")
    tracks = [Track(f"{w}/{v}", str(w), partial(song, w, v, 200), HOP_SAMPLES) for w in range(3) for v in range(2)]
    embed = embedder(model, evaluate.default_by(run), 96)
    assert evaluate.rank_corpus(run, embed, tracks, 12, Refusals()).queries == 6
    with pytest.raises(ValueError, match="reads melody; the recordings of a corpus have crema alone"):
        evaluate.rank_corpus(replace(run, views=("melody",)), embed, tracks, 12, Refusals())


def test_the_small_experiment_is_of_350_recordings(tmp_path: Path) -> None:
    small = runpy.run_path(str(SCRIPTS / "evaluate_small_set.py"))
    run = replace(paper_like(tmp_path), validation_share=0.7)
    # Every fourth work has too few versions, every fifth one of eight that cannot be read.
    tracks = [
        Track(f"{w}/{v}", f"{w:03}", partial(refused if (w % 5, v) == (0, 2) else song, *own), HOP_SAMPLES)
        for w in range(90)
        for v in range(6 if w % 4 == 0 else 8)
        for own in [(f"{w}/{v}",) if (w % 5, v) == (0, 2) else (w, v, 100)]
    ]
    seen, new = small["recorded"](run, tracks, Refusals(lambda _: None))
    assert seen[0].shape == (98, 12, 1800) and new[0].shape == (252, 12, 1800)
    assert set(Counter(seen[1]).values()) == set(Counter(new[1]).values()) == {7}
    trained, watched = split(list(range(90)), run)
    assert {trained[w] % 4 for w in seen[1]} | {watched[w] % 4 for w in new[1]} == {1, 2, 3}
    found = small["rankings"](save(run, tmp_path / "checkpoint.pt"), seen, new)
    assert [ranking.queries for ranking in found.values()] == [350, 98, 252]
    with pytest.raises(ValueError, match="works trained on have 7 versions; 14 are needed"):
        small["recorded"](run, tracks[:60], Refusals(lambda _: None))
