"""Every script finds what it is made of."""

import os
import runpy
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("mido")

SCRIPTS = sorted((Path(__file__).resolve().parents[1] / "scripts").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_can_be_loaded(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As when it is started: what lies beside it can be imported.
    monkeypatch.setattr(sys, "path", [str(script.parent), *sys.path])
    monkeypatch.setattr(os, "environ", dict(os.environ))
    try:
        content = runpy.run_path(str(script))
    except ModuleNotFoundError as missing:
        # Packages that one script alone needs are named in its first lines.
        assert missing.name is not None
        assert missing.name in script.read_text(encoding="utf-8").split('"""')[1].lower(), missing
        pytest.skip(f"{missing.name} is not installed")
    assert callable(content["main"])
