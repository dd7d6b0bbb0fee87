//! What a library remembers for every plan: the rules of keeping, and playlist files outside its folders.

use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::database::Database;
use crate::error::Error;
use crate::tidy::keep::KeepRules;
use crate::tidy::written_path::WrittenPath;

/// The keys among the library's settings.
const RULES: &str = "keep_rules";
const PLAYLISTS: &str = "named_playlists";

pub(crate) fn keep_rules(database: &Database) -> Result<KeepRules, Error> {
    read(database, RULES)
}

pub(crate) fn set_keep_rules(database: &Database, rules: &KeepRules) -> Result<(), Error> {
    write(database, RULES, &rules.clone().without_repetitions())
}

pub(crate) fn named_playlists(database: &Database) -> Result<Vec<PathBuf>, Error> {
    let named: Vec<WrittenPath> = read(database, PLAYLISTS)?;
    Ok(named.into_iter().map(|file| file.0).collect())
}

pub(crate) fn set_named_playlists(database: &Database, files: &[PathBuf]) -> Result<(), Error> {
    let named: Vec<WrittenPath> = files.iter().cloned().map(WrittenPath).collect();
    write(database, PLAYLISTS, &named)
}

fn read<T: DeserializeOwned + Default>(database: &Database, key: &str) -> Result<T, Error> {
    let Some(text) = database.reader()?.meta(key)? else { return Ok(T::default()) };
    // To go on without them could give up what they protect.
    serde_json::from_str(&text).map_err(|error| {
        Error::CleanUp(format!(
            "what this library remembers for clean-ups cannot be read by this Reprise ({error}); `reprise clean rules --forget` begins anew"
        ))
    })
}

fn write(database: &Database, key: &str, value: &impl Serialize) -> Result<(), Error> {
    let text = serde_json::to_string(value).map_err(|error| Error::CleanUp(error.to_string()))?;
    Ok(database.store().set_meta(key, &text)?)
}
