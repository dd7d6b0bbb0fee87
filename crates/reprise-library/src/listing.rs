//! What the order of the list depends on, held in memory: 100,000 titles are folded and sorted once, not at every
//! letter that is typed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reprise_store::{ListKeys, RecordingId, Store, TrackId};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::bands::Known;
use crate::edges::Centring;
use crate::error::Error;
use crate::library::{Changed, Library};
use crate::list::SortKey;
use crate::same_audio::of_pair;
use crate::tagged::all_tagged;

/// How long a list may lag behind a scan, which adds tracks all the time.
const OLDEST_IN_SCAN: Duration = Duration::from_secs(1);

/// Ranks that no track has: what is missing comes last.
const MISSING: u32 = u32::MAX;

/// All tracks in the order of ids, with what they are sorted by.
pub(crate) struct Listing {
    pub ids: Vec<TrackId>,
    /// The recording of each track that is music.
    recordings: Vec<Option<RecordingId>>,
    /// Places of each track in an order by value; equal values share one.
    artist: Vec<u32>,
    album: Vec<u32>,
    year: Vec<u32>,
    duration: Vec<u32>,
    /// The place of each track by title, every one another.
    by_title: Vec<u32>,
    /// The same by album, number on it and title.
    by_album: Vec<u32>,
}

/// How many versions each track of a listing has.
pub(crate) struct Counts(pub Vec<u32>);

type Orders = HashMap<(SortKey, bool), Arc<Vec<u32>>>;

/// The last listing, and for which revisions it holds.
#[derive(Default)]
pub(crate) struct ListingCache(Mutex<Cached>);

#[derive(Default)]
struct Cached {
    listing: Option<(Made, Arc<Listing>)>,
    counts: Option<(Made, Arc<Counts>)>,
    /// Orders that do not depend on counts.
    orders: Orders,
    /// Orders that do.
    counted_orders: Orders,
}

/// Of which revision, and when.
#[derive(Clone, Copy)]
struct Made {
    revision: u64,
    at: Instant,
}

/// One consistent view for one question.
pub(crate) struct Current {
    pub listing: Arc<Listing>,
    pub counts: Arc<Counts>,
    /// Indices of tracks in the order asked for.
    pub order: Arc<Vec<u32>>,
}

impl ListingCache {
    /// Forgets everything: the next question sees the library as it is.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Cached::default();
    }

    /// How many versions some tracks have, where that is known and up to date.
    pub fn known_counts(&self, library: &Library, ids: &[TrackId]) -> Vec<Option<usize>> {
        // Whoever computes a listing right now knows nothing yet.
        let cached = self.0.try_lock().ok();
        let current = cached.as_ref().and_then(|cached| cached.if_current(library));
        let count = |id: &TrackId| {
            let (listing, counts) = current.as_ref()?;
            Some(counts.0[listing.ids.binary_search(id).ok()?] as usize)
        };
        ids.iter().map(count).collect()
    }

    /// The listing in one order, computed where it is out of date.
    pub fn current(&self, library: &Library, sort: SortKey, descending: bool) -> Result<Current, Error> {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let listing = cached.listing(library)?;
        let counts = cached.counts(library, &listing)?;
        let orders = match sort {
            SortKey::Versions => &mut cached.counted_orders,
            _ => &mut cached.orders,
        };
        let order = orders.entry((sort, descending));
        let order = order.or_insert_with(|| Arc::new(listing.order(&counts, sort, descending))).clone();
        Ok(Current { listing, counts, order })
    }
}

impl Cached {
    fn listing(&mut self, library: &Library) -> Result<Arc<Listing>, Error> {
        let now = Made { revision: library.revision_of(Changed::Tracks), at: Instant::now() };
        if let Some((made, listing)) = self.listing.as_ref().filter(|(made, _)| made.is_good(now, library)) {
            debug_assert!(made.at <= now.at);
            return Ok(listing.clone());
        }
        let listing = Arc::new(Listing::new(library.asking()?.list_keys()?));
        *self = Self { listing: Some((now, listing.clone())), ..Self::default() };
        Ok(listing)
    }

    /// Both, if they are exactly what a new computation would give.
    fn if_current(&self, library: &Library) -> Option<(&Listing, &Counts)> {
        let now = |what| Made { revision: library.revision_of(what), at: Instant::now() };
        let (made, listing) = self.listing.as_ref()?;
        let (counted, counts) = self.counts.as_ref()?;
        let is_current = made.is_current(now(Changed::Tracks), library)
            && counted.is_current(now(Changed::Relations), library);
        is_current.then_some((listing, counts))
    }

    fn counts(&mut self, library: &Library, listing: &Listing) -> Result<Arc<Counts>, Error> {
        let now = Made { revision: library.revision_of(Changed::Relations), at: Instant::now() };
        if let Some((_, counts)) = self.counts.as_ref().filter(|(made, _)| made.is_current(now, library)) {
            return Ok(counts.clone());
        }
        let counts = Arc::new(listing.counts(&*library.asking()?)?);
        self.counts = Some((now, counts.clone()));
        self.counted_orders.clear();
        Ok(counts)
    }
}

impl Made {
    fn is_current(self, now: Self, library: &Library) -> bool {
        self.revision == now.revision && library.keeps(self.at)
    }

    /// Current, or good enough while a scan goes on.
    fn is_good(self, now: Self, library: &Library) -> bool {
        self.is_current(now, library) || (library.is_at_work() && now.at - self.at < OLDEST_IN_SCAN)
    }
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
        }
    }

    /// Indices of tracks in one order. Equal ones are ordered by title, or within artists and years by album, in
    /// either direction.
    fn order(&self, counts: &Counts, sort: SortKey, descending: bool) -> Vec<u32> {
        let added: Vec<u32>;
        let (rank, then): (&[u32], &[u32]) = match sort {
            SortKey::Title => (&self.by_title, &self.by_title),
            SortKey::Artist => (&self.artist, &self.by_album),
            SortKey::Album => (&self.album, &self.by_album),
            SortKey::Year => (&self.year, &self.by_album),
            SortKey::Duration => (&self.duration, &self.by_title),
            SortKey::Versions => (&counts.0, &self.by_title),
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

    /// How many other tracks are one song with each track.
    fn counts(&self, asking: &Store) -> Result<Counts, Error> {
        let mut files: HashMap<RecordingId, u32> = HashMap::new();
        for recording in self.recordings.iter().flatten() {
            *files.entry(*recording).or_default() += 1;
        }
        let files_of = |id: &RecordingId| files.get(id).copied().unwrap_or_default();
        let mut others: HashMap<RecordingId, u32> = HashMap::new();
        for (a, b) in version_pairs(asking)? {
            *others.entry(a).or_default() += files_of(&b);
            *others.entry(b).or_default() += files_of(&a);
        }
        let count = |recording: &Option<RecordingId>| {
            let count = |id: &RecordingId| others.get(id).copied().unwrap_or_default() + files_of(id) - 1;
            recording.as_ref().map_or(0, count)
        };
        Ok(Counts(self.recordings.iter().map(count).collect()))
    }
}

/// Pairs of recordings that are one song: by their audio, by what the user said, by their tags, or by
/// their score.
fn version_pairs(asking: &Store) -> Result<Vec<(RecordingId, RecordingId)>, Error> {
    let bands = Centring::bands(asking)?;
    let mut known: HashMap<_, Known> = HashMap::new();
    let shared = asking.shared_audio()?;
    for (pair, tagged) in all_tagged(asking, &shared, &bands)? {
        known.entry(pair).or_default().tagged = Some(tagged);
    }
    for passage in asking.passages()? {
        let (a, b) = (passage.holder.min(passage.song), passage.holder.max(passage.song));
        known.entry((a, b)).or_default().is_held = true;
    }
    for decision in asking.decisions()? {
        if let Some((a, b)) = asking.recording(&decision.a)?.zip(asking.recording(&decision.b)?) {
            known.entry((a.id.min(b.id), a.id.max(b.id))).or_default().said = Some(decision.verdict);
        }
    }
    for pair in shared {
        known.entry((pair.a, pair.b)).or_default().shared = of_pair(&pair).map(|same| same.sameness);
    }
    for link in asking.links_from(bands.version())? {
        known.entry((link.a, link.b)).or_default().score = Some(link.standing);
    }
    let one_song = known.into_iter().filter(|(_, one)| bands.relation_of(one).is_one_song());
    Ok(one_song.map(|(pair, _)| pair).collect())
}

/// The recording of a track, if it is music.
fn music(keys: &ListKeys) -> Option<RecordingId> {
    keys.recording.filter(|_| !keys.is_refused)
}

/// For each index its place in the order, every one another.
fn places(n: usize, compare: impl Fn(usize, usize) -> std::cmp::Ordering) -> Vec<u32> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| compare(*a, *b));
    let mut places = vec![0; n];
    order.iter().enumerate().for_each(|(place, index)| places[*index] = place as u32);
    places
}

/// For each value its place among all values, [`MISSING`] where there is none.
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

/// The title, or the name of the file where the tags say nothing, for comparing.
fn title_key(keys: &ListKeys) -> String {
    let name =
        || keys.path.as_deref().and_then(|path| path.file_stem()).unwrap_or_default().to_string_lossy();
    match &keys.title {
        Some(title) => folded(title),
        None => folded(&name()),
    }
}

/// An artist for comparing; the Beatles stand under B.
pub(crate) fn artist_key(artist: &str) -> Option<String> {
    let name = name_key(artist)?;
    Some(name.strip_prefix("the ").map(str::to_owned).unwrap_or(name))
}

/// A name for comparing; none where it is blank.
pub(crate) fn name_key(name: &str) -> Option<String> {
    Some(folded(name)).filter(|key| !key.is_empty())
}

/// Without case, accents and space around it.
pub(crate) fn folded(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1000.0) as i64
}
