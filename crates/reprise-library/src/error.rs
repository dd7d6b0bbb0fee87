//! Errors of the library as a whole, and of one file.

use std::path::{Path, PathBuf};

use reprise_store::TrackId;

/// An error of the library or the machine that prevents what was requested.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process writes to this library.
    #[error("the library {} is in use by another Reprise; let it finish or close it", .0.display())]
    InUse(PathBuf),
    /// This is a copy of the database file alone, made while a process was writing to the library.
    #[error(
        "{} was copied while Reprise had it open, so what was written to it last may be missing: copy it again with `reprise backup`, or make a library of what it holds with `reprise --library {} backup FILE`",
        .0.display(),
        .0.display()
    )]
    CopiedInPart(PathBuf),
    /// The platform has no data folder.
    #[error("this system names no folder for application data; name a library file")]
    NoDataFolder,
    /// The file is not a track of the library, and its analysis failed.
    #[error("{} is not in the library and cannot be heard: {reason}", path.display())]
    NotInLibrary {
        /// The requested file.
        path: PathBuf,
        /// Why the analysis failed.
        reason: String,
    },
    /// There is no track at this path.
    #[error("{} is not in the library", .0.display())]
    NotATrack(PathBuf),
    /// No track has this id; it may have been removed.
    #[error("no track {} is in the library", .0.0)]
    NoSuchTrack(TrackId),
    /// There is no audio to compare or to draw.
    #[error("{} has not been heard yet", .0.display())]
    NotAnalysed(PathBuf),
    /// A file of the library is absent or can no longer be decoded.
    #[error("{}: {reason}", path.display())]
    Undecodable {
        /// The file.
        path: PathBuf,
        /// The cause.
        reason: String,
    },
    /// The user's decision is about two files with the same audio.
    #[error("{} and {} hold the same audio, so there is nothing to decide", .0.display(), .1.display())]
    SameAudio(PathBuf, PathBuf),
    /// Two tracks match one row of a list of works.
    #[error("the label {label:?} fits both {} and {}; give its path below the folder", first.display(), second.display())]
    AmbiguousLabel {
        /// The row's file.
        label: String,
        /// A matching track.
        first: PathBuf,
        /// Another matching track.
        second: PathBuf,
    },
    /// The list of works has no two rows with the same work.
    #[error("the list holds no work with two or more files, so there is nothing to measure")]
    NothingToMeasure,
    /// Embeddings are needed that were not computed yet.
    #[error("{missing} of the library's recordings have no vectors yet; `reprise listen` makes them")]
    NotEmbedded {
        /// How many recordings have no embedding.
        missing: usize,
    },
    /// A folder that was chosen as a model is none that can be used.
    #[error("{} cannot be used as a model: {reason}", folder.display())]
    UnusableModel {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A bundled file is missing or differs from its manifest.
    #[error("{}: {reason}", path.display())]
    Bundled {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// An input or output error with a file or folder of the library itself.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// An error of the database.
    #[error(transparent)]
    Store(#[from] reprise_store::Error),
    /// An error of the networks or their runtime.
    #[error(transparent)]
    Inference(#[from] reprise_inference::Error),
    /// The analysis lacks something that it needs.
    #[error(transparent)]
    Analysis(#[from] reprise_analysis::Error),
    /// A clean-up cannot be planned or done.
    #[error("{0}")]
    CleanUp(String),
    /// An earlier clean-up was interrupted.
    #[error(
        "the clean-up {0} was interrupted: finish it (`reprise clean finish`) or undo it (`reprise clean undo`) first"
    )]
    CleanUpInterrupted(String),
    /// No clean-up has this name.
    #[error("there is no clean-up {0:?}; `reprise clean runs` lists them")]
    NoSuchRun(String),
    /// Files could not be moved into the quarantine or out of it.
    #[error(transparent)]
    Quarantine(#[from] reprise_quarantine::Error),
    /// The caller stopped the work before there was a result.
    #[error("stopped")]
    Stopped,
}

impl Error {
    /// Adds the path to an error of the operating system.
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        |source| Self::Io { path, source }
    }
}

/// An error with what caused it, in one sentence.
pub(crate) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // What only passes its cause on has said the same already.
        let text = cause.to_string();
        if !sentence.ends_with(text.trim()) {
            sentence = format!("{sentence}: {}", text.trim());
        }
        source = cause.source();
    }
    sentence
}
