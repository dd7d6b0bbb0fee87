"""What the program writes for rekordbox, read by a library that others wrote."""

import json
import os
import subprocess
import wave
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

pyrekordbox = pytest.importorskip("pyrekordbox")

CUES = [(0, 1.5, None, 0), (4, 4.25, 6.25, -1)]
"""Kind, start and end in seconds, number of the hot cue: a hot cue and a loop."""


def write_song(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(seed).integers(-9000, 9000, 8000 * 8, dtype=np.int16)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


def location(path: Path) -> str:
    return "file://localhost" + quote(str(path))


def collection(tracks: list[Path], with_cues: Path, playlist: list[int]) -> str:
    """A collection as rekordbox exports it, with one playlist of track numbers."""
    rows = []
    for number, path in enumerate(tracks, 1):
        marks = "".join(
            f'\n      <POSITION_MARK Name="" Type="{kind}" Start="{start:.3f}" {end_of(end)}Num="{hot}"/>'
            for kind, start, end, hot in CUES
        )
        inside = f">{marks}\n    </TRACK>" if path == with_cues else "/>"
        row = f'TrackID="{number}" Name="Für {number} &amp; mehr" TotalTime="8" Location="{location(path)}"'
        rows.append(f"    <TRACK {row}{inside}")
    keys = "".join(f'<TRACK Key="{key}"/>' for key in playlist)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n\n<DJ_PLAYLISTS Version="1.0.0">\n'
        f'  <PRODUCT Name="rekordbox" Version="6.8.5" Company="AlphaTheta"/>\n  <COLLECTION Entries="{len(tracks)}">\n'
        + "\n".join(rows)
        + '\n  </COLLECTION>\n  <PLAYLISTS>\n    <NODE Type="0" Name="ROOT" Count="1">\n'
        f'      <NODE Name="Saturday" Type="1" KeyType="0" Entries="{len(playlist)}">{keys}</NODE>\n'
        "    </NODE>\n  </PLAYLISTS>\n</DJ_PLAYLISTS>\n"
    )


def end_of(end: float | None) -> str:
    return "" if end is None else f'End="{end:.3f}" '


@pytest.mark.skipif("REPRISE" not in os.environ, reason="REPRISE is the program")
def test_a_playlist_names_the_kept_file_and_has_its_cues(tmp_path: Path) -> None:
    music, library = tmp_path / "Müsik", tmp_path / "library.db"
    kept, gone, other = music / "masters" / "a.wav", music / "downloads" / "a (1).wav", music / "b.wav"
    write_song(kept, 1)
    write_song(gone, 1)
    write_song(other, 2)
    export = music / "export.xml"
    export.write_text(collection([gone, kept, other], gone, [1, 3, 1]), encoding="utf-8")
    before = export.read_bytes()

    def reprise(*words: str | Path) -> dict[str, Any]:
        command = [os.environ["REPRISE"], "--library", str(library), "--json", *map(str, words)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    reprise("scan", "--voice", "never", music)
    plan = tmp_path / "plan.json"
    reprise("clean", "plan", "--keep", f"folder:{music / 'masters'}", "--out", plan)
    assert reprise("clean", "run", plan, "--yes")["files"] == [{"path": str(gone)}]

    assert export.read_bytes() == before, "the old library stays as it is"
    written = pyrekordbox.RekordboxXml(music / "export after clean-up.xml")
    assert len(written.get_tracks()) == 3, "no row is lost and none is made"
    assert written.get_playlist("Saturday").get_tracks() == [2, 3, 2]
    marks = written.get_track(TrackID=2).marks
    found = sorted((mark.Start, mark.End, mark.Num) for mark in marks)
    assert found == [(1.5, None, 0), (4.25, 6.25, -1)]
    old = pyrekordbox.RekordboxXml(export)
    assert [track.Name for track in old.get_tracks()] == [track.Name for track in written.get_tracks()]
