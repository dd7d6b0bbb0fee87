r"""From published features to a model that was trained, evaluated and exported: one command.

    python -m reprise_training.recipe --config training/configs/asimt-paper-read.yaml --corpus shs-file SHS5+.h5 \
        --test shs-file SHS4-.h5 --test datacos METADATA.json FEATURES --out RUN [--hop N] [--steps N] [--minutes M]

Trains into RUN, or goes on there exactly where it stopped; evaluates on every test corpus in one key; exports to
RUN/exported, and evaluates what was exported on the first of them, so that a file that ranks otherwise is seen. What
`evaluate` prints is in RUN/results.md afterwards. With several graphics processors start `train` by torchrun first:
this command then finds nothing left to train.
"""

import argparse
import contextlib
import io
import sys
from pathlib import Path

from reprise_training import evaluate, export, train
from reprise_training.sources import read_corpus


def main() -> int:
    """The four commands one after another; 1 when one of them has failed and said why."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--corpus", nargs="+", required=True, metavar=("KIND", "PATH"), help=read_corpus.__doc__)
    parser.add_argument("--test", nargs="+", action="append", required=True, metavar=("KIND", "PATH"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hop", type=int, help="samples from frame to frame of all corpora, if not the published ones")
    parser.add_argument("--steps", type=int, help="of training, instead of those of the configuration")
    parser.add_argument("--minutes", type=float, help="of training; a second call goes on")
    options = parser.parse_args()
    config, checkpoint = ["--config", str(options.config)], options.out / "checkpoint.pt"
    limits = [word for name in ("steps", "minutes") for word in limit(name, getattr(options, name))]
    hop = limit("hop", options.hop)
    train.main([*config, "--corpus", *options.corpus, *hop, "--out", str(options.out), *limits])
    exported = options.out / "exported"
    results = [evaluated(config, checkpoint, [*test, *hop]) for test in options.test]
    export.main([*config, "--checkpoint", str(checkpoint), "--out", str(exported)])
    results.append(evaluated(config, exported / "model.onnx", [*options.test[0], *hop]))
    if None in results:
        return 1
    header, *_ = str(results[0]).splitlines()
    rows = [str(result).splitlines()[1] for result in results]
    rule = "|---" * (header.count("|") - 1) + "|"
    (options.out / "results.md").write_text("\n".join([header, rule, *rows]) + "\n", encoding="utf-8")
    return 0


def limit(name: str, value: float | None) -> list[str]:
    """An option and its value, if it has one."""
    return [] if value is None else [f"--{name}", str(value)]


def evaluated(config: list[str], checkpoint: Path, test: list[str]) -> str | None:
    """What `evaluate` prints, which is printed here too; nothing if it failed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        failed = evaluate.main([*config, "--checkpoint", str(checkpoint), "--corpus", *test, "--keys", "1"])
    print(printed.getvalue(), end="", flush=True)
    return None if failed else printed.getvalue()


if __name__ == "__main__":
    sys.exit(main())
