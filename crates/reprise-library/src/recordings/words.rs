//! The words of recordings, prepared for comparison.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use reprise_features::Versions;
use reprise_inference::{find_models, find_words};
use reprise_matching::words::{CommonTerms, Line, MISTAKEN_LANGUAGES, Rarity, Text, Vector, sounds};
use reprise_store::{PayloadHash, RecordingId, Store, Words, WordsIndex};
use serde::Deserialize;

use crate::database::{Changed, Database};
use crate::error::Error;
use crate::recordings::bundled::read;

/// How many recordings are counted to know which terms are common. With more, a rarity hardly changes.
const COUNTED: usize = 4000;

/// Terms are counted anew when the number of recordings with words has changed by this factor.
const GROWN: f64 = 1.1;

/// How many vectors are kept: those of candidates are needed again and again.
const KEPT_VECTORS: usize = 4000;

/// From so many terms and from this probability on a language is told to the user.
const FEWEST_TERMS: u32 = 150;
const SURE_OF_LANGUAGE: f32 = 0.6;

/// The content of models/words/common.toml, which training/scripts/make_common_words.py writes.
#[derive(Deserialize)]
struct Manifest {
    file: String,
    sha256: String,
}

/// The key in `meta` for whether words are heard.
const WANTED: &str = "words_wanted";

pub(crate) fn want_words(database: &Database, wanted: bool) -> Result<(), Error> {
    Ok(database.store().set_meta(WANTED, if wanted { "yes" } else { "no" })?)
}

pub(crate) fn wants_words(database: &Database) -> Result<bool, Error> {
    Ok(database.reader()?.meta(WANTED)?.as_deref() != Some("no"))
}

/// Whether the recogniser of words is installed.
pub fn words_are_installed() -> bool {
    find_models().is_ok_and(|models| find_words(&models).is_some())
}

/// The words of a recording; `None` if it has not been listened to.
pub(crate) fn stored_words(reader: &Store, recording: RecordingId) -> Result<Option<Words>, Error> {
    Ok(reader.words(recording, Versions::CURRENT.words)?)
}

/// The language in which a recording is sung, if enough is heard to be sure.
pub(crate) fn sung_language(reader: &Store, recording: RecordingId) -> Result<Option<String>, Error> {
    let known = reader.words_language(recording, Versions::CURRENT.words, FEWEST_TERMS)?;
    let is_sure = |(language, sureness): &(String, f32)| {
        *sureness >= SURE_OF_LANGUAGE && !MISTAKEN_LANGUAGES.contains(&language.as_str())
    };
    Ok(known.filter(is_sure).map(|(language, _)| language))
}

/// Stores the words of a recording, and what they are found by.
pub(crate) fn put_words(database: &Database, payload: &PayloadHash, words: &Words) -> Result<(), Error> {
    let terms: Vec<u32> = text_of(words).terms.into_iter().map(|(term, _)| term).collect();
    let sounds = sounds(words.lines.iter().map(|line| line.text.as_str()));
    let index = WordsIndex { terms: &terms, sounds: &sounds };
    let version = Versions::CURRENT.words;
    database.change(Changed::Relations, |store| store.put_words(payload, version, words, &index))
}

/// The lines of a transcript.
pub(crate) fn lines_of(words: &Words) -> Vec<Line<'_>> {
    let lines = words.lines.iter().map(|line| Line {
        start_s: line.start_s,
        end_s: line.end_s,
        text: &line.text,
        log_probability: line.log_probability,
    });
    lines.collect()
}

/// The terms of a transcript.
pub(crate) fn text_of(words: &Words) -> Text {
    Text::new(&lines_of(words), &words.language, words.language_probability)
}

/// How common terms are in a library, and how many recordings had words when they were counted.
#[derive(Default)]
struct Counted(Mutex<Option<(usize, Arc<Rarity>)>>);

/// The vectors of recordings by one count of terms.
pub(crate) struct WordVectors<'a> {
    reader: &'a Store,
    rarity: Arc<Rarity>,
    kept: HashMap<RecordingId, Arc<Vector>>,
}

impl<'a> WordVectors<'a> {
    /// The vectors of a library, read with `reader`.
    pub fn of(database: &Database, reader: &'a Store) -> Result<Self, Error> {
        Ok(Self { reader, rarity: rarity(database, reader)?, kept: HashMap::new() })
    }

    /// The vector of a recording; `None` if no words are heard in it.
    pub fn get(&mut self, recording: RecordingId) -> Result<Option<Arc<Vector>>, Error> {
        if let Some(vector) = self.kept.get(&recording) {
            return Ok(Some(vector.clone()));
        }
        let Some(words) = stored_words(self.reader, recording)?.filter(|words| !words.lines.is_empty())
        else {
            return Ok(None);
        };
        if self.kept.len() >= KEPT_VECTORS {
            self.kept.clear();
        }
        let vector = Arc::new(Vector::new(&text_of(&words), &self.rarity));
        self.kept.insert(recording, vector.clone());
        Ok(Some(vector))
    }
}

/// How common terms are in the library, counted now or a while ago.
fn rarity(database: &Database, reader: &Store) -> Result<Arc<Rarity>, Error> {
    let counted = database.kept::<Counted>();
    let mut counted = counted.0.lock().unwrap_or_else(PoisonError::into_inner);
    let (_, n_with_words) = reader.words_counts(Versions::CURRENT.words)?;
    if let Some((n, rarity)) = counted.as_ref()
        && (*n as f64 / GROWN..=*n as f64 * GROWN).contains(&(n_with_words as f64))
    {
        return Ok(rarity.clone());
    }
    let recordings = reader.recordings_with_words(Versions::CURRENT.words, false)?;
    let step = recordings.len().div_ceil(COUNTED).max(1);
    let mut texts = Vec::new();
    for recording in recordings.iter().step_by(step) {
        texts.extend(stored_words(reader, *recording)?.map(|words| text_of(&words)));
    }
    let rarity = Arc::new(Rarity::counting(texts.into_iter(), common_terms()?));
    *counted = Some((recordings.len(), rarity.clone()));
    Ok(rarity)
}

/// The bundled table.
fn common_terms() -> Result<CommonTerms, Error> {
    common_terms_in(&find_models()?.join("words"))
}

fn common_terms_in(folder: &Path) -> Result<CommonTerms, Error> {
    let path = folder.join("common.toml");
    let text = std::fs::read_to_string(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
    let wrong = |reason: String| Error::Bundled { path: path.clone(), reason };
    let manifest: Manifest = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let bytes = read(&folder.join(&manifest.file), &manifest.sha256)?;
    CommonTerms::parse(&bytes).ok_or_else(|| wrong(format!("{} is no table of terms", manifest.file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_table_is_read_and_knows_what_is_often_sung() {
        let common = common_terms().unwrap();
        let rarity = Rarity::counting(std::iter::empty(), common);
        let of = |text: &str| {
            let line = Line { start_s: 0.0, end_s: 1.0, text, log_probability: 0.0 };
            let terms = Text::new(&[line], "en", 1.0).terms;
            terms.iter().map(|(term, _)| rarity.of("en", *term)).sum::<f32>() / terms.len() as f32
        };
        assert!(of("thank you for watching") < 0.1, "the recogniser hears it where nobody sings");
        assert!(of("i love you so") < 0.5);
        assert!(of("seven purple zeppelins") > 0.7);
    }
}
