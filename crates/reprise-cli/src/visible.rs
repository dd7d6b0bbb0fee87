//! Names and tags come from unknown sources. Characters in them that could control a terminal are made visible.

use std::path::Path;

/// Makes characters visible that could move the cursor, colour the terminal or change the direction of text.
pub fn plain(text: &str) -> String {
    replaced(text, |c| c.escape_default().to_string())
}

/// A path as text for people. Bytes that are not text are shown as bytes.
pub fn path(path: &Path) -> String {
    let mut shown = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        shown += &plain(chunk.valid());
        chunk.invalid().iter().for_each(|byte| shown += &format!("\\x{byte:02x}"));
    }
    shown
}

/// `text` with each character that could control a terminal replaced `by` other text.
pub fn replaced(text: &str, by: impl Fn(char) -> String) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) { safe += &by(c) } else { safe.push(c) }
    }
    safe
}

/// Whether a character is a control character of either set, sets the direction of text or separates lines.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_path_that_are_no_text_are_shown() {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9\x1b/\xc3\xa4");
        assert_eq!(path(Path::new(name)), "caf\\xe9\\u{1b}/\u{e4}");
    }
}
