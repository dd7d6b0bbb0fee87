r"""Whether a version seven semitones higher is found as well as one in the same key.

    PYTHONPATH=training/src python training/scripts/measure_transposition.py \
        --archive midi-archive.tar.gz --reprise BIN --soundfonts A.sf2 B.sf2 \
        --features FEATURES --config NAME.yaml --checkpoint checkpoint.pt [--pieces N]

Renders pieces of the archive that have no other version with soundfont A, and with B as they are and seven semitones
higher; the first looks for each of the other two among all tracks of FEATURES.
"""

import argparse
import io
import tempfile
from pathlib import Path

import mido
import numpy as np
from render_midi_archive import find_soundfonts, read_pieces, unpack

from reprise_training.config import read_run
from reprise_training.embedding import embedder
from reprise_training.evaluate import read_tracks
from reprise_training.model.build import trained_model
from reprise_training.search import track_likeness
from reprise_training.simulate.midi import DRUM_CHANNEL
from reprise_training.simulate.rendering import heard, synthesise
from reprise_training.views import rows_of

SEMITONES = 7
LONGEST_S = 180.0


def main() -> None:
    """Prints the rank of each version, then how often it was the first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--reprise", required=True)
    parser.add_argument("--soundfonts", type=Path, nargs=2, required=True)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--pieces", type=int, default=12)
    options = parser.parse_args()
    run = read_run(options.config)
    by = "moments" if run.model.moment_dim else "windows"
    embed = embedder(trained_model(run, options.checkpoint), by, run.passages.n_frames)
    others = read_tracks(options.features, run.views)
    ranks: dict[int, list[int]] = {0: [], SEMITONES: []}
    with tempfile.TemporaryDirectory() as folder:
        pieces = read_pieces(unpack(options.archive, Path(folder)), find_soundfonts(options.soundfonts[0].parents[1]))
        works = [piece.work for piece in pieces]
        for piece in [piece for piece in pieces if works.count(piece.work) == 1]:
            if len(ranks[0]) == options.pieces:
                break
            try:
                query, *versions = rendered(piece.midi, options, run.views)
            except (EOFError, OSError, ValueError) as error:
                # FluidSynth plays more than mido reads.
                print(f"{piece.name} left out: {str(error) or 'the file ends early'}", flush=True)
                continue
            rest = [track for name, track in others.items() if name != piece.name]
            tracks = [query, *versions, *rest]
            likeness = track_likeness(tracks, [True, *[False] * (len(tracks) - 1)], embed)[0]
            for semitones, place in zip(ranks, (1, 2), strict=True):
                ranks[semitones].append(1 + int((likeness[3:] > likeness[place]).sum()))
            print(piece.name, {semitones: ranks[semitones][-1] for semitones in ranks}, flush=True)
    for semitones, found in ranks.items():
        print(
            f"+{semitones}: first {np.mean(np.array(found) == 1):.2f}, mean rank {np.mean(found):.1f} of {len(others)}"
        )


def rendered(midi: Path, options: argparse.Namespace, views: tuple[str, ...]) -> list[np.ndarray]:
    """Rows of the query, of the version in its key and of the higher one."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = options.soundfonts
        for index, (soundfont, semitones) in enumerate(((first, 0), (second, 0), (second, SEMITONES))):
            synthesise(transposed(midi, semitones), soundfont, Path(folder) / f"{index}.wav")
        content = heard(Path(folder), options.reprise, [LONGEST_S] * 3)
    features = [{view: content[f"{view}{index}"] / np.float32(255) for view in views} for index in range(3)]
    return [rows_of(feature, views) for feature in features]


def transposed(midi: Path, semitones: int) -> bytes:
    """The file with all notes but the drums' moved."""
    file = mido.MidiFile(midi, clip=True)
    for track in file.tracks:
        for index, message in enumerate(track):
            if message.type in ("note_on", "note_off") and message.channel != DRUM_CHANNEL:
                track[index] = message.copy(note=min(127, message.note + semitones))
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


if __name__ == "__main__":
    main()
