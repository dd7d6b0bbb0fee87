"""Views, moments, rendered songs: what the shipped model reads, and how a track becomes its vectors."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import torch
from test_simulate import random_score
from test_tunes import random_tune

from reprise_training.config import Run
from reprise_training.embedding import MOMENT_STEP, embedder
from reprise_training.mixture import Mixture
from reprise_training.model.asimt import Asimt, AsimtConfig, Moments
from reprise_training.neighbours import in_groups, nearest_songs
from reprise_training.search import track_likeness
from reprise_training.simulate.passages import Passages
from reprise_training.simulate.rendered import RenderedSampler, Rendition, read_rendered, transposed
from reprise_training.views import SUNG_BLOCK, centred_chroma, rotated, rows_of

TINY = AsimtConfig(
    rows=24, expand=False, n_frames=96, patch=(24, 4), stride=(24, 4), dim=16, depth=1, heads=2, pooling="mean",
    embedding_dim=8, dropout=0.0, sigmoid_embedding=False, l2_normalise=True, moment_dim=6, moment_patches=3,
)  # fmt: skip


def rows(seed: int, n: int, n_rows: int = 24) -> np.ndarray:
    return np.random.default_rng(seed).random((n_rows, n), dtype=np.float32)


def moments_part(model: Asimt) -> Moments:
    assert model.moments is not None
    return model.moments


def test_chroma_is_what_a_frame_has_more_of_than_the_track() -> None:
    chroma = rows(1, 50, 12)
    chroma[:, 7] = 0
    centred = centred_chroma(chroma)
    lengths = np.linalg.norm(centred, axis=0)
    assert np.allclose(np.delete(lengths, 7), 0.7, atol=1e-5) and lengths[7] == 0
    assert np.allclose(centred_chroma(5 * chroma), centred, atol=1e-5)
    assert not centred_chroma(np.ones((12, 9), np.float32)).any(), "what never changes says nothing"


def test_a_view_that_is_missing_is_silent_and_an_unknown_one_is_refused() -> None:
    features = {"crema": rows(1, 30, 12)}
    both = rows_of(features, ("crema", "chroma"))
    assert both.shape == (24, 30) and np.array_equal(both[:12], features["crema"]) and not both[12:].any()
    with pytest.raises(ValueError, match="no view taste"):
        rows_of(features, ("taste",))


def test_a_voice_alone_is_read_without_its_silence() -> None:
    melody = np.zeros((12, 100), np.float32)
    melody[3, :20] = 0.9
    melody[5, 50:61] = 0.9
    melody[7, 72:] = 0.1
    read = rows_of({"melody": melody, "crema": rows(1, 100, 12)}, ("melody",))
    # Blocks of 12 frames whose mean is longer than 0.12: the first two, and that from 48 on; of another one frame
    # is too little.
    assert np.array_equal(read, np.concatenate([melody[:, :24], melody[:, 48:60]], axis=1))
    beside = rows_of({"melody": melody, "crema": rows(1, 100, 12)}, ("crema", "melody"))
    assert np.array_equal(beside[12:], melody), "beside others it keeps its place in time"


def test_windows_of_a_voice_alone_are_filled_with_what_is_sung() -> None:
    run = Run(
        name="x", views=("melody",), tune_works=3, model=replace(TINY, rows=12, patch=(12, 4), stride=(12, 4)),
        passages=Passages(n_works=3, n_renditions=2, n_frames=96, hard_keys=True),
    )  # fmt: skip
    mixture = Mixture(run, [], [], 1, "cpu", [[random_tune(seed)] for seed in range(5)])
    windows, works = mixture.batch()
    assert windows.shape == (6, 12, 96) and len(works.unique()) == 3
    blocks = windows.unflatten(2, (8, 12)).mean(dim=3).norm(dim=1)
    assert (blocks >= SUNG_BLOCK - 1e-6).float().mean() > 0.9, "hardly any is silent"


def test_all_views_rotate_together() -> None:
    both = rows(2, 10)
    up = rotated(both, 5)
    assert np.array_equal(up[5:12], both[:7]) and np.array_equal(up[17:], both[12:19])
    assert np.array_equal(rotated(up, 7), both)


def test_a_shortcut_begins_as_principal_components() -> None:
    torch.manual_seed(1)
    model = Asimt(TINY).eval()
    windows = torch.from_numpy(np.stack([rows(seed, 96) for seed in range(6)]))
    part = moments_part(model)
    part.begin(windows)
    blocks = torch.cat([part.blocks(part.rotated(windows, key)) for key in range(12)])
    x = blocks.unfold(2, 3, 3).transpose(1, 2).flatten(0, 1).flatten(1)
    x = (x - x.mean(dim=0)).double()
    components = torch.linalg.eigh(x.T @ x)[1][:, -6:].flip(1)
    kernel = part.shortcut.weight.flatten(1).double()
    # Rotations make components come in pairs of one strength, which may be turned: the spaces are compared.
    shared = kernel @ components
    assert torch.allclose(shared @ shared.T, torch.eye(6, dtype=torch.float64), atol=1e-2)


def test_moments_are_unit_vectors_a_patch_and_zero_gain_is_the_shortcut_alone() -> None:
    model = Asimt(TINY).eval()
    x = torch.from_numpy(np.stack([rows(1, 96), rows(2, 96)]))
    part, moments = moments_part(model), model(x).moments
    assert moments.shape == (2, 24, 6) and torch.allclose(moments.norm(dim=2), torch.ones((2, 24)))
    with torch.no_grad():
        part.gain.zero_()
        model.get_parameter("blocks.0.fc1.weight").mul_(3)
    linear = part.shortcut(part.blocks(x)).transpose(1, 2)
    assert torch.allclose(model(x).moments, torch.nn.functional.normalize(linear, dim=2), atol=1e-6)


@pytest.mark.parametrize("n_frames", [3, 95, 96, 97, 500])
def test_a_track_has_a_moment_for_every_other_patch_seen_with_what_surrounds_it(n_frames: int) -> None:
    torch.manual_seed(2)
    model = Asimt(TINY).eval()
    track = rows(3, n_frames)
    got = embedder(model, "moments", 96)([track])[0]
    n_patches = max(1, n_frames // 4)
    assert got.shape == (len(range(0, n_patches, MOMENT_STEP)), 6)
    # Slowly: patch p lies in the middle half of window p // 12, which begins 24 frames before the middle half.
    padded = np.pad(track, ((0, 0), (24, 200)))
    for row, patch in zip(got, range(0, n_patches, MOMENT_STEP), strict=True):
        window, within = divmod(patch, 12)
        with torch.no_grad():
            seen = model(torch.from_numpy(padded[None, :, 48 * window : 48 * window + 96].copy())).moments[0]
        assert np.allclose(row, seen[6 + within].numpy(), atol=1e-5)


def test_a_track_in_another_key_is_found_by_twelve_rotations_only() -> None:
    torch.manual_seed(3)
    model = Asimt(TINY).eval()
    moments_part(model).begin(torch.from_numpy(np.stack([rows(seed, 96) for seed in range(20)])))
    tracks = [np.repeat(rows(seed, 20), 8, axis=1) for seed in range(8)]
    tracks.append(rotated(tracks[0], 7))
    is_query = [True, *[False] * 7, True]
    embed = embedder(model, "moments", 96)
    assert track_likeness(tracks, is_query, embed)[0, 1:].argmax() == 7
    found = track_likeness(tracks, is_query, embed, 12)[0, 8]
    assert found > track_likeness(tracks, is_query, embed, 1)[0, 8] + 0.1


def test_windows_and_whole_tracks_are_unit_vectors() -> None:
    model = Asimt(TINY)
    for by, shape in (("windows", (10, 8)), ("whole", (1, 8))):
        got = embedder(model, by, 96)([rows(1, 300), rows(2, 300)])
        assert [one.shape for one in got] == [shape, shape]
        assert np.allclose(np.linalg.norm(got[0], axis=1), 1, atol=1e-5)
    with pytest.raises(ValueError, match="no vectors by taste"):
        embedder(model, "taste", 96)


def song(ratios: tuple[float, ...]) -> list[Rendition]:
    """A passage of 400 frames whose value says where it is, at several tempi."""
    renditions = []
    for ratio in ratios:
        time = np.arange(round(400 * ratio)) / ratio / 400
        renditions.append(Rendition(np.tile(time, (24, 1)).astype(np.float16), ratio))
    return renditions


def test_rendered_windows_of_a_song_begin_at_the_same_place_of_it() -> None:
    sampler = RenderedSampler([song((0.8, 1.25)) for _ in range(5)], 96, 0.0)
    windows, songs = sampler.batch(4, 2, np.random.default_rng(1), True)
    assert windows.shape == (8, 24, 96) and len(set(songs.tolist())) == 4
    begins = windows[:, 0, 0].reshape(4, 2)
    assert torch.allclose(begins[:, 0], begins[:, 1], atol=0.01) and begins.std() > 0.05


def test_windows_are_what_a_rendition_holds_from_a_place_on_and_then_silence() -> None:
    songs = [song((0.8, 1.25)), song((0.2,)), song((1.0, 1.5, 0.7))]
    sampler = RenderedSampler(songs, 96, 0.0)
    renditions = [rendition for one in songs for rendition in one]
    at, places = np.array([5, 2, 0, 1, 2]), np.array([30.0, 0.0, -5.0, 1e6, 1e6])
    for window, index, place in zip(sampler.windows(at, places), at, places, strict=True):
        whole, ratio = renditions[index].rows, renditions[index].ratio
        start = min(max(round(place * ratio), 0), max(0, whole.shape[1] - 96))
        expected = np.zeros((24, 96), np.float32)
        held = whole[:, start : start + 96]
        expected[:, : held.shape[1]] = held
        assert np.array_equal(window.numpy(), expected)


def test_windows_are_turned_as_rows_are() -> None:
    windows = np.stack([rows(seed, 30) for seed in range(3)])
    turned = transposed(torch.from_numpy(windows), torch.tensor([0, 5, 11]))
    for one, key, got in zip(windows, (0, 5, 11), turned, strict=True):
        assert np.array_equal(rotated(one, key), got.numpy())


def test_packed_songs_come_back_in_their_own_key(tmp_path: Path) -> None:
    crema = np.zeros((12, 30), np.uint8)
    crema[3] = 255
    packed = {"7/crema0": crema, "7/chroma0": crema, "7/key0": np.array(3), "7/ratio0": np.array(1.1)}
    np.savez(tmp_path / "songs.npz", allow_pickle=False, **packed)
    ((rendition,),) = read_rendered(tmp_path / "songs.npz", ("crema", "chroma"))
    assert rendition.ratio == 1.1 and rendition.rows.shape == (24, 30)
    assert rendition.rows[0].min() == 1 and not rendition.rows[1:12].any()


def test_hard_keys_turn_works_and_keep_their_renditions_together() -> None:
    run = Run(
        name="x", views=("crema", "chroma"), rendered_works=3, model=TINY,
        passages=Passages(n_works=6, n_renditions=2, n_frames=96, hard_keys=True),
    )  # fmt: skip
    works = [[random_score(seed)] for seed in range(8)]
    mixture = Mixture(run, works, [song((1.0, 1.1)) for _ in range(4)], 1, "cpu")
    windows, names = mixture.batch()
    assert windows.shape == (12, 24, 96) and len(names.unique()) == 6
    assert not windows[:6, 12:].any(), "charts have no chroma"
    turned = mixture.in_one_key(windows)
    for before, after in zip(windows.reshape(6, 2, 24, 96), turned.reshape(6, 2, 24, 96), strict=True):
        keys = [k for k in range(12) if np.array_equal(rotated(before.numpy(), k), after.numpy())]
        assert keys, "every work is turned as a whole"


def test_a_batch_of_neighbours_holds_songs_that_sound_alike() -> None:
    torch.manual_seed(3)
    model = Asimt(TINY)
    moments_part(model).begin(torch.from_numpy(np.stack([rows(seed, 96) for seed in range(20)])))
    songs = [[Rendition(np.repeat(rows(seed, 20), 8, axis=1).astype(np.float16), 1.0)] for seed in range(8)]
    # The ninth is the third in another key and a little different.
    other = rotated(songs[2][0].rows, 5) + 0.05 * rows(99, 160)
    songs.append([Rendition(other.astype(np.float16), 1.0)])
    nearest = nearest_songs(model, songs, 96)
    assert nearest[:, 0].tolist() == list(range(9))
    assert nearest[2, 1] == 8 and nearest[8, 1] == 2
    for seed in range(5):
        drawn = in_groups(nearest, 4, 2, np.random.default_rng(seed))
        assert len(set(drawn)) == 4
        assert drawn[1] == nearest[drawn[0], 1]
