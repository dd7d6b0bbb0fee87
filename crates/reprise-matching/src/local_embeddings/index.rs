//! The inverted index: for each codeword the tracks that contain it.
//!
//! Sivic & Zisserman, "Video Google", ICCV 2003, for images; Santhanam et al., "PLAID", CIKM 2022, for late
//! interaction.

use super::codebook::Nearby;

/// A track with many distinct codewords matches more of them by chance, so its score is divided by this power of their
/// number. With this value 400 candidates contain the most versions on half `a` of the rendered MIDI archive among ten
/// thousand impostors (BENCHMARKS.md, "The shortlist").
const SIZE_EXPONENT: f32 = 0.4;

/// Tracks with fewer codewords count as having this many, so that a few seconds of chords do not come first everywhere.
const SMALLEST_SIZE: usize = 8;

/// A codeword is ignored if more than one in this many documents contain it. Such codewords cause a quarter of the work
/// and say little.
const COMMON: usize = 50;

/// A codeword in no more documents than this is never ignored.
const FEWEST_HOLDERS: usize = 1000;

/// Documents in a shard: as many as two bytes can number. The scores that a search writes for them stay in a
/// processor's cache.
const SHARD: usize = 1 << 16;

/// The codewords of a track in one key, each once. A track has one document per key.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Number of the track, counted by the caller from 0.
    pub track: u32,
    /// Number of the key among the keys of the track, counted from 0.
    pub key: u8,
    /// Its codewords.
    pub codewords: &'a [u16],
}

/// A track that shares codewords with a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Number of the track.
    pub track: u32,
    /// Its score, above 0: the weighted codewords that it shares with the query.
    pub shared: f32,
    /// The key of the query that gave this score, counted from 0.
    pub asked_in: u8,
    /// The key of the track that gave this score, counted from 0.
    pub held_in: u8,
}

/// The result of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The tracks with the highest scores, best first; ties are in the order of their numbers.
    pub found: Vec<Found>,
    /// Mean score of all tracks, including those that share nothing.
    pub mean: f32,
    /// Standard deviation of these scores.
    pub deviation: f32,
}

impl Search {
    /// The result with the statistics of the scores of all tracks.
    pub(super) fn of(all: &[Found], found: Vec<Found>) -> Self {
        let n = all.len().max(1) as f64;
        let sum = |of: &dyn Fn(f64) -> f64| all.iter().map(|one| of(f64::from(one.shared))).sum::<f64>() / n;
        let mean = sum(&|shared| shared);
        let deviation = sum(&|shared| (shared - mean).powi(2)).sqrt();
        Self { found, mean: mean as f32, deviation: deviation as f32 }
    }
}

/// The documents of many tracks, by codeword.
#[derive(Debug, Clone, Default)]
pub struct Index {
    shards: Vec<Shard>,
    n_codewords: usize,
    n_tracks: usize,
}

/// At most [`SHARD`] documents, numbered from 0 within the shard.
#[derive(Debug, Clone)]
struct Shard {
    /// Numbers of documents, grouped by codeword.
    postings: Vec<u16>,
    /// Where the documents of each codeword begin in `postings`, `[n_codewords + 1]`.
    starts: Vec<u32>,
    documents: Vec<Known>,
}

/// A document without its codewords.
#[derive(Debug, Clone, Copy)]
struct Known {
    track: u32,
    key: u8,
    /// Its scores are multiplied by this.
    factor: f32,
}

/// Buffers of a search, kept between searches.
#[derive(Debug)]
pub struct SearchScratch {
    /// The score of each document of a shard.
    shared: Box<[f32; SHARD]>,
    /// The best score of each track.
    best: Vec<Found>,
}

impl Default for SearchScratch {
    fn default() -> Self {
        let shared = vec![0.0; SHARD].into_boxed_slice();
        Self { shared: shared.try_into().expect("it was made of that length"), best: Vec::new() }
    }
}

impl Index {
    /// Creates an index of documents. Codewords of `n_codewords` or above are ignored.
    pub fn new<'a>(documents: impl Iterator<Item = Document<'a>>, n_codewords: usize) -> Self {
        let mut index = Self { shards: Vec::new(), n_codewords, n_tracks: 0 };
        index.add(documents);
        index
    }

    /// Adds documents of other tracks. The cost depends on their number and on the last shard, not on the size of the
    /// index.
    pub fn add<'a>(&mut self, documents: impl Iterator<Item = Document<'a>>) {
        let documents: Vec<Document> = documents.collect();
        self.n_tracks = documents.iter().map(|one| one.track as usize + 1).fold(self.n_tracks, usize::max);
        let last = self.shards.pop_if(|shard| shard.documents.len() < SHARD);
        let codewords = last.as_ref().map_or_else(Vec::new, Shard::codewords);
        let known = last.iter().flat_map(|shard| &shard.documents).zip(&codewords);
        let known = known.map(|(one, codewords)| Document { track: one.track, key: one.key, codewords });
        let all: Vec<Document> = known.chain(documents).collect();
        self.shards.extend(all.chunks(SHARD).map(|documents| Shard::new(documents, self.n_codewords)));
    }

    /// Returns the `wanted` tracks that share most with a query in any of its keys. `keys` holds the codewords of the
    /// query for each key, each codeword once. A track's score is the sum over the query codewords that it contains,
    /// each by its weight and its rarity (Spärck Jones, "A statistical interpretation of term specificity", Journal of
    /// Documentation 28, 1972), divided by the length of the query vector. Common codewords are ignored.
    pub fn search(&self, keys: &[Vec<Nearby>], wanted: usize, scratch: &mut SearchScratch) -> Search {
        let SearchScratch { shared, best } = scratch;
        best.clear();
        best.extend((0..self.n_tracks as u32).map(|track| Found {
            track,
            shared: 0.0,
            asked_in: 0,
            held_in: 0,
        }));
        let asked: Vec<Vec<Nearby>> = keys.iter().map(|codewords| self.by_rarity(codewords)).collect();
        for shard in &self.shards {
            for (asked_in, codewords) in (0..).zip(&asked) {
                shared[..shard.documents.len()].fill(0.0);
                for Nearby { codeword, weight } in codewords {
                    shard
                        .holding(*codeword)
                        .iter()
                        .for_each(|document| shared[usize::from(*document)] += weight);
                }
                for (known, shared) in shard.documents.iter().zip(&**shared) {
                    let (best, shared) = (&mut best[known.track as usize], shared * known.factor);
                    if shared > best.shared {
                        *best = Found { track: known.track, shared, asked_in, held_in: known.key };
                    }
                }
            }
        }
        Search::of(best, most(best, wanted))
    }

    /// Drops common codewords, multiplies the weights of the others by their rarity and scales them to length 1.
    fn by_rarity(&self, codewords: &[Nearby]) -> Vec<Nearby> {
        let n_documents: usize = self.shards.iter().map(|shard| shard.documents.len()).sum();
        let most = FEWEST_HOLDERS.max(n_documents / COMMON);
        let weighed = |near: &Nearby| {
            let holders: usize = self.shards.iter().map(|shard| shard.holding(near.codeword).len()).sum();
            let rarity = (1.0 + n_documents as f32 / holders.max(1) as f32).ln();
            (holders <= most).then_some(Nearby { weight: near.weight * rarity, ..*near })
        };
        let mut codewords: Vec<Nearby> = codewords.iter().filter_map(weighed).collect();
        let length = codewords.iter().map(|near| near.weight * near.weight).sum::<f32>().sqrt();
        codewords.iter_mut().for_each(|near| near.weight /= length.max(f32::MIN_POSITIVE));
        codewords
    }
}

impl Shard {
    fn new(documents: &[Document], n_codewords: usize) -> Self {
        let known = |codeword: &u16| usize::from(*codeword) < n_codewords;
        let mut starts = vec![0u32; n_codewords + 1];
        for codeword in documents.iter().flat_map(|document| document.codewords.iter().copied().filter(known))
        {
            starts[usize::from(codeword) + 1] += 1;
        }
        for codeword in 0..n_codewords {
            starts[codeword + 1] += starts[codeword];
        }
        let mut next = starts.clone();
        let mut postings = vec![0; starts[n_codewords] as usize];
        let mut kept = Vec::with_capacity(documents.len());
        for (number, document) in documents.iter().enumerate() {
            for codeword in document.codewords.iter().copied().filter(known) {
                let place = &mut next[usize::from(codeword)];
                postings[*place as usize] = number as u16;
                *place += 1;
            }
            let size = document.codewords.len().max(SMALLEST_SIZE) as f32;
            let factor = size.powf(-SIZE_EXPONENT);
            kept.push(Known { track: document.track, key: document.key, factor });
        }
        Self { postings, starts, documents: kept }
    }

    /// Returns the codewords of each document.
    fn codewords(&self) -> Vec<Vec<u16>> {
        let mut codewords = vec![Vec::new(); self.documents.len()];
        for codeword in 0..self.starts.len() - 1 {
            self.holding(codeword as u16)
                .iter()
                .for_each(|document| codewords[usize::from(*document)].push(codeword as u16));
        }
        codewords
    }

    /// Returns the documents that contain a codeword.
    fn holding(&self, codeword: u16) -> &[u16] {
        let codeword = usize::from(codeword);
        match self.starts.get(codeword..codeword + 2) {
            Some(bounds) => &self.postings[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}

/// Returns the tracks with the highest scores, best first. A track that cannot be among them costs one comparison.
pub(super) fn most(all: &[Found], wanted: usize) -> Vec<Found> {
    let better = |a: &Found, b: &Found| b.shared.total_cmp(&a.shared).then(a.track.cmp(&b.track));
    let (mut most, mut least) = (Vec::with_capacity(4 * wanted), f32::MIN_POSITIVE);
    for one in all.iter().filter(|_| wanted > 0) {
        if one.shared >= least {
            most.push(*one);
            if most.len() == 4 * wanted {
                most.select_nth_unstable_by(wanted - 1, better);
                most.truncate(wanted);
                least = most[wanted - 1].shared;
            }
        }
    }
    most.sort_unstable_by(better);
    most.truncate(wanted);
    most
}
