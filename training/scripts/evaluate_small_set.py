"""The paper's small experiment: 350 tracks, 50 works of seven versions, two sevenths of them works that were trained
on.

    python training/scripts/evaluate_small_set.py --config NAME.yaml --checkpoint checkpoint.pt --works works.json.gz

The paper's tracks are recordings; these are simulated from charts, the 36 works that are new to the network from those
which were only watched in training. It shows what a network has learned of the simulation, not how it does on music.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from reprise_training.config import Run, read_run
from reprise_training.metrics.ranking import HEADER, evaluate_ranking
from reprise_training.model.build import trained_model
from reprise_training.simulate.passages import PassageSampler
from reprise_training.simulate.score import Score, read_works
from reprise_training.sources import split

N_WORKS, N_SEEN, N_VERSIONS = 50, 14, 7
SEED = 350


def main() -> None:
    """Prints a row for all works and one for each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--works", type=Path, required=True)
    options = parser.parse_args()
    run = read_run(options.config)
    model = trained_model(run, options.checkpoint)
    seen, unseen = split(read_works(options.works), run)
    parts = [drawn(run, seen, N_SEEN, model), drawn(run, unseen, N_WORKS - N_SEEN, model)]
    old, new = ([f"{kind} {work}" for work in part[1]] for kind, part in zip(("seen", "new"), parts, strict=True))
    together = torch.cat([part[0] for part in parts])
    rows: dict[str, list[str | None]] = {
        "all": [*old, *new],
        "works trained on": [*old, *[None] * len(new)],
        "new works": [*[None] * len(old), *new],
    }
    print(f"| {run.name} | {HEADER} |")
    for name, works in rows.items():
        print(f"| {name} | {evaluate_ranking((together @ together.T).numpy(), works).row()} |")


@torch.no_grad()
def drawn(run: Run, works: list[list[Score]], n_works: int, model: torch.nn.Module) -> tuple[torch.Tensor, list[int]]:
    """Unit vectors of renditions and their works."""
    wanted = replace(run.passages, n_works=n_works, n_renditions=N_VERSIONS)
    frames, names = PassageSampler(works, wanted, SEED, run.liberties, run.recogniser).batch()
    vectors = torch.cat([model(part).embedding for part in frames.split(32)])
    return torch.nn.functional.normalize(vectors, dim=1), names.tolist()


if __name__ == "__main__":
    main()
