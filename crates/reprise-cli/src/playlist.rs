//! Songs as a playlist for other programs: M3U8, with one line of description and one line of path for each track.

use std::path::PathBuf;

use reprise_library::Cluster;

use crate::command::covers::title;

/// A playlist, and what it leaves out.
pub struct Playlist {
    /// Its lines, without line breaks.
    pub lines: Vec<String>,
    /// The number of tracks in it.
    pub tracks: usize,
    /// Present tracks that it cannot contain.
    pub left_out: Vec<PathBuf>,
}

/// A playlist of the present tracks. Paths that are not UTF-8 or contain a line break cannot be in a playlist.
pub fn m3u8(clusters: &[Cluster]) -> Playlist {
    let mut playlist = Playlist { lines: vec!["#EXTM3U".to_owned()], tracks: 0, left_out: Vec::new() };
    let tracks = clusters.iter().flat_map(|cluster| &cluster.members).map(|member| &member.track);
    for track in tracks.filter(|track| !track.is_missing) {
        let Some(path) = track.path.to_str().filter(|path| !path.contains(['\n', '\r'])) else {
            playlist.left_out.push(track.path.clone());
            continue;
        };
        let seconds = track.duration_s.map_or(-1, |seconds| seconds.round() as i64);
        playlist.lines.push(format!("#EXTINF:{seconds},{}", title(track)));
        playlist.lines.push(path.to_owned());
        playlist.tracks += 1;
    }
    playlist
}
