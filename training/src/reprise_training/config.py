"""What a training run is: small YAML files that hold only what differs from the file they name as `base`."""

from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from reprise_training.augment import Augmentation
from reprise_training.model.asimt import AsimtConfig
from reprise_training.model.move import MoveConfig
from reprise_training.objective import Losses
from reprise_training.simulate.passages import Passages
from reprise_training.simulate.recogniser import Recogniser
from reprise_training.simulate.renditions import Liberties
from reprise_training.simulate.singing import Singing

Built = TypeVar("Built")


@dataclass(frozen=True)
class Optimisation:
    """How weights are moved."""

    optimiser: str = "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup_steps: int = 100
    steps: int = 2000
    momentum: float = 0.9
    """Of SGD."""
    clip_norm: float = 1.0


@dataclass(frozen=True)
class Masking:
    """What is hidden from the network in training."""

    frames: int = 40
    """Longest stretch of frames that is zeroed, once a window."""
    pitch_classes: float = 0.05
    """Share of pitch classes that are zeroed throughout a window."""
    edges: float = 0.2
    """Share of windows whose beginning or end, up to a third of them, is silent: there a track begins or ends."""
    views: float = 0.15
    """Share of windows that lose one of several views: a track may lack it."""
    melody: float = 0.5
    """Share of windows that lose the melody, where there is one: most tracks are not sung, or not listened to yet."""


@dataclass(frozen=True)
class Run:
    """One row of the table of results."""

    name: str
    seed: int = 1
    validation_share: float = 0.05
    """Works that are left out, to watch the loss on."""
    views: tuple[str, ...] = ("crema",)
    """What the network reads; see views.py. Simulated renditions have the first only."""
    rendered_works: int = 0
    """Works of a batch that are rendered songs instead of simulated charts."""
    neighbours: int = 0
    """Rendered songs of a batch come in groups of so many that sound alike before training; 0: at random."""
    tune_works: int = 0
    """Works of a batch that are tunes without harmony, for networks that read the melody."""
    architecture: str = "asimt"
    """`asimt` as `model` has it, or `move` as `move` has it."""
    model: AsimtConfig = field(default_factory=AsimtConfig)
    move: MoveConfig = field(default_factory=MoveConfig)
    passages: Passages = field(default_factory=lambda: Passages(n_works=48, n_renditions=3, n_frames=432))
    liberties: Liberties = field(default_factory=Liberties)
    recogniser: Recogniser = field(default_factory=Recogniser)
    singing: Singing = field(default_factory=Singing)
    losses: Losses = field(default_factory=Losses)
    optimisation: Optimisation = field(default_factory=Optimisation)
    masking: Masking = field(default_factory=Masking)
    augmentation: Augmentation = field(default_factory=lambda: Augmentation(roll=False, stretch=0, warp=0))
    """The paper's, for windows of one view."""
    teacher: str = ""
    """The run whose distances are learned; its checkpoint is given to train.py."""

    @property
    def input_shape(self) -> tuple[int, int]:
        """Rows and frames that the network reads at a time. MOVE reads any number of frames of one view."""
        if self.architecture == "move":
            return 12, self.passages.n_frames
        return self.model.rows, self.model.n_frames

    @property
    def embedding_dim(self) -> int:
        """Values of an embedding."""
        return self.move.embedding_dim if self.architecture == "move" else self.model.embedding_dim


def read_run(path: Path) -> Run:
    """A run from its file and those it is based on. An unknown key is an error that names it."""
    return build(Run, {"name": path.stem} | merged(path), str(path))


def merged(path: Path) -> dict[str, Any]:
    """The settings of a file over those of its base."""
    try:
        own = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: is no YAML") from error
    if not isinstance(own, dict):
        raise ValueError(f"{path}: is no file of settings")
    base = own.pop("base", None)
    return overlaid(merged(path.parent / f"{base}.yaml"), own) if base else own


def overlaid(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`above` over `below`, group by group."""
    result = dict(below)
    for key, value in above.items():
        is_group = isinstance(value, dict) and isinstance(below.get(key), dict)
        result[key] = overlaid(below[key], value) if is_group else value
    return result


def build(kind: type[Built], settings: dict[str, Any], where: str) -> Built:
    """A dataclass from settings; lists become tuples."""
    assert is_dataclass(kind)
    known = {one.name: one for one in fields(kind)}
    for key in settings:
        if key not in known:
            raise ValueError(f"{where}: there is no setting {key} in {kind.__name__}")
    values = {}
    for key, value in settings.items():
        group = known[key].type
        if isinstance(group, type) and is_dataclass(group):
            value = build(group, value, f"{where}, {key}")
        values[key] = tuple(value) if isinstance(value, list) else value
    return kind(**values)
