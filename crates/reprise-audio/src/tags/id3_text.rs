//! Texts of ID3: four encodings, several values separated by zeros, genres as numbers.

use lofty::id3::v1::GENRES;

use super::text::Text;

/// The values of a text frame that are not empty.
pub(super) fn texts(encoding: u8, data: &[u8]) -> Vec<Text> {
    let is_empty = |text: &Text| match text {
        Text::Known(text) => text.trim().is_empty(),
        Text::Bytes(bytes) | Text::Cut(bytes) => bytes.trim_ascii().is_empty(),
    };
    all_texts(encoding, data).into_iter().filter(|text| !is_empty(text)).collect()
}

/// All values, including empty ones.
pub(super) fn all_texts(encoding: u8, data: &[u8]) -> Vec<Text> {
    match encoding {
        0 => data.split(|byte| *byte == 0).map(|text| Text::Bytes(text.to_vec())).collect(),
        1 | 2 => utf16(data, encoding == 2),
        3 => data.split(|byte| *byte == 0).map(Text::utf8).collect(),
        _ => Vec::new(),
    }
}

/// Each value may have a byte order mark; without one, the order of the value before it applies. Half a character at
/// the end counts as a complete one.
fn utf16(data: &[u8], is_big_endian: bool) -> Vec<Text> {
    let pairs = data.chunks(2).map(|pair| [pair[0], pair.get(1).copied().unwrap_or(0)]);
    let pairs: Vec<[u8; 2]> = pairs.collect();
    let zeros = |which: usize| pairs.iter().filter(|pair| pair[which] == 0 && pair[1 - which] != 0).count();
    let mut is_big_endian = is_big_endian || zeros(0) > zeros(1);
    let mut texts = Vec::new();
    for value in pairs.split(|pair| *pair == [0, 0]) {
        let value = match value.split_first() {
            Some(([0xFF, 0xFE], rest)) => {
                is_big_endian = false;
                rest
            }
            Some(([0xFE, 0xFF], rest)) => {
                is_big_endian = true;
                rest
            }
            _ => value,
        };
        let unit = if is_big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
        let units: Vec<u16> = value.iter().map(|pair| unit(*pair)).collect();
        texts.push(Text::Known(String::from_utf16_lossy(&units)));
    }
    texts
}

/// Replaces `17`, `(17)` and `(17)Rock`, which are numbers in the list of genres.
pub(super) fn genre(text: Text) -> Text {
    let bytes = match &text {
        Text::Known(text) => text.as_bytes(),
        Text::Bytes(bytes) | Text::Cut(bytes) => bytes,
    };
    let Some(written) = std::str::from_utf8(bytes).ok().map(str::trim) else { return text };
    let (number, rest) = match written.strip_prefix('(').and_then(|inside| inside.split_once(')')) {
        Some((number, rest)) => (number, rest.trim()),
        None => (written, ""),
    };
    let named = number.parse::<usize>().ok().and_then(|number| GENRES.get(number));
    match named {
        Some(_) if !rest.is_empty() && !rest.starts_with('(') => Text::Known(rest.into()),
        Some(name) => Text::Known((*name).into()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(texts: Vec<Text>) -> Vec<String> {
        let all = texts.into_iter().map(|text| match text {
            Text::Known(text) => text,
            other => panic!("{other:?}"),
        });
        all.collect()
    }

    #[test]
    fn utf16_is_read_with_marks_and_without_and_with_half_a_character() {
        assert_eq!(known(texts(1, b"\xFF\xFET\0i\0t")), ["Tit"]);
        assert_eq!(known(texts(1, b"\xFF\xFEA\0\0\0\xFE\xFF\0B\0\0\0C")), ["A", "B", "C"]);
        assert_eq!(known(texts(1, b"A\0B\0")), ["AB"]);
        assert_eq!(known(texts(1, b"\0A\0B")), ["AB"]);
        assert_eq!(known(texts(2, b"\0A\0B\0\0\0C")), ["AB", "C"]);
        assert_eq!(known(texts(1, b"\xFF\xFE\x3D\xD8")), ["\u{FFFD}"]);
        assert!(texts(1, b"").is_empty() && texts(9, b"abc").is_empty() && texts(3, b"\0 \0").is_empty());
    }

    #[test]
    fn genres_are_numbers_or_names() {
        let genre = |text: &str| known(vec![genre(Text::Known(text.into()))]).remove(0);
        assert_eq!(
            ["17", "(17)", "(17)Soft rock", "Rock", "(999)"].map(genre),
            ["Rock", "Rock", "Soft rock", "Rock", "(999)"]
        );
    }
}
