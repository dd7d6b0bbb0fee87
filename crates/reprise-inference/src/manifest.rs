//! `manifest.toml` beside a model: what the model file must be before it is run.
//!
//! The script that exports the model writes it; it is never edited by hand. Each way in which a model can be wrong has
//! its own [`Error`].

use std::fmt;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Component, Path};

use ort::value::{Outlet, TensorElementType, ValueType};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::plan::VectorPlan;

/// Name of the manifest in a model's folder.
const FILE_NAME: &str = "manifest.toml";

/// The content of a manifest. Unknown keys are an error, so that a misspelt key is not silently ignored.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Identity and version of the model; it is stored with everything that the model computed.
    pub id: String,
    /// Name of the model's file, in the manifest's folder.
    #[serde(deserialize_with = "name_of_file")]
    pub file: String,
    /// Hash of that file, hexadecimal.
    pub sha256: String,
    /// Length of that file.
    pub size_bytes: u64,
    /// ONNX operator set.
    pub opset: u32,
    /// Version of the feature specification (`models/features`) that the input follows.
    pub feature_version: u32,
    /// SPDX expression for the weights.
    pub license: String,
    /// Where the weights come from.
    pub source: Source,
    /// Inputs of the model.
    pub input: Vec<Tensor>,
    /// Outputs of the model.
    pub output: Vec<Tensor>,
    /// How a track becomes the input; only for models that embed tracks.
    pub vectors: Option<VectorPlan>,
    /// Centres of the local embeddings; only for models that embed tracks.
    pub codebook: Option<CodebookFile>,
}

/// The file of centres of local embeddings beside a model. Each value is a byte: -127..=127 for -1..=1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodebookFile {
    /// Name of the file, in the manifest's folder.
    #[serde(deserialize_with = "name_of_file")]
    pub file: String,
    /// Hash of that file, hexadecimal.
    pub sha256: String,
    /// Length of that file.
    pub size_bytes: u64,
    /// How many codewords, the nearest, an index holds for each local embedding.
    #[serde(default = "one")]
    pub n_held: NonZeroUsize,
}

/// What manifests mean that do not say how many codewords are held.
fn one() -> NonZeroUsize {
    NonZeroUsize::MIN
}

/// The origin of the weights.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Source {
    /// They were published.
    Published {
        /// Package and version.
        package: String,
        /// File inside the package.
        file: String,
        /// Hash of the package, hexadecimal.
        sha256: String,
    },
    /// They were trained in `training/`.
    Trained {
        /// Name of the training configuration.
        run: String,
        /// Number of training steps.
        steps: u32,
    },
}

/// An array that a model takes or returns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tensor {
    /// Name in the ONNX graph.
    pub name: String,
    /// Element type: `f32` or `i64`.
    pub dtype: String,
    /// Axes in order of memory.
    pub shape: Vec<Axis>,
}

/// Length of an axis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Axis {
    /// A fixed length.
    Fixed(u32),
    /// A length that depends on the input; the name says what it counts.
    Varying(String),
}

impl Manifest {
    /// Reads `manifest.toml` in `folder`.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE_NAME);
        let text =
            fs::read_to_string(&path).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
        toml::from_str(&text).map_err(|source| Error::ManifestInvalid { path, source: Box::new(source) })
    }

    /// Reads the model in `folder` after checking its size and hash against the manifest.
    pub fn read_model(&self, folder: &Path) -> Result<Vec<u8>, Error> {
        read_as_promised(&folder.join(&self.file), self.size_bytes, &self.sha256)
    }

    /// Returns an error if the model was made for another version of the features than `expected`.
    pub fn require_feature_version(&self, expected: u32) -> Result<(), Error> {
        if self.feature_version == expected {
            return Ok(());
        }
        Err(Error::WrongFeatureVersion { model: self.id.clone(), expected, found: self.feature_version })
    }

    /// Returns an error if the manifest's tensors are not those that the program is written for.
    pub fn require_tensors(&self, input: &[Tensor], output: &[Tensor]) -> Result<(), Error> {
        self.require("input", input, &self.input)?;
        self.require("output", output, &self.output)
    }

    /// Returns an error if an opened model has other inputs or outputs than the manifest states.
    pub(crate) fn require_same(&self, inputs: &[Outlet], outputs: &[Outlet]) -> Result<(), Error> {
        let read = |outlets: &[Outlet]| outlets.iter().map(tensor).collect::<Vec<_>>();
        self.require("input", &self.input, &read(inputs))?;
        self.require("output", &self.output, &read(outputs))
    }

    fn require(&self, side: &str, expected: &[Tensor], found: &[Tensor]) -> Result<(), Error> {
        if expected == found {
            return Ok(());
        }
        let list = |tensors: &[Tensor]| {
            let tensors: Vec<_> = tensors.iter().map(Tensor::to_string).collect();
            format!("{side} {}", if tensors.is_empty() { "nothing".into() } else { tensors.join(" and ") })
        };
        Err(Error::WrongTensors { model: self.id.clone(), expected: list(expected), found: list(found) })
    }
}

impl CodebookFile {
    /// Reads the centres in `folder`, one after another, after checking size and hash against the manifest.
    pub fn read(&self, folder: &Path) -> Result<Vec<f32>, Error> {
        let bytes = read_as_promised(&folder.join(&self.file), self.size_bytes, &self.sha256)?;
        Ok(bytes.into_iter().map(|byte| f32::from(byte.cast_signed()) / 127.0).collect())
    }
}

/// Reads a file and checks its length and hash.
pub(crate) fn read_as_promised(path: &Path, size_bytes: u64, sha256: &str) -> Result<Vec<u8>, Error> {
    let path = path.to_path_buf();
    let content = fs::read(&path).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
    let found = content.len() as u64;
    if found != size_bytes {
        return Err(Error::WrongSize { path, expected: size_bytes, found });
    }
    let hash = hexadecimal(&Sha256::digest(&content));
    if !hash.eq_ignore_ascii_case(sha256) {
        return Err(Error::WrongHash { path, expected: sha256.into(), found: hash });
    }
    Ok(content)
}

impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let axes: Vec<_> = self.shape.iter().map(Axis::to_string).collect();
        write!(f, "{} {} [{}]", self.name, self.dtype, axes.join(", "))
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(length) => write!(f, "{length}"),
            Self::Varying(name) => f.write_str(name),
        }
    }
}

/// Describes an input or output of an opened model as a manifest does.
fn tensor(outlet: &Outlet) -> Tensor {
    let (dtype, shape) = match outlet.dtype() {
        ValueType::Tensor { ty: TensorElementType::Float32, shape, dimension_symbols } => {
            ("f32".into(), axes(shape, dimension_symbols))
        }
        ValueType::Tensor { ty: TensorElementType::Int64, shape, dimension_symbols } => {
            ("i64".into(), axes(shape, dimension_symbols))
        }
        other => (other.to_string(), Vec::new()),
    };
    Tensor { name: outlet.name().to_owned(), dtype, shape }
}

fn axes(shape: &[i64], symbols: &[String]) -> Vec<Axis> {
    shape.iter().zip(symbols).map(|(&length, symbol)| axis(length, symbol)).collect()
}

/// Converts an axis; ONNX Runtime describes an axis without a fixed length by -1 and a name.
fn axis(length: i64, symbol: &str) -> Axis {
    u32::try_from(length).map_or_else(|_| Axis::Varying(symbol.to_owned()), Axis::Fixed)
}

/// Accepts a file name without a path. With a path, a manifest could make the program read any file of the computer, or
/// an endless device.
pub(crate) fn name_of_file<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let name = String::deserialize(from)?;
    let mut parts = Path::new(&name).components();
    match (parts.next(), parts.next()) {
        (Some(Component::Normal(part)), None) if part == name.as_str() => Ok(name),
        _ => Err(D::Error::custom(format!("expected the name of a file beside the manifest, got {name:?}"))),
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;
