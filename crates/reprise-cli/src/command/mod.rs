//! One module for each command. It queries the library and passes the result to `print` or `json`.

pub mod backup;
pub mod clean;
pub mod clean_json;
pub mod clean_rules;
pub mod clusters;
pub mod compare;
pub mod covers;
pub mod decide;
pub mod decisions;
pub mod decisions_list;
pub mod demo;
pub mod duplicates;
pub mod eval;
pub mod export;
pub mod feature_folder;
pub mod features;
pub mod kind;
pub mod problems;
pub mod review;
pub mod review_dialogue;
pub mod scan;
pub mod search;
pub mod status;
pub mod words;

use std::path::{Path, PathBuf};

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

/// The word for the models that ship, in place of a folder.
const SHIPPED: &str = "shipped";

/// Opens the library for writing; creates it if it does not exist.
pub fn open_library(arguments: &Arguments) -> Result<Library, Failure> {
    let path = library_path(arguments)?;
    let wanted = arguments.model.as_deref();
    // A model that cannot be used must not leave a new library behind.
    chosen(wanted).map_or(Ok(()), Library::check_model)?;
    let library = Library::open(&path)?;
    use_model(&library, wanted)?;
    Ok(library)
}

/// Uses the model that was named on the command line, if one was.
pub fn use_model(library: &Library, wanted: Option<&Path>) -> Result<(), Failure> {
    if wanted.is_some() {
        library.use_model(chosen(wanted))?;
    }
    Ok(())
}

/// The folder of the model; none for the one that ships.
fn chosen(wanted: Option<&Path>) -> Option<&Path> {
    wanted.filter(|folder| *folder != Path::new(SHIPPED))
}

/// Opens the library for reading; for writing, if it is to use another model.
pub fn open_existing(arguments: &Arguments) -> Result<Library, Failure> {
    let path = existing(arguments)?;
    if arguments.model.is_some() {
        return open_library(arguments);
    }
    Ok(Library::open_to_read(&path)?)
}

/// The path of the library. A library that does not exist yet is an error with advice.
pub fn existing(arguments: &Arguments) -> Result<PathBuf, Failure> {
    let path = library_path(arguments)?;
    if !path.exists() {
        return Err(Failure::file(path, "there is no library yet; make one with: reprise scan DIR"));
    }
    Ok(path)
}
