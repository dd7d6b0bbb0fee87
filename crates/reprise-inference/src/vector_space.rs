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
    /// How many codewords are held for each local embedding.
    pub n_held: usize,
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
        let n_held = codebook.map_or(1, |codebook| codebook.n_held.get());
        let centres = codebook.map(|codebook| codebook.read(folder)).transpose()?;
        Ok(Self {
            id: id_of(&manifest, origin),
            local_len,
            centres,
            n_held,
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
    /// It ships with Reprise. Its identity is that of its network and its codebook, and how many codewords are held.
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
    let n_held = manifest.codebook.as_ref().map_or(1, |codebook| codebook.n_held.get());
    let held = (n_held > 1).then(|| format!("{n_held}-held"));
    [manifest.id.clone()].into_iter().chain(digits).chain(held).collect::<Vec<_>>().join("-")
}

/// Returns which embedder the model in `folder` can stand for, by the views that it reads.
pub fn embedder_of(folder: &Path) -> Result<Embedder, Error> {
    let manifest = Manifest::read(folder)?;
    let embedder = manifest.vectors.as_ref().and_then(|plan| Embedder::offering(&plan.views));
    embedder.ok_or(Error::NoVectorPlan { model: manifest.id })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::find_models;

    /// The shipped model of harmony, whose manifest ends with `held`.
    fn space(held: &str) -> Result<VectorSpace, Error> {
        let shipped = find_models().unwrap().join(Embedder::Harmony.folder());
        let folder = tempfile::tempdir().unwrap();
        fs::copy(shipped.join("codebook.i8"), folder.path().join("codebook.i8")).unwrap();
        let text = fs::read_to_string(shipped.join("manifest.toml")).unwrap();
        let without = text.lines().filter(|line| !line.starts_with("n_held"));
        let text = without.chain([held]).collect::<Vec<_>>().join("\n");
        fs::write(folder.path().join("manifest.toml"), text).unwrap();
        VectorSpace::read(folder.path(), Origin::Shipped)
    }

    #[test]
    fn vectors_with_other_numbers_of_held_codewords_are_of_other_spaces() {
        let (unsaid, one, two) =
            (space("").unwrap(), space("n_held = 1").unwrap(), space("n_held = 2").unwrap());
        assert_eq!((unsaid.n_held, two.n_held), (1, 2));
        assert_eq!(unsaid, one);
        assert_ne!(one.id, two.id, "codewords that are stored do not fit the other index");
        for wrong in ["n_held = 0", "n_held = -1", "n_held = \"two\""] {
            assert!(matches!(space(wrong), Err(Error::ManifestInvalid { .. })), "{wrong}");
        }
    }
}
