//! The rules of keeping that a library remembers.

use crate::database::Database;
use crate::error::Error;
use crate::tidy::keep::KeepRules;

/// The key of the rules among the library's settings.
const RULES: &str = "keep_rules";

pub(crate) fn keep_rules(database: &Database) -> Result<KeepRules, Error> {
    let Some(text) = database.reader()?.meta(RULES)? else { return Ok(KeepRules::default()) };
    // Other rules would not protect the folders that these protect.
    serde_json::from_str(&text).map_err(|error| {
        Error::CleanUp(format!(
            "the rules of keeping in this library cannot be read by this Reprise: {error}"
        ))
    })
}

pub(crate) fn set_keep_rules(database: &Database, rules: &KeepRules) -> Result<(), Error> {
    let text = serde_json::to_string(rules).map_err(|error| Error::CleanUp(error.to_string()))?;
    Ok(database.store().set_meta(RULES, &text)?)
}
