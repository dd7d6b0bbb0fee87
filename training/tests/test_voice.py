"""How much a moment of the voice counts, by the reference chain."""

import numpy as np

from reprise_training.features import voice

N_BINS = voice.SPEC["separation"]["n_bins"]
RATE_HZ = 44_100


def weights_of(samples: np.ndarray, mask: np.ndarray) -> np.ndarray:
    frames = voice.stft(samples)
    return voice.weights(*voice.powers(frames, mask), len(samples) // 4096)


def test_a_voice_is_as_prominent_as_its_share_of_the_power() -> None:
    samples = np.sin(2 * np.pi * 440 * np.arange(9 * RATE_HZ) / RATE_HZ)
    frames = voice.stft(samples)
    mask = np.ones((len(frames), N_BINS)) * np.repeat([0.01, 0.1, 1.0], -(-len(frames) // 3))[: len(frames), None]
    mix, sung = voice.powers(frames, mask)
    # A sine of amplitude 1 in a window of ones would have n^2 / 2; Hann's mean square is 3/8.
    assert np.allclose(mix[4:-4], 4096**2 * 3 / 8 / 2, rtol=1e-3)
    db = voice.prominence_db(mix, sung, len(samples) // 4096)
    for second, expected in ((0, -40), (1.5, -40), (4.5, -20), (7.5, 0)):
        assert abs(db[int(second * RATE_HZ / 4096)] - expected) < 1e-3
    assert np.allclose(weights_of(samples, mask)[[0, 48, 95]], [0, 0.5, 1])


def test_the_window_ends_where_the_track_does() -> None:
    mix, sung = np.ones(40), np.arange(40) / 1000
    db = voice.prominence_db(mix, sung, 10)
    # Eleven frames of the transform on either side, half of the half second.
    assert np.isclose(db[0], 10 * np.log10(sung[:12].mean()))
    assert np.isclose(db[4], 10 * np.log10(sung[5:28].mean()))
    assert np.isclose(db[9], 10 * np.log10(sung[25:].mean()))


def test_silence_has_no_voice_and_a_track_without_frames_none_either() -> None:
    assert not weights_of(np.zeros(30_000), np.ones((512, N_BINS))).any()
    assert not voice.weights(np.zeros(0), np.zeros(0), 3).any()
