//! Libraries of iTunes and Music.

use std::path::Path;

use super::{read, repointed};
use crate::{Error, Format, PlaylistFile, Reason};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>Major Version</key><integer>1</integer><key>Date</key><date>2024-01-01T00:00:00Z</date>
"#;

const TRACKS: &str = r#"<key>Tracks</key><dict>
<key>10</key><dict><key>Track ID</key><integer>10</integer><key>Name</key><string>B</string>
  <key>Location</key><string>file://localhost/C:/Music/b%20&#38;.mp3</string></dict>
<key>9</key><dict><key>Track ID</key><integer>9</integer><key>Name</key><string>A &amp; a</string>
  <key>Artist</key><string>X</string><key>Total Time</key><integer>61500</integer><key>Play Count</key><integer>7</integer>
  <key>Rating</key><integer>80</integer><key>Persistent ID</key><string>AB01</string><key>Loved</key><true/>
  <key>Artwork</key><data>AAAA</data><key>Location</key><string>file:///m/O%CC%88.mp3</string></dict>
<key>11</key><dict><key>Track ID</key><integer>11</integer><key>Rating</key><string>odd</string>
  <key>Location</key><string>http://radio.example/</string></dict>
</dict>"#;

fn list(name: &str, more: &str, items: &[u32]) -> String {
    let items: String =
        items.iter().map(|id| format!("<dict><key>Track ID</key><integer>{id}</integer></dict>")).collect();
    format!(
        "<dict><key>Name</key><string>{name}</string><key>Playlist Persistent ID</key><string>{name}</string>{more}\
         <key>Playlist Items</key><array>{items}</array></dict>"
    )
}

fn library() -> String {
    let parent = |name: &str| format!("<key>Parent Persistent ID</key><string>{name}</string>");
    let folder = "<key>Folder</key><true/>";
    let lists = [
        list("Library", "<key>Master</key><true/>", &[9, 10, 11]),
        list("Music", "<key>Distinguished Kind</key><integer>4</integer>", &[9]),
        list("Top", "<key>Smart Info</key><data>AA==</data>", &[9]),
        list("Sets", folder, &[9]),
        list("2024", &[folder, &parent("Sets")].concat(), &[9]),
        list("Party", &parent("2024"), &[9, 10, 9, 99]),
        "<dict><key>Name</key><string>Empty</string></dict>".to_owned(),
        list("Round", &parent("Round"), &[11]),
    ];
    format!("{HEAD}{TRACKS}<key>Playlists</key><array>{}</array></dict></plist>", lists.concat())
}

#[test]
fn tracks_and_playlists_are_read() {
    let file = read("/x/iTunes Library.xml", library().as_bytes());
    assert_eq!(file.format(), Format::ITunes);
    let tracks = file.tracks();
    assert_eq!(tracks.iter().map(|track| track.id.as_str()).collect::<Vec<_>>(), ["9", "10", "11"]);
    let first = &tracks[0];
    assert_eq!((first.name.as_str(), first.artist.as_str(), first.total_time_s), ("A & a", "X", Some(61.5)));
    assert_eq!(
        (first.play_count, first.rating, first.persistent_id.as_deref()),
        (Some(7), Some(80), Some("AB01"))
    );
    assert_eq!(first.paths[0], Path::new("/m/O\u{308}.mp3"));
    assert_eq!(tracks[1].paths[0], Path::new(r"C:\Music\b &.mp3"));
    assert_eq!((tracks[2].rating, tracks[2].paths.len()), (None, 0), "a strange value costs itself alone");
    let playlists = file.playlists();
    let told: Vec<_> = playlists.iter().map(|list| (list.name.join("/"), list.entries.len())).collect();
    let expected = [("Sets/2024/Party", 4), ("Empty", 0)].map(|(name, n)| (name.to_owned(), n));
    assert_eq!(told[..2], expected);
    assert!(told[2].0.ends_with("Round/Round") && told[2].0.len() < 1000, "folders in a circle end");
    assert_eq!(playlists[0].entries[0].paths, first.paths);
}

#[test]
fn entries_that_would_have_to_change_are_listed() {
    let xml = library();
    let done = repointed("/x/l.xml", xml.as_bytes(), &[("/m/Ö.mp3", "/m/b.mp3", Some(0.0))]);
    assert_eq!((done.bytes, done.changed.len()), (xml.into_bytes(), 0));
    let told: Vec<_> = done.left.iter().map(|left| (left.playlist, left.entry, left.reason)).collect();
    assert_eq!(told, [(0, 0, Reason::ReadOnlyFormat), (0, 2, Reason::ReadOnlyFormat)]);
}

#[test]
fn other_property_lists_are_refused() {
    let other = format!("{HEAD}<key>Tracks</key><integer>1</integer></dict></plist>");
    for xml in [format!("{HEAD}</dict></plist>"), other] {
        let error = PlaylistFile::read(Path::new("/x/l.xml"), xml.into_bytes()).unwrap_err();
        assert!(matches!(error, Error::NotALibrary { .. }), "{error}");
        assert!(error.to_string().starts_with("/x/l.xml is not an iTunes library: "), "{error}");
    }
}
