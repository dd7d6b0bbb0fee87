//! Real tracks, from which made-up ones are put together.

use std::error::Error;
use std::path::Path;

use reprise_features::Versions;
use reprise_inference::{Embedder, VectorSpace, find_models};
use reprise_matching::moments::{Codebook, Moments, Nearby};
use reprise_store::{MadeBy, Store, VectorsOf};

/// Frames from one moment to the next.
pub const FRAMES_A_MOMENT: usize = 24;

/// Codes that a moment may be given when it is played a little differently.
const CODES_A_MOMENT: usize = 6;

/// Steps of a value between 0 and 1, as the store keeps moments.
const STEPS: f32 = 127.0;

/// A track of the library that made-up ones are to be like.
pub struct Piece {
    /// Semitones by which it was raised, once for each of its keys.
    pub keys: Vec<u8>,
    /// In each of them its moments.
    pub moments: Vec<Vec<Moment>>,
    /// As it was heard, in no other key, `[n_frames, 12]`.
    pub crema: Vec<[f32; 12]>,
    /// The same.
    pub chroma: Vec<[f32; 12]>,
}

/// A moment of it.
pub struct Moment {
    /// A unit vector.
    pub vector: Vec<f32>,
    /// Codes near it, nearest first.
    pub nearby: Vec<Nearby>,
}

/// Real tracks and what their vectors belong to.
pub struct Pieces {
    /// The tracks.
    pub all: Vec<Piece>,
    /// Centres of codes.
    pub space: VectorSpace,
    /// Versions of the features, as vectors are marked with them.
    pub features: String,
}

impl Pieces {
    /// Of a library that was scanned by this build.
    pub fn of(library: &Path) -> Result<Self, Box<dyn Error>> {
        let space = VectorSpace::read(&find_models()?, Embedder::Harmony)?;
        let codebook = Codebook::new(&space.centres, space.moment_len).ok_or("the codebook is none")?;
        let versions = Versions::CURRENT;
        let features = format!("{} {}", versions.crema, versions.chroma);
        let store = Store::open_read_only(library)?;
        let made_by = MadeBy { of: VectorsOf::Harmony, model: &space.id, features: &features };
        let mut all = Vec::new();
        for recording in store.recordings()? {
            let payload = &recording.sound.payload;
            let frames = |kind, version| store.features(payload, kind, version);
            let heard = frames("crema", versions.crema)?.zip(frames("chroma", versions.chroma)?);
            let Some(((crema, chroma), vectors)) = heard.zip(store.vectors(recording.id, made_by)?) else {
                continue;
            };
            let n_moments = vectors.codes.len() / vectors.keys.len();
            let moments = vectors.moments.chunks_exact(n_moments * space.moment_len);
            let moments = moments.map(|of_key| moments_of(of_key, space.moment_len, &codebook)).collect();
            all.push(Piece { keys: vectors.keys, moments, crema, chroma });
        }
        all.retain(|piece| piece.moments[0].len() >= 8);
        if all.is_empty() {
            return Err(format!("{} holds no track with vectors", library.display()).into());
        }
        Ok(Self { all, space, features })
    }

    /// Whose vectors these are.
    pub fn made_by(&self) -> MadeBy<'_> {
        MadeBy { of: VectorsOf::Harmony, model: &self.space.id, features: &self.features }
    }

    /// The centre of a code.
    pub fn centre(&self, code: u16) -> &[f32] {
        &self.space.centres[usize::from(code) * self.space.moment_len..][..self.space.moment_len]
    }
}

fn moments_of(bytes: &[i8], len: usize, codebook: &Codebook) -> Vec<Moment> {
    let vectors: Vec<f32> = bytes.iter().map(|byte| f32::from(*byte) / STEPS).collect();
    let nearby = codebook.nearby(&Moments::new(vectors.clone(), len), CODES_A_MOMENT);
    let moment = |(vector, nearby): (&[f32], Vec<Nearby>)| Moment { vector: vector.to_vec(), nearby };
    vectors.chunks_exact(len).zip(nearby).map(moment).collect()
}
