//! `words`: what is sung in a recording, as heard. `words_search` finds recordings by how their words sound.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::table::features::{Owed, owed_unless};
use crate::table::recordings::{self, RecordingId};
use crate::{Error, PayloadHash, Store};

/// `lines`: compressed text. Each line has start, end and log-probability in hundredths, and the words, after tabs. A
/// recording in which no words are heard has a row with an empty `language`, so that it is not listened to again.
///
/// `words_search` has the sounds of the words of each recording in their order, one token each.
pub(crate) const V12: &str = "
CREATE TABLE words (
    recording_id         INTEGER PRIMARY KEY REFERENCES recordings (id),
    version              TEXT NOT NULL,
    language             TEXT NOT NULL,
    language_probability REAL NOT NULL,
    lines                BLOB NOT NULL
) STRICT;
CREATE INDEX words_by_version ON words (version, language);
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

/// Removes the words of a recording.
pub(crate) fn remove(connection: &Connection, recording: RecordingId) -> Result<(), Error> {
    connection.prepare_cached("DELETE FROM words WHERE recording_id = ?1")?.execute([recording.0])?;
    connection.prepare_cached("DELETE FROM words_search WHERE rowid = ?1")?.execute([recording.0])?;
    Ok(())
}

impl Store {
    /// Writes the words of an analysed recording and replaces earlier ones. `sounds`: how they sound, a token for each,
    /// separated by spaces.
    pub fn put_words(
        &mut self,
        payload: &PayloadHash,
        version: &str,
        words: &Words,
        sounds: &str,
    ) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let recording = recordings::id_of(&transaction, payload)?;
        remove(&transaction, recording)?;
        let sql = "INSERT INTO words (recording_id, version, language, language_probability, lines)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let row = (recording.0, version, &words.language, words.language_probability, words.pack()?);
        transaction.prepare_cached(sql)?.execute(row)?;
        if !sounds.is_empty() {
            let sql = "INSERT INTO words_search (rowid, sounds) VALUES (?1, ?2)";
            transaction.prepare_cached(sql)?.execute((recording.0, sounds))?;
        }
        Ok(transaction.commit()?)
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

    /// Returns how many recordings were listened to for words of `version`, and in how many of them words were heard.
    pub fn words_counts(&self, version: &str) -> Result<(u64, u64), Error> {
        let sql = "SELECT count(*), count(*) FILTER (WHERE language <> '') FROM words WHERE version = ?1";
        let counts = |row: &Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64));
        Ok(self.connection.prepare_cached(sql)?.query_row([version], counts)?)
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

    /// Returns the recordings whose words sound like `query`, a query of SQLite's FTS5 over sounds, best first by BM25.
    pub fn search_words(&self, query: &str, limit: usize) -> Result<Vec<(RecordingId, f32)>, Error> {
        let sql = "SELECT rowid, bm25(words_search) FROM words_search WHERE words_search MATCH ?1
                   ORDER BY bm25(words_search) LIMIT ?2";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map((query, limit as i64), |row| {
            Ok((RecordingId(row.get(0)?), -row.get::<_, f64>(1)? as f32))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
