//! Folds names and titles for comparison: removes case, accents and surrounding space.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// An artist folded for comparison. "The Beatles" sorts under B.
pub(crate) fn artist_key(artist: &str) -> Option<String> {
    let name = name_key(artist)?;
    Some(name.strip_prefix("the ").map(str::to_owned).unwrap_or(name))
}

/// A name folded for comparison; `None` if it is blank.
pub(crate) fn name_key(name: &str) -> Option<String> {
    Some(folded(name)).filter(|key| !key.is_empty())
}

/// The text without case, accents and surrounding space.
pub(crate) fn folded(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}
