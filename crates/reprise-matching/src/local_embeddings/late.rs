//! Late interaction: each local embedding of one track is compared with its best match in the other.

use pulp::{Arch, NullaryFnOnce};

use super::panel::{LANES, Panel, ROWS, products, rows_from};

/// How much the late interaction rises by chance when the candidate has 2.7 times (e times) as many local embeddings.
/// Chosen on half `a` of the rendered MIDI archive, where 0.04 and 0.06 rank as well (BENCHMARKS.md, "The shortlist").
const BY_CHANCE: f32 = 0.05;

/// The local embeddings of a track in one key.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalEmbeddings {
    /// Unit vectors one after another, `[n, len]`.
    vectors: Vec<f32>,
    panel: Panel,
    len: usize,
}

impl LocalEmbeddings {
    /// Stores unit vectors of `len` values, one after another; at least one.
    pub fn new(vectors: Vec<f32>, len: usize) -> Self {
        let panel = Panel::new(&vectors, len);
        Self { vectors, panel, len }
    }

    /// Returns the unit vectors one after another, `[n, len]`.
    pub fn vectors(&self) -> &[f32] {
        &self.vectors
    }

    /// Returns the same vectors in the layout for multiplication.
    pub(super) fn panel(&self) -> &Panel {
        &self.panel
    }

    /// Number of local embeddings.
    pub fn len(&self) -> usize {
        self.vectors.len() / self.len.max(1)
    }

    /// Whether there are no local embeddings.
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }
}

/// A track in one of its likeliest keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyed {
    /// Semitones by which the track was raised.
    pub key: usize,
    /// Local embeddings of the raised track.
    pub local: LocalEmbeddings,
}

/// Returns [`similarity_above_chance`] of two tracks in the pair of their keys in which they are most similar; -1 if
/// either has no key. Of several pairs of keys with the same interval only the first is compared, because the others
/// give the same result.
pub fn similarity_in_any_key(query: &[Keyed], candidate: &[Keyed]) -> f32 {
    let (mut met, mut best) = ([false; 12], -1.0_f32);
    for own in query {
        for other in candidate {
            let met = &mut met[(12 + own.key % 12 - other.key % 12) % 12];
            if !*met {
                best = best.max(similarity_above_chance(&own.local, &other.local));
                *met = true;
            }
        }
    }
    best
}

/// Returns the mean cosine over the query's local embeddings, each with its best match in the candidate, in -1..=1; -1
/// if either is empty.
///
/// Khattab & Zaharia, "ColBERT", SIGIR 2020, for passages of text.
pub fn late_interaction(query: &LocalEmbeddings, candidate: &LocalEmbeddings) -> f32 {
    if query.is_empty() || candidate.is_empty() || query.len != candidate.len {
        return -1.0;
    }
    Arch::new().dispatch(BestOfEach { query, candidate })
}

/// Returns [`late_interaction`] less what a candidate with this many local embeddings reaches by chance. Without this
/// correction long tracks are similar to everything.
pub fn similarity_above_chance(query: &LocalEmbeddings, candidate: &LocalEmbeddings) -> f32 {
    late_interaction(query, candidate) - BY_CHANCE * (candidate.len().max(1) as f32).ln()
}

/// A struct and not a closure, so that it is compiled for each instruction set for certain.
struct BestOfEach<'a> {
    query: &'a LocalEmbeddings,
    candidate: &'a LocalEmbeddings,
}

impl NullaryFnOnce for BestOfEach<'_> {
    type Output = f32;

    #[inline(always)]
    fn call(self) -> f32 {
        let Self { query, candidate } = self;
        let mut sum = 0.0;
        for first in (0..query.len()).step_by(ROWS) {
            let rows = rows_from(&query.vectors, query.len, first);
            let mut best = [[-1.0; LANES]; ROWS];
            for block in candidate.panel.blocks() {
                let products = products(rows, block);
                for row in 0..ROWS {
                    for lane in 0..LANES {
                        best[row][lane] = products[row][lane].max(best[row][lane]);
                    }
                }
            }
            for best in &best[..ROWS.min(query.len() - first)] {
                sum += best.iter().copied().fold(-1.0, f32::max);
            }
        }
        sum / query.len() as f32
    }
}
