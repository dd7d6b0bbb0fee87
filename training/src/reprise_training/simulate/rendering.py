"""MIDI to audio to what the Rust chain hears of it, and files of such renditions. Needs FluidSynth."""

import subprocess
from pathlib import Path

import numpy as np

from reprise_training.simulate.passages import FRAMES_A_SECOND

GAIN = "0.4"
RATE_HZ = "44100"
STAGES = ("crema", "chroma")
RENDERING_TIMEOUT_S, HEARING_TIMEOUT_S = 180, 600


def synthesise(midi: bytes, soundfont: Path, wav: Path) -> None:
    """Writes `wav`."""
    file = wav.with_suffix(".mid")
    file.write_bytes(midi)
    # Instruments that are not played are not loaded; what is heard is the same.
    only_played = ["-o", "synth.dynamic-sample-loading=1"]
    options = ["-ni", "-q", *only_played, "-g", GAIN, "-r", RATE_HZ]
    run(["fluidsynth", *options, "-F", str(wav), str(soundfont), str(file)], RENDERING_TIMEOUT_S)


def heard(folder: Path, reprise: str, lengths_s: list[float]) -> dict[str, np.ndarray]:
    """What the chain hears of `0.wav`, `1.wav`, ... in a folder, as `crema0`, `chroma0`, ..., uint8 [12, T]; the audio
    goes. Frames beyond each length are left out: FluidSynth goes on until its reverberation is over."""
    wavs = [folder / f"{index}.wav" for index in range(len(lengths_s))]
    stages = [word for stage in STAGES for word in ("--stage", stage)]
    run([reprise, "features", *stages, "--out", str(folder), "--threads", "1", *map(str, wavs)], HEARING_TIMEOUT_S)
    content = {}
    for index, length_s in enumerate(lengths_s):
        for stage in STAGES:
            frames = np.load(folder / f"{index}.{stage}.npy")[: int(length_s * FRAMES_A_SECOND)]
            content[f"{stage}{index}"] = np.round(frames.T * 255).clip(0, 255).astype(np.uint8)
    for wav in wavs:
        wav.unlink()
    return content


def run(command: list[str], timeout_s: int) -> None:
    """Runs a program to its end; CalledProcessError or TimeoutExpired if that is not a good one."""
    subprocess.run(command, check=True, capture_output=True, timeout=timeout_s)


def keep(content: dict[str, np.ndarray], part: Path) -> None:
    """Writes one work's part, whole or not at all."""
    # Not called `.npz` before it is whole: those are what is packed.
    unfinished = part.with_suffix(".new")
    with unfinished.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **content)
    unfinished.rename(part)


def pack(parts: list[Path], out: Path) -> None:
    """All parts in one file, names behind the part's."""
    packed: dict[str, np.ndarray] = {}
    for part in parts:
        with np.load(part) as content:
            packed |= {f"{part.stem}/{name}": content[name] for name in content.files}
    np.savez_compressed(out, allow_pickle=False, **packed)
    print(f"{out}: {len(parts)} works, {out.stat().st_size / 1e6:.1f} MB")
