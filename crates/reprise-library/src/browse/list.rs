//! The list of tracks: which tracks, their order, and the rows of the visible part.

use std::collections::HashMap;

use reprise_store::{FolderId, Store, Track, TrackId};

use crate::browse::folders::reachable_folders;
use crate::browse::order::{SortKey, current, known_counts};
use crate::database::Database;
use crate::error::Error;
use crate::limits::LONGEST_MATCHED_S;
use crate::recordings::prepared::music;
use crate::recordings::track_info::{TrackInfo, info};
use crate::recordings::unmatched::{NotMatched, why_not};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::related::related;
use crate::relations::thresholds::Thresholds;

/// Which tracks to list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ListQuery {
    /// Words or beginnings of words; all of them must occur in title, artist, album or path.
    pub search: String,
    /// The sort key.
    pub sort: SortKey,
    /// Whether the greatest value comes first. Tracks without a value come last in both directions.
    pub descending: bool,
    /// Whether tracks without versions are left out.
    pub only_with_versions: bool,
}

/// A track in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackRow {
    /// The track.
    pub track: TrackInfo,
    /// How many other tracks are copies, confirmed versions or versions of it.
    pub versions: usize,
    /// Why it is not matched; `None` if it is.
    pub not_matched: Option<NotMatched>,
    /// Whether its folder is reachable now.
    pub is_reachable: bool,
}

pub(crate) fn track_ids(database: &Database, query: &ListQuery) -> Result<Vec<TrackId>, Error> {
    let found = database.reader()?.search(&query.search)?;
    let current = current(database, query.sort, query.descending)?;
    let ids = &current.listing.ids;
    let is_found = found.map(|found| marked(ids, &found));
    let fits = |index: &usize| {
        is_found.as_ref().is_none_or(|is_found| is_found[*index])
            && (!query.only_with_versions || current.counts.of_tracks[*index] > 0)
    };
    let order = current.order.iter().map(|index| *index as usize);
    Ok(order.filter(fits).map(|index| ids[index]).collect())
}

pub(crate) fn rows(database: &Database, ids: &[TrackId]) -> Result<Vec<TrackRow>, Error> {
    let reader = database.reader()?;
    let thresholds = ScoreNormalisation::thresholds(&reader)?;
    let mut reachable = HashMap::new();
    let mut rows = Vec::new();
    for (id, known) in ids.iter().zip(known_counts(database, ids)) {
        let Some(track) = reader.track(*id)? else { continue };
        let is_long = track.duration_s.is_some_and(|s| s > LONGEST_MATCHED_S);
        let is_matched = track.recording.is_some() && track.refused.is_none() && !is_long;
        let not_matched = (!is_matched).then(|| why_not(&track));
        rows.push(TrackRow {
            versions: match known {
                Some(count) => count,
                None => count_versions(&reader, &track, thresholds)?,
            },
            not_matched,
            is_reachable: is_reachable(database, &reader, track.folder, &mut reachable)?,
            track: info(&track),
        });
    }
    Ok(rows)
}

/// Whether a folder is reachable now; `known` caches the result for the other rows.
fn is_reachable(
    database: &Database,
    reader: &Store,
    folder: FolderId,
    known: &mut HashMap<FolderId, bool>,
) -> Result<bool, Error> {
    if known.is_empty() {
        known.extend(reachable_folders(database, reader)?);
    }
    Ok(known.get(&folder).copied().unwrap_or_default())
}

/// For each element of `all` whether `some` contains it; both are in the same order.
fn marked(all: &[TrackId], some: &[TrackId]) -> Vec<bool> {
    let mut some = some.iter().peekable();
    let is_among = |id: &TrackId| {
        while some.next_if(|other| **other < *id).is_some() {}
        some.next_if(|other| **other == *id).is_some()
    };
    all.iter().map(is_among).collect()
}

/// How many other tracks are the same song as this one.
fn count_versions(reader: &Store, track: &Track, thresholds: Thresholds) -> Result<usize, Error> {
    let Some(recording) = music(reader, track)? else { return Ok(0) };
    let links = reader.links_of(recording.id)?.into_iter();
    let scores = links.map(|link| (recording.id.other_of(link.a, link.b), link.standing)).collect();
    let mut count = reader.count_tracks_of(recording.id)?.saturating_sub(1);
    for one in related(reader, &recording, &scores, thresholds)? {
        if one.relation.is_one_song() {
            count += reader.count_tracks_of(one.recording)?;
        }
    }
    Ok(count)
}
