//! From text in any script to words in plain letters and how they sound.

use rphonetic::{DoubleMetaphone, Encoder};

use super::letters::romanised;

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

/// Returns the words of a text in order.
pub fn words_of(text: &str) -> Vec<Word> {
    let codes = DoubleMetaphone::new(Some(LONGEST_CODE));
    let plain = romanised(text);
    let parts = plain.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let letters = part.to_ascii_lowercase();
            let code = Some(codes.encode(&letters)).filter(|code| !code.is_empty());
            Word { code: code.unwrap_or_else(|| letters.to_ascii_uppercase()), letters }
        })
        .collect()
}

/// Returns how the words of some lines sound, a code for each word, separated by spaces.
pub fn sounds<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<Word> = lines.flat_map(words_of).collect();
    words.iter().map(|word| word.code.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_its_words_in_any_script() {
        let letters = |text: &str| words_of(text).into_iter().map(|word| word.letters).collect::<Vec<_>>();
        assert_eq!(letters("Don't stop – thinkin’ about"), ["dont", "stop", "thinkin", "about"]);
        assert_eq!(letters("Ой, цветёт калина"), ["oy", "tsvetet", "kalina"]);
        assert_eq!(letters("月亮代表 Love"), ["yue", "liang", "dai", "biao", "love"]);
        assert_eq!(letters("  ... "), [""; 0]);
    }

    #[test]
    fn words_that_sound_alike_have_one_code() {
        let code = |word: &str| words_of(word)[0].code.clone();
        for (one, other) in [("night", "knight"), ("their", "there"), ("phone", "fone"), ("whale", "wail")] {
            assert_eq!(code(one), code(other), "{one} and {other}");
        }
        assert_ne!(code("love"), code("night"));
        assert_eq!(code("99"), "99", "what has no sound keeps its letters");
        assert_eq!(
            sounds(["whale night", "99"].into_iter()),
            format!("{} {} 99", code("wail"), code("knight"))
        );
    }
}
