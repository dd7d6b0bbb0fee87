"""The feature specification, models/features/v1.toml: the one place where numbers of the chain enter.

A flat mirror of the file, as `crates/reprise-features/src/spec.rs` is: same names, unknown keys are an error.
"""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

V1 = Path(__file__).resolve().parents[3] / "models" / "features" / "v1.toml"


@dataclass(frozen=True)
class Audio:
    sample_rate_hz: int
    mixdown: str
    sample_limit: float


@dataclass(frozen=True)
class Decimation:
    zero_crossings: int
    rolloff: float
    kaiser_beta: float


@dataclass(frozen=True)
class Cqt:
    hop_samples: int
    f_min_hz: float
    bins_per_octave: int
    n_bins: int
    fft_samples: int
    window: str
    sparsity: float
    dtype: str


@dataclass(frozen=True)
class Crema:
    n_bins: int
    harmonics: list[int]
    power_min: float
    floor_db: float
    layout: list[str]


@dataclass(frozen=True)
class Chroma:
    log_gain: float
    bins_per_semitone: int


@dataclass(frozen=True)
class Tuning:
    lowest_cents: float
    ignored_cents: float
    reference_hz: float
    fft_samples: int
    n_windows_max: int
    f_low_hz: float
    f_high_hz: float
    peak_range_db: float
    confidence_min: float


@dataclass(frozen=True)
class Activity:
    sounding_magnitude: float
    sounding_min_s: float
    flank_near_bins: int
    flank_far_bins: int
    partial_contrast_db: float
    tonal_share_min: float


@dataclass(frozen=True)
class Spec:
    version: int
    audio: Audio
    decimation: Decimation
    cqt: Cqt
    crema: Crema
    chroma: Chroma
    tuning: Tuning
    activity: Activity


def read(path: Path = V1) -> Spec:
    """Reads a specification; a key too many, too few or of another type is an error that names it."""
    return _mirror(Spec, tomllib.loads(path.read_text()), path.name)


def _mirror(mirror: type, table: dict[str, Any], where: str) -> Any:
    expected = {field.name: field.type for field in fields(mirror)}
    if table.keys() != expected.keys():
        raise ValueError(f"{where}: expected the keys {sorted(expected)}, got {sorted(table)}")
    return mirror(**{name: _value(expected[name], value, f"{where}: {name}") for name, value in table.items()})


def _value(expected: Any, value: Any, where: str) -> Any:
    if isinstance(value, dict):
        return _mirror(expected, value, where)
    plain = getattr(expected, "__origin__", expected)
    if type(value) is not plain:
        raise ValueError(f"{where}: expected {plain.__name__}, got {value!r}")
    return value
