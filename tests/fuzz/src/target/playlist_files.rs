//! Playlist files and DJ libraries of any bytes: reading fails with a sentence or not at all, and writing changes nothing
//! but entries that name another file.

use std::path::Path;

use reprise_playlists::{Format, PlaylistFile, Replacement, Replacements};

/// The file that goes, in the seeds, and the one that is kept.
const GONE: &str = "/music/downloads/Für Elise.mp3";
const KEPT: &str = "/music/album/01 Für Elise.flac";

pub(super) fn check(bytes: &[u8]) {
    for name in ["/music/lists/any.m3u", "/music/lists/any.m3u8", "/music/lists/any.xml"] {
        let path = Path::new(name);
        if Format::of(path, &bytes[..bytes.len().min(4096)]).is_none() {
            continue;
        }
        let file = match PlaylistFile::read(path, bytes.to_vec()) {
            Ok(file) => file,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                continue;
            }
        };
        let unchanged = file.repointed(&Replacements::default()).map(|done| done.bytes);
        assert!(
            unchanged.is_ok_and(|unchanged| unchanged == bytes),
            "nothing is replaced, so nothing changes"
        );
        let mut replacements = Replacements::default();
        let kept = Replacement { keeper: KEPT.into(), offset_s: Some(0.25) };
        replacements.replace(Path::new(GONE), kept).expect("two absolute paths");
        // An error means that the result would not say what it should, so that nothing is written.
        let Ok(done) = file.repointed(&replacements) else { continue };
        let again = PlaylistFile::read(path, done.bytes).expect("what was written can be read");
        let n_entries = |file: &PlaylistFile| -> Vec<usize> {
            file.playlists().iter().map(|playlist| playlist.entries.len()).collect()
        };
        assert_eq!(n_entries(&file), n_entries(&again), "no entry is lost and none is made");
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let m3u = "#EXTM3U\r\n#EXTINF:171,Für Elise\r\n../downloads/Für Elise.mp3\r\nhttp://radio/x\r\n..\\album\\b.flac";
    let rekordbox = r#"<?xml version="1.0" encoding="UTF-8"?>
<DJ_PLAYLISTS Version="1.0.0"><COLLECTION Entries="2">
<TRACK TrackID="1" Name="a" TotalTime="171" Location="file://localhost/music/downloads/F%C3%BCr%20Elise.mp3">
<TEMPO Inizio="0.1" Bpm="120.00" Metro="4/4" Battito="1"/><POSITION_MARK Name="x" Type="0" Start="1.5" Num="0"/></TRACK>
<TRACK TrackID="2" Name="b" TotalTime="171" Location="file://localhost/music/album/01%20F%C3%BCr%20Elise.flac"/>
</COLLECTION><PLAYLISTS><NODE Type="0" Name="ROOT" Count="1"><NODE Name="p" Type="1" KeyType="0" Entries="2">
<TRACK Key="1"/><TRACK Key="2"/></NODE></NODE></PLAYLISTS></DJ_PLAYLISTS>"#;
    let itunes = r#"<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>Tracks</key><dict><key>1</key>
<dict><key>Track ID</key><integer>1</integer><key>Location</key><string>file:///music/downloads/F%C3%BCr%20Elise.mp3</string>
</dict></dict><key>Playlists</key><array><dict><key>Name</key><string>p</string><key>Playlist Items</key><array><dict>
<key>Track ID</key><integer>1</integer></dict></array></dict></array></dict></plist>"#;
    let latin: Vec<u8> = m3u.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    vec![m3u.into(), ["\u{feff}", m3u].concat().into(), latin, rekordbox.into(), itunes.into()]
}
