"""The keys a track is kept in, and the codes by which it is found among many."""

import numpy as np
import pytest

from reprise_training import codebook, keys


def profile(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random(12)


def units(seed: int, n: int, d: int = 8) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(n, d))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_track_in_another_key_is_raised_to_the_same_one() -> None:
    crema = np.random.default_rng(1).random((12, 50)) ** 4
    for up in range(12):
        raised = keys.likely_keys(np.roll(crema, up, axis=0))
        assert [(key + up) % 12 for key in raised] == keys.likely_keys(crema)
    assert len(set(keys.likely_keys(crema, 12))) == 12


def test_voices_and_harmonies_have_templates_of_their_own() -> None:
    assert keys.template_of(("crema", "chroma")) is keys.TEMPLATE
    assert keys.template_of(("melody",)) is keys.VOICE_TEMPLATE
    melody = np.repeat(np.random.default_rng(3).random((12, 1)) ** 4, 40, axis=1)
    assert keys.likely_keys(np.roll(melody, 4, axis=0), 3, keys.VOICE_TEMPLATE) == [
        (key - 4) % 12 for key in keys.likely_keys(melody, 3, keys.VOICE_TEMPLATE)
    ]


def test_a_template_is_found_whatever_keys_the_songs_are_in() -> None:
    source = np.random.default_rng(2)
    shape = np.array([1.0, 0, 0.7, 0, 0.8, 0.2, 0, 0.9, 0, 0.5, 0, 0.3])
    songs = np.stack([np.roll(shape, source.integers(12)) + 0.05 * source.random(12) for _ in range(40)])
    template = keys.fitted_template(songs)
    unit = shape / np.linalg.norm(shape)
    assert max(float(np.roll(template, key) @ unit) for key in range(12)) > 0.99
    moved = [np.roll(song, keys.key_order(song[None], template)[0, 0]) for song in songs]
    assert np.ptp(np.stack(moved), axis=0).max() < 0.06, "all in one key, but for the noise"


def test_centres_lie_where_the_vectors_are() -> None:
    places = units(3, 4)
    source = np.random.default_rng(4)
    vectors = np.repeat(places, 50, axis=0) + 0.01 * source.normal(size=(200, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    centres = codebook.centres(vectors, 12)
    assert (places @ centres.T).max(axis=1).min() > 0.99
    assert np.allclose(np.linalg.norm(centres, axis=1), 1)
    nearest = codebook.codes(vectors, centres)
    assert np.array_equal(nearest, np.argmax(vectors @ centres.T, axis=1))
    held = codebook.held_codes(vectors, centres)
    assert held.shape == (200, codebook.N_HELD) and np.array_equal(held[:, 0], nearest)
    others = np.where(np.arange(12) == nearest[:, None], -2, vectors @ centres.T)
    assert np.array_equal(held[:, 1], np.argmax(others, axis=1))
    assert np.abs(codebook.as_bytes(centres) / 127.0 - centres).max() <= 0.5 / 127 + 1e-9


def test_what_is_shared_is_every_code_held_by_how_near_and_how_rare_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codebook, "N_NEARBY", 5)
    centres, query = units(5, 30), units(6, 4)
    held = [np.array([1, 2, 3]), np.arange(20), np.array([], int)]
    got = codebook.shared(query, held, centres)
    worth: dict[int, float] = {}
    for moment in query:
        cosines = centres @ moment
        order = np.argsort(-cosines)
        for code in order[:5]:
            rarity = np.log(1 + 3 / max(1, sum(code in own for own in held)))
            worth[code] = max(worth.get(code, 0.0), (cosines[code] - cosines[order[5]]) * rarity)
    length = sum(value**2 for value in worth.values()) ** 0.5
    for number, own in enumerate(held):
        expected = sum(worth.get(code, 0.0) for code in own) / length
        expected /= max(len(own), codebook.SMALLEST_SIZE) ** codebook.SIZE_EXPONENT
        assert abs(got[number] - expected) < 1e-9
