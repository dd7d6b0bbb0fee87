//! Reads a rekordbox XML.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::ops::Range;
use std::path::Path;

use crate::error::Error;
use crate::playlist::{Mark, MarkKind};
use crate::rekordbox::collection::{self, KeyType, List, MarkAt, Rekordbox, Row, RowOfId, Value};
use crate::xml::{self, Element, Step, Steps};

/// The largest number of tracks and entries together that is read.
const MOST_ENTRIES: usize = 5_000_000;

/// The largest number of marks and entries of beat grids that is read.
const MOST_MARKS: usize = 20_000_000;

/// The most bytes that the names of all playlists may take. Each contains the names of its folders, so that a small
/// file could ask for far more than its length.
const MOST_NAME_BYTES: usize = 256 << 20;

const ROOT: &str = "DJ_PLAYLISTS";

impl Rekordbox {
    /// Reads a file.
    pub fn read(path: &Path, bytes: Vec<u8>) -> Result<Self, Error> {
        let source = xml::text(path, bytes)?;
        let mut reading = Reading::default();
        let mut steps = Steps::new(path, &source);
        while let Some(step) = steps.next()? {
            match step {
                Step::Open(element) => reading.open(path, element)?,
                Step::Close(tag) => reading.close(tag),
            }
            if reading.is_too_much() {
                return Err(Error::TooManyEntries { path: path.to_owned(), most: MOST_ENTRIES });
            }
        }
        let (rows, lists) = (reading.rows, reading.lists);
        let mut ids = HashMap::with_capacity(rows.len());
        for (number, row) in rows.iter().enumerate() {
            let Some(id) = &row.id else { continue };
            match ids.entry(id.text.clone()) {
                Slot::Vacant(slot) => {
                    slot.insert(RowOfId::One(number));
                }
                Slot::Occupied(mut slot) => {
                    let (RowOfId::One(first) | RowOfId::Several(first)) = *slot.get();
                    slot.insert(RowOfId::Several(first));
                }
            }
        }
        Ok(Self { source, rows, lists, ids })
    }
}

/// What an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Root,
    Collection,
    Track,
    /// An element inside a track, with its first byte.
    OfTrack(usize),
    Playlists,
    /// The node around all others, whose name is no folder of the user's.
    RootNode,
    Folder,
    List,
    Other,
}

#[derive(Default)]
struct Reading {
    open: Vec<Kind>,
    folders: Vec<String>,
    rows: Vec<Row>,
    lists: Vec<List>,
    /// The playlists that are open, as a malformed file may have one inside another.
    open_lists: Vec<usize>,
    entries: usize,
    marks: usize,
    name_bytes: usize,
}

impl Reading {
    fn is_too_much(&self) -> bool {
        self.entries > MOST_ENTRIES || self.marks > MOST_MARKS || self.name_bytes > MOST_NAME_BYTES
    }

    fn open(&mut self, path: &Path, mut element: Element<'_>) -> Result<(), Error> {
        let kind = match (self.open.last(), element.name) {
            (None, ROOT) => Kind::Root,
            (None, name) => {
                let found = name.chars().take(100).collect();
                let expected = "a library of rekordbox";
                return Err(Error::Foreign { path: path.to_owned(), expected, found });
            }
            (Some(Kind::Root), "COLLECTION") => Kind::Collection,
            (Some(Kind::Root), "PLAYLISTS") => Kind::Playlists,
            (Some(Kind::Collection), "TRACK") => {
                self.entries += 1;
                self.rows.push(row(&mut element));
                Kind::Track
            }
            (Some(Kind::Track), name) => {
                if let Some(row) = self.rows.last_mut() {
                    self.marks += 1;
                    match name {
                        "POSITION_MARK" => row.marks.extend(mark(&mut element)),
                        "TEMPO" => row.tempos.extend(tempo(&mut element)),
                        _ => {}
                    }
                }
                Kind::OfTrack(element.tag.start)
            }
            (Some(Kind::Playlists), "NODE") if is_folder(&element) => Kind::RootNode,
            (Some(Kind::Playlists | Kind::RootNode | Kind::Folder), "NODE") => self.node(&mut element),
            (Some(Kind::List), "TRACK") => {
                self.entries += 1;
                if let Some(list) = self.open_lists.last() {
                    // An entry without a key counts, too.
                    self.lists[*list].keys.push(value(&mut element, "Key").unwrap_or_default());
                }
                Kind::Other
            }
            _ => Kind::Other,
        };
        self.open.push(kind);
        Ok(())
    }

    fn node(&mut self, element: &mut Element<'_>) -> Kind {
        let own = text(element, "Name");
        if is_folder(element) {
            self.folders.push(own);
            return Kind::Folder;
        }
        let key_type = match text(element, "KeyType").trim() {
            "0" | "" => KeyType::TrackId,
            "1" => KeyType::Location,
            _ => KeyType::Unknown,
        };
        let name: Vec<String> = self.folders.iter().cloned().chain([own]).collect();
        self.entries += 1;
        self.name_bytes += name.iter().map(String::len).sum::<usize>();
        self.open_lists.push(self.lists.len());
        self.lists.push(List { name, key_type, keys: Vec::new() });
        Kind::List
    }

    fn close(&mut self, tag: Range<usize>) {
        match self.open.pop() {
            Some(Kind::Track) => {
                if let Some(row) = self.rows.last_mut() {
                    row.end = tag.start;
                }
            }
            Some(Kind::OfTrack(start)) => {
                if let Some(row) = self.rows.last_mut() {
                    row.last_child = Some(start..tag.end);
                    let newest = [row.marks.last_mut(), row.tempos.last_mut()].into_iter().flatten();
                    newest.filter(|at| at.element.start == start).for_each(|at| at.element.end = tag.end);
                }
            }
            Some(Kind::Folder) => {
                self.folders.pop();
            }
            Some(Kind::List) => {
                self.open_lists.pop();
            }
            _ => {}
        }
    }
}

fn is_folder(element: &Element<'_>) -> bool {
    let kind = element.attributes.iter().find(|attribute| attribute.name == "Type");
    kind.and_then(|kind| kind.value.as_deref()).is_some_and(|kind| kind.trim() == "0")
}

fn row(element: &mut Element<'_>) -> Row {
    let location = value(element, "Location");
    let rating = text(element, "Rating").trim().parse::<u8>().ok();
    Row {
        id: value(element, "TrackID").filter(|id| !id.text.is_empty()),
        places: location.as_ref().map(|at| collection::places(&at.text)).unwrap_or_default(),
        location,
        name: text(element, "Name"),
        artist: text(element, "Artist"),
        total_time_s: seconds(&text(element, "TotalTime")).filter(|seconds| *seconds > 0.0),
        play_count: text(element, "PlayCount").trim().parse().ok(),
        // rekordbox writes five stars as 255.
        rating: rating.map(|rating| (f64::from(rating) / 2.55).round() as u8),
        tag: element.tag.clone(),
        is_empty: element.is_empty,
        end: element.tag.end,
        ..Row::default()
    }
}

fn mark(element: &mut Element<'_>) -> Option<MarkAt> {
    let kind = match text(element, "Type").trim() {
        "0" => MarkKind::Cue,
        "1" => MarkKind::FadeIn,
        "2" => MarkKind::FadeOut,
        "3" => MarkKind::Load,
        "4" => MarkKind::Loop,
        _ => MarkKind::Other,
    };
    let (start, end, num) = (value(element, "Start")?, value(element, "End"), value(element, "Num"));
    let mark = Mark {
        kind,
        name: text(element, "Name"),
        start_s: seconds(&start.text),
        end_s: end.as_ref().and_then(|end| seconds(&end.text)),
        hot_cue: num.as_ref().and_then(|num| num.text.trim().parse().ok()),
    };
    let (end, num) = (end.map(|end| end.span), num.map(|num| num.span));
    Some(MarkAt { mark, element: element.tag.clone(), start: start.span, end, num, beats: None })
}

fn tempo(element: &mut Element<'_>) -> Option<MarkAt> {
    let start = value(element, "Inizio")?;
    let bpm = seconds(&text(element, "Bpm")).filter(|bpm| *bpm > 0.0);
    let metre = text(element, "Metro");
    let bar = metre.split('/').next().and_then(seconds).filter(|beats| *beats >= 1.0);
    let mark = Mark {
        kind: MarkKind::BeatGrid,
        name: String::new(),
        start_s: seconds(&start.text),
        end_s: None,
        hot_cue: None,
    };
    let beats = bpm.zip(bar);
    Some(MarkAt { mark, element: element.tag.clone(), start: start.span, end: None, num: None, beats })
}

/// Takes the value of an attribute. The first one counts where a name is repeated.
fn value(element: &mut Element<'_>, name: &str) -> Option<Value> {
    let attribute = element.attributes.iter_mut().find(|attribute| attribute.name == name)?;
    Some(Value { text: attribute.value.take()?, span: attribute.span.clone() })
}

fn text(element: &mut Element<'_>, name: &str) -> String {
    value(element, name).map(|value| value.text).unwrap_or_default()
}

/// Reads a finite number.
fn seconds(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|seconds: &f64| seconds.is_finite())
}
