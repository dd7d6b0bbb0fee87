//! A rekordbox XML in memory: what matters to playlists, each with its place in the source.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::place::Place;
use crate::playlist::{Entry, ListedTrack, Mark, Playlist};
use crate::uri::FileUri;

/// A rekordbox XML.
#[derive(Debug)]
pub(crate) struct Rekordbox {
    pub source: String,
    pub rows: Vec<Row>,
    pub lists: Vec<List>,
    pub ids: HashMap<String, RowOfId>,
}

/// The track that has a number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowOfId {
    One(usize),
    /// Several have it, of which this is the first.
    Several(usize),
}

/// A value in the source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Value {
    pub text: String,
    pub span: Range<usize>,
}

/// A track of the collection.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub id: Option<Value>,
    pub location: Option<Value>,
    pub places: Vec<Place>,
    pub name: String,
    pub artist: String,
    pub total_time_s: Option<f64>,
    pub play_count: Option<u64>,
    pub rating: Option<u8>,
    /// The start tag.
    pub tag: Range<usize>,
    pub is_empty: bool,
    /// The first byte of the end tag.
    pub end: usize,
    /// The last element inside.
    pub last_child: Option<Range<usize>>,
    pub marks: Vec<MarkAt>,
    pub tempos: Vec<MarkAt>,
}

/// A mark, or an entry of the beat grid, in the source.
#[derive(Debug)]
pub(crate) struct MarkAt {
    pub mark: Mark,
    /// The element, up to the end of its end tag.
    pub element: Range<usize>,
    pub start: Range<usize>,
    pub end: Option<Range<usize>>,
    pub num: Option<Range<usize>>,
    /// Beats per minute and beats in a bar, of an entry of the beat grid.
    pub beats: Option<(f64, f64)>,
}

/// What the keys of a playlist are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyType {
    TrackId,
    Location,
    Unknown,
}

/// A playlist.
#[derive(Debug)]
pub(crate) struct List {
    pub name: Vec<String>,
    pub key_type: KeyType,
    pub keys: Vec<Value>,
}

/// No system has longer paths, even when each of their bytes is encoded.
const LONGEST_LOCATION: usize = 3 * 65_536;

/// Returns the places that a location may mean; none for streams.
pub(crate) fn places(location: &str) -> Vec<Place> {
    let uri = FileUri::of(location.as_bytes()).filter(|_| location.len() <= LONGEST_LOCATION);
    uri.map(|uri| uri.places()).unwrap_or_default()
}

fn paths(places: &[Place]) -> Arc<[PathBuf]> {
    places.iter().map(Place::to_path).collect()
}

impl Rekordbox {
    pub fn playlists(&self) -> Vec<Playlist> {
        let paths_of_rows: Vec<Arc<[PathBuf]>> = self.rows.iter().map(|row| paths(&row.places)).collect();
        let paths_of = |key_type: KeyType, key: &str| match (key_type, self.ids.get(key)) {
            (KeyType::TrackId, Some(RowOfId::One(row) | RowOfId::Several(row))) => {
                paths_of_rows[*row].clone()
            }
            (KeyType::Location, _) => paths(&places(key)),
            (KeyType::TrackId | KeyType::Unknown, _) => Arc::default(),
        };
        let entry = |key_type: KeyType, key: &Value| Entry {
            paths: paths_of(key_type, &key.text),
            written: key.text.clone(),
        };
        let playlist = |list: &List| Playlist {
            name: list.name.clone(),
            entries: list.keys.iter().map(|key| entry(list.key_type, key)).collect(),
        };
        self.lists.iter().map(playlist).collect()
    }

    pub fn tracks(&self) -> Vec<ListedTrack> {
        let marks = |marks: &[MarkAt]| marks.iter().map(|at| at.mark.clone()).collect();
        let track = |row: &Row| ListedTrack {
            id: row.id.as_ref().map(|id| id.text.clone()).unwrap_or_default(),
            persistent_id: None,
            name: row.name.clone(),
            artist: row.artist.clone(),
            paths: paths(&row.places),
            total_time_s: row.total_time_s,
            play_count: row.play_count,
            rating: row.rating,
            marks: marks(&row.marks),
            beat_grid: marks(&row.tempos),
        };
        self.rows.iter().map(track).collect()
    }
}
