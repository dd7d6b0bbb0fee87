//! Playlists of a rekordbox XML.

use std::path::Path;

use super::{read, replacements, repointed};
use crate::{Format, MarkKind, Reason};

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE x [<!ENTITY a "&b;&b;">]>
<DJ_PLAYLISTS Version='1.0.0'>
  <PRODUCT Name="rekordbox" Version="6.0.0" Company="AlphaTheta"/>
  <!-- TRACK Key="1" -->
  <COLLECTION Entries="5">
    <TRACK TrackID="1" Name="A &amp; &#xe4;" Artist="X" TotalTime="200" PlayCount="3" Rating="204"
      Location="file://localhost/m/A%20%26%20%C3%A4.mp3" Unknown="&custom;"/>
    <TRACK Name='B' TrackID='2' Location='file://localhost/m/it%27s.mp3' ><TEMPO Inizio="0.1" Bpm="120" Metro="4/4" Battito="1"/></TRACK>
    <TRACK TrackID="3" Name="C" Location="file://localhost/C:/M/c.mp3" />
    <TRACK TrackID="4" Name="T" Location="file://localhosttidal:tracks:123"/>
    <TRACK TrackID="5" Name="N" Location="file://localhost/m/O%CC%88.mp3"/>
  </COLLECTION>
  <PLAYLISTS>
    <NODE Type="0" Name="ROOT" Count="2">
      <NODE Name="Sets &amp; more" Type="0" Count="1">
        <NODE Name="One" Type="1" KeyType="0" Entries="6">
          <TRACK Key="1"/> <TRACK Key='2'/><TRACK Key="4"/>
          <TRACK Key="1"></TRACK><TRACK Key="99"/><TRACK/>
        </NODE>
      </NODE>
      <NODE Name="By path" Type="1" KeyType="1" Entries="3">
        <TRACK Key='file://localhost/m/A%20%26%20%C3%A4.mp3'/>
        <TRACK Key="file://localhost/m/%C3%96.mp3"/>
        <TRACK Key="soundcloud:tracks:1"/>
      </NODE>
    </NODE>
  </PLAYLISTS>
</DJ_PLAYLISTS>
"#;

const A: &str = "/m/A & ä.mp3";

/// Returns what the document says after a replacement, and the number of changed and left entries.
fn done(loser: &str, keeper: &str) -> (String, usize, usize) {
    let done = repointed("/x/rb.xml", XML.as_bytes(), &[(loser, keeper, None)]);
    (String::from_utf8(done.bytes).unwrap(), done.changed.len(), done.left.len())
}

#[test]
fn the_tree_and_the_collection_are_read() {
    let file = read("/x/rb.xml", XML.as_bytes());
    assert_eq!(file.format(), Format::Rekordbox);
    let playlists = file.playlists();
    let told: Vec<_> = playlists.iter().map(|list| (list.name.join("/"), list.entries.len())).collect();
    assert_eq!(told, [("Sets & more/One".to_owned(), 6), ("By path".to_owned(), 3)]);
    let paths = |list: usize| -> Vec<&str> {
        let entries = playlists[list].entries.iter();
        entries.map(|entry| entry.paths.first().map_or("", |path| path.to_str().unwrap())).collect()
    };
    assert_eq!(paths(0), [A, "/m/it's.mp3", "", A, "", ""]);
    assert_eq!(paths(1), [A, "/m/Ö.mp3", ""]);
    let tracks = file.tracks();
    let first = &tracks[0];
    assert_eq!((first.name.as_str(), first.artist.as_str(), first.total_time_s), ("A & ä", "X", Some(200.0)));
    assert_eq!((first.play_count, first.rating), (Some(3), Some(80)));
    assert_eq!(tracks[1].beat_grid[0].kind, MarkKind::BeatGrid);
    assert_eq!(tracks[2].paths[0], Path::new(r"C:\M\c.mp3"));
    assert!(tracks[3].paths.is_empty(), "a stream");
}

#[test]
fn entries_take_the_number_of_a_keeper_in_the_collection() {
    let (text, changed, left) = done(A, "/m/it's.mp3");
    let expected = XML
        .replace(r#"<TRACK Key="1"/> "#, r#"<TRACK Key="2"/> "#)
        .replace(r#"<TRACK Key="1"></TRACK>"#, r#"<TRACK Key="2"></TRACK>"#)
        .replace("Key='file://localhost/m/A%20%26%20%C3%A4.mp3'", "Key='file://localhost/m/it%27s.mp3'");
    assert_eq!((text, changed, left), (expected, 3, 0));
    let quoted = XML.replace("it%27s", "it&apos;s");
    let done = repointed("/x/rb.xml", quoted.as_bytes(), &[(A, "/m/it's.mp3", None)]);
    assert!(String::from_utf8(done.bytes).unwrap().contains("Key='file://localhost/m/it&apos;s.mp3'"));
}

#[test]
fn unicode_forms_are_one_name() {
    let (text, changed, _) = done("/m/Ö.mp3", A);
    let expected = XML.replace(
        r#"Key="file://localhost/m/%C3%96.mp3""#,
        r#"Key="file://localhost/m/A%20%26%20%C3%A4.mp3""#,
    );
    assert_eq!((text, changed), (expected, 1));
}

#[test]
fn a_track_takes_the_location_of_a_keeper_that_has_none() {
    let file = read("/x/rb.xml", XML.as_bytes());
    let repointed = file.repointed(&replacements(&[(A, "/neu/O\u{308} & (x).flac", None)])).unwrap();
    let text = String::from_utf8(repointed.bytes.clone()).unwrap();
    let expected = XML.replace(
        "file://localhost/m/A%20%26%20%C3%A4.mp3",
        "file://localhost/neu/O%CC%88%20%26%20%28x%29.flac",
    );
    assert_eq!(text, expected, "the track and the playlist of locations");
    assert_eq!((repointed.changed.len(), repointed.left.len()), (3, 0));
    assert_eq!((repointed.relocated.len(), repointed.relocated[0].track), (1, 0));
    let back = super::repointed("/x/rb.xml", &repointed.bytes, &[("/neu/O\u{308} & (x).flac", A, None)]);
    assert_eq!(String::from_utf8(back.bytes).unwrap(), XML);
    let (text, ..) = done(r"C:\M\c.mp3", r"D:\Neu\ü.mp3");
    assert!(text.contains(r#"Location="file://localhost/D:/Neu/%C3%BC.mp3" />"#), "{text}");
}

#[test]
fn the_second_loser_follows_the_first_to_a_new_location() {
    let pairs = [(A, "/neu.mp3", None), ("/m/it's.mp3", "/neu.mp3", None)];
    let done = repointed("/x/rb.xml", XML.as_bytes(), &pairs);
    let text = String::from_utf8(done.bytes).unwrap();
    assert_eq!(text.matches("Location=\"file://localhost/neu.mp3\"").count(), 1, "one track for one file");
    assert_eq!(text.matches("Key='1'").count(), 1);
    assert_eq!((done.changed.len(), done.relocated.len()), (4, 1));
}

#[test]
fn what_rekordbox_refuses_is_left() {
    let keeper = |n: usize| format!("/{}.mp3", "ü".repeat(n - 5));
    let (_, changed, left) = done(A, &keeper(255));
    assert_eq!((changed, left), (3, 0));
    let done = repointed("/x/rb.xml", XML.as_bytes(), &[(A, &keeper(256), None)]);
    assert_eq!(done.bytes, XML.as_bytes());
    assert!(done.left.iter().all(|left| left.reason == Reason::PathTooLong { characters: 256 }));
    let told: Vec<_> = done.left.iter().map(|left| (left.playlist, left.entry)).collect();
    assert_eq!(told, [(0, 0), (0, 3), (1, 0)]);
}

#[test]
fn a_number_of_two_tracks_names_neither() {
    let xml = XML.replace(r#"TrackID="5""#, r#"TrackID="1""#);
    let done = repointed("/x/rb.xml", xml.as_bytes(), &[(A, "/m/it's.mp3", None)]);
    let reasons: Vec<_> = done.left.iter().map(|left| left.reason).collect();
    assert_eq!((reasons, done.changed.len()), (vec![Reason::Unclear; 2], 1));
    let keeper = repointed("/x/rb.xml", xml.as_bytes(), &[("/m/it's.mp3", A, None)]);
    assert_eq!((keeper.left[0].reason, keeper.bytes), (Reason::NoTrackId, xml.into_bytes()));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_left() {
    use std::os::unix::ffi::OsStrExt;

    use crate::{Replacement, Replacements};

    let keeper = Path::new(std::ffi::OsStr::from_bytes(b"/m/\xff.mp3")).to_owned();
    let mut wanted = Replacements::default();
    wanted.replace(Path::new(A), Replacement { keeper, offset_s: None }).unwrap();
    let done = read("/x/rb.xml", XML.as_bytes()).repointed(&wanted).unwrap();
    assert_eq!(done.bytes, XML.as_bytes());
    assert!(done.left.len() == 3 && done.left.iter().all(|left| left.reason == Reason::NotUtf8));
}

#[test]
fn a_list_that_has_both_keeps_both() {
    let (text, changed, _) = done("/m/it's.mp3", A);
    assert_eq!(changed, 1);
    assert_eq!(text, XML.replace("<TRACK Key='2'/>", "<TRACK Key='1'/>"));
}

#[test]
fn streams_and_strange_keys_pass() {
    for (loser, keeper) in [("/tidal:tracks:123", "/x.mp3"), ("/nobody.mp3", A)] {
        assert_eq!(done(loser, keeper), (XML.to_owned(), 0, 0));
    }
    let strange = XML.replace(r#"KeyType="1""#, r#"KeyType="7""#);
    let done = repointed("/x/rb.xml", strange.as_bytes(), &[("/m/it's.mp3", A, None)]);
    assert_eq!(done.changed.len(), 1, "nobody knows what those keys are");
    let marked = ["\u{feff}", XML].concat();
    let done = repointed("/x/rb.xml", marked.as_bytes(), &[("/m/it's.mp3", A, None)]);
    assert_eq!(done.bytes, marked.replace("<TRACK Key='2'/>", "<TRACK Key='1'/>").into_bytes());
}

#[test]
fn the_document_s_own_way_of_encoding_is_used() {
    let xml = XML
        .replace("%C3%A4", "%c3%a4")
        .replace("it%27s", "(it's)")
        .replace('\'', "\"")
        .replace("\"s)", "'s)");
    let done = repointed("/x/rb.xml", xml.as_bytes(), &[(A, "/m/Ö (y)'.mp3", None)]);
    let text = String::from_utf8(done.bytes).unwrap();
    assert!(text.contains("Location=\"file://localhost/m/%c3%96%20(y)'.mp3\""), "{text}");
}

#[test]
fn a_second_slash_before_a_path_stays() {
    let xml = XML.replace("localhost/m/", "localhost//m/");
    assert_eq!(read("/x/rb.xml", xml.as_bytes()).tracks()[0].paths[0], Path::new(A));
    let done = repointed("/x/rb.xml", xml.as_bytes(), &[(A, "/m/neu.mp3", None)]);
    assert_eq!(done.changed.len(), 3);
    let back = repointed("/x/rb.xml", &done.bytes, &[("/m/neu.mp3", A, None)]);
    assert_eq!(String::from_utf8(back.bytes).unwrap(), xml);
}
