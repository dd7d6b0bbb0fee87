//! An inverted index: which tracks have a code.
//!
//! Sivic & Zisserman, "Video Google", ICCV 2003, for images; Santhanam et al., "PLAID", CIKM 2022, for late interaction.

use super::codebook::Nearby;

/// A track of many distinct codes meets more by chance. With this power of their number 50 and 100 candidates hold
/// most on half a of the rendered MIDI archive (training/README.md, "The shortlist").
const SIZE_EXPONENT: f32 = 0.25;

/// Tracks with fewer codes count as having these: a few seconds of chords must not come first everywhere.
const SMALLEST_SIZE: usize = 8;

/// Documents of a shard: what two bytes tell apart. What a search writes for each of them stays in a processor's cache.
const SHARD: usize = 1 << 16;

/// Bits in which a search adds up what it knows of a document; those above hold by what it met the document last.
const SCORE_BITS: u32 = 20;

/// The most that a document can score, half of what the bits hold: roundings add up.
const HIGHEST: f32 = (1 << (SCORE_BITS - 1)) as f32;

/// Questions a key that a search tells apart; it passes over what comes after. A track of 20 minutes asks 650.
const MOST_ASKED: usize = (1 << (32 - SCORE_BITS)) - 1;

/// The codes of a track in one key, each once. A track has several documents, one a key.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Number of the track, which the caller counts from 0.
    pub track: u32,
    /// Which of its keys, counted from 0.
    pub key: u8,
    /// Its codes.
    pub codes: &'a [u16],
}

/// What one or several moments of a query ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// How many moments ask it.
    pub times: f32,
    /// Codes near them, nearest first.
    pub nearby: Vec<Nearby>,
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

/// The documents of many tracks by the codes they hold.
#[derive(Debug, Clone, Default)]
pub struct Index {
    shards: Vec<Shard>,
    n_codes: usize,
    n_tracks: usize,
}

/// At most [`SHARD`] documents, counted from 0 in each.
#[derive(Debug, Clone)]
struct Shard {
    /// Documents, grouped by code.
    postings: Vec<u16>,
    /// Where the documents of each code begin, `[n_codes + 1]`.
    starts: Vec<u32>,
    documents: Vec<Known>,
}

/// A document but for its codes.
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
    /// Of each document of a shard the question it was met by last, counted from 1, above [`SCORE_BITS`] of what it scores.
    met: Box<[u32; SHARD]>,
    /// Of each track.
    best: Vec<Found>,
}

impl Default for SearchScratch {
    fn default() -> Self {
        let met = vec![0; SHARD].into_boxed_slice();
        Self { met: met.try_into().expect("it was made of that length"), best: Vec::new() }
    }
}

/// Codes asked for in one key, with what holding them scores as a whole number.
struct Questions {
    /// Of each question in turn the code and what it scores.
    codes: Vec<Vec<(u16, u32)>>,
    /// What one of these numbers is worth.
    step: f32,
}

impl Index {
    /// Of documents with codes below `n_codes`; others are passed over.
    pub fn new<'a>(documents: impl Iterator<Item = Document<'a>>, n_codes: usize) -> Self {
        let mut index = Self { shards: Vec::new(), n_codes, n_tracks: 0 };
        index.add(documents);
        index
    }

    /// Adds documents of other tracks. Costs as much as these and what the last shard holds, however large the index.
    pub fn add<'a>(&mut self, documents: impl Iterator<Item = Document<'a>>) {
        let documents: Vec<Document> = documents.collect();
        self.n_tracks = documents.iter().map(|one| one.track as usize + 1).fold(self.n_tracks, usize::max);
        let last = self.shards.pop_if(|shard| shard.documents.len() < SHARD);
        let codes = last.as_ref().map_or_else(Vec::new, Shard::codes);
        let known = last.iter().flat_map(|shard| &shard.documents).zip(&codes);
        let known = known.map(|(one, codes)| Document { track: one.track, key: one.key, codes });
        let all: Vec<Document> = known.chain(documents).collect();
        self.shards.extend(all.chunks(SHARD).map(|documents| Shard::new(documents, self.n_codes)));
    }

    /// The `wanted` tracks that share most with one in any of its keys. `keys`: for each key what its moments ask. A track
    /// counts the nearest code that it holds of each question, as often as it is asked, over all that were asked.
    pub fn search(&self, keys: &[Vec<Asked>], wanted: usize, scratch: &mut SearchScratch) -> Search {
        let SearchScratch { met, best } = scratch;
        best.clear();
        best.extend((0..self.n_tracks as u32).map(|track| Found {
            track,
            shared: 0.0,
            asked_in: 0,
            held_in: 0,
        }));
        let questions: Vec<Questions> = keys.iter().map(|asked| Questions::of(asked)).collect();
        for shard in &self.shards {
            for (asked_in, questions) in (0..).zip(&questions) {
                met[..shard.documents.len()].fill(0);
                shard.meet(questions, met);
                for (known, met) in shard.documents.iter().zip(&**met) {
                    let best = &mut best[known.track as usize];
                    let shared = score(*met) as f32 * known.factor * questions.step;
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
}

impl Shard {
    fn new(documents: &[Document], n_codes: usize) -> Self {
        let known = |code: &u16| usize::from(*code) < n_codes;
        let mut starts = vec![0u32; n_codes + 1];
        for code in documents.iter().flat_map(|document| document.codes.iter().copied().filter(known)) {
            starts[usize::from(code) + 1] += 1;
        }
        for code in 0..n_codes {
            starts[code + 1] += starts[code];
        }
        let mut next = starts.clone();
        let mut postings = vec![0; starts[n_codes] as usize];
        let mut kept = Vec::with_capacity(documents.len());
        for (number, document) in documents.iter().enumerate() {
            for code in document.codes.iter().copied().filter(known) {
                let place = &mut next[usize::from(code)];
                postings[*place as usize] = number as u16;
                *place += 1;
            }
            let size = document.codes.len().max(SMALLEST_SIZE) as f32;
            let factor = size.powf(-SIZE_EXPONENT);
            kept.push(Known { track: document.track, key: document.key, factor });
        }
        Self { postings, starts, documents: kept }
    }

    /// The codes of each document.
    fn codes(&self) -> Vec<Vec<u16>> {
        let mut codes = vec![Vec::new(); self.documents.len()];
        for code in 0..self.starts.len() - 1 {
            self.holding(code as u16)
                .iter()
                .for_each(|document| codes[usize::from(*document)].push(code as u16));
        }
        codes
    }

    /// Adds up what documents score. Without a branch: which ones were met before cannot be foreseen.
    fn meet(&self, questions: &Questions, met: &mut [u32; SHARD]) {
        for (number, codes) in (1..).zip(&questions.codes) {
            for (code, worth) in codes {
                for document in self.holding(*code) {
                    let met = &mut met[usize::from(*document)];
                    let with = number << SCORE_BITS | (score(*met) + worth);
                    *met = if *met >> SCORE_BITS == number { *met } else { with };
                }
            }
        }
    }

    /// The documents that hold a code.
    fn holding(&self, code: u16) -> &[u16] {
        let code = usize::from(code);
        match self.starts.get(code..code + 2) {
            Some(bounds) => &self.postings[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}

impl Questions {
    fn of(asked: &[Asked]) -> Self {
        let asked = &asked[..asked.len().min(MOST_ASKED)];
        let times: f32 = asked.iter().map(|one| one.times).sum();
        let highest = |one: &Asked| one.times * one.nearby.first().map_or(0.0, |near| near.weight);
        let unit = asked.iter().map(highest).sum::<f32>().max(f32::MIN_POSITIVE) / HIGHEST;
        let codes = asked.iter().map(|one| {
            let worth = |near: &Nearby| (near.code, (one.times * near.weight / unit).round() as u32);
            one.nearby.iter().map(worth).collect()
        });
        Self { codes: codes.collect(), step: unit / times.max(f32::MIN_POSITIVE) }
    }
}

/// What a document scores.
fn score(met: u32) -> u32 {
    met & ((1 << SCORE_BITS) - 1)
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
