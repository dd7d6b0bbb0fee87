//! A playlist file of any format, and the check that a rewritten one says what it should.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::format::Format;
use crate::itunes::ITunes;
use crate::m3u::M3u;
use crate::outcome::Repointed;
use crate::place::Place;
use crate::playlist::{ListedTrack, Playlist};
use crate::rekordbox::{self, Rekordbox};
use crate::replacements::Replacements;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 512 << 20;

/// The first bytes of a file that are enough to tell its format.
const SIGNATURE: usize = 4096;

/// A playlist file that was read.
#[derive(Debug)]
pub struct PlaylistFile {
    path: PathBuf,
    content: Content,
}

#[derive(Debug)]
enum Content {
    M3u(M3u),
    Rekordbox(Rekordbox),
    ITunes(ITunes),
}

impl PlaylistFile {
    /// Reads the bytes of a file. `path` is its absolute path: relative entries begin at its folder. The file itself is
    /// not opened. Paths are taken as they are written, so that symbolic links are not followed.
    ///
    /// # Errors
    /// When the path is not absolute, the file is larger than [`MOST_BYTES`], its format is unknown, or it is damaged.
    pub fn read(path: &Path, bytes: Vec<u8>) -> Result<Self, Error> {
        let place = Place::of(path).ok_or_else(|| Error::NotAbsolute { path: path.to_owned() })?;
        if bytes.len() > MOST_BYTES {
            return Err(Error::TooLarge { path: path.to_owned(), bytes: bytes.len(), most: MOST_BYTES });
        }
        let content = match Format::of(path, &bytes[..bytes.len().min(SIGNATURE)]) {
            Some(Format::M3u) => Content::M3u(M3u::read(path, place.parent(), bytes)?),
            Some(Format::Rekordbox) => Content::Rekordbox(Rekordbox::read(path, bytes)?),
            Some(Format::ITunes) => Content::ITunes(ITunes::read(path, bytes)?),
            None => return Err(Error::UnknownFormat { path: path.to_owned() }),
        };
        Ok(Self { path: path.to_owned(), content })
    }

    /// The path that the file was read under.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The format of the file.
    pub fn format(&self) -> Format {
        match &self.content {
            Content::M3u(_) => Format::M3u,
            Content::Rekordbox(_) => Format::Rekordbox,
            Content::ITunes(_) => Format::ITunes,
        }
    }

    /// Returns the playlists of the file, in its order. An M3U file has one. Of an iTunes library, only those that the
    /// user filled by hand are returned, and no folders.
    pub fn playlists(&self) -> Vec<Playlist> {
        match &self.content {
            Content::M3u(list) => list.playlists(),
            Content::Rekordbox(library) => library.playlists(),
            Content::ITunes(library) => library.playlists().to_vec(),
        }
    }

    /// Returns the tracks that the file lists, whether or not a playlist contains them. An M3U file lists none.
    pub fn tracks(&self) -> Vec<ListedTrack> {
        match &self.content {
            Content::M3u(_) => Vec::new(),
            Content::Rekordbox(library) => library.tracks(),
            Content::ITunes(library) => library.tracks().to_vec(),
        }
    }

    /// Returns the content of the file with entries that name the keepers of replaced files. Everything else keeps its
    /// bytes. The new content is read again before it is returned, and compared with what it should say.
    ///
    /// # Errors
    /// When the new content would say something else than planned.
    pub fn repointed(&self, replacements: &Replacements) -> Result<Repointed, Error> {
        let repointed = match &self.content {
            Content::M3u(list) => list.repointed(replacements),
            Content::Rekordbox(library) => rekordbox::repointed(library, replacements),
            Content::ITunes(library) => return Ok(library.repointed(replacements)),
        };
        let is_same = repointed.changed.is_empty() && repointed.relocated.is_empty();
        if !is_same || !repointed.marks.is_empty() {
            self.check(&repointed, replacements)?;
        }
        Ok(repointed)
    }

    fn check(&self, repointed: &Repointed, replacements: &Replacements) -> Result<(), Error> {
        let again = Self::read(&self.path, repointed.bytes.clone())?;
        let (old, new) = (self.playlists(), again.playlists());
        let wrong = |playlist| Error::NotAsPlanned { path: self.path.clone(), playlist };
        if old.len() != new.len() {
            return Err(wrong(old.len().min(new.len()) + 1));
        }
        let changed: HashMap<(usize, usize), &Path> =
            repointed.changed.iter().map(|one| ((one.playlist, one.entry), one.to.as_path())).collect();
        for (playlist, (old, new)) in old.iter().zip(&new).enumerate() {
            let is_entry_right = |entry: usize| {
                let (before, after) = (&old.entries[entry], &new.entries[entry]);
                match changed.get(&(playlist, entry)) {
                    None => before.written == after.written && before.paths.first() == after.paths.first(),
                    Some(keeper) => replacements.names(&after.paths, keeper),
                }
            };
            let is_right = old.name == new.name && old.entries.len() == new.entries.len();
            if !is_right || !(0..old.entries.len()).all(is_entry_right) {
                return Err(wrong(playlist + 1));
            }
        }
        Ok(())
    }
}
