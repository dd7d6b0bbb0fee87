//! An inverted index: which tracks have a code.
//!
//! Sivic & Zisserman, "Video Google", ICCV 2003, for images; Santhanam et al., "PLAID", CIKM 2022, for late interaction.

use super::codebook::Nearby;

/// A track of many distinct codes meets more by chance. With this power of their number 50 and 100 candidates hold
/// most on half a of the rendered MIDI archive (training/README.md, "The shortlist").
const SIZE_EXPONENT: f32 = 0.25;

/// Tracks with fewer codes count as having these: a few seconds of chords must not come first everywhere.
const SMALLEST_SIZE: usize = 8;

/// The codes of a track in one key, each once. A track has several documents, one a key.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Number of the track, which the caller counts from 0.
    pub track: u32,
    /// Its codes.
    pub codes: &'a [u16],
}

/// The documents of many tracks by the codes they hold.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// Documents, grouped by code.
    postings: Vec<u32>,
    /// Where the documents of each code begin, `[n_codes + 1]`.
    starts: Vec<u32>,
    /// Track and factor of each document.
    documents: Vec<(u32, f32)>,
    n_tracks: usize,
}

/// Buffers of a search, kept between searches.
#[derive(Debug, Default)]
pub struct SearchScratch {
    documents: Vec<Met>,
    /// Of each track.
    best: Vec<f32>,
}

/// What a search knows of a document.
#[derive(Debug, Default, Clone, Copy)]
struct Met {
    /// By which moment it was met last, counted from 1.
    moment: u32,
    score: f32,
}

impl Index {
    /// Of documents with codes below `n_codes`; others are passed over.
    pub fn new<'a>(documents: impl Iterator<Item = Document<'a>> + Clone, n_codes: usize) -> Self {
        let known = |code: &u16| usize::from(*code) < n_codes;
        let mut starts = vec![0u32; n_codes + 1];
        for code in documents.clone().flat_map(|document| document.codes.iter().copied().filter(known)) {
            starts[usize::from(code) + 1] += 1;
        }
        for code in 0..n_codes {
            starts[code + 1] += starts[code];
        }
        let mut next = starts.clone();
        let mut postings = vec![0; starts[n_codes] as usize];
        let mut kept = Vec::new();
        for (number, document) in documents.enumerate() {
            for code in document.codes.iter().copied().filter(known) {
                let place = &mut next[usize::from(code)];
                postings[*place as usize] = number as u32;
                *place += 1;
            }
            let size = document.codes.len().max(SMALLEST_SIZE) as f32;
            kept.push((document.track, size.powf(-SIZE_EXPONENT)));
        }
        let n_tracks = kept.iter().map(|(track, _)| *track as usize + 1).max().unwrap_or(0);
        Self { postings, starts, documents: kept, n_tracks }
    }

    /// The `wanted` tracks that share most with one in any of its keys, best first, with what they share; ties in the order
    /// of their numbers. `keys`: for each key the codes near each moment, nearest first. A track counts the nearest of
    /// them that it holds, once a moment.
    pub fn search(
        &self,
        keys: &[Vec<Vec<Nearby>>],
        wanted: usize,
        scratch: &mut SearchScratch,
    ) -> Vec<(u32, f32)> {
        let SearchScratch { documents, best } = scratch;
        best.clear();
        best.resize(self.n_tracks, 0.0);
        for moments in keys {
            documents.clear();
            documents.resize(self.documents.len(), Met::default());
            for (number, nearby) in (1..).zip(moments) {
                for Nearby { code, weight } in nearby {
                    for document in self.holding(*code) {
                        let met = &mut documents[*document as usize];
                        if met.moment != number {
                            *met = Met { moment: number, score: met.score + weight };
                        }
                    }
                }
            }
            let per_moment = 1.0 / moments.len().max(1) as f32;
            for ((track, factor), met) in self.documents.iter().zip(&*documents) {
                let best = &mut best[*track as usize];
                *best = best.max(met.score * factor * per_moment);
            }
        }
        most(best, wanted)
    }

    /// The documents that hold a code.
    fn holding(&self, code: u16) -> &[u32] {
        let code = usize::from(code);
        match self.starts.get(code..code + 2) {
            Some(bounds) => &self.postings[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}

/// Numbers and values of the largest above 0, largest first.
fn most(values: &[f32], wanted: usize) -> Vec<(u32, f32)> {
    let above = values.iter().enumerate().filter(|(_, value)| **value > 0.0);
    let mut most: Vec<(u32, f32)> = above.map(|(number, value)| (number as u32, *value)).collect();
    let larger = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if most.len() > wanted {
        most.select_nth_unstable_by(wanted, larger);
        most.truncate(wanted);
    }
    most.sort_unstable_by(larger);
    most
}
