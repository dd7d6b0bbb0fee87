//! `meta`: values that describe the library as a whole.

use rusqlite::OptionalExtension;

use crate::{Error, Store};

/// The identity of the library is drawn once, when the library is created. The application id is that of
/// [`crate::open`], "Rpri".
pub(crate) const V1: &str = "
PRAGMA application_id = 0x52707269;
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta (key, value) VALUES ('library_id', lower(hex(randomblob(16))));
";

impl Store {
    /// Returns the identity of the library: 32 hexadecimal digits, drawn when it was created.
    pub fn library_id(&self) -> Result<String, Error> {
        self.meta("library_id")?.ok_or_else(|| Error::Damaged("it has no identity".into()))
    }

    /// Returns the value stored under `key`.
    pub fn meta(&self, key: &str) -> Result<Option<String>, Error> {
        let mut select = self.connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(select.query_row([key], |row| row.get(0)).optional()?)
    }

    /// Stores `value` under `key` and replaces an earlier value.
    pub fn set_meta(&mut self, key: &str, value: &str) -> Result<(), Error> {
        let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.connection.prepare_cached(sql)?.execute([key, value])?;
        Ok(())
    }

    /// Removes the value under `key`, if there is one.
    pub fn remove_meta(&mut self, key: &str) -> Result<(), Error> {
        self.connection.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([key])?;
        Ok(())
    }
}
