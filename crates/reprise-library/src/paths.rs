//! Where Reprise keeps what it knows, the same for the command line and the window.

use std::path::PathBuf;

use crate::error::Error;

/// Names Reprise's folder below the platform's data folder.
pub const APPLICATION_ID: &str = "org.reprise.desktop";

/// The platform's data folder for Reprise: `$XDG_DATA_HOME`, `~/Library/Application Support` or `%APPDATA%`.
pub fn data_folder() -> Result<PathBuf, Error> {
    dirs::data_dir().map(|data| data.join(APPLICATION_ID)).ok_or(Error::NoDataFolder)
}

/// The library that is used when none is named.
pub fn default_library() -> Result<PathBuf, Error> {
    Ok(data_folder()?.join("library.db"))
}
