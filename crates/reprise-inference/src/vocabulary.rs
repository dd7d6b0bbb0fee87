//! The tokens of the recogniser: pieces of words, and marks for languages and for what is to be done.
//!
//! A piece of a word is a sequence of bytes, which need not be whole letters. The vocabulary writes each byte as a letter
//! (Radford et al., "Language models are unsupervised multitask learners", 2019).

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use reprise_features::words::WordsSpec;
use serde::Deserialize;

use crate::error::Error;
use crate::manifest::{name_of_file, read_as_promised};

const FILE_NAME: &str = "tokenizer.toml";

/// The number of a token.
pub type Token = u32;

/// `tokenizer.toml` beside the manifests of the recogniser.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promise {
    #[serde(deserialize_with = "name_of_file")]
    file: String,
    sha256: String,
    size_bytes: u64,
}

/// The tokens, as `tokenizer.json` lists them.
#[derive(Deserialize)]
struct Listed {
    added_tokens: Vec<Mark>,
    model: Pieces,
}

/// A token that is no part of a text.
#[derive(Deserialize)]
struct Mark {
    id: Token,
    content: String,
}

/// The pieces of words, each with the number of its token.
#[derive(Deserialize)]
struct Pieces {
    vocab: HashMap<String, Token>,
}

/// The tokens and what they mean.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    /// The bytes of each piece of a word.
    pieces: Vec<Vec<u8>>,
    /// Whether each piece, and the end after the last one, is never chosen. All other marks never are.
    is_suppressed: Vec<bool>,
    suppressed_first: Vec<Token>,
    languages: Vec<String>,
    first_language: Token,
    start: Token,
    end: Token,
    transcribe: Token,
    no_timestamps: Token,
    no_speech: Token,
}

impl Vocabulary {
    /// Reads `tokenizer.toml` in `folder` and the file that it names in the folder `weights`.
    pub fn read(folder: &Path, weights: &Path, spec: &WordsSpec) -> Result<Self, Error> {
        let path = folder.join(FILE_NAME);
        let text = std::fs::read_to_string(&path)
            .map_err(|source| Error::Unreadable { path: path.clone(), source })?;
        let promise: Promise = toml::from_str(&text)
            .map_err(|source| Error::ManifestInvalid { path, source: Box::new(source) })?;
        let path = weights.join(&promise.file);
        let bytes = read_as_promised(&path, promise.size_bytes, &promise.sha256)?;
        Self::parse(&bytes, spec).ok_or(Error::VocabularyInvalid { path })
    }

    /// `None` if the tokens are not those of a recogniser of many languages.
    fn parse(bytes: &[u8], spec: &WordsSpec) -> Option<Self> {
        let listed: Listed = serde_json::from_slice(bytes).ok()?;
        let mark = |name: &str| {
            let found = listed.added_tokens.iter().find(|mark| mark.name() == Some(name));
            found.map(|mark| mark.id)
        };
        let (start, end) = (mark("startoftranscript")?, mark("endoftext")?);
        // The languages stand between the start and the marks for tasks.
        let first_language = start + 1;
        let languages = (first_language..mark("translate")?).map(|id| {
            let mark = listed.added_tokens.iter().find(|mark| mark.id == id)?;
            mark.name().map(str::to_owned)
        });
        let mut pieces = vec![Vec::new(); end as usize];
        for (piece, id) in &listed.model.vocab {
            *pieces.get_mut(*id as usize)? = bytes_of(piece)?;
        }
        let mut is_suppressed = vec![false; end as usize + 1];
        for token in &spec.decoding.suppressed {
            *is_suppressed.get_mut(*token as usize)? = true;
        }
        Some(Self {
            languages: languages.collect::<Option<_>>()?,
            suppressed_first: spec.decoding.suppressed_first.clone(),
            transcribe: mark("transcribe")?,
            no_timestamps: mark("notimestamps")?,
            no_speech: mark("nospeech")?,
            pieces,
            is_suppressed,
            first_language,
            start,
            end,
        })
    }

    /// The languages, in the order of their tokens.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// The tokens of the languages.
    pub fn language_range(&self) -> Range<usize> {
        self.first_language as usize..self.first_language as usize + self.languages.len()
    }

    /// Whether a token is that of a language.
    pub fn is_language(&self, token: Token) -> bool {
        self.language_range().contains(&(token as usize))
    }

    /// The token with which every segment begins.
    pub fn start(&self) -> Token {
        self.start
    }

    /// The token with which every segment ends.
    pub fn end(&self) -> Token {
        self.end
    }

    /// The token that says that nobody speaks.
    pub fn no_speech(&self) -> Token {
        self.no_speech
    }

    /// The tokens that ask for the words of a segment, without times.
    pub fn prompt(&self, language: usize) -> [Token; 4] {
        [self.start, self.first_language + language as Token, self.transcribe, self.no_timestamps]
    }

    /// Whether a token may be chosen, as the first one or later.
    pub fn is_allowed(&self, token: Token, is_first: bool) -> bool {
        self.is_suppressed.get(token as usize) == Some(&false)
            && !(is_first && self.suppressed_first.contains(&token))
    }

    /// The text of tokens, without spaces at its ends. Marks have none.
    pub fn text(&self, tokens: &[Token]) -> String {
        let pieces = tokens.iter().filter_map(|token| self.pieces.get(*token as usize));
        let bytes: Vec<u8> = pieces.flatten().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }
}

impl Mark {
    /// `<|en|>` is "en".
    fn name(&self) -> Option<&str> {
        self.content.strip_prefix("<|")?.strip_suffix("|>")
    }
}

/// The bytes for which the letters of a piece stand. Visible letters of Latin-1 stand for themselves; the other bytes, in
/// their order, for the letters from U+0100 on.
fn bytes_of(piece: &str) -> Option<Vec<u8>> {
    let is_visible = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let hidden = |place: usize| (0..=u8::MAX).filter(|byte| !is_visible(byte)).nth(place);
    let byte = |letter: char| match u8::try_from(u32::from(letter)) {
        Ok(byte) => Some(byte).filter(is_visible),
        Err(_) => hidden(u32::from(letter) as usize - 0x100),
    };
    piece.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let models = crate::find_models().unwrap();
        let weights = crate::find_words(&models).expect("npm test sets up the words");
        Vocabulary::read(&models.join("words"), &weights, WordsSpec::v1()).unwrap()
    }

    #[test]
    fn letters_stand_for_bytes() {
        assert_eq!(bytes_of("Ġlove").unwrap(), b" love");
        assert_eq!(String::from_utf8(bytes_of("ÃŃ").unwrap()).unwrap(), "í");
        assert_eq!(bytes_of("日"), None, "no letter of the alphabet of bytes");
        let mut all: Vec<u8> = (0x21..0x180)
            .filter_map(char::from_u32)
            .filter_map(|letter| bytes_of(&letter.to_string()))
            .flatten()
            .collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all, (0..=255).collect::<Vec<u8>>(), "every byte has its letter");
    }

    #[test]
    fn the_vocabulary_knows_its_languages_and_what_may_be_said() {
        let vocabulary = vocabulary();
        assert_eq!(vocabulary.languages().len(), 99);
        assert_eq!(&vocabulary.languages()[..3], ["en", "zh", "de"]);
        assert_eq!(vocabulary.prompt(2), [50_258, 50_261, 50_359, 50_363]);
        assert_eq!(vocabulary.no_speech(), 50_362);
        assert!(
            vocabulary.is_allowed(vocabulary.end(), false) && !vocabulary.is_allowed(vocabulary.end(), true)
        );
        assert!(!vocabulary.is_allowed(50_261, false) && !vocabulary.is_allowed(51_864, false), "marks");
        assert!(!vocabulary.is_allowed(1, false), "a quotation mark");
        assert_eq!(vocabulary.text(&[50_258, 264, 1002, 50_257]), "the world");
    }

    #[test]
    fn another_file_is_refused() {
        for text in ["", "{}", r#"{"added_tokens":[],"model":{"vocab":{"a":0}}}"#] {
            assert!(Vocabulary::parse(text.as_bytes(), WordsSpec::v1()).is_none(), "{text}");
        }
    }
}
