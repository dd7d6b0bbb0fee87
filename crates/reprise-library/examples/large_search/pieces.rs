//! Real tracks, from which the invented ones are assembled.

use std::error::Error;
use std::path::Path;

use reprise_features::Versions;
use reprise_inference::{Embedder, Origin, VectorSpace, find_models};
use reprise_matching::local_embeddings::{Codebook, LocalEmbeddings, Nearby};
use reprise_store::{SpaceName, Store};

/// How many frames are between one local embedding and the next.
pub const FRAMES_A_MOMENT: usize = 24;

/// How many codewords a local embedding can get when it is played a little differently.
const CODEWORDS_EACH: usize = 6;

/// The number of steps between 0 and 1 in which the store keeps values of local embeddings.
const STEPS: f32 = 127.0;

/// A track of the library that the invented tracks resemble.
pub struct Piece {
    /// For each of its keys, by how many semitones it was raised.
    pub keys: Vec<u8>,
    /// Its local embeddings in each of these keys.
    pub local: Vec<Vec<LocalEmbedding>>,
    /// The chord-pitch frames in its own key, `[n_frames, 12]`.
    pub crema: Vec<[f32; 12]>,
    /// The chroma frames in its own key, `[n_frames, 12]`.
    pub chroma: Vec<[f32; 12]>,
}

/// One local embedding of a piece.
pub struct LocalEmbedding {
    /// A unit vector.
    pub vector: Vec<f32>,
    /// The codewords near it, nearest first.
    pub nearby: Vec<Nearby>,
}

/// Real tracks, and the embedding space of their vectors.
pub struct Pieces {
    /// The tracks.
    pub all: Vec<Piece>,
    /// The embedding space.
    pub space: VectorSpace,
    /// The centres of its codewords, one after another.
    centres: Vec<f32>,
    /// The versions of the features, which vectors are marked with.
    pub features: String,
}

impl Pieces {
    /// The pieces of a library that this build has scanned.
    pub fn of(library: &Path) -> Result<Self, Box<dyn Error>> {
        let space = VectorSpace::read(&find_models()?.join(Embedder::Harmony.folder()), Origin::Shipped)?;
        let centres = space.centres.clone().ok_or("the model that ships has a codebook")?;
        let codebook = Codebook::new(&centres, space.local_len).ok_or("the codebook is none")?;
        let versions = Versions::CURRENT;
        let features = format!("{} {}", versions.crema, versions.chroma);
        let store = Store::open_read_only(library)?;
        let made_by = SpaceName { view: "harmony", model: &space.id, features: &features };
        let mut all = Vec::new();
        for recording in store.recordings()? {
            let payload = &recording.sound.payload;
            let frames = |kind, version| store.features(payload, kind, version);
            let analysed = frames("crema", versions.crema)?.zip(frames("chroma", versions.chroma)?);
            let Some(((crema, chroma), vectors)) = analysed.zip(store.embeddings(recording.id, made_by)?)
            else {
                continue;
            };
            let local = vectors.local.chunks_exact(vectors.local.len() / vectors.keys.len());
            let local = local.map(|of_key| local_embeddings_of(of_key, space.local_len, &codebook)).collect();
            all.push(Piece { keys: vectors.keys, local, crema, chroma });
        }
        all.retain(|piece| piece.local[0].len() >= 8);
        if all.is_empty() {
            return Err(format!("{} holds no track with vectors", library.display()).into());
        }
        Ok(Self { all, centres, space, features })
    }

    /// The name of the embedding space in the store.
    pub fn made_by(&self) -> SpaceName<'_> {
        SpaceName { view: "harmony", model: &self.space.id, features: &self.features }
    }

    /// The centre of a codeword.
    pub fn centre(&self, codeword: u16) -> &[f32] {
        &self.centres[usize::from(codeword) * self.space.local_len..][..self.space.local_len]
    }
}

fn local_embeddings_of(bytes: &[i8], len: usize, codebook: &Codebook) -> Vec<LocalEmbedding> {
    let vectors: Vec<f32> = bytes.iter().map(|byte| f32::from(*byte) / STEPS).collect();
    let nearby = codebook.nearby(&LocalEmbeddings::new(vectors.clone(), len), CODEWORDS_EACH);
    let one = |(vector, nearby): (&[f32], Vec<Nearby>)| LocalEmbedding { vector: vector.to_vec(), nearby };
    vectors.chunks_exact(len).zip(nearby).map(one).collect()
}
