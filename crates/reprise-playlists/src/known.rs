//! Which file an entry names.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::place::Place;
use crate::playlist::Entry;

/// Files that exist, by their paths. An entry names one of them when the bytes of its path are the same, or else when
/// both are the same in Unicode's composed form: some systems store `é` as one character and some as two. Where two
/// files differ in that form alone, only the same bytes name one of them. Upper and lower case are different.
#[derive(Debug, Clone, Default)]
pub struct KnownFiles {
    paths: Vec<PathBuf>,
    exact: HashMap<Vec<u8>, usize>,
    composed: HashMap<Vec<u8>, Vec<usize>>,
}

/// Which of the known files an entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'a> {
    /// None of them.
    Nothing,
    /// This one, by the path under which it is known.
    File(&'a Path),
    /// It may mean any of several; nobody can tell which.
    Several,
}

/// Which of the known files some places mean, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    File(usize),
    Several(Vec<usize>),
}

impl KnownFiles {
    /// Adds a file. A relative path is ignored.
    pub fn insert(&mut self, path: &Path) {
        if let Some(place) = Place::of(path) {
            self.number(path, &place);
        }
    }

    /// Returns the file that an entry names.
    pub fn named_by(&self, entry: &Entry) -> Named<'_> {
        self.named_by_any(&entry.paths)
    }

    /// Returns the file that one of several paths names, such as those of a listed track.
    pub fn named_by_any(&self, paths: &[PathBuf]) -> Named<'_> {
        let places: Vec<Place> = paths.iter().filter_map(|path| Place::of(path)).collect();
        match self.find(&places) {
            Found::Nothing => Named::Nothing,
            Found::File(number) => Named::File(&self.paths[number]),
            Found::Several(_) => Named::Several,
        }
    }

    /// Adds a file, and returns its number.
    pub(crate) fn number(&mut self, path: &Path, place: &Place) -> usize {
        let next = self.paths.len();
        let number = *self.exact.entry(place.key()).or_insert(next);
        if number == next {
            self.paths.push(path.to_owned());
            self.composed.entry(place.composed_key()).or_default().push(next);
        }
        number
    }

    /// Returns the path of a file by its number.
    pub(crate) fn path(&self, number: usize) -> &Path {
        &self.paths[number]
    }

    /// Returns the file that one of several places means.
    pub(crate) fn find(&self, places: &[Place]) -> Found {
        let exact = places.iter().filter_map(|place| self.exact.get(&place.key()).copied());
        match one_of(exact.collect()) {
            Found::Nothing => {
                let composed = places.iter().filter_map(|place| self.composed.get(&place.composed_key()));
                one_of(composed.flatten().copied().collect())
            }
            found => found,
        }
    }
}

fn one_of(mut numbers: Vec<usize>) -> Found {
    numbers.sort_unstable();
    numbers.dedup();
    match numbers[..] {
        [] => Found::Nothing,
        [number] => Found::File(number),
        _ => Found::Several(numbers),
    }
}
