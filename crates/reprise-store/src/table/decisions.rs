//! `decisions`: the user's answers to questions about recordings. They are keyed on content and refer to no other
//! table, so that they survive moves, re-tagging, removed folders and upgrades of everything that is computed.
//!
//! A question is a word and the one or two recordings that it is about: `one song` is about two, `live` about one. This
//! table does not know which words exist, so that an answer to a question of a later build survives in this one.

use rusqlite::{OptionalExtension, Row};

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

/// What single recordings are: live, a remix, a cover.
pub(crate) const V6: &str = "
CREATE TABLE kinds (
    payload BLOB NOT NULL CHECK (length(payload) = 32),
    kind    TEXT NOT NULL,
    is_one  INTEGER NOT NULL CHECK (is_one IN (0, 1)),
    at_s    INTEGER NOT NULL,
    PRIMARY KEY (payload, kind)
) STRICT, WITHOUT ROWID;
";

/// One table for both. `b` is empty if a question is about one recording.
pub(crate) const V11: &str = "
ALTER TABLE decisions RENAME TO pair_decisions;
CREATE TABLE decisions (
    question TEXT NOT NULL,
    a        BLOB NOT NULL CHECK (length(a) = 32),
    b        BLOB NOT NULL CHECK (length(b) IN (0, 32)),
    is_yes   INTEGER NOT NULL CHECK (is_yes IN (0, 1)),
    at_s     INTEGER NOT NULL,
    PRIMARY KEY (question, a, b),
    CHECK (length(b) = 0 OR a < b)
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_by_a ON decisions (a);
CREATE INDEX decisions_by_b ON decisions (b);
INSERT INTO decisions SELECT 'one song', a, b, verdict = 'same', at_s FROM pair_decisions;
INSERT INTO decisions SELECT kind, payload, x'', is_one, at_s FROM kinds;
DROP TABLE pair_decisions;
DROP TABLE kinds;
";

/// A question that has the answer yes or no.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    word: String,
    a: PayloadHash,
    b: Option<PayloadHash>,
}

impl Question {
    /// Creates a question about one recording.
    pub fn single(word: &str, payload: PayloadHash) -> Self {
        Self { word: word.into(), a: payload, b: None }
    }

    /// Creates a question about two recordings, in either order; `None` if they are the same.
    pub fn pair(word: &str, one: PayloadHash, other: PayloadHash) -> Option<Self> {
        (one != other).then(|| Self { word: word.into(), a: one.min(other), b: Some(one.max(other)) })
    }

    /// Returns the word of the question, such as `live`.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Returns the recording that it is about; of two recordings, the lesser.
    pub fn a(&self) -> PayloadHash {
        self.a
    }

    /// Returns the greater of two recordings; `None` if it is about one.
    pub fn b(&self) -> Option<PayloadHash> {
        self.b
    }
}

/// The user's answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The question.
    pub question: Question,
    /// The answer.
    pub is_yes: bool,
    /// When the answer was given, in Unix seconds.
    pub at_s: i64,
}

/// The columns that [`read`] reads.
const COLUMNS: &str = "question, a, b, is_yes, at_s";

/// The condition that selects a question.
const ASKED: &str = "question = ?1 AND a = ?2 AND b = ?3";

fn read(row: &Row<'_>) -> rusqlite::Result<Decision> {
    let b = match row.get_ref(2)?.as_blob()? {
        [] => None,
        _ => Some(row.get(2)?),
    };
    let question = Question { word: row.get(0)?, a: row.get(1)?, b };
    Ok(Decision { question, is_yes: row.get(3)?, at_s: row.get(4)? })
}

/// Returns the second recording as it is stored.
fn second(question: &Question) -> &[u8] {
    question.b.as_ref().map_or(&[], |b| b.0.as_slice())
}

impl Store {
    /// Writes an answer and replaces an earlier one to the same question.
    pub fn put_decision(&mut self, decision: &Decision) -> Result<(), Error> {
        let Decision { question, is_yes, at_s } = decision;
        let sql = format!(
            "INSERT INTO decisions ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (question, a, b) DO UPDATE SET is_yes = excluded.is_yes, at_s = excluded.at_s"
        );
        let row = (&question.word, question.a, second(question), is_yes, at_s);
        self.connection.prepare_cached(&sql)?.execute(row)?;
        Ok(())
    }

    /// Removes the answer to a question; returns false if there was none.
    pub fn remove_decision(&mut self, question: &Question) -> Result<bool, Error> {
        let mut delete = self.connection.prepare_cached(&format!("DELETE FROM decisions WHERE {ASKED}"))?;
        Ok(delete.execute((&question.word, question.a, second(question)))? > 0)
    }

    /// Returns the answer to a question.
    pub fn decision(&self, question: &Question) -> Result<Option<Decision>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM decisions WHERE {ASKED}");
        let asked = (&question.word, question.a, second(question));
        Ok(self.connection.prepare_cached(&sql)?.query_row(asked, read).optional()?)
    }

    /// Returns the answers to all questions about one recording, alone or with another, in no particular order.
    pub fn decisions_of(&self, payload: &PayloadHash) -> Result<Vec<Decision>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM decisions WHERE a = ?1
             UNION ALL SELECT {COLUMNS} FROM decisions WHERE b = ?1"
        );
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_map([payload], read)?.collect::<Result<_, _>>()?)
    }

    /// Returns all answers, in the order of questions and recordings.
    pub fn decisions(&self) -> Result<Vec<Decision>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM decisions ORDER BY question, a, b");
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}
