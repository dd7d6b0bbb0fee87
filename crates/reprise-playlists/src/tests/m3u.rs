//! The forms of paths in M3U files.

use std::path::{Path, PathBuf};

use super::{read, replacements, repointed, there_and_back};
use crate::{Error, KnownFiles, Named, Reason, Replacement};

fn text(name: &str, text: &str, loser: &str, keeper: &str) -> String {
    String::from_utf8(there_and_back(name, text.as_bytes(), loser, keeper)).unwrap()
}

#[test]
fn every_form_of_a_path_stays() {
    let forms = [
        ("../pop/a.mp3", "../rock/b.mp3"),
        ("./../pop/a.mp3", "./../rock/b.mp3"),
        ("/music/pop/a.mp3", "/music/rock/b.mp3"),
        (r"..\pop\a.mp3", r"..\rock\b.mp3"),
        (r".\..\pop\a.mp3", r".\..\rock\b.mp3"),
        (r"\music\pop\a.mp3", r"\music\rock\b.mp3"),
        ("file:///music/pop/a.mp3", "file:///music/rock/b.mp3"),
        ("FILE://localhost/music/pop/a.mp3", "FILE://localhost/music/rock/b.mp3"),
        ("file:/music/pop/a.mp3", "file:/music/rock/b.mp3"),
        ("  ../pop/a.mp3\t", "  ../rock/b.mp3\t"),
    ];
    for (old, new) in forms {
        assert_eq!(text("a.m3u8", old, "/music/pop/a.mp3", "/music/rock/b.mp3"), new);
    }
}

#[test]
fn everything_around_an_entry_stays() {
    let list = "#EXTM3U\r\n#PLAYLIST:Mein Fest\n\n#EXTINF:12,A - ../pop/a.mp3\r../pop/a.mp3\r\n#EXT-X-FOO:1\r\n\
                http://radio.example/pop/a.mp3\nrtsp:stream\n../pop/a.mp3\nother.mp3\n   \n../pop/a.mp3";
    let expected =
        list.replace("\r../pop/a.mp3", "\r../rock/b.mp3").replace("\n../pop/a.mp3", "\n../rock/b.mp3");
    let written = text("a.m3u", list, "/music/pop/a.mp3", "/music/rock/b.mp3");
    assert_eq!(written, expected);
    assert_eq!(written.matches("b.mp3").count(), 3, "the comment and the stream stay");

    let playlists = read("/music/lists/My mix.m3u", list.as_bytes()).playlists();
    assert_eq!(playlists[0].name, ["My mix"]);
    let paths: Vec<_> = playlists[0].entries.iter().map(|entry| entry.paths.first().cloned()).collect();
    let path = |path: &str| Some(PathBuf::from(path));
    let a = path("/music/pop/a.mp3");
    assert_eq!(paths, [a.clone(), None, None, a.clone(), path("/music/lists/other.mp3"), a]);
    assert_eq!(playlists[0].entries[1].written, "http://radio.example/pop/a.mp3");
}

#[test]
fn changes_are_told_by_their_place() {
    let list = b"x.mp3\na.mp3\n#\na.mp3\n";
    let done = repointed("/m/l.m3u", list, &[("/m/a.mp3", "/m/b.mp3", None)]);
    let told: Vec<_> = done.changed.iter().map(|one| (one.playlist, one.entry)).collect();
    assert_eq!(told, [(0, 1), (0, 2)], "a comment is no entry");
    assert_eq!(
        (done.changed[0].from.as_path(), done.changed[0].to.as_path()),
        ("/m/a.mp3".as_ref(), "/m/b.mp3".as_ref())
    );
}

#[test]
fn two_losers_of_one_keeper_leave_two_entries() {
    let pairs = [("/m/a.mp3", "/m/c.mp3", None), ("/m/b.mp3", "/m/c.mp3", None)];
    assert_eq!(repointed("/m/l.m3u", b"a.mp3\nb.mp3\nc.mp3\n", &pairs).bytes, b"c.mp3\nc.mp3\nc.mp3\n");
}

#[test]
fn names_that_look_like_something_else_are_still_names() {
    let names = ["#1 hits/b.mp3", " b.mp3", "http://b.mp3", "C:/b.mp3", "file:/b.mp3", "spotify:b"];
    for name in names {
        let keeper = format!("/music/lists/{name}");
        let done = repointed("/music/lists/l.m3u", b"a.mp3\n", &[("/music/lists/a.mp3", &keeper, None)]);
        let same = name.replace("//", "/");
        assert_eq!(String::from_utf8(done.bytes).unwrap(), format!("./{same}\n"));
    }
}

#[test]
fn percent_encoding_stays_as_it_was() {
    let loser = "/music/pop/Ä (1) & b.mp3";
    let keeper = "/music/Röck (2) & c.mp3";
    for (old, new) in [
        ("file:///music/pop/%C3%84%20(1)%20%26%20b.mp3", "file:///music/R%C3%B6ck%20(2)%20%26%20c.mp3"),
        ("file:///music/pop/%c3%84%20%281%29%20&%20b.mp3", "file:///music/R%c3%b6ck%20%282%29%20&%20c.mp3"),
        ("file:///music/pop/Ä%20(1)%20&%20b.mp3", "file:///music/Röck%20(2)%20&%20c.mp3"),
        ("../pop/%C3%84%20(1)%20&%20b.mp3", "../R%C3%B6ck%20(2)%20&%20c.mp3"),
        ("../pop/Ä (1) & b.mp3", "../Röck (2) & c.mp3"),
    ] {
        assert_eq!(text("l.m3u8", old, loser, keeper), new);
    }
    let escaped = repointed("/m/l.m3u", b"file:///m/a.mp3", &[("/m/a.mp3", "/m/50% #?\n.mp3", None)]);
    assert_eq!(escaped.bytes, b"file:///m/50%25%20%23%3F%0A.mp3");
    let plain = repointed("/m/l.m3u", b"a.mp3", &[("/m/a.mp3", "/m/50%25.mp3", None)]);
    assert_eq!(plain.bytes, b"50%25.mp3", "a name may contain a percent sign");
}

#[test]
fn what_may_mean_two_files_is_left() {
    let mut wanted = replacements(&[("/m/a b.mp3", "/m/c.mp3", None)]);
    let list = read("/m/l.m3u", b"a%20b.mp3\n");
    assert_eq!(list.repointed(&wanted).unwrap().bytes, b"c.mp3\n");
    wanted.know(Path::new("/m/a%20b.mp3"));
    let done = list.repointed(&wanted).unwrap();
    assert_eq!((done.left[0].reason, done.bytes.as_slice()), (Reason::Unclear, &b"a%20b.mp3\n"[..]));
    let worse = repointed("/m/l.m3u", b"a b.mp3\nx.mp3", &[("/m/a b.mp3", "/m/a%20b.mp3", None)]);
    assert_eq!(worse.left[0].reason, Reason::Unclear, "the new line would name either");

    let slashes = read("/m/l.m3u", br"a\b.mp3");
    let mut wanted = replacements(&[("/m/a/b.mp3", "/m/c.mp3", None)]);
    assert_eq!(slashes.repointed(&wanted).unwrap().changed.len(), 1);
    wanted.know(Path::new(r"/m/a\b.mp3"));
    assert_eq!(slashes.repointed(&wanted).unwrap().left[0].reason, Reason::Unclear);
}

#[test]
fn a_backslash_in_a_name_is_no_separator() {
    let there = repointed("/m/l.m3u", br"a\b.mp3", &[(r"/m/a\b.mp3", "/m/x/c.mp3", None)]);
    assert_eq!(there.bytes, b"x/c.mp3");
    let left = repointed("/m/l.m3u", br"x\a.mp3", &[("/m/x/a.mp3", r"/m/x/b\c.mp3", None)]);
    assert_eq!(left.left[0].reason, Reason::NotWritable);
}

#[test]
fn a_name_with_a_line_break_is_left() {
    for name in ["/m/b\n.mp3", "/m/b\r.mp3"] {
        let done = repointed("/m/l.m3u", b"a.mp3\n", &[("/m/a.mp3", name, None)]);
        assert_eq!((done.left[0].reason, done.bytes.as_slice()), (Reason::NotWritable, &b"a.mp3\n"[..]));
    }
}

#[test]
fn dots_in_a_path_are_followed() {
    let list = b"x/../../m/./a.mp3\n../../../../m/a.mp3\n//m//a.mp3\n";
    let done = repointed("/m/l.m3u", list, &[("/m/x/../a.mp3", "/m/b.mp3", None)]);
    assert_eq!(done.bytes, b"b.mp3\nb.mp3\n/m/b.mp3\n");
}

#[test]
fn unicode_forms_are_one_name_unless_both_exist() {
    let (nfc, nfd) = ("/m/caf\u{e9}.mp3", "/m/cafe\u{301}.mp3");
    for (written, loser) in [(nfc, nfd), (nfd, nfc)] {
        let list = read("/m/l.m3u8", written.as_bytes());
        let mut wanted = replacements(&[(loser, "/m/e\u{301}.mp3", None)]);
        assert_eq!(
            list.repointed(&wanted).unwrap().bytes,
            "/m/e\u{301}.mp3".as_bytes(),
            "the keeper's own form"
        );
        wanted.know(Path::new(written));
        let done = list.repointed(&wanted).unwrap();
        assert_eq!(
            (done.bytes.as_slice(), done.left.len()),
            (written.as_bytes(), 0),
            "it names the other one"
        );
    }
    let mut wanted = replacements(&[("/m/e\u{323}\u{307}.mp3", "/m/b.mp3", None)]);
    wanted.know(Path::new("/m/\u{1eb9}\u{307}.mp3"));
    let third = read("/m/l.m3u8", "e\u{307}\u{323}.mp3".as_bytes()).repointed(&wanted).unwrap();
    assert_eq!(third.left[0].reason, Reason::Unclear, "a third form may be either");
    let twins = text("l.m3u8", "caf\u{e9}.mp3", "/music/lists/caf\u{e9}.mp3", "/music/lists/cafe\u{301}.mp3");
    assert_eq!(twins, "cafe\u{301}.mp3", "a twin can replace its twin");
}

#[test]
fn upper_and_lower_case_are_different() {
    let done = repointed(
        "/m/l.m3u8",
        "A.mp3\nÄ.mp3\n".as_bytes(),
        &[("/m/a.mp3", "/m/b.mp3", None), ("/m/ä.mp3", "/m/b.mp3", None)],
    );
    assert!(done.changed.is_empty());
}

#[test]
fn known_files_tell_which_one_an_entry_names() {
    let mut known = KnownFiles::default();
    let (a, b) = (Path::new("/m/a.mp3"), Path::new("/m/b%20.mp3"));
    [a, b, Path::new("/m/b .mp3"), Path::new("relative.mp3")].into_iter().for_each(|path| known.insert(path));
    let lists = read("/m/l.m3u", b"./a.mp3\nb%20.mp3\nrelative.mp3\nhttp://m/a.mp3\n").playlists();
    let named: Vec<Named<'_>> = lists[0].entries.iter().map(|entry| known.named_by(entry)).collect();
    assert_eq!(named, [Named::File(a), Named::Several, Named::Nothing, Named::Nothing]);
}

#[test]
fn contradictions_are_refused() {
    let mut all = replacements(&[("/m/a.mp3", "/m/b.mp3", None)]);
    let mut add = |loser: &str, keeper: &str| {
        all.replace(Path::new(loser), Replacement { keeper: PathBuf::from(keeper), offset_s: None })
    };
    assert!(matches!(add("/m/a.mp3", "/m/c.mp3"), Err(Error::Contradiction { .. })));
    assert!(matches!(add("/m/b.mp3", "/m/c.mp3"), Err(Error::Contradiction { .. })), "b is kept");
    assert!(matches!(add("/m/c.mp3", "/m/a.mp3"), Err(Error::Contradiction { .. })), "a goes");
    assert!(matches!(add("/m/c.mp3", "/m/./c.mp3"), Err(Error::ReplacedByItself { .. })));
    assert!(matches!(add("c.mp3", "/m/b.mp3"), Err(Error::NotAbsolute { .. })));
    add("/m/c.mp3", "/m/b.mp3").unwrap();
    let error = add("c.mp3", "/m/b.mp3").unwrap_err();
    assert_eq!(error.to_string(), "c.mp3 is not an absolute path");
}
