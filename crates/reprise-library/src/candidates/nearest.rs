//! Finds the recordings with the most similar vectors: first by the inverted index, then by comparing local embeddings.

use std::sync::Arc;

use reprise_inference::Embedder;
use reprise_matching::local_embeddings::{
    Found, Keyed, NEAR_A_CODEWORD, Nearby, Search, SearchScratch, similarity_above_chance,
    similarity_in_any_key,
};
use reprise_store::{Embeddings, Recording, RecordingId, TrackId};

use crate::candidates::recording_index::{RecordingIndex, Searched, recording_index};
use crate::candidates::space::EmbeddingSpace;
use crate::database::Database;
use crate::error::Error;
use crate::progress::Progress;
use crate::recordings::known_track;
use crate::threads::{Effort, on_each};

/// How many codewords each local embedding of a query searches. BENCHMARKS.md, "The shortlist", has the figures behind
/// this and [`COMPARED`].
const NEARBY: usize = NEAR_A_CODEWORD;

/// The same number for provisional matches.
const NEARBY_QUICKLY: usize = 8;

/// How many results of the index are compared by local embeddings.
const COMPARED: usize = 800;

/// How many of them, the best, are compared again in all pairs of keys: the index chooses the wrong one now and then.
const REFINED: usize = 32;

/// How precisely to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closeness {
    /// By codewords alone, in the likeliest key of each recording.
    Quickly,
    /// In three keys by codewords, then by local embeddings.
    ByLocalEmbeddings,
}

/// The vectors that one network computed for a library, ready to be searched.
pub(crate) struct Nearest<'a> {
    database: &'a Database,
    indexed: Arc<RecordingIndex>,
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
        Closeness::Quickly => {
            let seen = nearest.quickly(id, wanted + 1, &mut scratch)?.map(|search| search.found);
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
        Ok(Self { database, indexed: recording_index(database, embedder)?, threads: 1 })
    }

    /// Uses all cores: for a single query that a user waits for.
    pub fn with_all_cores(self) -> Self {
        Self { threads: Effort::default().threads, ..self }
    }

    /// The results of a quick search, in the likeliest key of each recording, without a comparison of local embeddings;
    /// `None` for a recording without embeddings. Among 100,000 recordings one query takes 2 ms; a search by local
    /// embeddings takes 30 ms (BENCHMARKS.md).
    pub fn quickly(
        &self,
        id: RecordingId,
        wanted: usize,
        scratch: &mut SearchScratch,
    ) -> Result<Option<Search>, Error> {
        match &self.indexed.searched {
            Searched::ByCodewords { codebook, in_likeliest_key, .. } => {
                let own = self.database.reader()?.codewords(self.space().name(), RecordingId(id.0 - 1), 1)?;
                let Some(own) = own.first().filter(|own| own.recording == id) else { return Ok(None) };
                let likeliest = own.keys().next().unwrap_or_default();
                // As in that index, the nearest of those held for each local embedding.
                let nearest: Vec<u16> = likeliest.iter().copied().step_by(self.space().n_held()).collect();
                let asked = codebook.asked_by_codewords(&nearest, NEARBY_QUICKLY);
                Ok(Some(in_likeliest_key.search(&[asked], wanted, scratch)))
            }
            Searched::Exhaustively(index) => {
                let Some(own) = self.stored(id)? else { return Ok(None) };
                let likeliest: Vec<&[i8]> = self.space().of_keys(&own).take(1).collect();
                Ok(Some(index.search(&likeliest, wanted)))
            }
        }
    }

    /// The `wanted` recordings most similar to a recording of the library, best first, with their similarity. The
    /// recording itself is left out.
    pub fn to_recording(
        &self,
        id: RecordingId,
        wanted: usize,
        scratch: &mut SearchScratch,
    ) -> Result<Vec<(RecordingId, f32)>, Error> {
        let mut alike = self.to_track(&self.embeddings(id)?, wanted + 1, scratch)?;
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
        match &self.indexed.searched {
            Searched::ByCodewords { codebook, in_all_keys, .. } => {
                let asked: Vec<Vec<Nearby>> =
                    query.iter().map(|keyed| codebook.asked(&keyed.local, NEARBY)).collect();
                let found = in_all_keys.search(&asked, COMPARED.max(wanted), scratch).found;
                let mut alike = self.compared(found, query)?;
                alike.truncate(wanted);
                Ok(alike)
            }
            Searched::Exhaustively(index) => {
                let packed = self.space().packed(query);
                let vectors: Vec<&[i8]> = self.space().of_keys(&packed).collect();
                let found = index.search(&vectors, wanted).found.into_iter();
                Ok(found.map(|one| (self.indexed.ids[one.track as usize], one.shared)).collect())
            }
        }
    }

    /// Compares candidates of the index by local embeddings in the pair of keys that shares most codewords, and the best
    /// of them in all pairs. Returns them best first.
    fn compared(
        &self,
        mut candidates: Vec<Found>,
        query: &[Keyed],
    ) -> Result<Vec<(RecordingId, f32)>, Error> {
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
        best_first(&mut alike);
        for (id, similarity) in alike.iter_mut().take(REFINED) {
            *similarity = similarity.max(similarity_in_any_key(query, &self.embeddings(*id)?));
        }
        best_first(&mut alike);
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

fn best_first(alike: &mut [(RecordingId, f32)]) {
    alike.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
}
