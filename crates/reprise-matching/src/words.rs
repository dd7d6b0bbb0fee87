//! The words of tracks, as heard: how they sound, and how alike two transcripts are.
//!
//! What a recogniser hears in singing is full of mistakes, and it makes others in another recording. Words are therefore
//! compared by how they sound.

mod sound;

pub use sound::{Word, words_of};

/// Returns how the words of some lines sound, a code for each word, separated by spaces.
pub fn sounds<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<Word> = lines.flat_map(words_of).collect();
    words.iter().map(|word| word.code.as_str()).collect::<Vec<_>>().join(" ")
}
