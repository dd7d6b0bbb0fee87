//! The space of one model's embeddings: how they are computed, stored and compared.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use reprise_features::Versions;
use reprise_inference::{Asimt, Embedder, EmbedderInput, Origin, VectorSpace};
use reprise_matching::local_embeddings::{Codebook, Keyed, LocalEmbeddings, likely_keys};
use reprise_matching::sung_frames;
use reprise_store::{Embeddings, Recording, SpaceName};

use crate::error::Error;
use crate::recordings::is_sung;
use crate::recordings::prepared::PreparedTracks;

/// Values of a local embedding are stored as bytes: 0..=1 has this many steps. Rankings equal those in single
/// precision.
const STEPS: f32 = 127.0;

/// Where a model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub folder: PathBuf,
    pub origin: Origin,
}

/// The embedding space of one network: its vectors are what this version computes and compares.
pub(crate) struct EmbeddingSpace {
    /// Centres of local embeddings. `None` if the model embeds whole tracks, each as one vector per key.
    pub codebook: Option<Arc<Codebook>>,
    /// Where the model is.
    place: Place,
    /// The network.
    embedder: Embedder,
    /// The model version.
    model: VectorSpace,
    /// The versions of its input features.
    features: String,
}

impl EmbeddingSpace {
    /// Loads the description of a model.
    pub fn load(place: &Place, embedder: Embedder) -> Result<Self, Error> {
        let model = VectorSpace::read(&place.folder, place.origin)?;
        let misfit = || Error::Bundled {
            path: place.folder.clone(),
            reason: format!("the codebook of {} does not fit its local embeddings", model.id),
        };
        let codebook = match &model.centres {
            Some(centres) => Some(Arc::new(Codebook::new(centres, model.local_len).ok_or_else(misfit)?)),
            None => None,
        };
        let Versions { crema, chroma, melody, .. } = Versions::CURRENT;
        let features = match embedder {
            Embedder::Harmony => format!("{crema} {chroma}"),
            Embedder::Voice => melody.into(),
        };
        Ok(Self { codebook, place: place.clone(), embedder, model, features })
    }

    /// The folder of the model.
    pub fn folder(&self) -> &Path {
        &self.place.folder
    }

    /// Number of values in an embedding.
    pub fn vector_len(&self) -> usize {
        self.model.local_len
    }

    /// How many codewords are held for each local embedding.
    pub fn n_held(&self) -> usize {
        self.model.n_held
    }

    /// Its name in the store.
    pub fn name(&self) -> SpaceName<'_> {
        SpaceName { view: self.embedder.word(), model: &self.model.id, features: &self.features }
    }

    /// Whether a recording should have vectors in this space.
    pub fn concerns(&self, recording: &Recording) -> bool {
        self.embedder == Embedder::Harmony || is_sung(recording)
    }

    /// Whether provisional matches use these vectors. Voices are analysed only when harmonies are already aligned; what
    /// a score of whole tracks means was never measured.
    pub fn finds_provisional_matches(&self) -> bool {
        self.embedder == Embedder::Harmony && self.codebook.is_some()
    }

    /// The inputs of the network for recording `index`, each `[n_frames, 12]`.
    pub fn views(&self, tracks: &PreparedTracks, index: u32) -> Result<Vec<Vec<[f32; 12]>>, Error> {
        Ok(match self.embedder {
            Embedder::Harmony => <[_; 2]>::from(tracks.frames(index)?).into(),
            Embedder::Voice => vec![sung_frames(&tracks.melody(index)?)],
        })
    }

    /// Embeds several tracks in one batch. Each is given by the inputs of the network, `[n_frames, 12]`, and is
    /// embedded in its likeliest keys. Returns nothing if `tracks` is empty.
    pub fn embed(&self, asimt: &mut Asimt, tracks: &[Vec<&[[f32; 12]]>]) -> Result<Vec<Vec<Keyed>>, Error> {
        let likely = |views: &Vec<&[[f32; 12]]>| {
            let first = views.get(self.model.first_view).copied().unwrap_or_default();
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
        let codewords = |codebook: &Codebook| -> Vec<u16> {
            keyed.iter().flat_map(|one| codebook.codewords(&one.local, self.model.n_held)).collect()
        };
        let packed = |one: &Keyed| {
            let steps = STEPS / self.largest(&one.local);
            let values = one.local.vectors().iter();
            values.map(|value| (value * steps).round().clamp(-STEPS, STEPS) as i8).collect::<Vec<_>>()
        };
        Embeddings {
            keys: keyed.iter().map(|one| one.key as u8).collect(),
            codewords: self.codebook.as_deref().map(codewords).unwrap_or_default(),
            local: keyed.iter().flat_map(packed).collect(),
        }
    }

    /// The value that is stored as the last step. The values of a whole track's embedding are small and may differ little,
    /// so that they are scaled; only its direction counts.
    fn largest(&self, vectors: &LocalEmbeddings) -> f32 {
        if self.codebook.is_some() {
            return 1.0;
        }
        let largest = vectors.vectors().iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        largest.max(f32::MIN_POSITIVE)
    }

    /// The stored vectors in each key in turn.
    pub fn of_keys<'a>(&self, vectors: &'a Embeddings) -> impl Iterator<Item = &'a [i8]> + use<'a> {
        let of_a_key = (vectors.local.len() / vectors.keys.len().max(1)).max(1);
        vectors.local.chunks_exact(of_a_key)
    }

    /// Converts stored vectors to the form in which they are compared.
    pub fn unpacked(&self, vectors: &Embeddings) -> Vec<Keyed> {
        let keys = vectors.keys.iter().zip(self.of_keys(vectors));
        keys.map(|(key, local)| Keyed { key: usize::from(*key), local: self.unpacked_key(local) }).collect()
    }

    /// The local embeddings in one key.
    pub fn unpacked_key(&self, local: &[i8]) -> LocalEmbeddings {
        let len = self.model.local_len;
        let whole = &local[..local.len() / len * len];
        let mut values: Vec<f32> = whole.iter().map(|byte| f32::from(*byte) / STEPS).collect();
        if self.codebook.is_none() {
            let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
            values.iter_mut().for_each(|value| *value /= length.max(f32::MIN_POSITIVE));
        }
        LocalEmbeddings::new(values, len)
    }
}

#[cfg(test)]
mod tests {
    use reprise_inference::{Origin, find_models};

    use super::*;

    fn shipped() -> EmbeddingSpace {
        let folder = find_models().unwrap().join(Embedder::Harmony.folder());
        let place = Place { folder, origin: Origin::Shipped };
        EmbeddingSpace::load(&place, Embedder::Harmony).unwrap()
    }

    fn keyed(len: usize, n_local: usize) -> Vec<Keyed> {
        let value = |i: usize| ((i * 37 % 101) as f32 / 50.0 - 1.0) / (len as f32).sqrt();
        let in_key = |key| Keyed {
            key,
            local: LocalEmbeddings::new((0..n_local * len).map(|i| value(i * key)).collect(), len),
        };
        [4, 11].map(in_key).into()
    }

    #[test]
    fn vectors_come_back_as_they_were_but_for_half_a_step() {
        let space = shipped();
        let len = space.model.local_len;
        let keyed = keyed(len, 5);
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

    #[test]
    fn the_direction_of_a_whole_track_s_vector_comes_back_however_small_its_values_are() {
        let space = EmbeddingSpace { codebook: None, ..shipped() };
        let len = space.model.local_len;
        let value = |i: usize| 1e-4 * (1.0 + 0.1 * ((i * 37 % 101) as f32 / 101.0));
        let values: Vec<f32> = (0..len).map(value).collect();
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        let whole = vec![Keyed { key: 3, local: LocalEmbeddings::new(values.clone(), len) }];
        let packed = space.packed(&whole);
        assert!(packed.codewords.is_empty(), "nothing of it is looked up");
        let back = space.unpacked(&packed).remove(0);
        for (back, value) in back.local.vectors().iter().zip(&values) {
            assert!((back - value / length).abs() <= 0.006 * value / length, "{back} {}", value / length);
        }
    }
}
