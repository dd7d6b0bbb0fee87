//! Which files are replaced, and by which.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::known::{Found, KnownFiles, Named};
use crate::place::Place;

/// The file that takes the place of another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// The file that entries name afterwards. The bytes of this path are written, in whichever Unicode form they are.
    pub keeper: PathBuf,
    /// What is added to a position in the replaced file to get the same moment in the keeper, in seconds. `None` when it
    /// is not known to 10 ms: cues are then listed, and not carried over.
    pub offset_s: Option<f64>,
}

/// Files that are replaced by others, and files that are known to exist beside them.
#[derive(Debug, Clone, Default)]
pub struct Replacements {
    known: KnownFiles,
    of: HashMap<usize, Target>,
    keepers: HashSet<usize>,
}

/// A keeper, ready for use.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The number of the keeper among the known files.
    pub file: usize,
    pub place: Place,
    pub offset_s: Option<f64>,
}

/// What shall happen to an entry.
#[derive(Debug, Clone)]
pub(crate) enum Wish<'a> {
    /// It does not name a replaced file.
    Stay,
    /// It names a replaced file, which has this path.
    Replace(&'a Path, &'a Target),
    /// It may name this replaced file, or another file.
    Unclear(&'a Path),
}

impl Replacements {
    /// Replaces one file by another one.
    ///
    /// # Errors
    /// When a path is not absolute, when both are the same file, or when a file would be kept and replaced at once or
    /// replaced by two others.
    pub fn replace(&mut self, loser: &Path, replacement: Replacement) -> Result<(), Error> {
        let absolute =
            |path: &Path| Place::of(path).ok_or_else(|| Error::NotAbsolute { path: path.to_owned() });
        let (old_place, place) = (absolute(loser)?, absolute(&replacement.keeper)?);
        if old_place == place {
            return Err(Error::ReplacedByItself { path: loser.to_owned() });
        }
        let old = self.known.number(loser, &old_place);
        let file = self.known.number(&replacement.keeper, &place);
        if self.keepers.contains(&old) || self.of.get(&old).is_some_and(|other| other.file != file) {
            return Err(Error::Contradiction { path: loser.to_owned() });
        }
        if self.of.contains_key(&file) {
            return Err(Error::Contradiction { path: replacement.keeper });
        }
        self.keepers.insert(file);
        let offset_s = replacement.offset_s.filter(|offset_s| offset_s.is_finite());
        self.of.insert(old, Target { file, place, offset_s });
        Ok(())
    }

    /// Says that a file exists and is not replaced. An entry that names it stays, also where a replaced file has the
    /// same name in another Unicode form. A relative path is ignored.
    pub fn know(&mut self, path: &Path) {
        self.known.insert(path);
    }

    /// Returns what shall happen to an entry that means one of the places.
    pub(crate) fn wish(&self, places: &[Place]) -> Wish<'_> {
        match self.known.find(places) {
            Found::Nothing => Wish::Stay,
            Found::File(file) => match self.of.get(&file) {
                Some(target) => Wish::Replace(self.known.path(file), target),
                None => Wish::Stay,
            },
            Found::Several(files) => match files.iter().find(|file| self.of.contains_key(file)) {
                Some(file) => Wish::Unclear(self.known.path(*file)),
                None => Wish::Stay,
            },
        }
    }

    /// Returns the number of the file that one of the places means.
    pub(crate) fn file(&self, places: &[Place]) -> Option<usize> {
        match self.known.find(places) {
            Found::File(file) => Some(file),
            Found::Nothing | Found::Several(_) => None,
        }
    }

    /// Tells whether the paths of an entry name this file.
    pub(crate) fn names(&self, paths: &[PathBuf], file: &Path) -> bool {
        self.known.named_by_any(paths) == Named::File(file)
    }

    /// Returns the path of a known file by its number.
    pub(crate) fn path(&self, file: usize) -> &Path {
        self.known.path(file)
    }
}
