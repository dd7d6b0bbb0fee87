//! The codewords of a library, indexed for search, and kept: loading them takes longer than most answers.

use std::sync::Arc;

use reprise_inference::Embedder;
use reprise_matching::moments::{Document, Index};
use reprise_store::{RecordingCodes, RecordingId};

use crate::candidates::embeddings::EmbeddingSpace;
use crate::database::cached::Cached;
use crate::database::{Changed, Database};
use crate::error::Error;

/// Recordings read at a time: their rows stay in memory until they are indexed.
const READ_AT_ONCE: usize = 16_384;

/// Recordings by the codewords of their local embeddings.
#[derive(Clone)]
pub(crate) struct CodeIndex {
    /// The embedding space of the codewords.
    pub space: Arc<EmbeddingSpace>,
    /// The recordings by number, as `ids` counts them, in all their keys.
    pub index: Index,
    /// The same in the likeliest key of each: a third of the work, for provisional matches. Empty if they are not used.
    pub in_likeliest_key: Index,
    /// In the order of their rows.
    pub ids: Vec<RecordingId>,
}

/// The indexes as last loaded, by harmony and by voice.
#[derive(Default)]
struct Kept {
    harmony: Cached<Arc<CodeIndex>>,
    voice: Cached<Arc<CodeIndex>>,
}

/// The index of all recordings that have vectors of a network. Recordings embedded since the last call are added to it.
pub(crate) fn code_index(database: &Database, embedder: Embedder) -> Result<Arc<CodeIndex>, Error> {
    let kept = database.kept::<Kept>();
    let cached = match embedder {
        Embedder::Harmony => &kept.harmony,
        Embedder::Voice => &kept.voice,
    };
    // By a revision of their own: counting the vectors takes longer than a search.
    cached.get(database, &[Changed::Vectors], |outdated| {
        let codes = match outdated {
            Some(codes) => codes,
            None => Arc::new(CodeIndex::empty(Arc::new(EmbeddingSpace::load(embedder)?))),
        };
        grown(database, codes)
    })
}

/// Forgets both, like a restarted program.
#[cfg(test)]
pub(crate) fn forget(database: &Database) {
    let kept = database.kept::<Kept>();
    kept.harmony.forget();
    kept.voice.forget();
}

/// An index with the recordings that were embedded since it was made.
fn grown(database: &Database, mut codes: Arc<CodeIndex>) -> Result<Arc<CodeIndex>, Error> {
    let (reader, space, is_new) = (database.reader()?, codes.space.clone(), codes.ids.is_empty());
    let (known, new) = reader.vector_counts(space.made_by(), codes.last())?;
    if known != codes.ids.len() {
        // A recording of an earlier row was embedded later.
        codes = Arc::new(CodeIndex::empty(space.clone()));
    }
    if known != codes.ids.len() || new > 0 {
        let growing = Arc::make_mut(&mut codes);
        loop {
            let some = reader.codes(space.made_by(), growing.last(), READ_AT_ONCE)?;
            if some.is_empty() {
                break;
            }
            growing.add(&some);
        }
    }
    if is_new && codes.ids.len() > database.limits.aligned_whole {
        // The first search does not wait for this; the next one profits.
        std::thread::spawn(move || space.codebook.look_around_everywhere());
    }
    Ok(codes)
}

impl CodeIndex {
    fn empty(space: Arc<EmbeddingSpace>) -> Self {
        let index = Index::new([].into_iter(), space.codebook.n_codes());
        Self { space, in_likeliest_key: index.clone(), index, ids: Vec::new() }
    }

    /// The last row in it.
    fn last(&self) -> RecordingId {
        self.ids.last().copied().unwrap_or(RecordingId(0))
    }

    fn add(&mut self, recordings: &[RecordingCodes]) {
        let mut documents = Vec::new();
        for one in recordings {
            for (key, codes) in (0..).zip(one.keys()) {
                let mut codes = codes.to_vec();
                codes.sort_unstable();
                codes.dedup();
                documents.push((self.ids.len() as u32, key, codes));
            }
            self.ids.push(one.recording);
        }
        let documents =
            documents.iter().map(|(track, key, codes)| Document { track: *track, key: *key, codes });
        self.index.add(documents.clone());
        if self.space.is_looked_at_first() {
            self.in_likeliest_key.add(documents.filter(|document| document.key == 0));
        }
    }
}
