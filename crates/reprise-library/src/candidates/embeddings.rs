//! Computes the vectors of recordings from their stored features. No file is decoded, not even for a new model.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_analysis::Tools;
use reprise_features::Versions;
use reprise_inference::{Asimt, Embedder, EmbedderInput, VectorSpace, find_models};
use reprise_matching::local_embeddings::{Codebook, Keyed, LocalEmbeddings, likely_keys};
use reprise_matching::sung_frames;
use reprise_store::{Embeddings, Recording, RecordingId, SpaceName};

use crate::database::{Changed, Database};
use crate::error::Error;
use crate::progress::{Event, Progress};
use crate::recordings::is_sung;
use crate::recordings::prepared::PreparedTracks;
use crate::threads::{Effort, on_each};

/// Recordings that are embedded together and committed in one transaction.
const RECORDINGS_A_COMMIT: usize = 16;

/// Values of a local embedding are stored as bytes: 0..=1 has this many steps. Rankings equal those in single
/// precision.
const STEPS: f32 = 127.0;

/// The embedding space of one network: its vectors are what this version computes and compares.
pub(crate) struct EmbeddingSpace {
    /// Centres of local embeddings.
    pub codebook: Codebook,
    /// The network.
    embedder: Embedder,
    /// The model version.
    model: VectorSpace,
    /// The versions of its input features.
    features: String,
}

impl EmbeddingSpace {
    /// Loads the files of a network that ships with Reprise.
    pub fn load(embedder: Embedder) -> Result<Self, Error> {
        let folder = find_models()?;
        let model = VectorSpace::read(&folder, embedder)?;
        let codebook = Codebook::new(&model.centres, model.local_len).ok_or_else(|| Error::Bundled {
            path: folder,
            reason: format!("the codebook of {} does not fit its local embeddings", model.id),
        })?;
        let Versions { crema, chroma, melody, .. } = Versions::CURRENT;
        let features = match embedder {
            Embedder::Harmony => format!("{crema} {chroma}"),
            Embedder::Voice => melody.into(),
        };
        Ok(Self { codebook, embedder, model, features })
    }

    /// Its name in the store.
    pub fn name(&self) -> SpaceName<'_> {
        SpaceName { view: self.embedder.word(), model: &self.model.id, features: &self.features }
    }

    /// Whether a recording should have vectors in this space.
    pub fn concerns(&self, recording: &Recording) -> bool {
        self.embedder == Embedder::Harmony || is_sung(recording)
    }

    /// Whether provisional matches use these vectors. Voices are analysed only when harmonies are already aligned.
    pub fn finds_provisional_matches(&self) -> bool {
        self.embedder == Embedder::Harmony
    }

    /// The inputs of the network for recording `index`, each `[n_frames, 12]`.
    fn views(&self, tracks: &PreparedTracks, index: u32) -> Result<Vec<Vec<[f32; 12]>>, Error> {
        Ok(match self.embedder {
            Embedder::Harmony => <[_; 2]>::from(tracks.frames(index)?).into(),
            Embedder::Voice => vec![sung_frames(&tracks.melody(index)?)],
        })
    }

    /// Embeds several tracks in one batch. Each is given by the inputs of the network, `[n_frames, 12]`, and is
    /// embedded in its likeliest keys. Returns nothing if `tracks` is empty.
    pub fn embed(&self, asimt: &mut Asimt, tracks: &[Vec<&[[f32; 12]]>]) -> Result<Vec<Vec<Keyed>>, Error> {
        let likely = |views: &Vec<&[[f32; 12]]>| {
            let first = views.first().copied().unwrap_or_default();
            likely_keys(first, &self.model.key_template, self.model.n_keys)
        };
        let keys: Vec<Vec<usize>> = tracks.iter().map(likely).collect();
        let inputs = tracks.iter().zip(&keys).map(|(views, keys)| EmbedderInput { views, keys });
        let embedded = asimt.embed_all(&inputs.collect::<Vec<_>>())?;
        let keyed = embedded.into_iter().zip(&keys).map(|(of_track, keys)| {
            let keyed = of_track.into_iter().zip(keys);
            let local = |values| LocalEmbeddings::new(values, self.model.local_len);
            keyed.map(|(one, key)| Keyed { key: *key, local: local(one.local) }).collect()
        });
        Ok(keyed.collect())
    }

    /// Converts vectors to their stored form.
    pub fn packed(&self, keyed: &[Keyed]) -> Embeddings {
        let local = keyed.iter().flat_map(|one| one.local.vectors());
        Embeddings {
            keys: keyed.iter().map(|one| one.key as u8).collect(),
            codewords: keyed.iter().flat_map(|one| self.codebook.codewords(&one.local)).collect(),
            local: local.map(|value| (value.clamp(-1.0, 1.0) * STEPS).round() as i8).collect(),
        }
    }

    /// Converts stored vectors to the form in which they are compared.
    pub fn unpacked(&self, vectors: &Embeddings) -> Vec<Keyed> {
        let of_a_key = (vectors.local.len() / vectors.keys.len().max(1)).max(1);
        let keys = vectors.keys.iter().zip(vectors.local.chunks_exact(of_a_key));
        keys.map(|(key, local)| Keyed { key: usize::from(*key), local: self.unpacked_key(local) }).collect()
    }

    /// The local embeddings in one key.
    pub fn unpacked_key(&self, local: &[i8]) -> LocalEmbeddings {
        let len = self.model.local_len;
        let whole = &local[..local.len() / len * len];
        LocalEmbeddings::new(whole.iter().map(|byte| f32::from(*byte) / STEPS).collect(), len)
    }
}

/// Embeds those of some recordings that should have vectors of a network and have none. Runs on several threads and
/// commits as it goes.
pub(crate) fn embed(
    database: &Database,
    embedder: Embedder,
    tracks: &PreparedTracks,
    effort: Effort,
    progress: &Progress,
) -> Result<(), Error> {
    let (space, recordings) = (EmbeddingSpace::load(embedder)?, tracks.recordings());
    let known: HashSet<RecordingId> = database.reader()?.with_embeddings(space.name())?;
    let is_owed = |one: &Recording| space.concerns(one) && !known.contains(&one.id);
    let owed: Vec<usize> = (0..recordings.len()).filter(|index| is_owed(&recordings[*index])).collect();
    if owed.is_empty() {
        return Ok(());
    }
    let tools = Tools::find()?;
    let batches: Vec<&[usize]> = owed.chunks(RECORDINGS_A_COMMIT).collect();
    let done = AtomicUsize::new(0);
    on_each(
        effort.threads,
        &batches,
        progress,
        || Ok(tools.asimt(embedder)?),
        |batch, asimt| {
            let views = batch.iter().map(|index| space.views(tracks, *index as u32));
            let views = views.collect::<Result<Vec<_>, Error>>()?;
            let read = views.iter().map(|views| views.iter().map(Vec::as_slice).collect());
            let keyed = space.embed(asimt, &read.collect::<Vec<_>>())?;
            let packed = batch.iter().zip(&keyed);
            let vectors: Vec<_> =
                packed.map(|(index, keyed)| (recordings[*index].id, space.packed(keyed))).collect();
            database.change(Changed::Embeddings, |store| store.put_embeddings(space.name(), &vectors))?;
            let done = done.fetch_add(batch.len(), Ordering::Relaxed) + batch.len();
            progress.report(Event::Embedding { done, total: owed.len() });
            Ok(())
        },
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_back_as_they_were_but_for_half_a_step() {
        let space = EmbeddingSpace::load(Embedder::Harmony).unwrap();
        let len = space.model.local_len;
        let value = |i: usize| ((i * 37 % 101) as f32 / 50.0 - 1.0) / (len as f32).sqrt();
        let keyed: Vec<Keyed> = [4, 11]
            .map(|key| Keyed {
                key,
                local: LocalEmbeddings::new((0..5 * len).map(|i| value(i * key)).collect(), len),
            })
            .into();
        let packed = space.packed(&keyed);
        assert_eq!((packed.keys.len(), packed.local.len()), (2, 10 * len));
        let back = space.unpacked(&packed);
        for (back, keyed) in back.iter().zip(&keyed) {
            assert_eq!(back.key, keyed.key);
            let pairs = back.local.vectors().iter().zip(keyed.local.vectors());
            assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() <= 0.5 / STEPS + 1e-6));
        }
        let nothing = Embeddings { keys: vec![], codewords: vec![], local: vec![] };
        assert!(space.unpacked(&nothing).is_empty());
    }
}
