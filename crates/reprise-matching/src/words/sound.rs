//! From text in any script to words in plain letters and how they sound.

use any_ascii::any_ascii_char;
use rphonetic::{DoubleMetaphone, Encoder};

/// The longest code of a word, in letters: longer words differ in their first syllables.
const LONGEST_CODE: usize = 8;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// In lower-case Latin letters and digits, whatever its script.
    pub letters: String,
    /// How it sounds, by Double Metaphone; its letters, if that hears nothing in them. It is for names in English,
    /// Slavic, Germanic, Romance and Greek spelling (Philips, "The double metaphone search algorithm", 2000). One code
    /// for all languages, because the language of a song is often mistaken.
    pub code: String,
}

/// Returns the words of a text in order. Apostrophes join the parts of a word: "don't" is "dont".
pub fn words_of(text: &str) -> Vec<Word> {
    let codes = DoubleMetaphone::new(Some(LONGEST_CODE));
    let plain = in_plain_letters(text);
    let parts = plain.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let letters = part.to_ascii_lowercase();
            let code = Some(codes.encode(&letters)).filter(|code| !code.is_empty());
            Word { code: code.unwrap_or_else(|| letters.to_ascii_uppercase()), letters }
        })
        .collect()
}

/// Romanises a text. Each sign that is a syllable becomes a word, as its script has no spaces.
fn in_plain_letters(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        let is_syllable =
            matches!(sign, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}');
        let space = if is_syllable { " " } else { "" };
        plain.push_str(space);
        plain.extend(any_ascii_char(sign).chars().filter(|letter| !matches!(letter, '\'' | '`')));
        plain.push_str(space);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(text: &str) -> Vec<String> {
        words_of(text).into_iter().map(|word| word.letters).collect()
    }

    #[test]
    fn every_script_becomes_plain_letters() {
        assert_eq!(
            letters("Don't stop – thinkin’ about 2morrow!"),
            ["dont", "stop", "thinkin", "about", "2morrow"]
        );
        assert_eq!(letters("Ой, цветёт калина"), ["oy", "tsvetet", "kalina"]);
        assert_eq!(letters("Für Élise"), ["fur", "elise"]);
        assert_eq!(letters("  ... "), [""; 0]);
        assert_eq!(letters("月亮代表 Love"), ["yue", "liang", "dai", "biao", "love"]);
    }

    #[test]
    fn words_that_sound_alike_have_one_code() {
        let code = |word: &str| words_of(word)[0].code.clone();
        for (one, other) in [("night", "knight"), ("their", "there"), ("phone", "fone"), ("whale", "wail")] {
            assert_eq!(code(one), code(other), "{one} and {other}");
        }
        assert_ne!(code("love"), code("night"));
        assert_eq!(code("99"), "99", "what has no sound keeps its letters");
    }
}
