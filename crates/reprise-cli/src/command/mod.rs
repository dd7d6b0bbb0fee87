//! One module a command: ask the library, hand the answer to `print` or `json`.

pub mod backup;
pub mod clusters;
pub mod compare;
pub mod covers;
pub mod decide;
pub mod decisions;
pub mod demo;
pub mod duplicates;
pub mod eval;
pub mod export;
pub mod feature_folder;
pub mod features;
pub mod kind;
pub mod problems;
pub mod scan;
pub mod status;

use std::path::PathBuf;

use reprise_library::{Library, default_library};

use crate::args::Arguments;
use crate::failure::Failure;

/// The library a command works on.
pub fn library_path(arguments: &Arguments) -> Result<PathBuf, Failure> {
    Ok(match &arguments.library {
        Some(path) => path.clone(),
        None => default_library()?,
    })
}

/// Opens it for writing, making it where there is none.
pub fn open_library(arguments: &Arguments) -> Result<Library, Failure> {
    Ok(Library::open(&library_path(arguments)?)?)
}

/// Opens it for asking.
pub fn open_existing(arguments: &Arguments) -> Result<Library, Failure> {
    Ok(Library::open_to_read(&existing(arguments)?)?)
}

/// Where it is; a library that does not exist yet is an error with advice.
pub fn existing(arguments: &Arguments) -> Result<PathBuf, Failure> {
    let path = library_path(arguments)?;
    if !path.exists() {
        return Err(Failure::file(path, "there is no library yet; make one with: reprise scan DIR"));
    }
    Ok(path)
}
