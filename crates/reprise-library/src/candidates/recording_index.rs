//! The index in which a library's recordings are searched by their embeddings. It is kept in memory: loading it takes
//! longer than most searches.

use std::sync::Arc;

use reprise_inference::Embedder;
use reprise_matching::local_embeddings::{Codebook, Document, Exhaustive, Index};
use reprise_store::{RecordingCodewords, RecordingId, Store};

use crate::candidates::model::{is_in_use, space_in_use};
use crate::candidates::space::EmbeddingSpace;
use crate::database::cached::Cached;
use crate::database::{Changed, Database};
use crate::error::Error;

/// How many recordings are read at a time: their rows stay in memory until they are indexed.
const READ_AT_ONCE: usize = 16_384;

/// Recordings, indexed by their embeddings.
#[derive(Clone)]
pub(crate) struct RecordingIndex {
    /// The embedding space.
    pub space: Arc<EmbeddingSpace>,
    /// The recordings, numbered as in `ids`.
    pub searched: Searched,
    /// The recordings of the index, in the order of their rows.
    pub ids: Vec<RecordingId>,
}

/// How recordings are searched.
#[derive(Clone)]
pub(crate) enum Searched {
    /// By the codewords of local embeddings.
    ByCodewords {
        /// The centres of the codewords.
        codebook: Arc<Codebook>,
        /// The recordings in all their keys.
        in_all_keys: Index,
        /// The recordings in their likeliest key only, by the nearest codeword of each local embedding, for provisional
        /// matches: a third of the work. Empty if they are not used.
        in_likeliest_key: Index,
    },
    /// One embedding of each recording and key is compared with every query.
    Exhaustively(Exhaustive),
}

/// The last loaded indexes, in the order of [`Embedder::ALL`].
#[derive(Default)]
struct Kept {
    by_embedder: [Cached<Arc<RecordingIndex>>; Embedder::ALL.len()],
}

/// The index of all recordings that have embeddings of the model in use. Recordings embedded since the last call are
/// added first.
pub(crate) fn recording_index(database: &Database, embedder: Embedder) -> Result<Arc<RecordingIndex>, Error> {
    let kept = database.kept::<Kept>();
    let cached = &kept.by_embedder[embedder as usize];
    // Embeddings have their own revision: counting the vectors takes longer than a search.
    cached.get(database, &[Changed::Embeddings], |outdated| {
        let is_of_model = |index: &Arc<RecordingIndex>| {
            is_in_use(database, embedder, index.space.name().model).unwrap_or_default()
        };
        let index = match outdated.filter(is_of_model) {
            Some(index) => index,
            None => Arc::new(RecordingIndex::empty(Arc::new(space_in_use(database, embedder)?))),
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
fn grown(database: &Database, mut index: Arc<RecordingIndex>) -> Result<Arc<RecordingIndex>, Error> {
    let (reader, space, is_new) = (database.reader()?, index.space.clone(), index.ids.is_empty());
    let (known, new) = reader.embedding_counts(space.name(), index.last())?;
    if known != index.ids.len() {
        // A recording with an earlier row was embedded later, so the numbering has changed.
        index = Arc::new(RecordingIndex::empty(space.clone()));
    }
    if known != index.ids.len() || new > 0 {
        let growing = Arc::make_mut(&mut index);
        loop {
            let some = reader.codewords(space.name(), growing.last(), READ_AT_ONCE)?;
            if some.is_empty() {
                break;
            }
            growing.add(&reader, &some)?;
        }
    }
    if is_new && index.ids.len() > database.limits.aligned_whole {
        // The first search does not wait for this; later ones are faster.
        std::thread::spawn(move || space.codebook.iter().for_each(|book| book.look_around_everywhere()));
    }
    Ok(index)
}

impl RecordingIndex {
    fn empty(space: Arc<EmbeddingSpace>) -> Self {
        let searched = match &space.codebook {
            Some(codebook) => {
                let empty = Index::new([].into_iter(), codebook.n_codewords());
                let codebook = codebook.clone();
                Searched::ByCodewords { codebook, in_all_keys: empty.clone(), in_likeliest_key: empty }
            }
            None => Searched::Exhaustively(Exhaustive::new(space.vector_len())),
        };
        Self { space, searched, ids: Vec::new() }
    }

    /// The last indexed row.
    fn last(&self) -> RecordingId {
        self.ids.last().copied().unwrap_or(RecordingId(0))
    }

    fn add(&mut self, reader: &Store, recordings: &[RecordingCodewords]) -> Result<(), Error> {
        let first = self.ids.len() as u32;
        self.ids.extend(recordings.iter().map(|one| one.recording));
        match &mut self.searched {
            Searched::ByCodewords { in_all_keys, in_likeliest_key, .. } => {
                add_codewords(in_all_keys, first, recordings, usize::MAX, 1);
                if self.space.finds_provisional_matches() {
                    // The nearest of those held: twice as many would double the work.
                    add_codewords(in_likeliest_key, first, recordings, 1, self.space.n_held());
                }
            }
            Searched::Exhaustively(index) => {
                for (number, one) in (first..).zip(recordings) {
                    let known = reader.embeddings(one.recording, self.space.name())?;
                    let vectors = known.iter().flat_map(|one| self.space.of_keys(one));
                    (0..).zip(vectors).for_each(|(key, vector)| index.add(number, key, vector));
                }
            }
        }
        Ok(())
    }
}

/// Adds recordings, of which the first has number `first`, in so many of their keys, with every `step`th codeword.
fn add_codewords(
    index: &mut Index,
    first: u32,
    recordings: &[RecordingCodewords],
    n_keys: usize,
    step: usize,
) {
    let mut documents = Vec::new();
    for (number, one) in (first..).zip(recordings) {
        for (key, codewords) in (0..).zip(one.keys().take(n_keys)) {
            let mut codewords: Vec<u16> = codewords.iter().copied().step_by(step).collect();
            codewords.sort_unstable();
            codewords.dedup();
            documents.push((number, key, codewords));
        }
    }
    let documents = documents.iter();
    index.add(documents.map(|(track, key, codewords)| Document { track: *track, key: *key, codewords }));
}
