"""The specification is read as it stands, and what is not in it is an error."""

import tomllib
from pathlib import Path

import pytest

from reprise_training import spec


def test_the_released_specification_is_mirrored() -> None:
    v1 = spec.read()
    assert v1.version == 1
    assert v1.audio.sample_rate_hz == 44100
    assert v1.cqt.n_bins % v1.cqt.bins_per_octave == 0


def test_the_model_takes_what_the_specification_gives() -> None:
    v1 = spec.read()
    assert v1.crema.layout == ["n_frames", "n_bins", "n_harmonics"]
    manifest = tomllib.loads((spec.V1.parents[1] / "crema" / "manifest.toml").read_text())
    assert manifest["feature_version"] == v1.version
    assert manifest["input"][0]["shape"] == [1, "n_frames", v1.crema.n_bins, len(v1.crema.harmonics)]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("log_gain ", "log_gian ", "log_gian"),
        ("[chroma]", "[chroma]\nextra = 1", "extra"),
        ("version = 1", 'version = "1"', "expected int"),
    ],
)
def test_a_wrong_key_or_type_is_an_error_that_names_it(tmp_path: Path, before: str, after: str, message: str) -> None:
    text = spec.V1.read_text()
    assert before in text
    (tmp_path / "v1.toml").write_text(text.replace(before, after, 1))
    with pytest.raises(ValueError, match=message):
        spec.read(tmp_path / "v1.toml")
