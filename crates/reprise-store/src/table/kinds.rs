//! `kinds`: what the user said a recording is or is not: live, a remix, a cover. Keyed on content, as `decisions` are. Which
//! kinds there are is not known here: a word of a later build survives this one.

use rusqlite::{OptionalExtension, Row};

use crate::{Error, PayloadHash, Store};

pub(crate) const V6: &str = "
CREATE TABLE kinds (
    payload BLOB NOT NULL CHECK (length(payload) = 32),
    kind    TEXT NOT NULL,
    is_one  INTEGER NOT NULL CHECK (is_one IN (0, 1)),
    at_s    INTEGER NOT NULL,
    PRIMARY KEY (payload, kind)
) STRICT, WITHOUT ROWID;
";

/// One word of the user about what a recording is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindSaid {
    /// The recording.
    pub payload: PayloadHash,
    /// Such as `live`.
    pub kind: String,
    /// Whether it is of that kind, or is not.
    pub is_one: bool,
    /// When it was said, unix seconds.
    pub at_s: i64,
}

const COLUMNS: &str = "SELECT payload, kind, is_one, at_s FROM kinds";

fn read(row: &Row<'_>) -> rusqlite::Result<KindSaid> {
    Ok(KindSaid { payload: row.get(0)?, kind: row.get(1)?, is_one: row.get(2)?, at_s: row.get(3)? })
}

impl Store {
    /// Writes what the user said of a recording, in place of what was said of it and this kind before.
    pub fn put_kind(&mut self, said: &KindSaid) -> Result<(), Error> {
        let sql = "INSERT INTO kinds (payload, kind, is_one, at_s) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (payload, kind) DO UPDATE SET is_one = excluded.is_one, at_s = excluded.at_s";
        self.connection.prepare_cached(sql)?.execute((said.payload, &said.kind, said.is_one, said.at_s))?;
        Ok(())
    }

    /// Takes back what was said of a recording and a kind; false when nothing was.
    pub fn remove_kind(&mut self, payload: &PayloadHash, kind: &str) -> Result<bool, Error> {
        let mut delete =
            self.connection.prepare_cached("DELETE FROM kinds WHERE payload = ?1 AND kind = ?2")?;
        Ok(delete.execute((payload, kind))? > 0)
    }

    /// What was said of a recording and a kind.
    pub fn kind(&self, payload: &PayloadHash, kind: &str) -> Result<Option<KindSaid>, Error> {
        let sql = format!("{COLUMNS} WHERE payload = ?1 AND kind = ?2");
        Ok(self.connection.prepare_cached(&sql)?.query_row((payload, kind), read).optional()?)
    }

    /// What was said of a recording and any kind.
    pub fn kinds_of(&self, payload: &PayloadHash) -> Result<Vec<KindSaid>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{COLUMNS} WHERE payload = ?1"))?;
        Ok(select.query_map([payload], read)?.collect::<Result<_, _>>()?)
    }

    /// Everything that was said of kinds, in the order of payloads.
    pub fn kinds(&self) -> Result<Vec<KindSaid>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{COLUMNS} ORDER BY payload, kind"))?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}
