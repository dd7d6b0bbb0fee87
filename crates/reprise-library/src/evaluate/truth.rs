//! Matches the rows of a list of works with the tracks of a library.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// One row of the list: a file, and the work that it is a version of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// A path relative to a folder of the library, or a file name.
    pub file: String,
    /// Any text that is the same for all versions of one work.
    pub work: String,
}

/// For each label, the index of its track in `tracks`; `None` if the library has no such track.
///
/// A label matches a track if the path of the track relative to one of the library's `folders` equals the label. If
/// there is no such track, the label matches a track with the same file name without extension. A label that matches
/// two tracks is an error: the result would depend on chance.
pub(crate) fn find_labelled(
    labels: &[Label],
    tracks: &[PathBuf],
    folders: &[PathBuf],
) -> Result<Vec<Option<usize>>, Error> {
    let by_path = index(tracks, |track| relative_paths(track, folders));
    let by_name = index(tracks, |track| bare_name(track).into_iter().collect());
    labels
        .iter()
        .map(|label| {
            let path = PathBuf::from(&label.file);
            let exact = by_path.get(&path);
            let fits = exact.or_else(|| by_name.get(&bare_name(&path)?));
            match fits.map(Vec::as_slice) {
                None | Some([]) => Ok(None),
                Some([only]) => Ok(Some(*only)),
                Some([first, second, ..]) => Err(Error::AmbiguousLabel {
                    label: label.file.clone(),
                    first: tracks[*first].clone(),
                    second: tracks[*second].clone(),
                }),
            }
        })
        .collect()
}

fn index(tracks: &[PathBuf], keys: impl Fn(&Path) -> Vec<PathBuf>) -> HashMap<PathBuf, Vec<usize>> {
    let mut index: HashMap<PathBuf, Vec<usize>> = HashMap::new();
    for (number, track) in tracks.iter().enumerate() {
        for key in keys(track) {
            index.entry(key).or_default().push(number);
        }
    }
    index
}

fn relative_paths(track: &Path, folders: &[PathBuf]) -> Vec<PathBuf> {
    let below = folders.iter().filter_map(|folder| track.strip_prefix(folder).ok().map(Path::to_path_buf));
    below.chain([track.to_path_buf()]).collect()
}

fn bare_name(path: &Path) -> Option<PathBuf> {
    path.file_stem().filter(|stem| *stem != OsStr::new("")).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(file: &str) -> Label {
        Label { file: file.into(), work: "w".into() }
    }

    fn paths(of: &[&str]) -> Vec<PathBuf> {
        of.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn labels_fit_by_relative_path_then_by_bare_name() {
        let tracks = paths(&["/m/x/a.ogg", "/m/y/a.ogg", "/m/b.flac"]);
        let labels = [label("x/a.ogg"), label("b.mid"), label("gone.mp3")];
        let found = find_labelled(&labels, &tracks, &paths(&["/m"])).unwrap();
        assert_eq!(found, [Some(0), Some(2), None]);
    }

    #[test]
    fn a_name_that_two_tracks_carry_is_an_error_and_not_a_guess() {
        let tracks = paths(&["/m/x/a.ogg", "/m/y/a.ogg"]);
        let outcome = find_labelled(&[label("a")], &tracks, &paths(&["/m"]));
        assert!(matches!(outcome, Err(Error::AmbiguousLabel { .. })));
    }
}
