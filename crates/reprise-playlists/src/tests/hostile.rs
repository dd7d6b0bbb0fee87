//! Files that are damaged, foreign, or made to hurt.

use std::path::Path;

use super::{read, replacements};
use crate::{Error, Format, PlaylistFile};

fn error(name: &str, bytes: impl Into<Vec<u8>>) -> Error {
    PlaylistFile::read(Path::new(name), bytes.into()).unwrap_err()
}

#[test]
fn a_format_is_told_by_name_and_content() {
    let of = |name: &str, bytes: &[u8]| Format::of(Path::new(name), bytes);
    assert_eq!(of("/x/a.M3U", b"<plist"), Some(Format::M3u));
    assert_eq!(of("/x/a.m3u8", b""), Some(Format::M3u));
    assert_eq!(of("/x/a.XML", b"<?xml ?>\n<DJ_PLAYLISTS Version"), Some(Format::Rekordbox));
    assert_eq!(of("/x/a.xml", b"<!DOCTYPE plist PUBLIC><plist version>"), Some(Format::ITunes));
    assert_eq!(of("/x/a.xml", b"<NML VERSION=\"19\">"), None);
    assert_eq!(of("/x/a.mp3", b"#EXTM3U"), None);
    assert!(matches!(error("/x/a.nml", "<NML/>"), Error::UnknownFormat { .. }));
    assert!(matches!(error("a.m3u", ""), Error::NotAbsolute { .. }));
}

#[test]
fn a_damaged_file_is_refused_with_its_place() {
    let cut = error("/x/a.xml", "<DJ_PLAYLISTS>\n<COLLECTION>\n<TRACK TrackID=\"1\"/>\n");
    let sentence = "/x/a.xml is cut short: it ends in line 4, before the element COLLECTION is closed";
    assert_eq!(cut.to_string(), sentence);
    let in_tag = error("/x/a.xml", "<DJ_PLAYLISTS>\n<COLLECTION Entries=\"1");
    assert!(
        matches!(&in_tag, Error::Truncated { line: 2, element, .. } if element == "DJ_PLAYLISTS"),
        "{in_tag}"
    );
    let crossed = error("/x/a.xml", "<DJ_PLAYLISTS>\n<A></B></DJ_PLAYLISTS>");
    assert!(matches!(crossed, Error::BadXml { line: 2, offset: 18, .. }), "{crossed:?}");
    let unquoted = error("/x/a.xml", "<DJ_PLAYLISTS>\n\n<A b=c/></DJ_PLAYLISTS>");
    assert!(matches!(unquoted, Error::BadXml { line: 3, offset: 16, .. }), "{unquoted:?}");
    let bytes = error("/x/a.xml", b"<DJ_PLAYLISTS>\n<A b='\xff'/></DJ_PLAYLISTS>".to_vec());
    assert_eq!(bytes.to_string(), "/x/a.xml is damaged at byte 21, in line 2: it is not UTF-8 there");
    let latin = error("/x/a.xml", "<?xml version='1.0' encoding='ISO-8859-1'?><DJ_PLAYLISTS/>");
    assert!(matches!(&latin, Error::OtherEncoding { encoding, .. } if encoding == "ISO-8859-1"), "{latin}");
    let foreign = error("/x/a.xml", "<html><!-- <DJ_PLAYLISTS --></html>");
    assert_eq!(foreign.to_string(), "/x/a.xml is not a library of rekordbox: its outermost element is html");
    let foreign = error("/x/a.xml", "<html><plist></plist></html>");
    assert_eq!(foreign.to_string(), "/x/a.xml is not a library of iTunes: its outermost element is html");
    let empty = error("/x/a.xml", "<!-- <DJ_PLAYLISTS -->");
    assert!(matches!(empty, Error::Truncated { .. }), "{empty:?}");
}

#[test]
fn every_cut_of_a_file_is_refused() {
    let whole = "<?xml version=\"1.0\"?>\n<DJ_PLAYLISTS><COLLECTION><TRACK TrackID='1'/></COLLECTION>\
                 <PLAYLISTS><NODE Type='1'><TRACK Key='1'/></NODE></PLAYLISTS></DJ_PLAYLISTS>";
    for end in 0..whole.len() {
        let cut = PlaylistFile::read(Path::new("/x/a.xml"), whole.as_bytes()[..end].to_vec());
        assert!(cut.is_err(), "{}", &whole[..end]);
    }
    assert_eq!(read("/x/a.xml", whole.as_bytes()).playlists().len(), 1);
}

#[test]
fn nesting_ends_somewhere() {
    for (head, open, close, tail) in [
        ("<DJ_PLAYLISTS><PLAYLISTS>", "<NODE Type='0' Name='x'>", "</NODE>", "</PLAYLISTS></DJ_PLAYLISTS>"),
        ("<plist><dict><key>Tracks</key>", "<array>", "</array>", "</dict></plist>"),
    ] {
        let nested = |n: usize| [head, &open.repeat(n), &close.repeat(n), tail].concat();
        let deep = error("/x/a.xml", nested(200_000));
        assert!(matches!(deep, Error::TooDeep { most: 200, .. }), "{deep}");
        assert!(!matches!(
            PlaylistFile::read(Path::new("/x/a.xml"), nested(100).into_bytes()),
            Err(Error::TooDeep { .. })
        ));
    }
}

#[test]
fn entities_are_not_expanded() {
    let bomb = "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\
                <DJ_PLAYLISTS><COLLECTION><TRACK TrackID='1' Name='&b;' Location='file://localhost/&b;'/>\
                </COLLECTION></DJ_PLAYLISTS>";
    let tracks = read("/x/a.xml", bomb.as_bytes()).tracks();
    assert_eq!((tracks[0].name.as_str(), tracks[0].paths.len()), ("", 0));
}

#[test]
fn names_of_folders_do_not_multiply() {
    let long = "x".repeat(1 << 20);
    let lists = "<NODE Type='1' Name='l'/>".repeat(300);
    let xml = format!(
        "<DJ_PLAYLISTS><PLAYLISTS><NODE Type='0' Name='ROOT'><NODE Type='0' Name='{long}'>{lists}</NODE></NODE>\
         </PLAYLISTS></DJ_PLAYLISTS>"
    );
    assert!(matches!(error("/x/a.xml", xml), Error::TooManyEntries { .. }));
}

/// Each of these would take far longer if anything took the square of its length.
#[test]
fn large_files_take_time_by_their_length() {
    let n = 50_000;
    let marks = "<POSITION_MARK Type='0' Start='1' Num='0'/>".repeat(n);
    let keys = "<TRACK Key='1'/>".repeat(n);
    let attributes: String = (0..n).map(|at| format!(" a{at}=''")).collect();
    let xml = format!(
        "<DJ_PLAYLISTS><COLLECTION><TRACK TrackID='1' Location='file://localhost/m/a.mp3'>{marks}</TRACK>\
         <TRACK TrackID='2' Location='file://localhost/m/b.mp3'{attributes}/></COLLECTION>\
         <PLAYLISTS><NODE Type='1' KeyType='0'>{keys}</NODE></PLAYLISTS></DJ_PLAYLISTS>"
    );
    let wanted = replacements(&[("/m/a.mp3", "/m/b.mp3", Some(0.0))]);
    let done = read("/x/a.xml", xml.as_bytes()).repointed(&wanted).unwrap();
    assert_eq!((done.changed.len(), done.marks.len()), (n, n));
    let list =
        ["a.mp3\n".repeat(n), "\\".repeat(1 << 20), "\r".repeat(1 << 20), "%41".repeat(1 << 20)].concat();
    let done = read("/m/l.m3u", list.as_bytes()).repointed(&wanted).unwrap();
    assert_eq!(done.changed.len(), n);
}
