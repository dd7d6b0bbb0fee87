//! Everything that can prevent a model from running, by what can be done about it.

use std::fmt;
use std::path::PathBuf;

/// The reason why a network gives no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// ONNX Runtime's shared library is in none of the expected places: install it, or set the variable to its path.
    #[error(
        "ONNX Runtime's library was not found (looked at {}); run `npm start` once, or set ORT_DYLIB_PATH to it",
        Paths(looked_at)
    )]
    LibraryNotFound {
        /// The files that were tried, in order.
        looked_at: Vec<PathBuf>,
    },
    /// The folder of models is in none of the expected places: the installation is incomplete.
    #[error(
        "the folder of models was not found (looked at {}); run from the checkout, or set REPRISE_MODELS to it",
        Paths(looked_at)
    )]
    ModelsNotFound {
        /// The folders that were tried, in order.
        looked_at: Vec<PathBuf>,
    },
    /// The file is not ONNX Runtime, or an older version than this program needs.
    #[error("{} cannot serve as ONNX Runtime", path.display())]
    LibraryRefused {
        /// The file that was tried.
        path: PathBuf,
        /// The reason.
        source: ort::LoadDynamicError,
    },
    /// A process can have only one ONNX Runtime, and another one is already loaded.
    #[error("{} was asked for, but {} is loaded and a process can have only one", requested.display(), loaded.display())]
    AnotherLibrary {
        /// The library in use.
        loaded: PathBuf,
        /// The requested library.
        requested: PathBuf,
    },
    /// The environment variable names a device that does not exist.
    #[error("REPRISE_DEVICE is {name}; it can be {known}")]
    UnknownDevice {
        /// The name.
        name: String,
        /// The possible names, as a list.
        known: String,
    },
    /// A file of the model cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The manifest or the model.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The manifest is invalid: reinstall, or export the model again.
    #[error("{} is not a manifest of a model", path.display())]
    ManifestInvalid {
        /// The manifest.
        path: PathBuf,
        /// The line and the reason.
        source: Box<toml::de::Error>,
    },
    /// The model is truncated or a different file: reinstall, or export it again.
    #[error("{} has {found} bytes, its manifest says {expected}", path.display())]
    WrongSize {
        /// The model.
        path: PathBuf,
        /// Bytes according to the manifest.
        expected: u64,
        /// Bytes in the file.
        found: u64,
    },
    /// The model is damaged or a different file: reinstall, or export it again.
    #[error("{} has sha256 {found}, its manifest says {expected}", path.display())]
    WrongHash {
        /// The model.
        path: PathBuf,
        /// Hash according to the manifest, hexadecimal.
        expected: String,
        /// Hash of the file, hexadecimal.
        found: String,
    },
    /// The model was made for other features than this program computes.
    #[error("{model} was made for features of version {found}, this program computes version {expected}")]
    WrongFeatureVersion {
        /// Identity of the model.
        model: String,
        /// Version of the feature specification in this program.
        expected: u32,
        /// Version in the manifest.
        found: u32,
    },
    /// The model has other inputs or outputs than the manifest states, or than this program can use.
    #[error("{model} has {found}, expected {expected}")]
    WrongTensors {
        /// Identity of the model.
        model: String,
        /// What was expected, e.g. `input hcqt_db f32 [1, n_frames, 216, 2]`.
        expected: String,
        /// What was found, in the same form.
        found: String,
    },
    /// The model's manifest has no plan for computing embeddings, or one that this program cannot follow.
    #[error("{model} does not say how a track becomes vectors in a way that this program can follow")]
    NoVectorPlan {
        /// Identity of the model.
        model: String,
    },
    /// The recogniser's vocabulary is a different file than this program can use.
    #[error("{} is not the vocabulary of a recogniser of many languages", path.display())]
    VocabularyInvalid {
        /// The file.
        path: PathBuf,
    },
    /// ONNX Runtime reported an error.
    #[error("ONNX Runtime could not {task}: {reason}")]
    Runtime {
        /// The task that failed.
        task: &'static str,
        /// ONNX Runtime's own message.
        reason: String,
    },
    /// The caller's input is not a whole number of frames.
    #[error("{n_values} values are no whole number of frames of {frame_len} values")]
    PartialFrame {
        /// Number of values given.
        n_values: usize,
        /// Number of values in a frame: bins times harmonics.
        frame_len: usize,
    },
    /// An input value is not finite: the code that computed it is at fault.
    #[error("frame {frame} of the input is not finite")]
    InputNotFinite {
        /// Index of the first such frame in the given piece.
        frame: usize,
    },
    /// The network returned a value that is not finite.
    #[error("frame {frame} of the model's output is not finite")]
    OutputNotFinite {
        /// Index of the first such frame in the given piece.
        frame: usize,
    },
}

impl Error {
    /// Returns a function that turns an error of ONNX Runtime into [`Error::Runtime`] for `task`; `R` is the builder
    /// that the error carries.
    pub(crate) fn runtime<R>(task: &'static str) -> impl FnOnce(ort::Error<R>) -> Self {
        move |refusal| Self::Runtime { task, reason: refusal.to_string() }
    }
}

/// Formats paths as a list in a sentence.
struct Paths<'a>(&'a [PathBuf]);

impl fmt::Display for Paths<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, path) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}{}", path.display())?;
        }
        Ok(())
    }
}
