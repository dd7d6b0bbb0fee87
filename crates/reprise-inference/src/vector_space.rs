//! What compares vectors needs to know of the network that made them, without running it.

use std::path::Path;

use crate::error::Error;
use crate::manifest::{Axis, Manifest};
use crate::views::Embedder;

/// Digits of a hash that tell versions apart.
const HASH_DIGITS: usize = 12;

/// The vectors of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorSpace {
    /// Model and version, codebook included: vectors of others do not compare.
    pub id: String,
    /// Values of a local embedding.
    pub local_len: usize,
    /// Centres of local embeddings one after another, of `local_len` values each.
    pub centres: Vec<f32>,
    /// In so many keys, the likeliest, a track is embedded.
    pub n_keys: usize,
    /// What the mean frame of the network's first view of a track resembles once it is raised to such a key.
    pub key_template: [f32; 12],
}

impl VectorSpace {
    /// Reads what a network in the folder `models` says of its vectors, and their codebook.
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
