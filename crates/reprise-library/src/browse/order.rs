//! The sort keys and orders of the list, in memory: 100,000 titles are folded and sorted once, not at every keystroke.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reprise_store::{ListKeys, RecordingId, Store, TrackId};

use crate::database::cached::Cached;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::relations::related::version_pairs;
use crate::text::{artist_key, folded, name_key};

/// The greatest age of a list during a scan, which adds tracks all the time.
const OLDEST_IN_SCAN: Duration = Duration::from_secs(1);

/// The rank of a missing value, which is greater than any real rank: missing values come last.
const MISSING: u32 = u32::MAX;

/// All tracks in the order of ids, with their sort keys.
pub(crate) struct Listing {
    pub ids: Vec<TrackId>,
    /// The recording of each track; `None` if the track is not music.
    recordings: Vec<Option<RecordingId>>,
    /// The rank of each track by artist; equal values have equal ranks.
    artist: Vec<u32>,
    album: Vec<u32>,
    year: Vec<u32>,
    duration: Vec<u32>,
    /// The rank of each track by title; no two are equal.
    by_title: Vec<u32>,
    /// The rank of each track by album, then track number, then title; no two are equal.
    by_album: Vec<u32>,
    /// Orders that do not depend on counts.
    orders: Orders,
}

/// How many versions each track of a listing has.
pub(crate) struct Counts {
    pub of_tracks: Vec<u32>,
    listing: Arc<Listing>,
    /// Orders that depend on the counts.
    orders: Orders,
}

/// Orders of tracks by key and direction, each computed when first needed.
#[derive(Default)]
struct Orders(Mutex<HashMap<(SortKey, bool), Order>>);

/// Indices of tracks.
type Order = Arc<Vec<u32>>;

/// What the list keeps in memory between queries.
#[derive(Default)]
struct Kept {
    listing: Cached<Arc<Listing>>,
    counts: Cached<Arc<Counts>>,
}

/// A consistent view for one query.
pub(crate) struct Current {
    pub listing: Arc<Listing>,
    pub counts: Arc<Counts>,
    /// Indices of tracks in the requested order.
    pub order: Order,
}

/// Discards everything kept: the next query reads the library again.
pub(crate) fn forget(database: &Database) {
    let kept = database.kept::<Kept>();
    kept.listing.forget();
    kept.counts.forget();
}

/// The number of versions of some tracks; `None` where it is unknown or outdated.
pub(crate) fn known_counts(database: &Database, ids: &[TrackId]) -> Vec<Option<usize>> {
    let kept = database.kept::<Kept>();
    let current = kept
        .listing
        .if_current(database, &[Changed::Tracks])
        .zip(kept.counts.if_current(database, &[Changed::Relations]))
        .filter(|(listing, counts)| Arc::ptr_eq(listing, &counts.listing));
    let count = |id: &TrackId| {
        let (listing, counts) = current.as_ref()?;
        Some(counts.of_tracks[listing.ids.binary_search(id).ok()?] as usize)
    };
    ids.iter().map(count).collect()
}

/// The listing in one order, recomputed if it is outdated.
pub(crate) fn current(database: &Database, sort: SortKey, descending: bool) -> Result<Current, Error> {
    let kept = database.kept::<Kept>();
    let listing = kept.listing.get_if(
        database,
        &[Changed::Tracks],
        OLDEST_IN_SCAN,
        |_| true,
        |_| Ok(Arc::new(Listing::new(database.reader()?.list_keys()?))),
    )?;
    let counts = kept.counts.get_if(
        database,
        &[Changed::Relations],
        Duration::ZERO,
        |counts| Arc::ptr_eq(&counts.listing, &listing),
        |_| Ok(Arc::new(Counts::new(&listing, &*database.reader()?)?)),
    )?;
    let orders = if sort == SortKey::Versions { &counts.orders } else { &listing.orders };
    let mut orders = orders.0.lock().unwrap_or_else(PoisonError::into_inner);
    let order = orders.entry((sort, descending));
    let order = order.or_insert_with(|| Arc::new(listing.order(&counts, sort, descending))).clone();
    Ok(Current { listing: listing.clone(), counts: counts.clone(), order })
}

impl Listing {
    fn new(keys: Vec<ListKeys>) -> Self {
        let titles: Vec<String> = keys.iter().map(title_key).collect();
        let artists: Vec<Option<String>> =
            keys.iter().map(|k| k.artist.as_deref().and_then(artist_key)).collect();
        let albums: Vec<Option<String>> =
            keys.iter().map(|k| k.album.as_deref().and_then(name_key)).collect();
        let by_title = places(keys.len(), |a, b| titles[a].cmp(&titles[b]));
        let album = ranks(&albums);
        let number = |index: usize| keys[index].track_number.unwrap_or(MISSING);
        let in_album = |index: usize| (album[index], number(index), by_title[index]);
        let by_album = places(keys.len(), |a, b| in_album(a).cmp(&in_album(b)));
        Self {
            ids: keys.iter().map(|keys| keys.id).collect(),
            recordings: keys.iter().map(music).collect(),
            artist: ranks(&artists),
            year: ranks(&keys.iter().map(|keys| keys.year).collect::<Vec<_>>()),
            duration: ranks(&keys.iter().map(|keys| keys.duration_s.map(milliseconds)).collect::<Vec<_>>()),
            album,
            by_title,
            by_album,
            orders: Orders::default(),
        }
    }

    /// Indices of tracks in one order. In either direction, tracks with equal keys are ordered by title, or by album if
    /// the key is artist or year.
    fn order(&self, counts: &Counts, sort: SortKey, descending: bool) -> Vec<u32> {
        let added: Vec<u32>;
        let (rank, then): (&[u32], &[u32]) = match sort {
            SortKey::Title => (&self.by_title, &self.by_title),
            SortKey::Artist => (&self.artist, &self.by_album),
            SortKey::Album => (&self.album, &self.by_album),
            SortKey::Year => (&self.year, &self.by_album),
            SortKey::Duration => (&self.duration, &self.by_title),
            SortKey::Versions => (&counts.of_tracks, &self.by_title),
            SortKey::Added => {
                added = (0..self.ids.len() as u32).collect();
                (&added, &self.by_title)
            }
        };
        let key = |index: &u32| {
            let (rank, then) = (rank[*index as usize], then[*index as usize]);
            (if descending && rank != MISSING { MISSING - 1 - rank } else { rank }, then)
        };
        let mut order: Vec<u32> = (0..self.ids.len() as u32).collect();
        order.sort_unstable_by_key(key);
        order
    }
}

impl Counts {
    /// Counts, for each track of a listing, how many other tracks are the same song.
    fn new(listing: &Arc<Listing>, reader: &Store) -> Result<Self, Error> {
        let mut files: HashMap<RecordingId, u32> = HashMap::new();
        for recording in listing.recordings.iter().flatten() {
            *files.entry(*recording).or_default() += 1;
        }
        let files_of = |id: &RecordingId| files.get(id).copied().unwrap_or_default();
        let mut others: HashMap<RecordingId, u32> = HashMap::new();
        for (a, b) in version_pairs(reader)? {
            *others.entry(a).or_default() += files_of(&b);
            *others.entry(b).or_default() += files_of(&a);
        }
        let count = |recording: &Option<RecordingId>| {
            let count = |id: &RecordingId| others.get(id).copied().unwrap_or_default() + files_of(id) - 1;
            recording.as_ref().map_or(0, count)
        };
        let of_tracks = listing.recordings.iter().map(count).collect();
        Ok(Self { of_tracks, listing: listing.clone(), orders: Orders::default() })
    }
}

/// The recording of a track; `None` if the track is not music.
fn music(keys: &ListKeys) -> Option<RecordingId> {
    keys.recording.filter(|_| !keys.is_refused)
}

/// The rank of each index in the order; no two are equal.
fn places(n: usize, compare: impl Fn(usize, usize) -> std::cmp::Ordering) -> Vec<u32> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| compare(*a, *b));
    let mut places = vec![0; n];
    order.iter().enumerate().for_each(|(place, index)| places[*index] = place as u32);
    places
}

/// The rank of each value among all values, [`MISSING`] if there is none.
fn ranks<T: Ord>(values: &[Option<T>]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..values.len()).filter(|index| values[*index].is_some()).collect();
    order.sort_by(|a, b| values[*a].cmp(&values[*b]));
    let mut ranks = vec![MISSING; values.len()];
    let mut rank = 0;
    for (place, index) in order.iter().enumerate() {
        if place > 0 && values[*index] != values[order[place - 1]] {
            rank += 1;
        }
        ranks[*index] = rank;
    }
    ranks
}

/// The title, folded for comparison, or the file name if there is no title tag.
fn title_key(keys: &ListKeys) -> String {
    let name =
        || keys.path.as_deref().and_then(|path| path.file_stem()).unwrap_or_default().to_string_lossy();
    match &keys.title {
        Some(title) => folded(title),
        None => folded(&name()),
    }
}

fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1000.0) as i64
}

/// The property that the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortKey {
    /// The title, or the file name if there is no title.
    #[default]
    Title,
    /// The artist without a leading "The", then the album.
    Artist,
    /// The album, then the track number.
    Album,
    /// The year, then the album.
    Year,
    /// The length.
    Duration,
    /// The number of versions.
    Versions,
    /// When the track came into the library.
    Added,
}
