//! What is needed to compare embeddings, without running the network that made them.

use std::path::Path;

use crate::error::Error;
use crate::manifest::{Axis, Manifest};
use crate::views::Embedder;

/// Number of hash digits that distinguish versions.
const HASH_DIGITS: usize = 12;

/// The space of one model's embeddings.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorSpace {
    /// Model and version, including the codebook. Embeddings of other models cannot be compared.
    pub id: String,
    /// Number of values in a local embedding.
    pub local_len: usize,
    /// Centres of local embeddings one after another, with `local_len` values each.
    pub centres: Vec<f32>,
    /// Number of keys in which a track is embedded: the likeliest.
    pub n_keys: usize,
    /// What the mean frame of the network's first view resembles once a track is raised to such a key.
    pub key_template: [f32; 12],
}

impl VectorSpace {
    /// Reads the description of a network's embeddings in the folder `models`, and their codebook.
    pub fn read(models: &Path, embedder: Embedder) -> Result<Self, Error> {
        let folder = models.join(embedder.folder());
        let manifest = Manifest::read(&folder)?;
        let lacks = || Error::NoVectorPlan { model: manifest.id.clone() };
        let (plan, codebook) = manifest.vectors.as_ref().zip(manifest.codebook.as_ref()).ok_or_else(lacks)?;
        let local_len = match manifest.output.get(1).and_then(|local| local.shape.last()) {
            Some(Axis::Fixed(len)) => *len as usize,
            _ => return Err(lacks()),
        };
        let digits = |hash: &str| hash.chars().take(HASH_DIGITS).collect::<String>();
        let id = format!("{}-{}-{}", manifest.id, digits(&manifest.sha256), digits(&codebook.sha256));
        let centres = codebook.read(&folder)?;
        Ok(Self { id, local_len, centres, n_keys: plan.n_keys, key_template: plan.key_template })
    }
}
