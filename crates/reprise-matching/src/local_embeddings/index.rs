//! An inverted index: which tracks have a codeword.
//!
//! Sivic & Zisserman, "Video Google", ICCV 2003, for images; Santhanam et al., "PLAID", CIKM 2022, for late
//! interaction.

use super::codebook::Nearby;

/// A track of many distinct codewords meets more by chance. With this power of their number 400 candidates hold most on
/// half a of the rendered MIDI archive among ten thousand strangers (BENCHMARKS.md, "The shortlist").
const SIZE_EXPONENT: f32 = 0.4;

/// Tracks with fewer codewords count as having these: a few seconds of chords must not come first everywhere.
const SMALLEST_SIZE: usize = 8;

/// Codewords that more than one of so many documents holds are passed over: they take a quarter of the work and tell
/// little.
const COMMON: usize = 50;

/// Fewer documents hold no common code.
const FEWEST_HOLDERS: usize = 1000;

/// Documents of a shard: what two bytes tell apart. What a search writes for each of them stays in a processor's cache.
const SHARD: usize = 1 << 16;

/// The codewords of a track in one key, each once. A track has several documents, one a key.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Number of the track, which the caller counts from 0.
    pub track: u32,
    /// Which of its keys, counted from 0.
    pub key: u8,
    /// Its codewords.
    pub codewords: &'a [u16],
}

/// A track that shares something with a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Its number.
    pub track: u32,
    /// How much it shares, above 0.
    pub shared: f32,
    /// In which of the query's keys, counted from 0.
    pub asked_in: u8,
    /// In which of its own.
    pub held_in: u8,
}

/// What a search gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// Those that share most, best first; ties in the order of their numbers.
    pub found: Vec<Found>,
    /// Mean and standard deviation of what every track shares, nothing included.
    pub mean: f32,
    /// See there.
    pub deviation: f32,
}

/// The documents of many tracks by the codewords they hold.
#[derive(Debug, Clone, Default)]
pub struct Index {
    shards: Vec<Shard>,
    n_codewords: usize,
    n_tracks: usize,
}

/// At most [`SHARD`] documents, counted from 0 in each.
#[derive(Debug, Clone)]
struct Shard {
    /// Documents, grouped by code.
    postings: Vec<u16>,
    /// Where the documents of each codeword begin, `[n_codewords + 1]`.
    starts: Vec<u32>,
    documents: Vec<Known>,
}

/// A document but for its codewords.
#[derive(Debug, Clone, Copy)]
struct Known {
    track: u32,
    key: u8,
    /// What its scores are multiplied with.
    factor: f32,
}

/// Buffers of a search, kept between searches.
#[derive(Debug)]
pub struct SearchScratch {
    /// What each document of a shard shares.
    shared: Box<[f32; SHARD]>,
    /// Of each track.
    best: Vec<Found>,
}

impl Default for SearchScratch {
    fn default() -> Self {
        let shared = vec![0.0; SHARD].into_boxed_slice();
        Self { shared: shared.try_into().expect("it was made of that length"), best: Vec::new() }
    }
}

impl Index {
    /// Of documents with codewords below `n_codewords`; others are passed over.
    pub fn new<'a>(documents: impl Iterator<Item = Document<'a>>, n_codewords: usize) -> Self {
        let mut index = Self { shards: Vec::new(), n_codewords, n_tracks: 0 };
        index.add(documents);
        index
    }

    /// Adds documents of other tracks. Costs as much as these and what the last shard holds, however large the index.
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

    /// The `wanted` tracks that share most with one in any of its keys. `keys`: for each key the codewords that it asks
    /// for, each once. A track counts all that it holds of them, each by its weight and by how rare it is (Spärck
    /// Jones, "A statistical interpretation of term specificity", Journal of Documentation 28, 1972), over the length
    /// of what is asked. Codes that are common are passed over.
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
        let n = best.len().max(1) as f64;
        let sum = |of: &dyn Fn(f64) -> f64| best.iter().map(|one| of(f64::from(one.shared))).sum::<f64>() / n;
        let mean = sum(&|shared| shared);
        let deviation = sum(&|shared| (shared - mean).powi(2)).sqrt();
        Search { found: most(best, wanted), mean: mean as f32, deviation: deviation as f32 }
    }

    /// Codewords that are not common by their weights and by how rare they are, together of length 1.
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

    /// The codewords of each document.
    fn codewords(&self) -> Vec<Vec<u16>> {
        let mut codewords = vec![Vec::new(); self.documents.len()];
        for codeword in 0..self.starts.len() - 1 {
            self.holding(codeword as u16)
                .iter()
                .for_each(|document| codewords[usize::from(*document)].push(codeword as u16));
        }
        codewords
    }

    /// The documents that hold a codeword.
    fn holding(&self, codeword: u16) -> &[u16] {
        let codeword = usize::from(codeword);
        match self.starts.get(codeword..codeword + 2) {
            Some(bounds) => &self.postings[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}

/// Those that share most, best first. What cannot be among them is passed over at the price of a comparison.
fn most(all: &[Found], wanted: usize) -> Vec<Found> {
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
