//! The encodings of M3U files.

use super::{read, repointed, there_and_back};
use crate::Reason;

fn utf16(text: &str, is_big: bool) -> Vec<u8> {
    let units = ["\u{feff}", text].concat();
    let bytes = |unit: u16| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() };
    units.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn a_byte_order_mark_stays_and_belongs_to_no_name() {
    let list = "\u{feff}a.mp3\n\u{feff}a.mp3\n";
    let written = there_and_back("l.m3u", list.as_bytes(), "/music/lists/a.mp3", "/music/lists/ö.mp3");
    assert_eq!(written, "\u{feff}ö.mp3\n\u{feff}a.mp3\n".as_bytes());
}

#[test]
fn windows_1252_stays_windows_1252() {
    let list = b"#EXTINF:1,\xe9t\xe9\r\n..\\\xc9t\xe9\\a.mp3\r\n\x80.mp3\r\nplain.mp3\r\n";
    let written = there_and_back("l.m3u", list, "/music/Été/a.mp3", "/music/Çà/b.mp3");
    assert_eq!(
        written,
        b"#EXTINF:1,\xe9t\xe9\r\n..\\\xc7\xe0\\b.mp3\r\n\x80.mp3\r\nplain.mp3\r\n".as_slice()
    );
    let plain = there_and_back("l.m3u", list, "/music/lists/plain.mp3", "/music/lists/œ.mp3");
    assert!(plain.ends_with(b"\r\n\x80.mp3\r\n\x9c.mp3\r\n"), "{plain:?}");
}

#[test]
fn a_name_beyond_the_encoding_is_left() {
    let list = b"\xe9.mp3\r\na.mp3\r\n";
    let pairs = [("/m/é.mp3", "/m/日本.mp3", None), ("/m/a.mp3", "/m/e\u{301}.mp3", None)];
    let done = repointed("/m/l.m3u", list, &pairs);
    assert_eq!(done.bytes, list);
    let reasons: Vec<String> = done.left.iter().map(|left| left.reason.to_string()).collect();
    let reason = "the new name cannot be written in the encoding of this playlist, Windows-1252";
    assert_eq!(reasons, [reason, reason], "NFD has combining characters, which Windows-1252 lacks");
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_match_by_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use crate::{Replacement, Replacements};

    let of = |bytes: &[u8]| Path::new(OsStr::from_bytes(bytes)).to_owned();
    let wanted = |loser: &[u8], keeper: &[u8]| {
        let mut wanted = Replacements::default();
        wanted.replace(&of(loser), Replacement { keeper: of(keeper), offset_s: None }).unwrap();
        wanted
    };
    let list = read("/m/l.m3u", b"caf\xe9.mp3\na.mp3\nfile:///m/%FF.mp3\n");
    assert_eq!(list.playlists()[0].entries[0].paths[0], of(b"/m/caf\xe9.mp3"));
    let there = list.repointed(&wanted(b"/m/caf\xe9.mp3", b"/m/\xfe\xfe.mp3")).unwrap();
    assert_eq!(there.bytes, b"\xfe\xfe.mp3\na.mp3\nfile:///m/%FF.mp3\n");
    for mark in [&b"/m/\xff\xfe.mp3"[..], b"/m/\xfe\xff.mp3", "/m/\u{feff}.mp3".as_bytes()] {
        let marked = list.repointed(&wanted(b"/m/caf\xe9.mp3", mark)).unwrap();
        let reason = marked.left[0].reason;
        assert!(matches!(reason, Reason::NotWritable | Reason::NotInEncoding { .. }), "{reason:?}");
        assert_eq!(read("/m/l.m3u", b"a.mp3").repointed(&wanted(b"/m/a.mp3", mark)).unwrap().bytes, b"a.mp3");
    }
    let plain = list.repointed(&wanted(b"/m/a.mp3", b"/m/\xff.mp3")).unwrap();
    assert_eq!(plain.bytes, b"caf\xe9.mp3\n\xff.mp3\nfile:///m/%FF.mp3\n");
    let uri = list.repointed(&wanted(b"/m/\xff.mp3", b"/m/\xfe.mp3")).unwrap();
    assert_eq!(uri.bytes, b"caf\xe9.mp3\na.mp3\nfile:///m/%FE.mp3\n");
    for (name, text) in [("/m/l.m3u8", &b"a.mp3"[..]), ("/m/l.m3u", "ü.mp3\na.mp3".as_bytes())] {
        let refused = read(name, text).repointed(&wanted(b"/m/a.mp3", b"/m/\xff.mp3")).unwrap();
        assert_eq!(refused.left[0].reason, Reason::NotInEncoding { encoding: "UTF-8" });
    }
    let ascii = read("/m/l.m3u", b"a.mp3").repointed(&wanted(b"/m/a.mp3", b"/m/\xff.mp3")).unwrap();
    assert_eq!(ascii.bytes, b"\xff.mp3");
    let utf16 =
        read("/m/l.m3u", &utf16("a.mp3", false)).repointed(&wanted(b"/m/a.mp3", b"/m/\xff.mp3")).unwrap();
    assert_eq!(utf16.left[0].reason, Reason::NotInEncoding { encoding: "UTF-16" });
}

#[test]
fn utf_16_of_either_order_stays() {
    for is_big in [false, true] {
        // These characters contain the bytes of a line break and of `#` and space.
        let (loser, keeper) = ("/music/\u{230a}\u{0a23}\u{2020}/ä.mp3", "/music/日本\u{1f3b5}.mp3");
        let list = |entry: &str| utf16(&format!("#EXTM3U\r\n\r{entry}\r\n\n# x\nother.mp3"), is_big);
        let old = list("../\u{230a}\u{0a23}\u{2020}/ä.mp3");
        let new = list("../日本\u{1f3b5}.mp3");
        assert_eq!(there_and_back("l.m3u", &old, loser, keeper), new);
        let entries = &read("/music/lists/l.m3u", &old).playlists()[0].entries;
        assert_eq!((entries.len(), entries[1].written.as_str()), (2, "other.mp3"));
    }
}

#[test]
fn damaged_utf_16_passes() {
    for mut list in [utf16("a.mp3\n", false), utf16("a.mp3\nb.mp3", true)] {
        list.push(0x41);
        list.splice(2..2, [0x00, 0xd8, 0x0a, 0x00]);
        let done = repointed("/m/l.m3u", &list, &[("/m/c.mp3", "/m/d.mp3", None)]);
        assert_eq!(done.bytes, list);
    }
}

#[test]
fn one_list_of_two_encodings_keeps_both() {
    let list = b"\xc3\xa9.mp3\n\xc3\xa8.mp3\n\xe9 2.mp3\nplain.mp3\n";
    let one = there_and_back("l.m3u", list, "/music/lists/é.mp3", "/music/lists/日.mp3");
    assert!(one.starts_with("日.mp3\n".as_bytes()), "this line is UTF-8");
    let other = there_and_back("l.m3u", list, "/music/lists/é 2.mp3", "/music/lists/è 2.mp3");
    assert!(other.ends_with(b"\n\xe8 2.mp3\nplain.mp3\n"), "this line is not");
    let plain = there_and_back("l.m3u", list, "/music/lists/plain.mp3", "/music/lists/日.mp3");
    assert!(plain.ends_with("\n日.mp3\n".as_bytes()), "as most lines are");
}
