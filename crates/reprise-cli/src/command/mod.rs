//! One module for each command. It queries the library and passes the result to `print` or `json`.

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

/// The path of the library that a command uses.
pub fn library_path(arguments: &Arguments) -> Result<PathBuf, Failure> {
    Ok(match &arguments.library {
        Some(path) => path.clone(),
        None => default_library()?,
    })
}

/// Opens the library for writing; creates it if it does not exist.
pub fn open_library(arguments: &Arguments) -> Result<Library, Failure> {
    Ok(Library::open(&library_path(arguments)?)?)
}

/// Opens the library for reading.
pub fn open_existing(arguments: &Arguments) -> Result<Library, Failure> {
    Ok(Library::open_to_read(&existing(arguments)?)?)
}

/// The path of the library. A library that does not exist yet is an error with advice.
pub fn existing(arguments: &Arguments) -> Result<PathBuf, Failure> {
    let path = library_path(arguments)?;
    if !path.exists() {
        return Err(Failure::file(path, "there is no library yet; make one with: reprise scan DIR"));
    }
    Ok(path)
}
