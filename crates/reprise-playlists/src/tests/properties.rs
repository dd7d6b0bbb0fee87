//! What holds for every file.

use std::path::Path;

use proptest::prelude::*;

use super::replacements;
use crate::{PlaylistFile, Replacements};

/// Bytes of an M3U file: lines of every form with every line end, or anything at all.
fn list() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        "[a-c]{0,2}[/\\\\.]{0,2}[ab]\\.mp3".prop_map(String::into_bytes),
        "(file:///m/|file://localhost/C:/|C:\\\\|\\\\\\\\n\\\\s\\\\|#EXT|http://|\\./)[a-cäß%42 ]{0,6}"
            .prop_map(String::into_bytes),
        "\\PC{0,12}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    let end = prop::sample::select(vec!["\n", "\r\n", "\r", "\n\r", "\n\n", ""]);
    let lines = prop::collection::vec((line, end), 0..20);
    let mark = prop::sample::select(vec![&b""[..], b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"]);
    (mark, lines).prop_map(|(mark, lines)| {
        let lines = lines.into_iter().flat_map(|(line, end)| [line, end.as_bytes().to_vec()].concat());
        mark.iter().copied().chain(lines).collect()
    })
}

/// A library of rekordbox with white space, quotes and unknown parts in random places, and the number of its entries.
fn library() -> impl Strategy<Value = (String, usize)> {
    let space = || {
        prop::sample::select(vec![
            "",
            " ",
            "\n  ",
            "\r\n\t",
            "<!-- TRACK -->",
            "<X y='1'><TRACK Key=\"1\"/></X>",
        ])
    };
    let location =
        prop::sample::select(vec!["m/a.mp3", "m/b.mp3", "m/%C3%96.mp3", "m/O%CC%88.mp3", "C:/a.mp3", "%FF"]);
    let mark = (0..3u8, 0..100_000u32, -1..3i8, space()).prop_map(|(kind, ms, num, space)| {
        let start = f64::from(ms) / 1000.0;
        format!("{space}<POSITION_MARK Name='&lt;' Type=\"{kind}\" Start=\"{start}\" Num=\"{num}\" />")
    });
    let marks = prop::collection::vec(mark, 0..4);
    let row = (0..5u8, location, marks, space(), any::<bool>()).prop_map(
        |(id, location, marks, space, is_closed)| {
            let tag = format!(
                "{space}<TRACK TrackID='{id}' Location=\"file://localhost/{location}\" TotalTime=\"90\""
            );
            if is_closed { format!("{tag}/>") } else { format!("{tag}>{}{space}</TRACK>", marks.concat()) }
        },
    );
    let key = (0..6u8, space()).prop_map(|(id, space)| format!("{space}<TRACK Key='{id}'/>"));
    (prop::collection::vec(row, 0..6), prop::collection::vec(key, 0..10), space()).prop_map(|(rows, keys, space)| {
        let text = format!(
            "<DJ_PLAYLISTS>{space}<COLLECTION>{}{space}</COLLECTION><PLAYLISTS><NODE Type='0' Name='ROOT'>\
             <NODE Type='1' KeyType='0' Name='l'>{}{space}</NODE></NODE></PLAYLISTS></DJ_PLAYLISTS>\n",
            rows.concat(),
            keys.concat()
        );
        (text, keys.len())
    })
}

const NAMES: [&str; 6] =
    ["/m/a.mp3", "/m/b.mp3", "/m/\u{d6}.mp3", "/m/O\u{308}.mp3", "C:\\a.mp3", "/m/x/日 %41.mp3"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_changes_without_replacements(bytes in list(), is_m3u8 in any::<bool>()) {
        let path = if is_m3u8 { "/m/l.m3u8" } else { "/m/l.m3u" };
        let file = PlaylistFile::read(Path::new(path), bytes.clone()).unwrap();
        prop_assert_eq!(file.repointed(&Replacements::default()).unwrap().bytes, bytes);
    }

    #[test]
    fn a_list_keeps_its_entries_whatever_is_replaced(bytes in list(), a in 0..6usize, b in 0..5usize) {
        let b = (a + 1 + b) % NAMES.len();
        let file = PlaylistFile::read(Path::new("/m/l.m3u"), bytes).unwrap();
        // It reads its own result again, and refuses where that says something else.
        let done = file.repointed(&replacements(&[(NAMES[a], NAMES[b], None)])).unwrap();
        let again = PlaylistFile::read(Path::new("/m/l.m3u"), done.bytes).unwrap();
        let entries = |file: &PlaylistFile| file.playlists()[0].entries.len();
        prop_assert_eq!(entries(&file), entries(&again));
    }

    #[test]
    fn a_clean_list_comes_back(names in prop::collection::vec(0..3usize, 1..12), form in 0..5usize, end in 0..3usize) {
        let forms = ["../", "./../", "/m/", "file:///m/", "FILE://localhost/m/"];
        let names: Vec<&str> = names.into_iter().map(|name| ["a.mp3", "c.mp3", "x/d.mp3"][name]).collect();
        let end = ["\n", "\r\n", "\r"][end];
        let text: String = names.iter().map(|name| format!("{}{name}{end}", forms[form])).collect();
        let read = |bytes: &[u8]| PlaylistFile::read(Path::new("/m/p/l.m3u8"), bytes.to_vec()).unwrap();
        let there = read(text.as_bytes()).repointed(&replacements(&[("/m/a.mp3", "/m/y/ö b.mp3", None)])).unwrap();
        prop_assert!(there.left.is_empty());
        let back = read(&there.bytes).repointed(&replacements(&[("/m/y/ö b.mp3", "/m/a.mp3", None)])).unwrap();
        prop_assert_eq!(String::from_utf8(back.bytes).unwrap(), text);
    }

    #[test]
    fn an_xml_changes_only_by_replacements((text, n) in library(), a in 0..6usize, b in 0..5usize, ms in -50_000..50_000i32) {
        let read = |bytes: &[u8]| PlaylistFile::read(Path::new("/x/l.xml"), bytes.to_vec()).unwrap();
        let file = read(text.as_bytes());
        prop_assert_eq!(file.playlists()[0].entries.len(), n);
        prop_assert_eq!(file.repointed(&Replacements::default()).unwrap().bytes, text.as_bytes());
        let b = (a + 1 + b) % NAMES.len();
        let offset_s = Some(f64::from(ms) / 1000.0);
        let done = file.repointed(&replacements(&[(NAMES[a], NAMES[b], offset_s)])).unwrap();
        let again = read(&done.bytes);
        let marks = |file: &PlaylistFile| file.tracks().iter().map(|track| track.marks.len()).sum::<usize>();
        let carried = done.marks.iter().filter(|one| matches!(one.fate, crate::Fate::Carried { .. })).count();
        let added = if done.relocated.is_empty() { carried } else { marks(&again) - marks(&file) };
        prop_assert_eq!((again.tracks().len(), marks(&again)), (file.tracks().len(), marks(&file) + added));
        for track in again.tracks() {
            let is_inside = |at: f64| (0.0..=100.0).contains(&at) || offset_s.is_some_and(|_| !done.relocated.is_empty());
            prop_assert!(track.marks.iter().all(|mark| mark.start_s.is_none_or(is_inside)));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), head in 0..3usize) {
        let heads = [&b"<DJ_PLAYLISTS><COLLECTION><TRACK "[..], b"<plist><dict>", b""];
        let bytes = [heads[head], &bytes].concat();
        for name in ["/x/a.xml", "/x/a.m3u"] {
            if let Ok(file) = PlaylistFile::read(Path::new(name), bytes.clone()) {
                let done = file.repointed(&replacements(&[("/x/a", "/x/b", Some(1.0))]));
                prop_assert!(done.is_ok());
            }
        }
    }
}
