"""How a recogniser hears chords that are known, in figures: for the real one and the simulated one alike."""

from dataclasses import dataclass

import numpy as np

INTERVALS = ("root", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")
QUANTILES = (5, 25, 50, 75, 95)
EDGE = 0.5 / 255
"""Frames are kept in 256 steps; what is closer to 0 or 1 than this is not told from it."""
AROUND = 10
"""Frames before and after a change of chords by which its width is measured."""
FEWEST_FRAMES = 4
"""Of a chord whose level and fluctuation are measured."""


@dataclass(frozen=True)
class Heard:
    """A rendition, as heard and as played."""

    frames: np.ndarray
    """Probabilities [12, T]."""
    notes: np.ndarray
    """bool [n, 12]."""
    roots: np.ndarray
    """[n], -1 for no chord."""
    ends: np.ndarray
    """[n], in frames."""

    def __post_init__(self) -> None:
        if self.frames.ndim != 2 or len(self.frames) != 12 or not self.frames.size:
            raise ValueError(f"frames are [12, T], not {self.frames.shape}")
        if not len(self.notes) == len(self.roots) == len(self.ends) > 0:
            raise ValueError("what was played needs chords, each with notes, root and end")

    def chord_of(self) -> np.ndarray:
        """Index of the chord that sounds in each frame, [T]; the last one goes on."""
        times = np.arange(self.frames.shape[1]) + 0.5
        return np.searchsorted(self.ends, times).clip(max=len(self.ends) - 1)

    def logits(self) -> np.ndarray:
        """[12, T], finite."""
        p = self.frames.clip(EDGE, 1 - EDGE)
        return np.log(p / (1 - p))


def figures(renditions: list[Heard]) -> dict[str, float]:
    """All figures by name; NaN where nothing could be counted. ValueError without renditions."""
    if not renditions:
        raise ValueError("there are no renditions")
    return values(renditions) | detection(renditions) | levels(renditions) | onset(renditions)


def values(renditions: list[Heard]) -> dict[str, float]:
    """How probabilities are distributed, whatever is played."""
    p = np.concatenate([one.frames.ravel() for one in renditions])
    result = {f"{q} % quantile": float(np.percentile(p, q)) for q in QUANTILES}
    result["mean"] = float(p.mean())
    result["classes above 0.5 a frame"] = float(12 * (p > 0.5).mean())
    result["share in 0.1..0.9"] = float(((p > 0.1) & (p < 0.9)).mean())
    return result


def detection(renditions: list[Heard]) -> dict[str, float]:
    """Share of frames in which a class is above 0.5, by its interval from the root: of those that sound, of
    those that do not. Chords without a root are left out."""
    above = {True: np.zeros(12), False: np.zeros(12)}
    counted = {True: np.zeros(12), False: np.zeros(12)}
    for one in renditions:
        chord = one.chord_of()
        for pitch_class in range(12):
            has_root = one.roots[chord] >= 0
            interval = (pitch_class - one.roots[chord]) % 12
            is_above, sounds = one.frames[pitch_class] > 0.5, one.notes[chord, pitch_class]
            for sounding in (True, False):
                chosen = has_root & (sounds == sounding)
                above[sounding] += np.bincount(interval[chosen & is_above], minlength=12)
                counted[sounding] += np.bincount(interval[chosen], minlength=12)
    result = {"missed": 1 - ratio(above[True].sum(), counted[True].sum())}
    result["imagined"] = ratio(above[False].sum(), counted[False].sum())
    for name, sounding in (("heard", True), ("imagined", False)):
        for interval, label in enumerate(INTERVALS):
            result[f"{name} {label}"] = ratio(above[sounding][interval], counted[sounding][interval])
    return result


def levels(renditions: list[Heard]) -> dict[str, float]:
    """Logits. Of each class over each chord: its mean, whether it is on the right side of zero, and how it
    fluctuates around that mean."""
    means, sounds, chords, within, products, squares = [], [], [], [], 0.0, 0.0
    silent, n_chords = [], 0
    for one in renditions:
        logits, chord = one.logits(), one.chord_of()
        for index in np.unique(chord):
            span = logits[:, chord == index]
            if not one.notes[index].any():
                silent.append(span.mean(axis=1))
            elif span.shape[1] >= FEWEST_FRAMES:
                mean = span.mean(axis=1)
                apart = span - mean[:, None]
                means.append(mean)
                sounds.append(one.notes[index])
                chords.append(np.full(12, n_chords))
                within.append(apart.std(axis=1))
                products += (apart[:, 1:] * apart[:, :-1]).sum()
                squares += (apart[:, 1:] ** 2).sum()
                n_chords += 1
    if not means:
        raise ValueError(f"no chord lasts {FEWEST_FRAMES} frames")
    mean, sound, fluctuation = (np.concatenate(x) for x in (means, sounds, within))
    chord = np.concatenate(chords)
    right = {"heard": sound & (mean > 0), "unheard": ~sound & (mean < 0)}
    result = {
        "chord notes missed": ratio((sound & (mean < 0)).sum(), sound.sum()),
        "chord notes imagined": ratio((~sound & (mean > 0)).sum(), (~sound).sum()),
        "chords of doubt": float(np.mean([(np.abs(m) < 2).mean() > 1 / 3 for m in means])),
    }
    for name, chosen in right.items():
        result[f"logit {name}"] = float(mean[chosen].mean())
        result[f"logit {name}, spread"] = float(mean[chosen].std())
        result[f"logit {name}, of that between chords"] = between(mean[chosen], chord[chosen])
        result[f"logit {name}, within a chord"] = float(fluctuation[chosen].mean())
    result["autocorrelation of one frame"] = ratio(products, squares)
    silence = np.concatenate(silent) if silent else np.array([np.nan])
    return result | {"logit without a chord": float(silence.mean()), "its spread": float(silence.std())}


def between(values: np.ndarray, groups: np.ndarray) -> float:
    """Deviation of the groups' means."""
    count = np.bincount(groups)
    means = np.bincount(groups, values)[count > 0] / count[count > 0]
    return float(means.std())


def onset(renditions: list[Heard]) -> dict[str, float]:
    """How a class comes in that the chord before did not have and that is heard in the end: frames from a
    quarter to three quarters of its rise, and when it is half way, after the change."""
    rises = []
    for one in renditions:
        starts = np.concatenate([[0.0], one.ends[:-1]])
        for index in range(1, len(one.ends)):
            before, here = starts[index - 1], round(float(starts[index]))
            is_long = starts[index] - before >= AROUND and one.ends[index] - starts[index] >= AROUND
            if not is_long or here < AROUND or here + AROUND > one.frames.shape[1]:
                continue
            window = one.frames[:, here - AROUND : here + AROUND]
            comes = one.notes[index] & ~one.notes[index - 1] & (window[:, -1] > 0.5) & (window[:, 0] < 0.5)
            rises.extend(window[comes])
    if not rises:
        return {"onset width": float("nan"), "onset delay": float("nan")}
    rise = np.maximum.accumulate(np.mean(rises, axis=0))
    rise = (rise - rise[0]) / (rise[-1] - rise[0])
    quarter, half, three = (float(np.interp(at, rise, np.arange(2 * AROUND) + 0.5)) for at in (0.25, 0.5, 0.75))
    return {"onset width": three - quarter, "onset delay": half - AROUND}


def ratio(part: float, whole: float) -> float:
    """NaN of nothing."""
    return float(part / whole) if whole else float("nan")
