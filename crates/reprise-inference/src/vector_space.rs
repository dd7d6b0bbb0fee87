//! What is needed to compare embeddings, without running the network that made them.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::manifest::{Axis, Manifest, hexadecimal};
use crate::plan::VectorKind;
use crate::views::Embedder;

/// Number of hash digits that distinguish versions.
const HASH_DIGITS: usize = 12;

/// The space of one model's embeddings.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorSpace {
    /// Model and version, including the codebook. Embeddings of other models cannot be compared.
    pub id: String,
    /// Number of values in an embedding.
    pub local_len: usize,
    /// Centres of local embeddings one after another, with `local_len` values each. `None` for a model that embeds
    /// whole tracks.
    pub centres: Option<Vec<f32>>,
    /// Number of keys in which a track is embedded: the likeliest.
    pub n_keys: usize,
    /// Which of the views that a track has is the network's first, counted from 0.
    pub first_view: usize,
    /// What the mean frame of the network's first view resembles once a track is raised to such a key.
    pub key_template: [f32; 12],
}

impl VectorSpace {
    /// Reads the description of the embeddings of the model in `folder`, and their codebook. `origin`: who made it.
    pub fn read(folder: &Path, origin: Origin) -> Result<Self, Error> {
        let manifest = Manifest::read(folder)?;
        let lacks = || Error::NoVectorPlan { model: manifest.id.clone() };
        let plan = manifest.vectors.as_ref().ok_or_else(lacks)?;
        let (output, codebook) = match plan.kind {
            VectorKind::Whole => (0, None),
            VectorKind::Local(_) => (1, Some(manifest.codebook.as_ref().ok_or_else(lacks)?)),
        };
        let local_len = match manifest.output.get(output).and_then(|local| local.shape.last()) {
            Some(Axis::Fixed(len)) => *len as usize,
            _ => return Err(lacks()),
        };
        let centres = codebook.map(|codebook| codebook.read(folder)).transpose()?;
        Ok(Self {
            id: id_of(&manifest, origin),
            local_len,
            centres,
            n_keys: plan.n_keys,
            first_view: Embedder::place_of(plan.views.first()).unwrap_or_default(),
            key_template: plan.key_template,
        })
    }

    /// Reads only [`VectorSpace::id`].
    pub fn read_id(folder: &Path, origin: Origin) -> Result<String, Error> {
        Ok(id_of(&Manifest::read(folder)?, origin))
    }
}

/// Who made a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It ships with Reprise. Its identity is that of its network and its codebook.
    Shipped,
    /// The user made or found it. Its identity includes the rest of its manifest: the same network may be used otherwise.
    Chosen,
}

fn id_of(manifest: &Manifest, origin: Origin) -> String {
    let plan = format!("{:?}", manifest.vectors);
    let plan = matches!(origin, Origin::Chosen).then(|| hexadecimal(&Sha256::digest(plan.as_bytes())));
    let codebook = manifest.codebook.as_ref().map(|codebook| codebook.sha256.clone());
    let hashes = [Some(manifest.sha256.clone()), codebook, plan].into_iter().flatten();
    let digits = hashes.map(|hash| hash.chars().take(HASH_DIGITS).collect::<String>());
    [manifest.id.clone()].into_iter().chain(digits).collect::<Vec<_>>().join("-")
}

/// Returns which embedder the model in `folder` can stand for, by the views that it reads.
pub fn embedder_of(folder: &Path) -> Result<Embedder, Error> {
    let manifest = Manifest::read(folder)?;
    let embedder = manifest.vectors.as_ref().and_then(|plan| Embedder::offering(&plan.views));
    embedder.ok_or(Error::NoVectorPlan { model: manifest.id })
}
