"""A synthetic singer over soft chords: what exports are checked on and what the golden arrays start from."""

import numpy as np

SCALE_HZ = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 5, 4, 2, 0, -1]) / 12)
FORMANTS_HZ = {"a": (730, 1090, 2440), "i": (270, 2290, 3010), "o": (570, 840, 2410)}
"""Peterson & Barney, "Control methods used in a study of the vowels", JASA 24, 1952; men."""

BANDWIDTH_HZ = 90.0
NOTE_S = 0.6
SYLLABLE_S = 0.3


def singer(duration_s: float, sample_rate_hz: int) -> np.ndarray:
    """A voice [n_samples] in -1..=1: a scale with vibrato, a vowel a syllable, a consonant between them."""
    t = np.arange(int(duration_s * sample_rate_hz)) / sample_rate_hz
    note = (t / NOTE_S).astype(int) % len(SCALE_HZ)
    f0 = SCALE_HZ[note] * 2 ** (0.3 / 12 * np.sin(2 * np.pi * 5.5 * t))
    phase = 2 * np.pi * np.cumsum(f0) / sample_rate_hz
    vowels = np.array(list(FORMANTS_HZ.values()))[(t / SYLLABLE_S).astype(int) % len(FORMANTS_HZ)]
    voice = np.zeros_like(t)
    for harmonic in range(1, 30):
        hz = harmonic * f0
        resonance = (1 / (1 + ((hz[:, None] - vowels) / BANDWIDTH_HZ) ** 2)).sum(axis=1)
        voice += np.where(hz < 7000, resonance + 0.02, 0) / harmonic**0.5 * np.sin(harmonic * phase)
    position = t % SYLLABLE_S
    envelope = np.clip(position / 0.04, 0, 1) * np.clip((SYLLABLE_S - 0.04 - position) / 0.05, 0, 1)
    noise = np.random.default_rng(1).standard_normal(len(t)) * (position < 0.05) * 0.15
    sung = voice * envelope
    return 0.4 * sung / np.abs(sung).max() + 0.1 * noise


def band(duration_s: float, sample_rate_hz: int) -> np.ndarray:
    """Soft chords [n_samples] of two seconds each."""
    t = np.arange(int(duration_s * sample_rate_hz)) / sample_rate_hz
    chords = 110 * 2 ** (np.array([[0, 3, 7, 12], [5, 8, 12, 17], [7, 11, 14, 19]]) / 12)
    pitches = chords[(t / 2.0).astype(int) % len(chords)]
    tones = sum(np.sin(2 * np.pi * pitches * n * t[:, None]) / n**2 for n in range(1, 5))
    return 0.03 * tones.sum(axis=1) * np.exp(-0.5 * (t % 2.0))


def song(duration_s: float, sample_rate_hz: int) -> np.ndarray:
    """Both, rounded to 16 bits: f32 [n_samples]."""
    both = singer(duration_s, sample_rate_hz) + band(duration_s, sample_rate_hz)
    return (np.round(both * 32767).astype(np.int16) / 32768).astype(np.float32)
