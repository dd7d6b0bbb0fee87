//! An M3U file in memory: its bytes, and where its entries are.

use std::ops::Range;
use std::path::Path;

use crate::edits::Edits;
use crate::error::Error;
use crate::m3u::encoding::Encoding;
use crate::m3u::line::{self, Around, Reading};
use crate::outcome::{Change, Left, Reason, Repointed};
use crate::place::Place;
use crate::playlist::{Entry, Playlist};
use crate::replacements::{Replacements, Target, Wish};

/// The largest number of entries that is read.
const MOST_ENTRIES: usize = 5_000_000;

/// An M3U file.
#[derive(Debug)]
pub(crate) struct M3u {
    name: String,
    bytes: Vec<u8>,
    /// The lines that are entries, without their ends.
    entries: Vec<Range<usize>>,
    around: Around,
}

impl M3u {
    /// Reads a file that lies in `folder`.
    pub fn read(path: &Path, folder: Place, bytes: Vec<u8>) -> Result<Self, Error> {
        let extension = path.extension().unwrap_or_default();
        let (encoding, n_mark) = Encoding::of(&bytes, extension.eq_ignore_ascii_case("m3u8"));
        let mut entries = Vec::new();
        for line in lines(&bytes, n_mark, encoding) {
            if !line::is_comment(&bytes[line.clone()], encoding) {
                entries.push(line);
            }
            if entries.len() > MOST_ENTRIES {
                return Err(Error::TooManyEntries { path: path.to_owned(), most: MOST_ENTRIES });
            }
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let prefers_backslashes = folder.is_windows();
        let mut list =
            Self { name, bytes, entries, around: Around { folder, encoding, prefers_backslashes } };
        list.around.prefers_backslashes = list.prefers_backslashes();
        Ok(list)
    }

    /// Tells whether backslashes separate names in most lines where anything does. Some lines are enough to know.
    fn prefers_backslashes(&self) -> bool {
        let some = self.entries.iter().take(1000);
        let used = some.filter_map(|line| self.readings(line).first()?.has_backslashes());
        let balance: i32 = used.map(|has_backslashes| if has_backslashes { 1 } else { -1 }).sum();
        if balance == 0 { self.around.folder.is_windows() } else { balance > 0 }
    }

    fn readings(&self, line: &Range<usize>) -> Vec<Reading> {
        line::readings(&self.bytes[line.clone()], &self.around)
    }

    pub fn playlists(&self) -> Vec<Playlist> {
        let entry = |line: &Range<usize>| Entry {
            paths: self.readings(line).iter().map(|reading| reading.place.to_path()).collect(),
            written: self.around.encoding.shown(&self.bytes[line.clone()]),
        };
        vec![Playlist { name: vec![self.name.clone()], entries: self.entries.iter().map(entry).collect() }]
    }

    pub fn repointed(&self, replacements: &Replacements) -> Repointed {
        let mut edits = Edits::default();
        let (mut changed, mut left) = (Vec::new(), Vec::new());
        for (entry, line) in self.entries.iter().enumerate() {
            let readings = self.readings(line);
            let places: Vec<Place> = readings.iter().map(|reading| reading.place.clone()).collect();
            let (file, reason) = match replacements.wish(&places) {
                Wish::Stay => continue,
                Wish::Unclear(file) => (file, Reason::Unclear),
                Wish::Replace(from, target) => {
                    match self.rewritten(line, &readings, from, target, replacements) {
                        Err(reason) => (from, reason),
                        Ok(text) => {
                            edits.replace(line.clone(), text);
                            let to = replacements.path(target.file).to_owned();
                            changed.push(Change { playlist: 0, entry, from: from.to_owned(), to });
                            continue;
                        }
                    }
                }
            };
            left.push(Left { playlist: 0, entry, file: file.to_owned(), reason });
        }
        let bytes = edits.apply(&self.bytes);
        Repointed { bytes, changed, left, relocated: Vec::new(), marks: Vec::new() }
    }

    /// Returns a line that names the keeper, in the form in which the line named the replaced file.
    fn rewritten(
        &self,
        line: &Range<usize>,
        readings: &[Reading],
        from: &Path,
        target: &Target,
        replacements: &Replacements,
    ) -> Result<Vec<u8>, Reason> {
        let names_it = |reading: &&Reading| {
            let wish = replacements.wish(std::slice::from_ref(&reading.place));
            matches!(wish, Wish::Replace(file, _) if file == from)
        };
        let reading = readings.iter().find(names_it).ok_or(Reason::Unclear)?;
        let text = reading.of_another(&target.place, &self.bytes[line.clone()], &self.around)?;
        if line.start == 0 && Encoding::of(&text, false).1 > 0 {
            // The new name would begin the file with a byte order mark.
            return Err(Reason::NotWritable);
        }
        let meant: Vec<Place> =
            line::readings(&text, &self.around).into_iter().map(|reading| reading.place).collect();
        if replacements.file(&meant) == Some(target.file) { Ok(text) } else { Err(Reason::Unclear) }
    }
}

/// Returns the lines of a file without their ends, which may be `\n`, `\r` and `\r\n` in any mixture.
fn lines(bytes: &[u8], from: usize, encoding: Encoding) -> impl Iterator<Item = Range<usize>> {
    let (width, low) = match encoding {
        Encoding::Utf16 { is_big } => (2, usize::from(is_big)),
        _ => (1, 0),
    };
    let is_end = move |at: usize| {
        let unit = bytes.get(at..at + width).unwrap_or_default();
        let is_break = unit.get(low).is_some_and(|byte| matches!(byte, b'\n' | b'\r'));
        is_break && (width == 1 || unit[1 - low] == 0)
    };
    let mut start = from;
    std::iter::from_fn(move || {
        if start >= bytes.len() {
            return None;
        }
        let end = (start..bytes.len()).step_by(width).find(|at| is_end(*at)).unwrap_or(bytes.len());
        let line = start..end;
        start = end + width;
        Some(line)
    })
}
