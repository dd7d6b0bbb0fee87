//! `decisions`: what the user said about two recordings. Keyed on content and bound to no other table, so that it
//! outlives moves, re-tagging, removed folders and upgrades of everything that is computed.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, Row, ToSql};

use crate::{Error, PayloadHash, Store};

pub(crate) const V1: &str = "
CREATE TABLE decisions (
    a       BLOB NOT NULL CHECK (length(a) = 32),
    b       BLOB NOT NULL CHECK (length(b) = 32),
    verdict TEXT NOT NULL CHECK (verdict IN ('same', 'different')),
    at_s    INTEGER NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
) STRICT, WITHOUT ROWID;
";

/// What the user said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Versions of one song.
    Same,
    /// Not versions of each other.
    Different,
}

/// One word of the user about two recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The lesser payload.
    pub a: PayloadHash,
    /// The greater payload.
    pub b: PayloadHash,
    /// What they are to each other.
    pub verdict: Verdict,
    /// When it was said, unix seconds.
    pub at_s: i64,
}

impl ToSql for Verdict {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Same => "same",
            Self::Different => "different",
        }
        .into())
    }
}

impl FromSql for Verdict {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "same" => Ok(Self::Same),
            "different" => Ok(Self::Different),
            other => Err(FromSqlError::Other(format!("unknown verdict {other:?}").into())),
        }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Decision> {
    Ok(Decision { a: row.get(0)?, b: row.get(1)?, verdict: row.get(2)?, at_s: row.get(3)? })
}

impl Store {
    /// Writes what the user said of two payloads, in either order, in place of what was said before.
    pub fn put_decision(
        &mut self,
        one: PayloadHash,
        other: PayloadHash,
        verdict: Verdict,
        at_s: i64,
    ) -> Result<(), Error> {
        if one == other {
            return Err(Error::Rule(format!("a decision is about two recordings, got {one} twice")));
        }
        let sql = "INSERT INTO decisions (a, b, verdict, at_s) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (a, b) DO UPDATE SET verdict = excluded.verdict, at_s = excluded.at_s";
        self.connection.prepare_cached(sql)?.execute((one.min(other), one.max(other), verdict, at_s))?;
        Ok(())
    }

    /// Takes back what was said of two payloads, in either order; false when nothing was.
    pub fn remove_decision(&mut self, one: PayloadHash, other: PayloadHash) -> Result<bool, Error> {
        let mut delete = self.connection.prepare_cached("DELETE FROM decisions WHERE a = ?1 AND b = ?2")?;
        Ok(delete.execute((one.min(other), one.max(other)))? > 0)
    }

    /// What was said of two payloads, in either order.
    pub fn decision(&self, one: PayloadHash, other: PayloadHash) -> Result<Option<Decision>, Error> {
        let sql = "SELECT a, b, verdict, at_s FROM decisions WHERE a = ?1 AND b = ?2";
        let pair = (one.min(other), one.max(other));
        Ok(self.connection.prepare_cached(sql)?.query_row(pair, read).optional()?)
    }

    /// What was said of one payload and any other, in no order.
    pub fn decisions_of(&self, payload: PayloadHash) -> Result<Vec<Decision>, Error> {
        let sql = "SELECT a, b, verdict, at_s FROM decisions WHERE a = ?1
                   UNION ALL SELECT a, b, verdict, at_s FROM decisions WHERE b = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([payload], read)?.collect::<Result<_, _>>()?)
    }

    /// Everything the user said, in the order of payloads.
    pub fn decisions(&self) -> Result<Vec<Decision>, Error> {
        let sql = "SELECT a, b, verdict, at_s FROM decisions ORDER BY a, b";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}
