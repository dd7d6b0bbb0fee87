//! The list of tracks: which, in which order, and the rows of the part that is seen.

use std::collections::HashMap;

use reprise_store::{FolderId, Store, Track, TrackId};

use crate::bands::Bands;
use crate::edges::Centring;
use crate::error::Error;
use crate::explain::why_not;
use crate::library::Library;
use crate::links::other_end;
use crate::relate::LONGEST_MATCHED_S;
use crate::related::related;
use crate::stored_track::music;
use crate::track_info::{TrackInfo, info};

/// What the list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortKey {
    /// The title, or the file's name where there is none.
    #[default]
    Title,
    /// The artist, a leading "The" apart; then the album.
    Artist,
    /// The album; then the number on it.
    Album,
    /// The year; then the album.
    Year,
    /// The length.
    Duration,
    /// How many versions there are.
    Versions,
    /// When the track came into the library.
    Added,
}

/// Which tracks to list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ListQuery {
    /// Words or beginnings of words of title, artist, album and path, all of which must occur.
    pub search: String,
    /// The order.
    pub sort: SortKey,
    /// Greatest first; tracks that lack the key come last either way.
    pub descending: bool,
    /// Leave out tracks without versions.
    pub only_with_versions: bool,
}

/// A track in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackRow {
    /// The track.
    pub track: TrackInfo,
    /// How many other tracks are copies, confirmed or versions of it.
    pub versions: usize,
    /// Why it is not matched, if it is not.
    pub not_matched: Option<String>,
    /// Its folder is there now.
    pub is_reachable: bool,
}

impl Library {
    /// The tracks that fit, in order. While a scan goes on, the answer may be a second old.
    pub fn track_ids(&self, query: &ListQuery) -> Result<Vec<TrackId>, Error> {
        let found = self.asking()?.search(&query.search)?;
        let current = self.listing.current(self, query.sort, query.descending)?;
        let ids = &current.listing.ids;
        let is_found = found.map(|found| marked(ids, &found));
        let fits = |index: &usize| {
            is_found.as_ref().is_none_or(|is_found| is_found[*index])
                && (!query.only_with_versions || current.counts.0[*index] > 0)
        };
        let order = current.order.iter().map(|index| *index as usize);
        Ok(order.filter(fits).map(|index| ids[index]).collect())
    }

    /// The rows of some tracks, in the order asked; tracks that do not exist are left out.
    pub fn rows(&self, ids: &[TrackId]) -> Result<Vec<TrackRow>, Error> {
        let asking = self.asking()?;
        let bands = Centring::bands(&asking)?;
        let mut reachable = HashMap::new();
        let mut rows = Vec::new();
        for (id, known) in ids.iter().zip(self.listing.known_counts(self, ids)) {
            let Some(track) = asking.track(*id)? else { continue };
            let is_long = track.duration_s.is_some_and(|s| s > LONGEST_MATCHED_S);
            let is_matched = track.recording.is_some() && track.refused.is_none() && !is_long;
            let not_matched = (!is_matched).then(|| why_not(&track));
            rows.push(TrackRow {
                versions: match known {
                    Some(count) => count,
                    None => count_versions(&asking, &track, bands)?,
                },
                not_matched,
                is_reachable: self.is_reachable(&asking, track.folder, &mut reachable)?,
                track: info(&track),
            });
        }
        Ok(rows)
    }

    /// Whether a folder is there now; `known` remembers it for the other rows.
    fn is_reachable(
        &self,
        asking: &Store,
        folder: FolderId,
        known: &mut HashMap<FolderId, bool>,
    ) -> Result<bool, Error> {
        if known.is_empty() {
            known.extend(self.reachable_folders(asking)?);
        }
        Ok(known.get(&folder).copied().unwrap_or_default())
    }
}

/// For each of `all` whether it is among `some`, both in order.
fn marked(all: &[TrackId], some: &[TrackId]) -> Vec<bool> {
    let mut some = some.iter().peekable();
    let is_among = |id: &TrackId| {
        while some.next_if(|other| **other < *id).is_some() {}
        some.next_if(|other| **other == *id).is_some()
    };
    all.iter().map(is_among).collect()
}

/// How many other tracks are one song with this one.
fn count_versions(asking: &Store, track: &Track, bands: Bands) -> Result<usize, Error> {
    let Some(recording) = music(asking, track)? else { return Ok(0) };
    let links = asking.links_of(recording.id)?.into_iter();
    let edges = links.map(|link| (other_end(&link, recording.id), link.standing)).collect();
    let mut count = asking.count_tracks_of(recording.id)?.saturating_sub(1);
    for one in related(asking, &recording, &edges, bands)? {
        if one.relation.is_one_song() {
            count += asking.count_tracks_of(one.recording)?;
        }
    }
    Ok(count)
}
