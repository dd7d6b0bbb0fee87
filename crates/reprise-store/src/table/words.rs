//! `words`: what is sung in a recording, as heard. `word_terms` and `words_search` find recordings by it.

use rusqlite::{Connection, OptionalExtension, Row, ToSql};

use crate::table::features::{Owed, owed_unless};
use crate::table::links;
use crate::table::recordings::{self, RecordingId};
use crate::{Error, PayloadHash, Store};

/// `lines`: compressed text. Each line has start, end and log-probability in hundredths, and the words, after tabs. A
/// recording in which no words are heard has a row with an empty `language`, so that it is not listened to again.
///
/// `compared`: whether the words were compared with those of the other recordings that are alike. `word_terms` has the
/// terms of each recording, `words_search` the sounds of its words in their order, one token each.
pub(crate) const V12: &str = "
CREATE TABLE words (
    recording_id         INTEGER PRIMARY KEY REFERENCES recordings (id),
    version              TEXT NOT NULL,
    language             TEXT NOT NULL,
    language_probability REAL NOT NULL,
    n_terms              INTEGER NOT NULL,
    compared             INTEGER NOT NULL DEFAULT 0,
    lines                BLOB NOT NULL
) STRICT;
CREATE INDEX words_by_version ON words (version, language, compared);
CREATE TABLE word_terms (
    term         INTEGER NOT NULL,
    recording_id INTEGER NOT NULL,
    PRIMARY KEY (term, recording_id)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE words_search USING fts5 (
    sounds, content = '', contentless_delete = 1, tokenize = 'ascii'
);
";

const ZSTD_LEVEL: i32 = 9;

/// No transcript is longer, compressed or not: hours of speech have less than a megabyte.
const LONGEST_BYTES: usize = 1 << 24;

/// The words of one recording, as heard.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Words {
    /// Code of the language (ISO 639); empty if no words are heard.
    pub language: String,
    /// How sure the recogniser is of the language, 0..=1.
    pub language_probability: f32,
    /// What is sung, in order.
    pub lines: Vec<WordsLine>,
}

/// A line of what is sung. Numbers are stored in hundredths.
#[derive(Debug, Clone, PartialEq)]
pub struct WordsLine {
    /// Where it starts, in seconds.
    pub start_s: f32,
    /// Where it ends.
    pub end_s: f32,
    /// Mean log-probability of its tokens: 0 where the recogniser is sure.
    pub log_probability: f32,
    /// The words, separated by single spaces.
    pub text: String,
}

impl Words {
    fn pack(&self) -> Result<Vec<u8>, Error> {
        let hundredths = |value: f32| (f64::from(value) * 100.0).round() as i64;
        let mut text = String::new();
        for line in &self.lines {
            let numbers = [line.start_s, line.end_s, line.log_probability].map(hundredths);
            // Tabs and ends of lines separate.
            let words = line.text.split_whitespace().collect::<Vec<_>>().join(" ");
            text.push_str(&format!("{}\t{}\t{}\t{words}\n", numbers[0], numbers[1], numbers[2]));
        }
        let failed = |error: std::io::Error| Error::Rule(format!("words could not be compressed: {error}"));
        zstd::bulk::compress(text.as_bytes(), ZSTD_LEVEL).map_err(failed)
    }

    fn unpack(language: String, language_probability: f32, lines: &[u8]) -> Result<Self, Error> {
        let damaged = || Error::Damaged("words that cannot be read".to_owned());
        let bytes = zstd::bulk::decompress(lines, LONGEST_BYTES).map_err(|_| damaged())?;
        let text = String::from_utf8(bytes).map_err(|_| damaged())?;
        let line = |line: &str| {
            let mut parts = line.splitn(4, '\t');
            let mut number = || parts.next()?.parse::<i64>().ok().map(|n| n as f32 / 100.0);
            let (start_s, end_s, log_probability) = (number()?, number()?, number()?);
            Some(WordsLine { start_s, end_s, log_probability, text: parts.next()?.to_owned() })
        };
        let lines = text.lines().map(|one| line(one).ok_or_else(damaged)).collect::<Result<_, _>>()?;
        Ok(Self { language, language_probability, lines })
    }
}

/// What of a transcript other recordings are found by.
#[derive(Debug, Clone, Copy)]
pub struct WordsIndex<'a> {
    /// Its distinct terms.
    pub terms: &'a [u32],
    /// How its words sound, a token for each, separated by spaces.
    pub sounds: &'a str,
}

/// Removes the words of the recordings that the query `of` gives for `parameter`, and what was found by them.
fn remove(connection: &Connection, of: &str, parameter: impl ToSql) -> Result<(), Error> {
    let places = [
        ("word_terms", "recording_id"),
        ("words_search", "rowid"),
        ("word_pairs", "a"),
        ("word_pairs", "b"),
        ("words", "recording_id"),
    ];
    for (table, column) in places {
        connection.execute(&format!("DELETE FROM {table} WHERE {column} IN ({of})"), [&parameter])?;
    }
    Ok(())
}

impl Store {
    /// Writes the words of an analysed recording, and what they are found by. This replaces earlier words and what was
    /// found by them.
    pub fn put_words(
        &mut self,
        payload: &PayloadHash,
        version: &str,
        words: &Words,
        index: &WordsIndex<'_>,
    ) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let recording = recordings::id_of(&transaction, payload)?;
        if transaction.prepare_cached("SELECT 1 FROM words WHERE recording_id = ?1")?.exists([recording.0])? {
            remove(&transaction, "SELECT ?1", recording.0)?;
        }
        let sql = "INSERT INTO words (recording_id, version, language, language_probability, n_terms, lines)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let n_terms = index.terms.len() as i64;
        let row = (recording.0, version, &words.language, words.language_probability, n_terms, words.pack()?);
        transaction.prepare_cached(sql)?.execute(row)?;
        if !index.sounds.is_empty() {
            let sql = "INSERT INTO words_search (rowid, sounds) VALUES (?1, ?2)";
            transaction.prepare_cached(sql)?.execute((recording.0, index.sounds))?;
        }
        let sql = "INSERT OR IGNORE INTO word_terms (term, recording_id) VALUES (?1, ?2)";
        for term in index.terms {
            transaction.prepare_cached(sql)?.execute((term, recording.0))?;
        }
        Ok(transaction.commit()?)
    }

    /// Removes all words of other versions, and what was found by them, which puts the links in doubt. Returns whether
    /// there were any.
    pub fn remove_words_except(&mut self, version: &str) -> Result<bool, Error> {
        let stale = "SELECT recording_id FROM words WHERE version <> ?1";
        let transaction = self.connection.transaction()?;
        let has_any = transaction.prepare_cached(stale)?.exists([version])?;
        if has_any {
            remove(&transaction, stale, version)?;
            links::doubt(&transaction)?;
        }
        transaction.commit()?;
        Ok(has_any)
    }

    /// Returns the words of a recording; `None` if it was not listened to in this version.
    pub fn words(&self, recording: RecordingId, version: &str) -> Result<Option<Words>, Error> {
        let sql = "SELECT language, language_probability, lines FROM words
                   WHERE recording_id = ?1 AND version = ?2";
        let mut select = self.connection.prepare_cached(sql)?;
        let row: Option<(String, f32, Vec<u8>)> = select
            .query_row((recording.0, version), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        row.map(|(language, probability, lines)| Words::unpack(language, probability, &lines)).transpose()
    }

    /// Returns the language of the words of a recording and how sure it is, if they have at least `n_terms` terms.
    pub fn words_language(
        &self,
        recording: RecordingId,
        version: &str,
        n_terms: u32,
    ) -> Result<Option<(String, f32)>, Error> {
        let sql = "SELECT language, language_probability FROM words
                   WHERE recording_id = ?1 AND version = ?2 AND language <> '' AND n_terms >= ?3";
        let mut select = self.connection.prepare_cached(sql)?;
        let row = select.query_row((recording.0, version, n_terms), |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(row.optional()?)
    }

    /// Returns how many recordings were listened to for words of `version`, and in how many of them words were heard.
    pub fn words_counts(&self, version: &str) -> Result<(u64, u64), Error> {
        let sql = "SELECT count(*), count(*) FILTER (WHERE language <> '') FROM words WHERE version = ?1";
        let counts = |row: &Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64));
        Ok(self.connection.prepare_cached(sql)?.query_row([version], counts)?)
    }

    /// Returns how many recordings of at most `longest_s` seconds [`Store::owed_words`] gives.
    pub fn owed_words_count(&self, version: &str, melody: &str, longest_s: f64) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM recordings AS r JOIN features AS f ON f.recording_id = r.id
                   WHERE f.kind = 'melody' AND f.version = ?2 AND f.n_frames > 0 AND r.refused IS NULL
                       AND r.duration_s <= ?3
                       AND NOT EXISTS (
                           SELECT 1 FROM words AS w WHERE w.recording_id = r.id AND w.version = ?1)
                       AND EXISTS (
                           SELECT 1 FROM tracks AS t WHERE t.payload = r.payload AND t.missing_since_s IS NULL)";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_row((version, melody, longest_s), |row| row.get::<_, i64>(0))? as u64)
    }

    /// Forgets how alike words are, which puts the links in doubt: all are compared again.
    pub fn forget_word_pairs(&mut self) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM word_pairs", [])?;
        transaction.execute("UPDATE words SET compared = 0", [])?;
        links::doubt(&transaction)?;
        Ok(transaction.commit()?)
    }

    /// Returns the recordings with a melody of version `melody` that were not listened to for words of `version`, each
    /// with one file that is present.
    pub fn owed_words(&self, version: &str, melody: &str) -> Result<Vec<Owed>, Error> {
        let is_done = "SELECT 1 FROM words AS w WHERE w.recording_id = r.id AND w.version = ?1
                       UNION ALL
                       SELECT 1 WHERE NOT EXISTS (
                           SELECT 1 FROM features AS f WHERE f.recording_id = r.id AND f.kind = 'melody'
                           AND f.version = ?2 AND f.n_frames > 0)";
        owed_unless(&self.connection, is_done, [version, melody])
    }

    /// Returns recordings with words of `version`, in the order of their rows: all, or those that were not compared yet.
    pub fn recordings_with_words(&self, version: &str, uncompared: bool) -> Result<Vec<RecordingId>, Error> {
        let sql = "SELECT recording_id FROM words
                   WHERE version = ?1 AND language <> '' AND (NOT ?2 OR compared = 0) ORDER BY recording_id";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map((version, uncompared), |row| Ok(RecordingId(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Calls `each` with every recording that has a term. Returns how many there are.
    pub fn each_with_term(&self, term: u32, mut each: impl FnMut(RecordingId)) -> Result<usize, Error> {
        let mut select =
            self.connection.prepare_cached("SELECT recording_id FROM word_terms WHERE term = ?1")?;
        let (mut rows, mut n) = (select.query([term])?, 0);
        while let Some(row) = rows.next()? {
            each(RecordingId(row.get(0)?));
            n += 1;
        }
        Ok(n)
    }

    /// Returns how many terms the words of a recording have; 0 if it has no words.
    pub fn term_count(&self, recording: RecordingId) -> Result<u32, Error> {
        let mut select =
            self.connection.prepare_cached("SELECT n_terms FROM words WHERE recording_id = ?1")?;
        Ok(select.query_row([recording.0], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// Returns the recordings whose words sound like `query`, a query of SQLite's FTS5 over sounds, best first by BM25.
    pub fn search_words(&self, query: &str, limit: usize) -> Result<Vec<RecordingId>, Error> {
        let sql = "SELECT rowid FROM words_search WHERE words_search MATCH ?1 ORDER BY rank LIMIT ?2";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map((query, limit as i64), |row| Ok(RecordingId(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
