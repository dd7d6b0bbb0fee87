r"""Fits from which evidence on a recording is called sung: to excerpts of sung and of played ones.

    reprise features FILE... --stage excerpts --out DIR
    PYTHONPATH=training/src python training/scripts/fit_gate.py --sung DIR --played DIR \
        [--features features.npz --loudness loudness.npz]

Folders may be given again. The setting that finds most sung recordings while at most one in a hundred
played ones is called sung is chosen on half a and reported on half b; the half of a recording depends on its
name alone.

Excerpts hold shares of moments that the program counted by its own limits of loudness, salience and detector,
so that these limits cannot be moved here. What can: which share is looked at, how much the detector must hear
in an excerpt for its moments to count, and the least share. The files of the sung set, whose halves are its
own, hold loudness and salience of every moment but no detector. Where the detector is asked of moments it is
taken to hear a voice in all of these recordings, so that in truth they are found less often; where it is
asked of excerpts none of their moments count, so that nothing is chosen for what nobody knows. Other limits
of loudness and salience are tried on them alone.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from split_works import half_of
from unpack_sung import fitted, prominence_db, shares

COLUMNS = ("near", "tuned", "activity", "sung")
"""Of excerpts.npy: shares of moments and the detector's mean, in the order of `Excerpt` in gate.rs."""

# The shipped limits, by their names in crates/reprise-analysis/src/voice/gate.rs.
NEAR_DB = -12.0
SALIENT = 0.2
ACTIVE_MEAN = 0.1
SUNG_SHARE = 0.08

COUNTED = ("sung", "tuned", "near")
"""The share that is looked at. The first is the program's, and chosen where others are as good."""
ACTIVITIES = np.array([0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
SHARES = np.arange(1, 31) / 100
TRIED_DB = (-6.0, -9.0, -12.0, -15.0, -18.0, -24.0)
TRIED_SALIENCE = (0.1, 0.2, 0.3, 0.4)
SUNG_SET = "sung set, no detector"
MOST_FALSE = 0.01
"""Of the played recordings of half a, so many may be called sung."""


class Setting(NamedTuple):
    """A recording is sung when the share `counted`, averaged over excerpts, is at least `share`.

    Excerpts in which the detector's mean is below `activity` count as 0.
    """

    counted: str
    activity: float
    share: float


SHIPPED = Setting("sung", 0.0, SUNG_SHARE)
MEANING = {
    "sung": f"near, salient and {ACTIVE_MEAN:g} heard by the detector around it",
    "tuned": "near and salient",
    "near": "near",
}


@dataclass(frozen=True)
class Recording:
    """What was heard of one recording, `excerpts` [n, 4], and what it is."""

    name: str
    source: str
    is_sung: bool
    half: str
    excerpts: np.ndarray

    def share(self, counted: str, activity: float) -> float:
        """The share that is compared with the least one."""
        if len(self.excerpts) == 0:
            return 0.0
        heard = self.excerpts[:, COLUMNS.index("activity")]
        is_heard = (heard >= activity) | (activity == 0)
        return float(np.where(is_heard, self.excerpts[:, COLUMNS.index(counted)], 0).mean())


def main() -> int:
    """Prints both settings, what each finds and has wrong; 1 when all call too many played ones sung."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sung", type=Path, action="append", default=[], metavar="DIR")
    parser.add_argument("--played", type=Path, action="append", required=True, metavar="DIR")
    parser.add_argument("--features", type=Path, help="of the sung set")
    parser.add_argument("--loudness", type=Path, help="of the sung set")
    options = parser.parse_args()
    if (options.features is None) != (options.loudness is None):
        parser.error("--features and --loudness go together")
    if not options.sung and options.features is None:
        parser.error("nothing is sung: --sung or --features is needed")
    empty = [folder for folder in (*options.sung, *options.played) if not any(folder.glob("*.excerpts.npy"))]
    if empty:
        parser.error(f"no .excerpts.npy in {', '.join(map(str, empty))}")
    recordings = [recording for folder in options.sung for recording in read(folder, is_sung=True)]
    recordings += [recording for folder in options.played for recording in read(folder, is_sung=False)]
    sung_set = read_sung_set(options.features, options.loudness) if options.features else []
    recordings += [moments.recording(NEAR_DB, SALIENT) for moments in sung_set]
    outcome = fit([recording for recording in recordings if recording.half == "a"])
    if outcome is None:
        print(f"no setting calls at most {MOST_FALSE:.0%} of the played recordings sung", file=sys.stderr)
        return 1
    chosen, as_good = outcome
    settings = {"fitted": chosen, "shipped": SHIPPED}
    for name, setting in settings.items():
        print(f"{name:8}{tell(setting)}")
    print(f"as good as the fitted one on half a: shares from {as_good.min():.0%} to {as_good.max():.0%}\n")
    print_counts(recordings, settings)
    print_wrong(recordings, settings)
    if sung_set:
        print_limits(sung_set)
    return 0


def read(folder: Path, *, is_sung: bool) -> list[Recording]:
    """The recordings of a folder, by name."""
    found = []
    for path in sorted(folder.glob("*.excerpts.npy")):
        name = path.name.removesuffix(".excerpts.npy")
        found.append(Recording(name, folder.name, is_sung, half_of(name), np.load(path)))
    return found


@dataclass(frozen=True)
class Moments:
    """How near the voice is in each moment of a recording of the sung set, and how salient its pitch."""

    name: str
    half: str
    db: np.ndarray
    salience: np.ndarray

    def recording(self, near_db: float, salient: float) -> Recording:
        """As one excerpt of which nobody knows what the detector hears, around moments a voice."""
        is_near = self.db >= near_db
        near, tuned = is_near.mean(), (is_near & (self.salience >= salient)).mean()
        return Recording(self.name, SUNG_SET, True, self.half, np.array([[near, tuned, np.nan, tuned]]))


def read_sung_set(features: Path, loudness: Path) -> list[Moments]:
    """The recordings of the sung set."""
    labels, heard = np.load(features), np.load(loudness)
    names = zip(labels["name"].tolist(), labels["half"].tolist(), strict=True)
    return [moments(labels, heard, f"{number:03}", *of) for number, of in enumerate(names)]


def moments(
    features: Mapping[str, np.ndarray], loudness: Mapping[str, np.ndarray], key: str, name: str, half: str
) -> Moments:
    """One recording. A moment is as salient as its largest value, as in reprise-matching's voice.rs."""
    salience = shares(features[f"melody{key}"]).max(axis=1)
    db = prominence_db(loudness[f"mix{key}"], loudness[f"voice{key}"])
    return Moments(name, half, fitted(db, len(salience)), salience)


def fit(recordings: list[Recording]) -> tuple[Setting, np.ndarray] | None:
    """The setting that finds most; of those that are as good the one in their middle.

    Beside it the shares that are as good with all else as it is.
    """
    is_sung = np.array([recording.is_sung for recording in recordings])
    # [recordings, counted, activities], then with shares behind.
    heard = np.array([[[of.share(counted, least) for least in ACTIVITIES] for counted in COUNTED] for of in recordings])
    called = heard[..., None] >= SHARES
    found, false = called[is_sung].sum(axis=0), called[~is_sung].sum(axis=0)
    allowed = false <= MOST_FALSE * (~is_sung).sum()
    if not allowed.any():
        return None
    best = allowed & (found == found[allowed].max())
    depths = np.array([depth(plane) for plane in best])
    counted = int(depths.max(axis=(1, 2)).argmax())
    activity, share = middle(depths[counted])
    setting = Setting(COUNTED[counted], float(ACTIVITIES[activity]), float(SHARES[share]))
    return setting, SHARES[best[counted, activity]]


def depth(good: np.ndarray) -> np.ndarray:
    """How many steps each setting of a plane is away from the nearest that is not good, or not tried."""
    found = np.zeros(good.shape, int)
    while good.any():
        found += good
        edged = np.pad(good, 1)
        good = good & edged[2:, 1:-1] & edged[:-2, 1:-1] & edged[1:-1, 2:] & edged[1:-1, :-2]
    return found


def middle(depths: np.ndarray) -> tuple[int, int]:
    """The deepest place; of several the one nearest to their mean."""
    places = np.argwhere(depths == depths.max())
    nearest = np.abs(places - places.mean(axis=0)).sum(axis=1).argmin()
    return int(places[nearest][0]), int(places[nearest][1])


def tell(setting: Setting) -> str:
    """A setting in words."""
    said = f"{setting.share:.0%} of moments {MEANING[setting.counted]}"
    limits = f"near is {NEAR_DB:g} dB, salient {SALIENT:g}"
    heard = f", in excerpts of a mean activity of {setting.activity:g}" if setting.activity > 0 else ""
    return f"{said}{heard}; {limits}"


def is_called(recording: Recording, setting: Setting) -> bool:
    """Whether the setting calls it sung."""
    return recording.share(setting.counted, setting.activity) >= setting.share


def print_counts(recordings: list[Recording], settings: dict[str, Setting]) -> None:
    """How many of each folder are called sung, half by half."""
    print(f"{'called sung':28}{'half':>6}" + "".join(f"{name:>14}" for name in settings))
    truth = {True: "sung", False: "played"}
    sources = list(dict.fromkeys((recording.is_sung, recording.source) for recording in recordings))
    rows = [(f"{truth[is_sung]}: {source}", [(is_sung, source)]) for is_sung, source in sources]
    rows += [
        (f"{name}: all", [source for source in sources if source[0] == is_sung]) for is_sung, name in truth.items()
    ]
    for title, within in rows:
        for half in "ab":
            own = [of for of in recordings if (of.is_sung, of.source) in within and of.half == half]
            counts = [sum(is_called(of, setting) for of in own) for setting in settings.values()]
            print(f"{title:28}{half:>6}" + "".join(f"{f'{count} of {len(own)}':>14}" for count in counts))


def print_wrong(recordings: list[Recording], settings: dict[str, Setting]) -> None:
    """What a setting has wrong, with the share that each setting sees."""
    titles = {
        True: "sung, but called played",
        False: "played, but called sung; nobody has listened, and some may hold voices",
    }
    for is_sung, title in titles.items():
        print(f"\n{title} (* by which setting):")
        for of in recordings:
            wrong = {name: is_called(of, setting) != is_sung for name, setting in settings.items()}
            if of.is_sung != is_sung or not any(wrong.values()):
                continue
            seen = "".join(
                f"  {name} {of.share(setting.counted, setting.activity):.3f}{'*' if wrong[name] else ' '}"
                for name, setting in settings.items()
            )
            print(f"  {of.half}{seen}  {of.source}/{of.name}")


def print_limits(sung_set: list[Moments]) -> None:
    """How many of the sung set have the shipped share of moments by other limits; a detector leaves fewer."""
    print(f"\nsung set, {SUNG_SHARE:.0%} of moments near and salient, half a + half b of {len(sung_set)}:")
    print("   near is" + "".join(f"{f'salient {least:g}':>14}" for least in TRIED_SALIENCE))
    for near_db in TRIED_DB:
        cells = []
        for salient in TRIED_SALIENCE:
            heard = [of.recording(near_db, salient) for of in sung_set]
            found = [of.half for of in heard if of.share("tuned", 0) >= SUNG_SHARE]
            in_halves = f"{found.count('a')} + {found.count('b')}"
            cells.append(f"{in_halves:>14}")
        print(f"{near_db:>7g} dB" + "".join(cells))


if __name__ == "__main__":
    sys.exit(main())
