//! The playlists and DJ libraries that name files of the library: which files they name, and what they would be after a
//! plan.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use reprise_playlists::{Format, ListedTrack, PlaylistFile, Replacements, Repointed};
use unicode_normalization::UnicodeNormalization;
use walkdir::WalkDir;

use crate::database::Database;
use crate::error::Error;
use crate::scan::walk::{Found, describe};

/// Larger files are not playlists that people keep.
const LARGEST_BYTES: u64 = 512 << 20;

/// How many bytes tell the format of a file.
const HEAD_BYTES: usize = 4096;

/// All playlist files that concern a library.
#[derive(Default)]
pub(crate) struct Playlists {
    /// The files, in order of path.
    pub files: Vec<KnownPlaylist>,
    /// Files that could not be read, and why.
    pub problems: Vec<(PathBuf, String)>,
    /// How many entries of M3U files name a file.
    entries: HashMap<PathBuf, usize>,
    /// How many entries of the library of a DJ or of iTunes name a file: the most of any. Two exports of one library name
    /// the same entries.
    entries_in_a_library: HashMap<PathBuf, usize>,
    /// The same of cue points and loops.
    cues: HashMap<PathBuf, usize>,
}

/// A playlist file that was read.
pub(crate) struct KnownPlaylist {
    /// The file as it was when it was read.
    pub found: Found,
    /// The folder in whose quarantine its old version would be.
    pub root: PathBuf,
    /// BLAKE3 of its bytes.
    pub hash: blake3::Hash,
    /// Its content.
    pub content: PlaylistFile,
}

impl Playlists {
    /// Reads the playlist files below the folders of a library, and those named, which may be elsewhere.
    pub fn of(database: &Database, named: &[PathBuf]) -> Result<Self, Error> {
        let folders: Vec<PathBuf> = database.reader()?.folders()?.into_iter().map(|one| one.path).collect();
        Ok(Self::read(&folders, named))
    }

    /// Reads the playlist files below these folders, and those named, which may be elsewhere.
    fn read(folders: &[PathBuf], named: &[PathBuf]) -> Self {
        let mut playlists = Self::default();
        let mut places: Vec<(PathBuf, PathBuf)> = Vec::new();
        for folder in folders {
            let visible = |entry: &walkdir::DirEntry| {
                entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
            };
            let entries = WalkDir::new(folder).into_iter().filter_entry(visible).flatten();
            let files = entries.filter(|entry| entry.file_type().is_file() && may_be_one(entry.path()));
            places.extend(files.map(|entry| (entry.into_path(), folder.clone())));
        }
        for file in named {
            let folder = file.parent().unwrap_or(file).to_path_buf();
            let root = folders.iter().find(|root| file.starts_with(root)).cloned();
            places.push((file.clone(), root.unwrap_or(folder)));
        }
        places.sort();
        places.dedup_by(|one, other| one.0 == other.0);
        for (file, root) in places {
            match read(&file, &root) {
                Ok(Some(known)) => playlists.add(known),
                Ok(None) if !named.contains(&file) => {}
                Ok(None) => playlists.problems.push((file, "is no playlist that Reprise knows".into())),
                Err(reason) => playlists.problems.push((file, reason)),
            }
        }
        playlists
    }

    /// How many entries of playlists name a file.
    pub fn n_entries(&self, file: &Path) -> usize {
        let file = composed(file);
        let count = |of: &HashMap<PathBuf, usize>| of.get(&file).copied().unwrap_or_default();
        count(&self.entries) + count(&self.entries_in_a_library)
    }

    /// How many cue points and loops a DJ's library has for a file.
    pub fn n_cues(&self, file: &Path) -> usize {
        self.cues.get(&composed(file)).copied().unwrap_or_default()
    }

    /// What each file that names a replaced one would be.
    pub fn after(&self, replacements: &Replacements) -> Vec<(&KnownPlaylist, Repointed)> {
        let repointed = self.files.iter().filter_map(|known| {
            let repointed = known.content.repointed(replacements).ok()?;
            let concerns = !repointed.changed.is_empty()
                || !repointed.left.is_empty()
                || !repointed.relocated.is_empty()
                || !repointed.marks.is_empty();
            concerns.then_some((known, repointed))
        });
        repointed.collect()
    }

    fn add(&mut self, known: KnownPlaylist) {
        let (mut entries, mut cues): (HashMap<PathBuf, usize>, HashMap<PathBuf, usize>) = Default::default();
        for entry in known.content.playlists().iter().flat_map(|playlist| &playlist.entries) {
            for path in entry.paths.iter() {
                *entries.entry(composed(path)).or_default() += 1;
            }
        }
        for ListedTrack { paths, marks, .. } in known.content.tracks() {
            for path in paths.iter() {
                *cues.entry(composed(path)).or_default() += marks.len();
            }
        }
        if known.content.format() == Format::M3u {
            entries.into_iter().for_each(|(file, n)| *self.entries.entry(file).or_default() += n);
        } else {
            keep_most(&mut self.entries_in_a_library, entries);
        }
        keep_most(&mut self.cues, cues);
        self.files.push(known);
    }
}

fn keep_most(known: &mut HashMap<PathBuf, usize>, new: HashMap<PathBuf, usize>) {
    for (file, n) in new {
        let most = known.entry(file).or_default();
        *most = n.max(*most);
    }
}

fn may_be_one(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ["m3u", "m3u8", "xml"].contains(&ending.as_str()))
}

/// Reads a file; `None` if it is no playlist.
fn read(file: &Path, root: &Path) -> Result<Option<KnownPlaylist>, String> {
    let found = describe(file).map_err(|error| error.to_string())?;
    if found.size_bytes > LARGEST_BYTES {
        return Ok(None);
    }
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    if Format::of(file, &bytes[..bytes.len().min(HEAD_BYTES)]).is_none() {
        return Ok(None);
    }
    let hash = blake3::hash(&bytes);
    let content = PlaylistFile::read(file, bytes).map_err(|error| error.to_string())?;
    Ok(Some(KnownPlaylist { found, root: root.into(), hash, content }))
}

/// A path in the form in which playlists and file names are compared: programs write composed and decomposed letters.
fn composed(path: &Path) -> PathBuf {
    path.to_str().map_or_else(|| path.into(), |text| text.nfc().collect::<String>().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_file_is_counted_and_two_exports_of_one_library_count_once() {
        let folder = tempfile::tempdir().unwrap();
        let music = folder.path().join("music");
        std::fs::create_dir_all(music.join(".hidden")).unwrap();
        let song = music.join("Für.mp3");
        let decomposed = "Fu\u{308}r.mp3";
        let list = format!("{decomposed}\nhttp://radio/Für.mp3\n{}\nother.mp3\n", song.display());
        std::fs::write(music.join("a.m3u8"), &list).unwrap();
        std::fs::write(music.join(".hidden/b.m3u8"), &list).unwrap();
        std::fs::write(music.join("no.xml"), "<html/>").unwrap();
        let place = format!("file://localhost{}/F%C3%BCr.mp3", music.display());
        let library = format!(
            "<DJ_PLAYLISTS Version=\"1.0.0\"><COLLECTION Entries=\"1\"><TRACK TrackID=\"1\" Name=\"x\" \
             Location=\"{place}\"><POSITION_MARK Name=\"\" Type=\"0\" Start=\"1.000\" Num=\"0\"/></TRACK></COLLECTION>\
             <PLAYLISTS><NODE Type=\"0\" Name=\"ROOT\" Count=\"1\"><NODE Name=\"p\" Type=\"1\" KeyType=\"0\" \
             Entries=\"1\"><TRACK Key=\"1\"/></NODE></NODE></PLAYLISTS></DJ_PLAYLISTS>"
        );
        std::fs::write(music.join("export.xml"), &library).unwrap();
        std::fs::write(music.join("export after clean-up.xml"), &library).unwrap();
        let elsewhere = folder.path().join("elsewhere.m3u");
        std::fs::write(&elsewhere, "music/Für.mp3\n").unwrap();

        let found = Playlists::read(std::slice::from_ref(&music), std::slice::from_ref(&elsewhere));
        assert_eq!(found.files.len(), 4, "what is hidden, or no playlist, is none");
        assert_eq!((found.n_entries(&song), found.n_cues(&song)), (2 + 1 + 1, 1));
        assert_eq!(found.n_entries(&music.join("absent.mp3")), 0);
        let missing = Playlists::read(&[], &[music.join("no.xml"), music.join("gone.m3u")]);
        assert_eq!(missing.problems.len(), 2, "of those that were named it is said");
    }
}
