//! Songs as a playlist for other programs: M3U8, a line of words and a line of the path for every track.

use std::path::PathBuf;

use reprise_library::Cluster;

use crate::command::covers::title;

/// A playlist, and what it leaves out.
pub struct Playlist {
    /// Its lines, without line breaks.
    pub lines: Vec<String>,
    /// How many tracks it holds.
    pub tracks: usize,
    /// Tracks that are there and not in it.
    pub left_out: Vec<PathBuf>,
}

/// The tracks that are not missing. A path that is not UTF-8, or holds a line break, cannot stand in a playlist.
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
