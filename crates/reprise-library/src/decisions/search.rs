//! Which decisions a search finds.

use std::cmp::Reverse;
use std::collections::HashSet;

use reprise_store::TrackId;

use crate::database::Database;
use crate::decisions::{DecidedFiles, decisions};
use crate::error::Error;

/// The decisions with a file for each word of `search`, newest first. A word is sought as in the list of tracks; a
/// decision about two recordings may have one word in each.
pub(crate) fn found(database: &Database, search: &str) -> Result<Vec<DecidedFiles>, Error> {
    let mut found = decisions(database)?;
    let reader = database.reader()?;
    for word in search.split_whitespace() {
        let Some(tracks) = reader.search(word)? else { continue };
        let tracks: HashSet<TrackId> = tracks.into_iter().collect();
        found.retain(|one| {
            let mut files = one.files_a.iter().chain(&one.files_b);
            files.any(|file| file.id.is_some_and(|id| tracks.contains(&id)))
        });
    }
    // The sort is stable: what was said in one second stays in the order of questions and recordings.
    found.sort_by_key(|one| Reverse(one.decision.at_s));
    Ok(found)
}
