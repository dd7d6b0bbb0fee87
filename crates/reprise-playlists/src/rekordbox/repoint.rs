//! Makes playlists of a rekordbox XML name other files.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::edits::Edits;
use crate::outcome::{Change, Left, MarkOutcome, Reason, Relocated, Repointed};
use crate::percent::PercentStyle;
use crate::rekordbox::collection::{self, KeyType, Rekordbox, RowOfId, Value};
use crate::rekordbox::marks::{self, Carrying};
use crate::replacements::{Replacements, Target, Wish};
use crate::uri::FileUri;
use crate::xml;

/// rekordbox refuses longer paths.
const LONGEST_PATH: usize = 255;

/// What entries with the number of a track name afterwards.
#[derive(Clone, Copy)]
enum Aim<'a> {
    /// The same file as before.
    Same,
    /// The keeper, which is in this row. It is the same row when the row has the keeper's location now.
    Row(usize, &'a Path, &'a Target),
    Left(&'a Path, Reason),
}

/// Returns a document in which entries of replaced files name their keepers.
pub(crate) fn repointed(library: &Rekordbox, replacements: &Replacements) -> Repointed {
    let mut work = Work::new(library, replacements);
    let aims = work.aims();
    work.entries(&aims);
    work.marks(&aims);
    let mut done = work.done;
    done.bytes = work.edits.apply(library.source.as_bytes());
    done
}

struct Work<'a> {
    library: &'a Rekordbox,
    replacements: &'a Replacements,
    /// The row of each known file that has a number of its own.
    rows: HashMap<usize, usize>,
    /// The first row of each known file, with a number or without.
    any_rows: HashMap<usize, usize>,
    style: PercentStyle,
    /// The location of each keeper, as it is written.
    locations: HashMap<usize, Result<String, Reason>>,
    edits: Edits,
    done: Repointed,
}

impl<'a> Work<'a> {
    fn new(library: &'a Rekordbox, replacements: &'a Replacements) -> Self {
        let (mut rows, mut any_rows) = (HashMap::new(), HashMap::new());
        let mut style = PercentStyle::default();
        for (number, row) in library.rows.iter().enumerate() {
            if let Some(file) = replacements.file(&row.places) {
                any_rows.entry(file).or_insert(number);
                if has_own_id(library, number) {
                    rows.entry(file).or_insert(number);
                }
            }
            if let Some(uri) =
                row.location.as_ref().and_then(|location| FileUri::of(location.text.as_bytes()))
            {
                style.observe(uri.path());
            }
        }
        let done = Repointed {
            bytes: Vec::new(),
            changed: Vec::new(),
            left: Vec::new(),
            relocated: Vec::new(),
            marks: Vec::new(),
        };
        let (locations, edits) = (HashMap::new(), Edits::default());
        Self { library, replacements, rows, any_rows, style, locations, edits, done }
    }

    /// Decides for every row. Where the keeper has no row, the first row of a replaced file becomes the keeper's.
    fn aims(&mut self) -> Vec<Aim<'a>> {
        (0..self.library.rows.len()).map(|number| self.aim(number)).collect()
    }

    fn aim(&mut self, number: usize) -> Aim<'a> {
        let library = self.library;
        let row = &library.rows[number];
        let (from, target) = match self.replacements.wish(&row.places) {
            Wish::Stay => return Aim::Same,
            Wish::Unclear(from) => return Aim::Left(from, Reason::Unclear),
            Wish::Replace(from, target) => (from, target),
        };
        if let Some(keeper) = self.rows.get(&target.file) {
            return Aim::Row(*keeper, from, target);
        }
        if self.any_rows.contains_key(&target.file) || !has_own_id(library, number) {
            return Aim::Left(from, Reason::NoTrackId);
        }
        let Some(location) = &row.location else { return Aim::Same };
        match self.location(target, &location.text) {
            Err(reason) => Aim::Left(from, reason),
            Ok(text) => {
                self.replace(location, &text);
                self.rows.insert(target.file, number);
                let to = self.replacements.path(target.file).to_owned();
                self.done.relocated.push(Relocated { track: number, from: from.to_owned(), to });
                Aim::Row(number, from, target)
            }
        }
    }

    /// Returns how the location of a keeper is written: as its row has it, or else in the form of `like`.
    fn location(&mut self, target: &Target, like: &str) -> Result<String, Reason> {
        let row = self.any_rows.get(&target.file).and_then(|row| self.library.rows[*row].location.as_ref());
        let compose = || {
            let path = String::from_utf8(target.place.key()).map_err(|_| Reason::NotUtf8)?;
            let characters = path.chars().count();
            if characters > LONGEST_PATH {
                return Err(Reason::PathTooLong { characters });
            }
            let uri = FileUri::of(like.as_bytes()).ok_or(Reason::NotWritable)?;
            String::from_utf8(uri.of_another(&target.place, Some(&self.style))).map_err(|_| Reason::NotUtf8)
        };
        let location = self.locations.entry(target.file);
        location.or_insert_with(|| row.map_or_else(compose, |location| Ok(location.text.clone()))).clone()
    }

    fn replace(&mut self, value: &Value, text: &str) {
        let is_single = self.library.source.as_bytes()[..value.span.start].ends_with(b"'");
        let text = xml::escaped(text, if is_single { '\'' } else { '"' });
        if self.library.source[value.span.clone()] != text {
            self.edits.replace(value.span.clone(), text);
        }
    }

    fn entries(&mut self, aims: &[Aim<'a>]) {
        let library = self.library;
        let unclear = unclear_ids(library, aims);
        for (playlist, list) in library.lists.iter().enumerate() {
            for (entry, key) in list.keys.iter().enumerate() {
                let result = match list.key_type {
                    KeyType::Unknown => continue,
                    KeyType::Location => self.by_location(key),
                    KeyType::TrackId => match library.ids.get(&key.text) {
                        None => continue,
                        Some(RowOfId::One(row)) => self.by_id(key, *row, aims[*row]),
                        Some(RowOfId::Several(_)) => {
                            unclear.get(key.text.as_str()).map(|from| Err((*from, Reason::Unclear)))
                        }
                    },
                };
                match result {
                    None => {}
                    Some(Ok((from, target))) => {
                        let to = self.replacements.path(target.file).to_owned();
                        self.done.changed.push(Change { playlist, entry, from: from.to_owned(), to });
                    }
                    Some(Err((file, reason))) => {
                        self.done.left.push(Left { playlist, entry, file: file.to_owned(), reason });
                    }
                }
            }
        }
    }

    fn by_id(
        &mut self,
        key: &Value,
        row: usize,
        aim: Aim<'a>,
    ) -> Option<Result<Step<'a>, (&'a Path, Reason)>> {
        match aim {
            Aim::Same => None,
            Aim::Left(from, reason) => Some(Err((from, reason))),
            Aim::Row(keeper, from, target) => {
                if keeper != row {
                    let id = self.library.rows[keeper].id.as_ref()?;
                    self.replace(key, &id.text);
                }
                Some(Ok((from, target)))
            }
        }
    }

    fn by_location(&mut self, key: &Value) -> Option<Result<Step<'a>, (&'a Path, Reason)>> {
        match self.replacements.wish(&collection::places(&key.text)) {
            Wish::Stay => None,
            Wish::Unclear(from) => Some(Err((from, Reason::Unclear))),
            Wish::Replace(from, target) => match self.location(target, &key.text) {
                Err(reason) => Some(Err((from, reason))),
                Ok(text) => {
                    self.replace(key, &text);
                    Some(Ok((from, target)))
                }
            },
        }
    }

    fn marks(&mut self, aims: &[Aim<'a>]) {
        let library = self.library;
        let mut told = Vec::new();
        let mut moved: HashMap<usize, Option<f64>> = HashMap::new();
        for (number, aim) in aims.iter().enumerate() {
            if let Aim::Row(keeper, from, target) = aim
                && *keeper == number
            {
                moved.insert(number, target.offset_s);
                told.push((
                    *from,
                    *target,
                    marks::shift(&library.rows[number], target.offset_s, &mut self.edits),
                ));
            }
        }
        let mut carryings: BTreeMap<usize, Carrying<'_>> = BTreeMap::new();
        for (number, aim) in aims.iter().enumerate() {
            let Aim::Row(keeper, from, target) = aim else { continue };
            if *keeper == number {
                continue;
            }
            // Where nobody knows how the keeper's own marks are shifted, nothing can be placed beside them.
            let shift_s = moved.get(keeper).copied().unwrap_or(Some(0.0));
            let offset_s = target.offset_s.filter(|_| shift_s.is_some());
            let carrying = carryings.entry(*keeper).or_insert_with(|| {
                Carrying::onto(&library.source, &library.rows[*keeper], shift_s.unwrap_or_default())
            });
            told.push((*from, *target, carrying.carry(&library.rows[number], offset_s)));
        }
        carryings.into_values().for_each(|carrying| carrying.write(&mut self.edits));
        for (from, target, marks) in told {
            let to = self.replacements.path(target.file);
            let outcome = |(mark, fate)| MarkOutcome { from: from.to_owned(), to: to.to_owned(), mark, fate };
            self.done.marks.extend(marks.into_iter().map(outcome));
        }
    }
}

/// A replaced file and its keeper.
type Step<'a> = (&'a Path, &'a Target);

/// Tells whether a row has a number, and no other row has it.
fn has_own_id(library: &Rekordbox, row: usize) -> bool {
    let id = library.rows[row].id.as_ref().and_then(|id| library.ids.get(&id.text));
    matches!(id, Some(RowOfId::One(_)))
}

/// Returns the numbers that several rows have, one of them the row of a replaced file.
fn unclear_ids<'a>(library: &'a Rekordbox, aims: &[Aim<'a>]) -> HashMap<&'a str, &'a Path> {
    let mut unclear = HashMap::new();
    for (row, aim) in library.rows.iter().zip(aims) {
        let (Aim::Row(_, from, _) | Aim::Left(from, _)) = aim else { continue };
        if let Some(id) = &row.id {
            unclear.entry(id.text.as_str()).or_insert(*from);
        }
    }
    unclear
}
