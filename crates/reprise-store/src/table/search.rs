//! `search`: the words of each track, kept up to date by triggers. Words are compared without case and accents.

use crate::table::tracks::TrackId;
use crate::{Error, Store};

/// The rows of an older library are added at once. The triggers write only if words change, because a scan touches
/// every track. The prefix indexes serve words that are typed only in part.
pub(crate) const V2: &str = "
CREATE VIRTUAL TABLE search USING fts5 (
    title, artist, album, path,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
INSERT INTO search (rowid, title, artist, album, path) SELECT id, title, artist, album, nfc FROM tracks;
CREATE TRIGGER search_gains AFTER INSERT ON tracks BEGIN
    INSERT INTO search (rowid, title, artist, album, path)
    VALUES (new.id, new.title, new.artist, new.album, new.nfc);
END;
CREATE TRIGGER search_loses AFTER DELETE ON tracks BEGIN
    DELETE FROM search WHERE rowid = old.id;
END;
CREATE TRIGGER search_follows AFTER UPDATE OF title, artist, album, nfc ON tracks
WHEN old.title IS NOT new.title OR old.artist IS NOT new.artist OR old.album IS NOT new.album
    OR old.nfc IS NOT new.nfc
BEGIN
    DELETE FROM search WHERE rowid = old.id;
    INSERT INTO search (rowid, title, artist, album, path)
    VALUES (new.id, new.title, new.artist, new.album, new.nfc);
END;
";

impl Store {
    /// Returns the tracks in whose title, artist, album or path every word of `text` is the beginning of a word, in the
    /// order of ids; `None` if `text` has no words.
    pub fn search(&self, text: &str) -> Result<Option<Vec<TrackId>>, Error> {
        let Some(terms) = terms(text) else { return Ok(None) };
        let mut select = self
            .connection
            .prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid")?;
        Ok(Some(select.query_map([terms], |row| row.get(0).map(TrackId))?.collect::<Result<_, _>>()?))
    }
}

/// Returns the words of `text` as prefix terms that must all occur. They are quoted, so that none is read as an
/// operator.
fn terms(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let terms: Vec<String> = words.map(|word| format!("\"{word}\"*")).collect();
    (!terms.is_empty()).then(|| terms.join(" "))
}
