//! Tests of whole files, through the public interface.

use std::path::{Path, PathBuf};

use crate::{PlaylistFile, Replacement, Replacements, Repointed};

mod hostile;
mod itunes;
mod m3u;
mod m3u_encodings;
mod marks;
mod properties;
mod rekordbox;
mod windows;

/// A file that replaces another one, by their paths and what is added to positions.
type Pair<'a> = (&'a str, &'a str, Option<f64>);

fn replacements(pairs: &[Pair<'_>]) -> Replacements {
    let mut replacements = Replacements::default();
    for (loser, keeper, offset_s) in pairs {
        let replacement = Replacement { keeper: PathBuf::from(keeper), offset_s: *offset_s };
        replacements.replace(Path::new(loser), replacement).unwrap();
    }
    replacements
}

fn read(path: &str, bytes: &[u8]) -> PlaylistFile {
    PlaylistFile::read(Path::new(path), bytes.to_vec()).unwrap()
}

/// Replaces one file by another in a file of the given path.
fn repointed(path: &str, bytes: &[u8], pairs: &[Pair<'_>]) -> Repointed {
    read(path, bytes).repointed(&replacements(pairs)).unwrap()
}

/// Returns what a list in `/music/lists` says after `loser` was replaced by `keeper`. Replaces back again, too: that
/// must give the same bytes as before.
fn there_and_back(name: &str, text: &[u8], loser: &str, keeper: &str) -> Vec<u8> {
    let path = format!("/music/lists/{name}");
    let there = repointed(&path, text, &[(loser, keeper, None)]);
    assert!(there.left.is_empty() && !there.changed.is_empty(), "{there:?}");
    let back = repointed(&path, &there.bytes, &[(keeper, loser, None)]);
    assert_eq!(back.bytes, text, "and back: {:?}", String::from_utf8_lossy(&there.bytes));
    there.bytes
}
