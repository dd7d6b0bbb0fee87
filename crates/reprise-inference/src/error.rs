//! Everything that can keep a model from running, by what there is to do about it.

use std::fmt;
use std::path::PathBuf;

/// Why there are no chord-pitch frames.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// ONNX Runtime's shared library is in none of the places it may be: install it or say where it is.
    #[error(
        "ONNX Runtime's library was not found (looked at {}); run `npm start` once, or set ORT_DYLIB_PATH to it",
        Paths(looked_at)
    )]
    LibraryNotFound {
        /// The files that would have done, in order.
        looked_at: Vec<PathBuf>,
    },
    /// The folder of models is in none of the places it may be: the installation is incomplete.
    #[error(
        "the folder of models was not found (looked at {}); run from the checkout, or set REPRISE_MODELS to it",
        Paths(looked_at)
    )]
    ModelsNotFound {
        /// The folders that would have done, in order.
        looked_at: Vec<PathBuf>,
    },
    /// The file is not ONNX Runtime, or an older one than this program needs.
    #[error("{} cannot serve as ONNX Runtime", path.display())]
    LibraryRefused {
        /// The file that was tried.
        path: PathBuf,
        /// What is wrong with it.
        source: ort::LoadDynamicError,
    },
    /// A process has one ONNX Runtime, and it has another one already.
    #[error("{} was asked for, but {} is loaded and a process can have only one", requested.display(), loaded.display())]
    AnotherLibrary {
        /// The library in use.
        loaded: PathBuf,
        /// The library asked for.
        requested: PathBuf,
    },
    /// The environment names a device that there is not.
    #[error("REPRISE_DEVICE is {name}; it can be {known}")]
    UnknownDevice {
        /// What it says.
        name: String,
        /// What it can say, in a list.
        known: String,
    },
    /// A file of the model cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The manifest or the model.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The manifest is not a manifest: reinstall, or export the model again.
    #[error("{} is not a manifest of a model", path.display())]
    ManifestInvalid {
        /// The manifest.
        path: PathBuf,
        /// Line and reason.
        source: Box<toml::de::Error>,
    },
    /// The model is cut short or another file: reinstall, or export it again.
    #[error("{} has {found} bytes, its manifest says {expected}", path.display())]
    WrongSize {
        /// The model.
        path: PathBuf,
        /// Bytes according to the manifest.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// The model is damaged or another file: reinstall, or export it again.
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
        /// Version the manifest names.
        found: u32,
    },
    /// The model takes or gives something else than the manifest says, or than this program can use.
    #[error("{model} has {found}, expected {expected}")]
    WrongTensors {
        /// Identity of the model.
        model: String,
        /// What was expected, e.g. `input hcqt_db f32 [1, n_frames, 216, 2]`.
        expected: String,
        /// What was found, in the same form.
        found: String,
    },
    /// The model's manifest has no plan of vectors, or not one that this program can follow.
    #[error("{model} does not say how a track becomes vectors in a way that this program can follow")]
    NoVectorPlan {
        /// Identity of the model.
        model: String,
    },
    /// ONNX Runtime refused to do something.
    #[error("ONNX Runtime could not {task}: {reason}")]
    Runtime {
        /// What was to be done.
        task: &'static str,
        /// ONNX Runtime's own words.
        reason: String,
    },
    /// The caller's input is not a whole number of frames.
    #[error("{n_values} values are no whole number of frames of {frame_len} values")]
    PartialFrame {
        /// Values handed in.
        n_values: usize,
        /// Values of one frame: bins times harmonics.
        frame_len: usize,
    },
    /// A value handed in is no number of decibels: what computed it is at fault.
    #[error("frame {frame} of the input is not finite")]
    InputNotFinite {
        /// Index of the first such frame in the piece that was run.
        frame: usize,
    },
    /// The network gave something that is no probability.
    #[error("frame {frame} of the model's output is not finite")]
    OutputNotFinite {
        /// Index of the first such frame in the piece that was run.
        frame: usize,
    },
}

impl Error {
    /// Names what was being done when ONNX Runtime refused; `R` is a builder that came back with the refusal.
    pub(crate) fn runtime<R>(task: &'static str) -> impl FnOnce(ort::Error<R>) -> Self {
        move |refusal| Self::Runtime { task, reason: refusal.to_string() }
    }
}

/// Paths as a reader wants them in a sentence.
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
