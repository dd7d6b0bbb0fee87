//! Finds the recordings with the most similar vectors: first by the inverted index, then by comparing local embeddings.

use std::sync::Arc;

use reprise_inference::Embedder;
use reprise_matching::local_embeddings::{
    Keyed, NEAR_A_CODEWORD, Nearby, Search, SearchScratch, similarity_above_chance,
};
use reprise_store::{Embeddings, Recording, RecordingId, TrackId};

use crate::candidates::codeword_index::{CodewordIndex, codeword_index};
use crate::candidates::embeddings::EmbeddingSpace;
use crate::database::Database;
use crate::error::Error;
use crate::progress::Progress;
use crate::recordings::known_track;
use crate::threads::{Effort, on_each};

/// How many codewords each local embedding of a query searches. BENCHMARKS.md, "The shortlist", has the figures behind
/// this and [`COMPARED`].
const NEARBY: usize = NEAR_A_CODEWORD;

/// The same number for provisional matches.
const NEARBY_BY_CODEWORDS: usize = 8;

/// How many results of the index are compared by local embeddings.
const COMPARED: usize = 800;

/// How precisely to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closeness {
    /// By codewords alone, in the likeliest key of each recording.
    ByCodewords,
    /// In three keys by codewords, then by local embeddings.
    ByLocalEmbeddings,
}

/// The vectors that one network computed for a library, ready to be searched.
pub(crate) struct Nearest<'a> {
    database: &'a Database,
    indexed: Arc<CodewordIndex>,
    threads: usize,
}

pub(crate) fn alike(
    database: &Database,
    track: TrackId,
    closeness: Closeness,
    wanted: usize,
) -> Result<Vec<TrackId>, Error> {
    let Some(id) = known_track(database, track)?.recording else { return Ok(Vec::new()) };
    let nearest = Nearest::of(database, Embedder::Harmony)?.with_all_cores();
    let mut scratch = SearchScratch::default();
    let found: Vec<RecordingId> = match closeness {
        Closeness::ByCodewords => {
            let seen = nearest.by_codewords(id, wanted + 1, &mut scratch)?.map(|search| search.found);
            let id_of = |number: u32| nearest.indexed.ids[number as usize];
            seen.into_iter().flatten().map(|one| id_of(one.track)).filter(|other| *other != id).collect()
        }
        Closeness::ByLocalEmbeddings => {
            let alike = nearest.to_recording(id, wanted, &mut scratch)?;
            alike.into_iter().map(|(other, _)| other).collect()
        }
    };
    let reader = database.reader()?;
    let mut tracks = Vec::new();
    for id in found.into_iter().take(wanted) {
        if let Some(recording) = reader.recording_in(id)? {
            tracks.extend(reader.track_ids_of(&recording.sound.payload)?.first());
        }
    }
    Ok(tracks)
}

impl<'a> Nearest<'a> {
    /// Searches all recordings that have vectors of a network.
    pub fn of(database: &'a Database, embedder: Embedder) -> Result<Self, Error> {
        Ok(Self { database, indexed: codeword_index(database, embedder)?, threads: 1 })
    }

    /// Uses all cores: for a single query that a user waits for.
    pub fn with_all_cores(self) -> Self {
        Self { threads: Effort::default().threads, ..self }
    }

    /// The results by codewords alone, which compare the likeliest key of each recording; `None` for a recording
    /// without vectors. Among 100,000 recordings one query takes 2 ms; a search by local embeddings takes 30 ms
    /// (BENCHMARKS.md).
    pub fn by_codewords(
        &self,
        id: RecordingId,
        wanted: usize,
        scratch: &mut SearchScratch,
    ) -> Result<Option<Search>, Error> {
        let own = self.database.reader()?.codewords(self.space().name(), RecordingId(id.0 - 1), 1)?;
        let Some(own) = own.first().filter(|own| own.recording == id) else { return Ok(None) };
        let likeliest = own.keys().next().unwrap_or_default();
        let asked = self.space().codebook.asked_by_codewords(likeliest, NEARBY_BY_CODEWORDS);
        Ok(Some(self.indexed.in_likeliest_key.search(&[asked], wanted, scratch)))
    }

    /// The `wanted` recordings most similar to a recording of the library, best first, with their similarity. The
    /// recording itself is left out.
    pub fn to_recording(
        &self,
        id: RecordingId,
        wanted: usize,
        scratch: &mut SearchScratch,
    ) -> Result<Vec<(RecordingId, f32)>, Error> {
        let Some(vectors) = self.stored(id)? else { return Ok(Vec::new()) };
        let codewords =
            vectors.codewords.chunks_exact((vectors.codewords.len() / vectors.keys.len().max(1)).max(1));
        let asked: Vec<Vec<Nearby>> =
            codewords.map(|codewords| self.space().codebook.asked_by_codewords(codewords, NEARBY)).collect();
        let mut alike = self.compared(&asked, &self.space().unpacked(&vectors), wanted + 1, scratch)?;
        alike.retain(|(other, _)| *other != id);
        alike.truncate(wanted);
        Ok(alike)
    }

    /// The `wanted` recordings most similar to a track, best first, with their similarity.
    pub fn to_track(
        &self,
        query: &[Keyed],
        wanted: usize,
        scratch: &mut SearchScratch,
    ) -> Result<Vec<(RecordingId, f32)>, Error> {
        let asked: Vec<Vec<Nearby>> =
            query.iter().map(|keyed| self.space().codebook.asked(&keyed.local, NEARBY)).collect();
        self.compared(&asked, query, wanted, scratch)
    }

    /// The results of the index, compared by local embeddings in the pair of keys that shares most codewords.
    fn compared(
        &self,
        asked: &[Vec<Nearby>],
        query: &[Keyed],
        wanted: usize,
        scratch: &mut SearchScratch,
    ) -> Result<Vec<(RecordingId, f32)>, Error> {
        let mut candidates = self.indexed.index.search(asked, COMPARED.max(wanted), scratch).found;
        // Candidates are read in the order in which they are stored.
        candidates.sort_unstable_by_key(|found| found.track);
        let alike = on_each(
            self.threads,
            &candidates,
            &Progress::unseen(),
            || Ok(()),
            |found, ()| {
                let id = self.indexed.ids[found.track as usize];
                let (reader, space) = (self.database.reader()?, self.space().name());
                let local = reader.embeddings_in_key(id, space, usize::from(found.held_in))?;
                let own = &query[usize::from(found.asked_in)].local;
                Ok(local.map(|local| (id, similarity_above_chance(own, &self.space().unpacked_key(&local)))))
            },
        )?;
        let mut alike: Vec<(RecordingId, f32)> = alike.into_iter().flatten().collect();
        alike.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        alike.truncate(wanted);
        Ok(alike)
    }

    /// The recordings that have vectors, in the order of their rows; a search numbers them by this order.
    pub fn ids(&self) -> &[RecordingId] {
        &self.indexed.ids
    }

    /// How many of `recordings` should have vectors but have none.
    pub fn missing(&self, recordings: &[Recording]) -> usize {
        let is_missing =
            |one: &&Recording| self.space().concerns(one) && self.ids().binary_search(&one.id).is_err();
        recordings.iter().filter(is_missing).count()
    }

    /// The local embeddings of a recording in its keys; empty if it is not embedded.
    pub fn embeddings(&self, id: RecordingId) -> Result<Vec<Keyed>, Error> {
        Ok(self.stored(id)?.map_or_else(Vec::new, |vectors| self.space().unpacked(&vectors)))
    }

    /// The embedding space.
    pub fn space(&self) -> &EmbeddingSpace {
        &self.indexed.space
    }

    fn stored(&self, id: RecordingId) -> Result<Option<Embeddings>, Error> {
        Ok(self.database.reader()?.embeddings(id, self.space().name())?)
    }
}
