//! The list of tracks: which, in which order, and the rows of the part that is seen.

use std::cmp::Ordering;
use std::collections::HashMap;

use reprise_store::{RecordingId, Track, TrackId};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::bands;
use crate::covers::why_not;
use crate::edges::Centring;
use crate::error::Error;
use crate::library::Library;
use crate::relate::ALIGNER;
use crate::track_info::{TrackInfo, info};

/// What the list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortKey {
    /// The title, or the file's name where there is none.
    #[default]
    Title,
    /// The artist, a leading "The" apart.
    Artist,
    /// The album, then the number on it.
    Album,
    /// The year.
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
    /// The tracks that fit, in order.
    pub fn track_ids(&self, query: &ListQuery) -> Result<Vec<TrackId>, Error> {
        let tracks = self.store().tracks()?;
        let versions = self.version_counts(&tracks)?;
        let found = self.store().search(&query.search)?;
        let is_found = |track: &Track| found.as_ref().is_none_or(|ids| ids.binary_search(&track.id).is_ok());
        let mut listed: Vec<&Track> = tracks
            .iter()
            .filter(|track| is_found(track) && (!query.only_with_versions || versions[&track.id] > 0))
            .collect();
        listed.sort_by(|a, b| {
            let order = compare(query, a, b, &versions);
            order.then_with(|| text(&shown_title(a)).cmp(&text(&shown_title(b)))).then(a.id.cmp(&b.id))
        });
        Ok(listed.into_iter().map(|track| track.id).collect())
    }

    /// The rows of some tracks, in the order asked; tracks that do not exist are left out.
    pub fn rows(&self, ids: &[TrackId]) -> Result<Vec<TrackRow>, Error> {
        let tracks = self.store().tracks()?;
        let versions = self.version_counts(&tracks)?;
        let reachable = self.reachable()?;
        let by_id: HashMap<TrackId, &Track> = tracks.iter().map(|track| (track.id, track)).collect();
        let matchable: Vec<_> = self.matchable()?.into_iter().map(|recording| recording.id).collect();
        let row = |track: &Track| {
            let is_matched = track.recording.is_some_and(|id| matchable.binary_search(&id).is_ok());
            TrackRow {
                track: info(track),
                versions: versions[&track.id],
                not_matched: (!is_matched).then(|| why_not(track)),
                is_reachable: reachable.get(&track.folder).copied().unwrap_or_default(),
            }
        };
        Ok(ids.iter().filter_map(|id| by_id.get(id).map(|track| row(track))).collect())
    }

    /// How many other tracks are copies, confirmed or versions of each track.
    fn version_counts(&self, tracks: &[Track]) -> Result<HashMap<TrackId, usize>, Error> {
        let mut files: HashMap<RecordingId, usize> = HashMap::new();
        for recording in tracks.iter().filter_map(|track| track.recording) {
            *files.entry(recording).or_default() += 1;
        }
        let files_of = |id: &RecordingId| files.get(id).copied().unwrap_or_default();
        let mut others: HashMap<RecordingId, usize> = HashMap::new();
        for (a, b) in self.version_pairs()? {
            *others.entry(a).or_default() += files_of(&b);
            *others.entry(b).or_default() += files_of(&a);
        }
        let count = |track: &Track| {
            let Some(id) = track.recording else { return 0 };
            others.get(&id).copied().unwrap_or_default() + files_of(&id) - 1
        };
        Ok(tracks.iter().map(|track| (track.id, count(track))).collect())
    }

    /// Pairs of recordings that are confirmed or versions by their score, and not rejected.
    fn version_pairs(&self) -> Result<std::collections::HashSet<(RecordingId, RecordingId)>, Error> {
        let centring = Centring::of(self)?;
        let store = self.store();
        let is_version = |pair: &reprise_store::Alignment| {
            centring.edge(pair).is_some_and(|edge| bands::relation(edge) == bands::Relation::Version)
        };
        let aligned = store.alignments(ALIGNER)?;
        let mut pairs: std::collections::HashSet<_> =
            aligned.iter().filter(|pair| is_version(pair)).map(|pair| (pair.a, pair.b)).collect();
        for decision in store.decisions()? {
            let (a, b) = (store.recording(&decision.a)?, store.recording(&decision.b)?);
            let Some((a, b)) = a.zip(b) else { continue };
            let pair = (a.id.min(b.id), a.id.max(b.id));
            match decision.verdict {
                reprise_store::Verdict::Same => pairs.insert(pair),
                reprise_store::Verdict::Different => pairs.remove(&pair),
            };
        }
        Ok(pairs)
    }
}

/// The title, or the name of the file where the tags say nothing.
fn shown_title(track: &Track) -> String {
    let name = || track.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    track.tags.title.clone().unwrap_or_else(name)
}

/// Without case and accents, for comparing.
fn text(words: &str) -> String {
    words.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

fn compare(query: &ListQuery, a: &Track, b: &Track, versions: &HashMap<TrackId, usize>) -> Ordering {
    let name = |text_of: &Option<String>| text_of.as_deref().map(text).filter(|text| !text.is_empty());
    let artist = |track: &Track| {
        name(&track.tags.artist).map(|artist| artist.strip_prefix("the ").unwrap_or(&artist).to_owned())
    };
    let album = |track: &Track| name(&track.tags.album).map(|album| (album, track.tags.track_number));
    match query.sort {
        SortKey::Title => either(query, Some(text(&shown_title(a))), Some(text(&shown_title(b)))),
        SortKey::Artist => either(query, artist(a), artist(b)),
        SortKey::Album => either(query, album(a), album(b)),
        SortKey::Year => either(query, a.tags.year, b.tags.year),
        SortKey::Duration => either(query, milliseconds(a), milliseconds(b)),
        SortKey::Versions => either(query, Some(versions[&a.id]), Some(versions[&b.id])),
        SortKey::Added => either(query, Some(a.id), Some(b.id)),
    }
}

fn milliseconds(track: &Track) -> Option<i64> {
    track.duration_s.map(|seconds| (seconds * 1000.0) as i64)
}

/// In the direction asked for, what is missing last.
fn either<T: Ord>(query: &ListQuery, a: Option<T>, b: Option<T>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if query.descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}
