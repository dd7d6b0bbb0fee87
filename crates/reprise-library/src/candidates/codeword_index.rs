//! The inverted index of a library's codewords. It is kept in memory: loading it takes longer than most searches.

use std::sync::Arc;

use reprise_inference::Embedder;
use reprise_matching::local_embeddings::{Document, Index};
use reprise_store::{RecordingCodewords, RecordingId};

use crate::candidates::embeddings::EmbeddingSpace;
use crate::database::cached::Cached;
use crate::database::{Changed, Database};
use crate::error::Error;

/// How many recordings are read at a time: their rows stay in memory until they are indexed.
const READ_AT_ONCE: usize = 16_384;

/// Recordings, indexed by the codewords of their local embeddings.
#[derive(Clone)]
pub(crate) struct CodewordIndex {
    /// The embedding space of the codewords.
    pub space: Arc<EmbeddingSpace>,
    /// The recordings in all their keys, numbered as in `ids`.
    pub index: Index,
    /// The recordings in their likeliest key only, for provisional matches: a third of the work. Empty if they are not
    /// used.
    pub in_likeliest_key: Index,
    /// The recordings of the index, in the order of their rows.
    pub ids: Vec<RecordingId>,
}

/// The last loaded indexes, in the order of [`Embedder::ALL`].
#[derive(Default)]
struct Kept {
    by_embedder: [Cached<Arc<CodewordIndex>>; Embedder::ALL.len()],
}

/// The index of all recordings that have vectors of a network. Recordings embedded since the last call are added first.
pub(crate) fn codeword_index(database: &Database, embedder: Embedder) -> Result<Arc<CodewordIndex>, Error> {
    let kept = database.kept::<Kept>();
    let cached = &kept.by_embedder[embedder as usize];
    // Embeddings have their own revision: counting the vectors takes longer than a search.
    cached.get(database, &[Changed::Embeddings], |outdated| {
        let index = match outdated {
            Some(index) => index,
            None => Arc::new(CodewordIndex::empty(Arc::new(EmbeddingSpace::load(embedder)?))),
        };
        grown(database, index)
    })
}

/// Discards all indexes, as a restart of the program does.
#[cfg(test)]
pub(crate) fn forget(database: &Database) {
    let kept = database.kept::<Kept>();
    kept.by_embedder.iter().for_each(Cached::forget);
}

/// An index to which the recordings embedded since its creation are added.
fn grown(database: &Database, mut index: Arc<CodewordIndex>) -> Result<Arc<CodewordIndex>, Error> {
    let (reader, space, is_new) = (database.reader()?, index.space.clone(), index.ids.is_empty());
    let (known, new) = reader.embedding_counts(space.name(), index.last())?;
    if known != index.ids.len() {
        // A recording with an earlier row was embedded later, so the numbering has changed.
        index = Arc::new(CodewordIndex::empty(space.clone()));
    }
    if known != index.ids.len() || new > 0 {
        let growing = Arc::make_mut(&mut index);
        loop {
            let some = reader.codewords(space.name(), growing.last(), READ_AT_ONCE)?;
            if some.is_empty() {
                break;
            }
            growing.add(&some);
        }
    }
    if is_new && index.ids.len() > database.limits.aligned_whole {
        // The first search does not wait for this; later ones are faster.
        std::thread::spawn(move || space.codebook.look_around_everywhere());
    }
    Ok(index)
}

impl CodewordIndex {
    fn empty(space: Arc<EmbeddingSpace>) -> Self {
        let index = Index::new([].into_iter(), space.codebook.n_codewords());
        Self { space, in_likeliest_key: index.clone(), index, ids: Vec::new() }
    }

    /// The last indexed row.
    fn last(&self) -> RecordingId {
        self.ids.last().copied().unwrap_or(RecordingId(0))
    }

    fn add(&mut self, recordings: &[RecordingCodewords]) {
        let mut documents = Vec::new();
        for one in recordings {
            for (key, codewords) in (0..).zip(one.keys()) {
                let mut codewords = codewords.to_vec();
                codewords.sort_unstable();
                codewords.dedup();
                documents.push((self.ids.len() as u32, key, codewords));
            }
            self.ids.push(one.recording);
        }
        let documents =
            documents.iter().map(|(track, key, codewords)| Document { track: *track, key: *key, codewords });
        self.index.add(documents.clone());
        if self.space.finds_provisional_matches() {
            self.in_likeliest_key.add(documents.filter(|document| document.key == 0));
        }
    }
}
