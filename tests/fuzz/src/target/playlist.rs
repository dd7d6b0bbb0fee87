//! Songs with any names and titles as a playlist, which other programs read line by line.

use std::path::PathBuf;

use reprise_cli::playlist::m3u8;
use reprise_library::{Cluster, Member, Tags, TrackInfo};

use crate::taker::Taker;

/// The flag of a track that is not missing.
const PRESENT: u8 = 1;
/// The flag of a track whose title, artist and length are known.
const TITLED: u8 = 2;
const SUNG: u8 = 4;
const TIMED: u8 = 8;

pub(super) fn check(bytes: &[u8]) {
    let cluster = Cluster { members: members(Taker(bytes)) };
    let present = cluster.members.iter().filter(|member| !member.track.is_missing);
    let n_present = present.clone().count();
    let playlist = m3u8(std::slice::from_ref(&cluster));
    assert_eq!(
        playlist.tracks + playlist.left_out.len(),
        n_present,
        "every track is in it or said to be left out"
    );
    assert_eq!(playlist.lines.len(), 1 + 2 * playlist.tracks, "two lines a track");
    assert_eq!(playlist.lines[0], "#EXTM3U");
    // The playlist as another program reads it.
    let text = playlist.lines.join("\n");
    let lines: Vec<&str> = text.split(['\n', '\r']).collect();
    assert_eq!(lines, playlist.lines, "no title and no path breaks a line");
    let mut paths = present.map(|member| &member.track.path).filter(|path| !playlist.left_out.contains(path));
    for pair in lines[1..].chunks(2) {
        assert!(pair[0].starts_with("#EXTINF:"), "{pair:?}");
        assert!(!pair[0].contains(|c: char| c.is_control()), "nothing in it steers a terminal: {pair:?}");
        assert_eq!(Some(pair[1]), paths.next().and_then(|path| path.to_str()), "paths are given exactly");
    }
}

fn members(mut taker: Taker<'_>) -> Vec<Member> {
    let mut members = Vec::new();
    while !taker.is_empty() {
        let said = taker.byte();
        let track = TrackInfo {
            id: None,
            path: path(taker.counted()),
            tags: Tags {
                title: (said & TITLED != 0).then(|| text(taker.counted())),
                artist: (said & SUNG != 0).then(|| text(taker.counted())),
                ..Tags::default()
            },
            duration_s: (said & TIMED != 0).then(|| f64::from_le_bytes(taker.array())),
            is_missing: said & PRESENT == 0,
        };
        members.push(Member { track, reason: None, recording: members.len(), kinds: Vec::new() });
    }
    members
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A path below a folder, as all tracks of a library have.
#[cfg(unix)]
fn path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(&[b"/music/", name].concat()))
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> PathBuf {
    PathBuf::from(format!("C:\\music\\{}", text(name)))
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let track = |said: u8, texts: &[&[u8]], seconds: Option<f64>| {
        let counted = texts.iter().flat_map(|text| [&[text.len() as u8][..], text].concat());
        let seconds = seconds.into_iter().flat_map(f64::to_le_bytes);
        [said].into_iter().chain(counted).chain(seconds).collect::<Vec<u8>>()
    };
    let tracks = [
        track(PRESENT, &[b"greensleeves.flac"], None),
        track(
            PRESENT | TITLED | SUNG | TIMED,
            &["für élise.mp3".as_bytes(), b"F\xc3\xbcr Elise", b"Ada"],
            Some(171.5),
        ),
        track(PRESENT | TITLED | TIMED, &[b"caf\xe9\n.mp3", b"two\r\nlines\x1b[2J"], Some(f64::NAN)),
        track(TITLED, &[b"gone.ogg", b"Gone"], None),
        track(PRESENT | TIMED, &["line\u{2028}\u{202e}.wav".as_bytes()], Some(-1e300)),
    ];
    vec![tracks.concat(), tracks[1].clone(), tracks[2].clone()]
}
