//! Paths of Windows, on any system.

use super::{read, repointed};

fn there_and_back(text: &str, loser: &str, keeper: &str) -> String {
    let path = r"C:\Music\Lists\l.m3u8";
    let there = repointed(path, text.as_bytes(), &[(loser, keeper, None)]);
    assert!(there.left.is_empty() && there.changed.len() == 1, "{there:?}");
    let back = repointed(path, &there.bytes, &[(keeper, loser, None)]);
    assert_eq!(back.bytes, text.as_bytes(), "{:?}", String::from_utf8_lossy(&there.bytes));
    String::from_utf8(there.bytes).unwrap()
}

#[test]
fn drives_shares_and_slashes_stay() {
    let (loser, keeper) = (r"C:\Music\Pop\a.mp3", r"C:\Music\Rock\b.mp3");
    for (old, new) in [
        (r"..\Pop\a.mp3", r"..\Rock\b.mp3"),
        ("../Pop/a.mp3", "../Rock/b.mp3"),
        (r"C:\Music\Pop\a.mp3", r"C:\Music\Rock\b.mp3"),
        ("C:/Music/Pop/a.mp3", "C:/Music/Rock/b.mp3"),
        (r"\Music\Pop\a.mp3", r"\Music\Rock\b.mp3"),
        ("/Music/Pop/a.mp3", "/Music/Rock/b.mp3"),
        ("file:///C:/Music/Pop/a.mp3", "file:///C:/Music/Rock/b.mp3"),
        ("file://localhost/C:/Music/Pop/a.mp3", "file://localhost/C:/Music/Rock/b.mp3"),
        ("file://C:/Music/Pop/a.mp3", "file://C:/Music/Rock/b.mp3"),
    ] {
        assert_eq!(there_and_back(old, loser, keeper), new);
    }
    let (loser, keeper) = (r"\\nas\music\a.mp3", r"\\nas\music\Neu\ö b.mp3");
    for (old, new) in [
        (r"\\nas\music\a.mp3", r"\\nas\music\Neu\ö b.mp3"),
        ("file://nas/music/a.mp3", "file://nas/music/Neu/%C3%B6%20b.mp3"),
        ("file:////nas/music/a.mp3", "file:////nas/music/Neu/%C3%B6%20b.mp3"),
    ] {
        assert_eq!(there_and_back(old, loser, keeper), new);
    }
}

#[test]
fn another_drive_makes_a_path_absolute() {
    let done = |text: &str, keeper: &str| {
        let done = repointed(r"C:\M\l.m3u8", text.as_bytes(), &[(r"C:\M\a.mp3", keeper, None)]);
        String::from_utf8(done.bytes).unwrap()
    };
    assert_eq!(done("a.mp3", r"D:\b.mp3"), r"D:\b.mp3");
    assert_eq!(done("./a.mp3", r"\\nas\m\b.mp3"), "//nas/m/b.mp3");
    assert_eq!(done(r"\M\a.mp3", r"D:\b.mp3"), r"D:\b.mp3");
    assert_eq!(done("file:///C:/M/a.mp3", r"\\nas\m\b.mp3"), "file://nas/m/b.mp3");
    assert_eq!(done("a.mp3", r"\\?\C:\M\x\b.mp3"), r"x\b.mp3", "a verbatim path is the same path");
    assert_eq!(done(r"\\?\C:\M\a.mp3", r"\\?\UNC\nas\m\b.mp3"), r"\\nas\m\b.mp3");
    assert_eq!(done(r"c:\M\a.mp3", r"C:\M\b.mp3"), r"C:\M\b.mp3", "the letter of a drive has no case");
    assert_eq!(
        done("x/../a.mp3\r\nsub\\b.mp3\r\ny.mp3", r"C:\M\sub\c.mp3"),
        "sub/c.mp3\r\nsub\\b.mp3\r\ny.mp3"
    );
}

#[test]
fn a_lone_name_follows_the_other_lines() {
    let done = |folder: &str, text: &str| {
        let folder_separator = if folder.starts_with('/') { "/" } else { "\\" };
        let path = |name: &str| [folder, name].join(folder_separator);
        let (list, loser) = (path("l.m3u"), path("a.mp3"));
        let keeper = path(&["sub", "b.mp3"].join(folder_separator));
        String::from_utf8(repointed(&list, text.as_bytes(), &[(&loser, &keeper, None)]).bytes).unwrap()
    };
    assert_eq!(done("/m", "a.mp3\nx\\y.mp3"), "sub\\b.mp3\nx\\y.mp3");
    assert_eq!(done("/m", "a.mp3\nx/y.mp3"), "sub/b.mp3\nx/y.mp3");
    assert_eq!(done("/m", "a.mp3"), "sub/b.mp3");
    assert_eq!(done(r"C:\m", "a.mp3\nx/y.mp3"), "sub/b.mp3\nx/y.mp3");
    assert_eq!(done(r"C:\m", "a.mp3"), r"sub\b.mp3");
}

#[test]
fn a_list_from_windows_can_be_read_on_unix() {
    let list = read("/media/usb/l.m3u", b"C:\\Music\\a.mp3\r\n\\\\nas\\music\\b.mp3\r\nC:\\\r\n");
    let playlists = list.playlists();
    let first: Vec<_> = playlists[0].entries.iter().map(|entry| entry.paths[0].to_str().unwrap()).collect();
    assert_eq!(first, [r"C:\Music\a.mp3", r"\\nas\music\b.mp3", r"C:\"]);
    let done = list.repointed(&super::replacements(&[(r"C:\Music\a.mp3", r"C:\Music\New\b.mp3", None)]));
    assert_eq!(done.unwrap().bytes, b"C:\\Music\\New\\b.mp3\r\n\\\\nas\\music\\b.mp3\r\nC:\\\r\n");
}
