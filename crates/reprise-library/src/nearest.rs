//! Finds the recordings most like one by their vectors: an index of codes first, then moment by moment.

use reprise_inference::Embedder;
use reprise_matching::moments::{Document, Index, Keyed, Nearby, SearchScratch, likeness_in_any_key};
use reprise_store::{Recording, RecordingId};

use crate::embed::Space;
use crate::error::Error;
use crate::library::Library;

/// Codes that each moment of a query asks for. The figures behind this and [`COMPARED`] are in BENCHMARKS.md, "The
/// shortlist".
const NEARBY: usize = 32;

/// Recordings of the index that are compared moment by moment.
const COMPARED: usize = 400;

/// A library's vectors of one network, ready to be searched.
pub(crate) struct Nearest<'a> {
    library: &'a Library,
    recordings: &'a [Recording],
    space: Space,
    index: Index,
}

impl<'a> Nearest<'a> {
    /// Of those of `recordings`, which are in the order of their rows, that have vectors.
    pub fn of(library: &'a Library, recordings: &'a [Recording], embedder: Embedder) -> Result<Self, Error> {
        let space = Space::load(embedder)?;
        let mut documents: Vec<(u32, Vec<u16>)> = Vec::new();
        for of_recording in library.asking()?.codes(space.made_by())? {
            let Ok(place) = place_of(recordings, of_recording.recording) else { continue };
            let n_moments = of_recording.codes.len() / of_recording.n_keys.max(1);
            for codes in of_recording.codes.chunks_exact(n_moments.max(1)) {
                let mut codes = codes.to_vec();
                codes.sort_unstable();
                codes.dedup();
                documents.push((place as u32, codes));
            }
        }
        let documents = documents.iter().map(|(track, codes)| Document { track: *track, codes });
        let index = Index::new(documents, space.codebook.n_codes());
        Ok(Self { library, recordings, space, index })
    }

    /// Indices of the `wanted` recordings most like that at `place`, itself left out, most alike first.
    pub fn to_recording(
        &self,
        place: usize,
        wanted: usize,
        scratch: &mut SearchScratch,
    ) -> Result<Vec<usize>, Error> {
        let query = self.vectors(place)?;
        let mut nearest = self.to_track(&query, wanted + 1, scratch)?;
        nearest.retain(|(other, _)| *other != place);
        Ok(nearest.into_iter().take(wanted).map(|(other, _)| other).collect())
    }

    /// The `wanted` recordings most like a track, with their likeness, most alike first.
    pub fn to_track(
        &self,
        query: &[Keyed],
        wanted: usize,
        scratch: &mut SearchScratch,
    ) -> Result<Vec<(usize, f32)>, Error> {
        let keys: Vec<Vec<Vec<Nearby>>> =
            query.iter().map(|keyed| self.space.codebook.nearby(&keyed.moments, NEARBY)).collect();
        let mut alike = Vec::new();
        for (place, _) in self.index.search(&keys, COMPARED.max(wanted), scratch) {
            let place = place as usize;
            alike.push((place, likeness_in_any_key(query, &self.vectors(place)?)));
        }
        alike.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        alike.truncate(wanted);
        Ok(alike)
    }

    /// How many recordings have no vectors and should.
    pub fn missing(&self) -> Result<usize, Error> {
        let known = self.library.asking()?.with_vectors(self.space.made_by())?;
        let is_missing = |one: &&Recording| self.space.concerns(one) && !known.contains(&one.id);
        Ok(self.recordings.iter().filter(is_missing).count())
    }

    /// The moments of a recording in its keys; nothing where it was not embedded.
    pub fn vectors(&self, place: usize) -> Result<Vec<Keyed>, Error> {
        let id = self.recordings[place].id;
        let vectors = self.library.asking()?.vectors(id, self.space.made_by())?;
        Ok(vectors.map_or_else(Vec::new, |vectors| self.space.unpacked(&vectors)))
    }

    /// What embeds and compares.
    pub fn space(&self) -> &Space {
        &self.space
    }
}

fn place_of(recordings: &[Recording], id: RecordingId) -> Result<usize, usize> {
    recordings.binary_search_by_key(&id, |recording| recording.id)
}
