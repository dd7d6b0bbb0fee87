//! Text in any script as plain Latin letters.

use any_ascii::any_ascii_char;

/// Romanises a text. Each sign that is a syllable becomes a word, as its script has no spaces. Apostrophes are left out:
/// "don't" is "dont".
pub(super) fn romanised(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        // Kana and Han.
        let is_syllable =
            matches!(sign, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}');
        let space = if is_syllable { " " } else { "" };
        plain.push_str(space);
        plain.extend(any_ascii_char(sign).chars().filter(|letter| !matches!(letter, '\'' | '`')));
        plain.push_str(space);
    }
    plain
}

/// The lower-case letters and digits of a text, without what is between them.
pub(super) fn letters(text: &str) -> Vec<u8> {
    romanised(text)
        .bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_the_romanised_text() {
        assert_eq!(letters("Don't STOP – 2morrow"), b"dontstop2morrow");
        assert_eq!(letters("Ой, Für"), b"oyfur");
        assert_eq!(romanised("月亮 Love").split_whitespace().collect::<Vec<_>>(), ["Yue", "Liang", "Love"]);
        assert!(letters(" ... ").is_empty());
    }
}
