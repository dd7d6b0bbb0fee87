"""The keys a track is likely to be meant in, so that versions in different keys meet without twelve rotations of
each."""

import numpy as np

from reprise_training.views import MELODY

N_KEYS = 3
"""Kept of every track. On the validation archive a search of 3 x 3 keys finds what one of 12 x 1 finds (RESULTS.md)."""

TEMPLATE = np.array([0.20, 0.05, 0.44, 0.04, 0.41, 0.03, 0.24, 0.48, 0.04, 0.29, 0.02, 0.47])
"""The mean chord-pitch frame, length 1, of music moved to one key, from C: a diatonic set whose tonic is G or E minor.
By scripts/fit_key_template.py, nothing labelled; where it lies does not matter."""

VOICE_TEMPLATE = np.array([0.24, 0.09, 0.44, 0.08, 0.22, 0.07, 0.19, 0.56, 0.11, 0.38, 0.11, 0.40])
"""The same of what is sung, silence left out, by the same script from tunes: a major scale on 7."""


def template_of(views: tuple[str, ...]) -> np.ndarray:
    """What the mean frame of a network's first view resembles in a likely key."""
    return VOICE_TEMPLATE if views[0] == MELODY else TEMPLATE


def likely_keys(frames: np.ndarray, n_keys: int = N_KEYS, template: np.ndarray = TEMPLATE) -> list[int]:
    """Semitones 0..11 by which a track [12, T] has to be raised to resemble the template, likeliest first."""
    return [int(key) for key in key_order(frames.mean(axis=1)[None], template)[0][:n_keys]]


def key_order(profiles: np.ndarray, template: np.ndarray) -> np.ndarray:
    """All twelve keys of mean frames [n, 12], likeliest first [n, 12]; the lower one of equal ones."""
    raised = np.stack([np.roll(profiles, key, axis=1) @ template for key in range(12)], axis=1)
    return np.argsort(-raised, axis=1, kind="stable")


def fitted_template(profiles: np.ndarray, rounds: int = 40) -> np.ndarray:
    """What mean frames [n, 12] have in common, each moved to the key in which it is most like the others [12]."""
    unit = profiles / np.maximum(np.linalg.norm(profiles, axis=1, keepdims=True), 1e-9)
    best, resemblance = unit[0], -1.0
    for start in unit[:: max(1, len(unit) // 8)]:
        template = start
        for _ in range(rounds):
            keys = key_order(unit, template)[:, 0]
            moved = np.stack([np.roll(profile, key) for profile, key in zip(unit, keys, strict=True)])
            template = moved.mean(axis=0) / np.linalg.norm(moved.mean(axis=0))
        found = float((moved @ template).mean())
        if found > resemblance:
            best, resemblance = template, found
    return best
