//! Percent-encoding, in the way in which the text before used it. Programs differ in which characters they encode, and
//! an entry that is written in another way may look like another file to the program that wrote it.

use percent_encoding::percent_decode;

/// How a text uses percent-encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PercentStyle {
    /// Whether each ASCII character is written as it is; `None` where no text has shown it.
    plain: Vec<Option<bool>>,
    /// Whether characters beyond ASCII are written as they are.
    is_wide_plain: bool,
    is_hex_lower: bool,
}

impl Default for PercentStyle {
    fn default() -> Self {
        Self { plain: vec![None; 128], is_wide_plain: false, is_hex_lower: false }
    }
}

impl PercentStyle {
    /// Learns from a text.
    pub fn of(text: &[u8]) -> Self {
        let mut style = Self::default();
        style.observe(text);
        style
    }

    /// Learns from one more text. A character that was ever encoded counts as encoded.
    pub fn observe(&mut self, text: &[u8]) {
        let mut rest = text;
        while let [byte, after @ ..] = rest {
            rest = after;
            if let Some((decoded, letters)) = encoded(byte, after) {
                if let Some(plain) = self.plain.get_mut(usize::from(decoded)) {
                    *plain = Some(false);
                }
                self.is_hex_lower |= letters.iter().any(u8::is_ascii_lowercase);
                rest = &after[2..];
            } else if let Some(plain) = self.plain.get_mut(usize::from(*byte)) {
                plain.get_or_insert(true);
            } else {
                self.is_wide_plain = true;
            }
        }
    }

    /// Encodes a name of a path.
    pub fn encode(&self, name: &[u8]) -> Vec<u8> {
        let may_be_wide = self.is_wide_plain && std::str::from_utf8(name).is_ok();
        let mut text = Vec::with_capacity(name.len());
        for byte in name {
            let usual = byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
            let is_plain = match self.plain.get(usize::from(*byte)) {
                _ if b"%/\\\r\n".contains(byte) => false,
                Some(shown) => shown.unwrap_or(usual),
                None => may_be_wide,
            };
            if is_plain {
                text.push(*byte);
            } else if self.is_hex_lower {
                text.extend(format!("%{byte:02x}").bytes());
            } else {
                text.extend(format!("%{byte:02X}").bytes());
            }
        }
        text
    }
}

/// Returns the byte that a percent sign and the two bytes after it encode, and these two bytes.
fn encoded<'a>(first: &u8, after: &'a [u8]) -> Option<(u8, &'a [u8])> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let [high, low, ..] = after else { return None };
    let value = 16 * digit(high)? + digit(low)?;
    (*first == b'%').then_some((u8::try_from(value).ok()?, &after[..2]))
}

/// Tells whether a text contains a percent-encoded byte.
pub(crate) fn is_encoded(text: &[u8]) -> bool {
    (0..text.len()).any(|at| encoded(&text[at], &text[at + 1..]).is_some())
}

/// Decodes a text. What is not a valid escape stays as it is.
pub(crate) fn decode(text: &[u8]) -> Vec<u8> {
    percent_decode(text).collect()
}
