//! Errors of the analysis of a file.

/// The reason why one file, or every file, cannot be analysed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be decoded.
    #[error(transparent)]
    Audio(#[from] reprise_audio::Error),
    /// A network or its runtime failed.
    #[error("could not be analysed: {0}")]
    Inference(#[from] reprise_inference::Error),
    /// A network or the runtime of the networks is missing.
    #[error(transparent)]
    Unavailable(reprise_inference::Error),
    /// The disk is full.
    #[error("could not be analysed: there was no room for intermediate results: {0}")]
    Spool(#[from] std::io::Error),
    /// The analysis itself panicked.
    #[error("could not be analysed: the analysis failed in an unforeseen way")]
    Panicked,
    /// The program does not find its own executable, which decodes in a child process.
    #[error("the program itself cannot be found: {0}")]
    OwnProgram(std::io::Error),
    /// The caller stopped the analysis.
    #[error("stopped")]
    Stopped,
}

impl Error {
    /// Whether the caller stopped the analysis.
    pub fn is_stop(&self) -> bool {
        matches!(self, Self::Stopped | Self::Audio(reprise_audio::Error::Stopped))
    }
}
