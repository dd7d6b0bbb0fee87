//! Errors of the analysis of a file.

/// A file, or any file, cannot be analysed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be decoded.
    #[error(transparent)]
    Audio(#[from] reprise_audio::Error),
    /// A network or its runtime failed.
    #[error("could not be analysed: {0}")]
    Inference(#[from] reprise_inference::Error),
    /// A network, or what runs networks, is not there.
    #[error(transparent)]
    Unavailable(reprise_inference::Error),
    /// The disk is full.
    #[error("could not be analysed: there was no room for intermediate results: {0}")]
    Spool(#[from] std::io::Error),
    /// The analysis has a fault.
    #[error("could not be analysed: the analysis failed in an unforeseen way")]
    Panicked,
    /// The program cannot find its own executable, to decode in a child process.
    #[error("the program itself cannot be found: {0}")]
    OwnProgram(std::io::Error),
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
}

impl Error {
    /// Whether the caller stopped the analysis.
    pub fn is_stop(&self) -> bool {
        matches!(self, Self::Stopped | Self::Audio(reprise_audio::Error::Stopped))
    }
}
