//! The library of iTunes and Music, a property list in XML. It is read, and never written.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plist::Value;
use serde::Deserialize;

use crate::error::Error;
use crate::outcome::{Left, Reason, Repointed};
use crate::place::Place;
use crate::playlist::{Entry, ListedTrack, Playlist};
use crate::replacements::{Replacements, Wish};
use crate::uri::FileUri;
use crate::xml;

/// Folders inside one another that are followed. Ids that name each other in a circle end here, too.
const MOST_FOLDERS: usize = 32;

/// The longest name of a folder or a playlist, in characters. Each playlist repeats the names of its folders.
const LONGEST_NAME: usize = 1000;

/// A library.
#[derive(Debug)]
pub(crate) struct ITunes {
    bytes: Vec<u8>,
    tracks: Vec<ListedTrack>,
    playlists: Vec<Playlist>,
}

/// Values have no fixed type here: one strange value must not cost the library.
#[derive(Deserialize)]
struct Library {
    #[serde(rename = "Tracks")]
    tracks: HashMap<String, Track>,
    #[serde(rename = "Playlists", default)]
    playlists: Vec<List>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Track {
    #[serde(rename = "Track ID")]
    id: Option<Value>,
    #[serde(rename = "Persistent ID")]
    persistent_id: Option<Value>,
    name: Option<Value>,
    artist: Option<Value>,
    location: Option<Value>,
    #[serde(rename = "Total Time")]
    total_time_ms: Option<Value>,
    #[serde(rename = "Play Count")]
    play_count: Option<Value>,
    rating: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    name: Option<Value>,
    #[serde(rename = "Playlist Persistent ID")]
    id: Option<Value>,
    #[serde(rename = "Parent Persistent ID")]
    parent: Option<Value>,
    folder: Option<Value>,
    master: Option<Value>,
    #[serde(rename = "Distinguished Kind")]
    kind: Option<Value>,
    #[serde(rename = "Smart Info")]
    smart: Option<Value>,
    #[serde(rename = "Playlist Items", default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(rename = "Track ID")]
    id: Option<Value>,
}

impl ITunes {
    /// Reads a file.
    pub fn read(path: &Path, bytes: Vec<u8>) -> Result<Self, Error> {
        let source = xml::text(path, bytes)?;
        xml::check(path, &source, "plist", "a library of iTunes")?;
        let library: Library = plist::from_reader_xml(source.as_bytes())
            .map_err(|error| Error::NotALibrary { path: path.to_owned(), reason: error.to_string() })?;
        let mut tracks: Vec<ListedTrack> =
            library.tracks.into_iter().map(|(id, track)| listed(id, track)).collect();
        tracks.sort_by(|a, b| (a.id.len(), &a.id).cmp(&(b.id.len(), &b.id)));
        let playlists = playlists(&tracks, &library.playlists);
        Ok(Self { bytes: source.into_bytes(), tracks, playlists })
    }

    pub fn tracks(&self) -> &[ListedTrack] {
        &self.tracks
    }

    pub fn playlists(&self) -> &[Playlist] {
        &self.playlists
    }

    /// Lists the entries that would have to change.
    pub fn repointed(&self, replacements: &Replacements) -> Repointed {
        let mut left = Vec::new();
        for (playlist, list) in self.playlists.iter().enumerate() {
            for (entry, named) in list.entries.iter().enumerate() {
                let places: Vec<Place> = named.paths.iter().filter_map(|path| Place::of(path)).collect();
                let (file, reason) = match replacements.wish(&places) {
                    Wish::Stay => continue,
                    Wish::Replace(file, _) => (file, Reason::ReadOnlyFormat),
                    Wish::Unclear(file) => (file, Reason::Unclear),
                };
                left.push(Left { playlist, entry, file: file.to_owned(), reason });
            }
        }
        let bytes = self.bytes.clone();
        Repointed { bytes, changed: Vec::new(), left, relocated: Vec::new(), marks: Vec::new() }
    }
}

fn listed(key: String, track: Track) -> ListedTrack {
    let location = text(track.location.as_ref());
    let places = FileUri::of(location.as_bytes()).map(|uri| uri.places()).unwrap_or_default();
    let total_time_ms = number(track.total_time_ms.as_ref());
    ListedTrack {
        id: track.id.as_ref().map_or(key, |id| text(Some(id))),
        persistent_id: track.persistent_id.as_ref().map(|id| text(Some(id))),
        name: text(track.name.as_ref()),
        artist: text(track.artist.as_ref()),
        paths: places.iter().map(Place::to_path).collect(),
        total_time_s: total_time_ms.map(|ms| ms as f64 / 1000.0),
        play_count: number(track.play_count.as_ref()),
        rating: number(track.rating.as_ref()).and_then(|rating| u8::try_from(rating).ok()),
        marks: Vec::new(),
        beat_grid: Vec::new(),
    }
}

/// Returns the playlists that the user has filled. Left out are those that contain all music or all films, folders,
/// which repeat what is inside them, and smart playlists, which fill themselves.
fn playlists(tracks: &[ListedTrack], lists: &[List]) -> Vec<Playlist> {
    let paths: HashMap<&str, &Arc<[PathBuf]>> =
        tracks.iter().map(|track| (track.id.as_str(), &track.paths)).collect();
    let by_id: HashMap<String, &List> =
        lists.iter().filter_map(|list| Some((text(Some(list.id.as_ref()?)), list))).collect();
    let is_true = |value: &Option<Value>| value.as_ref().and_then(Value::as_boolean).unwrap_or(false);
    let is_own = |list: &&List| {
        !is_true(&list.folder) && !is_true(&list.master) && list.kind.is_none() && list.smart.is_none()
    };
    let entry = |item: &Item| {
        let written = text(item.id.as_ref());
        Entry {
            paths: paths.get(written.as_str()).map(|paths| Arc::clone(paths)).unwrap_or_default(),
            written,
        }
    };
    let playlist = |list: &List| {
        let mut name = vec![shortened(list)];
        let mut above = list.parent.as_ref();
        while let Some(folder) = above.and_then(|id| by_id.get(&text(Some(id)))) {
            if name.len() > MOST_FOLDERS {
                break;
            }
            name.push(shortened(folder));
            above = folder.parent.as_ref();
        }
        name.reverse();
        Playlist { name, entries: list.items.iter().map(entry).collect() }
    };
    lists.iter().filter(is_own).map(playlist).collect()
}

fn shortened(list: &List) -> String {
    text(list.name.as_ref()).chars().take(LONGEST_NAME).collect()
}

/// Returns a value as text; a number in digits, and nothing for other values.
fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Integer(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn number(value: Option<&Value>) -> Option<u64> {
    value.and_then(Value::as_unsigned_integer)
}
