"""Makes tests/golden/words: a clip of speech and what is heard in it, by faster-whisper in single precision.

    python tests/golden/make_words.py --weights DIR

DIR and the packages that are needed are those of training/scripts/compare_words.py.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "training" / "src"), str(ROOT / "training" / "scripts")]

import compare_words  # noqa: E402

OUT = Path(__file__).resolve().parent / "words"
LANGUAGE = "en"
SENTENCE = (
    "The river runs down to the sea tonight, and I will follow it home. Seven white horses were standing in the rain."
)
N_KEPT_FRAMES = 1000


def main() -> None:
    """Writes every array."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    reference = compare_words.Reference(parser.parse_args().weights)
    speech = np.round(compare_words.speak(LANGUAGE, SENTENCE) * 32767).astype(np.int16)
    log_mel = reference.log_mel(speech.astype(np.float32) / 32768)
    if log_mel[:, N_KEPT_FRAMES:].any():
        sys.exit(f"the clip is longer than {N_KEPT_FRAMES} frames")
    language = compare_words.LANGUAGES[LANGUAGE]
    prompt = [compare_words.START, language, compare_words.TRANSCRIBE, compare_words.NO_TIMES]
    tokens, _, _ = reference.write(log_mel, prompt)
    OUT.mkdir(exist_ok=True)
    np.save(OUT / "speech.npy", speech)
    np.save(OUT / "log_mel.npy", np.ascontiguousarray(log_mel[:, :N_KEPT_FRAMES]))
    np.save(OUT / "prompt.npy", np.array(prompt, np.int64))
    np.save(OUT / "tokens.npy", np.array(tokens, np.int64))
    pieces = compare_words.text_pieces(ROOT / "vendor" / "words" / "tokenizer.json")
    own = compare_words.Recogniser(ROOT / "vendor" / "words", reference.suppressed)
    own.hear(log_mel)
    alike = "the same" if own.write(prompt) == tokens else "another"
    print(f"{len(speech) / 16_000:.2f} s:{compare_words.text(pieces, tokens)} ({alike} with 8-bit weights)")


if __name__ == "__main__":
    main()
