//! Lists the audio files in a folder and its subfolders. Opens and changes nothing.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use file_id::FileId;
use reprise_quarantine::is_quarantine;
use walkdir::{DirEntry, WalkDir};

use crate::scan::problem::Problem;

/// The file name extensions of files that are tried. Those in the last row are listed only so that such files are
/// reported as unsupported instead of ignored.
const AUDIO_EXTENSIONS: [&str; 38] = [
    "mp3", "mp2", "mp1", "mpga", "flac", "m4a", "m4b", "mp4", "aac", "adts", "alac", "ogg", "oga", "opus",
    "spx", "wav", "wave", "bwf", "w64", "rf64", "aif", "aiff", "aifc", "caf", "mka", "mkv", "webm",
    "weba", //
    "wma", "asf", "wv", "ape", "mpc", "mp+", "tta", "dsf", "dff", "ra",
];

/// A file with its size, modification time and identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub path: PathBuf,
    pub size_bytes: u64,
    pub mtime_ns: i64,
    /// Device and inode number, or the file index on Windows, as opaque bytes.
    pub file_id: Option<Vec<u8>>,
}

/// The files found in a folder.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub files: Vec<Found>,
    /// Folders that could not be listed. Files in them are not counted as absent.
    pub unlisted: Vec<PathBuf>,
    pub problems: Vec<Problem>,
}

/// Lists `root`, following links, in a stable order. `on_found` receives the number of files so far; it returns false
/// to stop.
pub(crate) fn walk(root: &Path, mut on_found: impl FnMut(usize) -> bool) -> Walk {
    let mut walk = Walk::default();
    if is_in_a_quarantine(root) {
        walk.problems.push(Problem {
            path: root.to_path_buf(),
            message: "is in a quarantine of Reprise, so its files are not scanned".into(),
            is_warning: false,
        });
        walk.unlisted.push(root.to_path_buf());
        return walk;
    }
    let is_music = |entry: &DirEntry| {
        let is_linked_quarantine = || entry.path_is_symlink() && is_in_a_quarantine(entry.path());
        entry.depth() == 0 || !is_hidden(entry.file_name()) && !is_linked_quarantine()
    };
    let entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(is_music) {
        match entry {
            Ok(entry) if is_audio(&entry) => walk.add(&entry),
            Ok(_) => {}
            Err(error) => walk.refuse(&error),
        }
        if !on_found(walk.files.len()) {
            break;
        }
    }
    walk.files = without_links_to_the_same_file(walk.files);
    walk
}

impl Walk {
    fn add(&mut self, entry: &DirEntry) {
        match describe(entry.path()) {
            Ok(found) => self.files.push(found),
            Err(error) => self.problems.push(Problem {
                path: entry.path().to_path_buf(),
                message: format!("could not be examined: {error}"),
                is_warning: false,
            }),
        }
    }

    fn refuse(&mut self, error: &walkdir::Error) {
        let path = error.path().unwrap_or(Path::new("")).to_path_buf();
        // A link back to a parent folder is a normal arrangement, not an error.
        if error.loop_ancestor().is_some() {
            return;
        }
        let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
        self.problems.push(Problem {
            path: path.clone(),
            message: format!("could not be listed: {reason}"),
            is_warning: false,
        });
        self.unlisted.push(path);
    }
}

/// The size, modification time and identity of one file.
pub(crate) fn describe(path: &Path) -> std::io::Result<Found> {
    let metadata = std::fs::metadata(path)?;
    let modified = metadata.modified()?;
    let mtime_ns = match modified.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_nanos()).unwrap_or(i64::MAX),
    };
    let file_id = file_id::get_file_id(path).ok().map(|id| file_id_bytes(&id));
    Ok(Found { path: path.to_path_buf(), size_bytes: metadata.len(), mtime_ns, file_id })
}

fn file_id_bytes(id: &FileId) -> Vec<u8> {
    match id {
        FileId::Inode { device_id, inode_number } => {
            [device_id.to_le_bytes(), inode_number.to_le_bytes()].concat()
        }
        FileId::LowRes { volume_serial_number, file_index } => {
            [u64::from(*volume_serial_number).to_le_bytes(), file_index.to_le_bytes()].concat()
        }
        FileId::HighRes { volume_serial_number, file_id } => {
            [volume_serial_number.to_le_bytes().as_slice(), &file_id.to_le_bytes()].concat()
        }
    }
}

/// Hidden files and folders are not music; `._Song.mp3` is a metadata file of macOS on foreign volumes.
fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Whether a path leads into a quarantine, also through a link. Files there were moved out of a library, perhaps of
/// another one; a scan that finds them would bring them back.
fn is_in_a_quarantine(path: &Path) -> bool {
    path.canonicalize().is_ok_and(|real| real.ancestors().any(is_quarantine))
}

fn is_audio(entry: &DirEntry) -> bool {
    let extension = entry.path().extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    entry.file_type().is_file() && extension.is_some_and(|e| AUDIO_EXTENSIONS.contains(&e.as_str()))
}

/// If a file is found twice through links, keeps only its real path. Hard links are real paths, and stay.
fn without_links_to_the_same_file(files: Vec<Found>) -> Vec<Found> {
    let mut paths_of: HashMap<Vec<u8>, usize> = HashMap::new();
    for id in files.iter().filter_map(|file| file.file_id.clone()) {
        *paths_of.entry(id).or_default() += 1;
    }
    let is_shared = |file: &Found| file.file_id.as_ref().is_some_and(|id| paths_of[id] > 1);
    let mut kept: HashMap<PathBuf, Found> = HashMap::new();
    let mut order = Vec::new();
    for file in files {
        let real = if is_shared(&file) { file.path.canonicalize() } else { Ok(file.path.clone()) };
        let real = real.unwrap_or_else(|_| file.path.clone());
        let is_real = real == file.path;
        match kept.entry(real) {
            Entry::Vacant(place) => {
                order.push(place.key().clone());
                place.insert(file);
            }
            Entry::Occupied(mut place) if is_real => {
                place.insert(file);
            }
            Entry::Occupied(_) => {}
        }
    }
    order.into_iter().filter_map(|real| kept.remove(&real)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(walk: &Walk) -> Vec<String> {
        walk.files.iter().map(|f| f.path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn only_visible_audio_files_are_listed_in_a_stable_order() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".cache")).unwrap();
        for name in ["b.FLAC", "a.mp3", "._a.mp3", "cover.jpg", ".cache/c.mp3", "noext"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        assert_eq!(names(&walk(folder.path(), |_| true)), ["a.mp3", "b.FLAC"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_quarantine_is_unseen_by_every_way() {
        let folder = tempfile::tempdir().unwrap();
        let quarantine = folder.path().join("music/.reprise-quarantine");
        std::fs::create_dir_all(quarantine.join("run/files")).unwrap();
        std::fs::write(quarantine.join("reprise-quarantine.json"), "{}").unwrap();
        std::fs::write(quarantine.join("run/files/gone.mp3"), "x").unwrap();
        std::fs::write(folder.path().join("music/here.mp3"), "x").unwrap();
        for (link, to) in [("all", quarantine.clone()), ("deep", quarantine.join("run/files"))] {
            std::os::unix::fs::symlink(to, folder.path().join("music").join(link)).unwrap();
        }
        assert_eq!(names(&walk(&folder.path().join("music"), |_| true)), ["here.mp3"]);
        let inside = walk(&quarantine.join("run/files"), |_| true);
        assert!(inside.files.is_empty() && inside.problems[0].message.contains("quarantine"));
        assert!(walk(&folder.path().join("music/deep"), |_| true).files.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_listed_file_is_not_a_second_track_but_a_hard_link_is() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("song.mp3"), "x").unwrap();
        std::os::unix::fs::symlink(at("song.mp3"), at("alias.mp3")).unwrap();
        std::os::unix::fs::symlink(folder.path(), at("loop")).unwrap();
        std::fs::hard_link(at("song.mp3"), at("twin.mp3")).unwrap();
        let mut listed = names(&walk(folder.path(), |_| true));
        listed.sort();
        assert_eq!(listed, ["song.mp3", "twin.mp3"], "the alias is the song; the twin has a name of its own");
    }
}
