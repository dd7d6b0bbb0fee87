//! Errors in a specification. Nothing else in this crate can fail: every signal has features.

/// The reason why a specification was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is not TOML, a key is missing, or a key is unknown: correct the file.
    #[error("the feature specification cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// The numbers contradict each other or this program: correct the file, or use the program that wrote it.
    #[error("the feature specification is not one this program computes: {0}")]
    Unsupported(String),
}
