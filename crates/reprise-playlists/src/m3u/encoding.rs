//! The encoding of an M3U file. Nothing in the file names it, except a byte order mark.

use encoding_rs::WINDOWS_1252;

use crate::outcome::Reason;

/// The encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Only ASCII, in a file whose name does not tell more.
    Ascii,
    /// UTF-8.
    Utf8,
    /// Lines that are not UTF-8: the bytes of names as they are, or Windows-1252.
    EightBit {
        /// Most lines beyond ASCII are UTF-8.
        is_mostly_utf8: bool,
    },
    /// UTF-16.
    Utf16 {
        /// The high byte comes first.
        is_big: bool,
    },
}

/// How one text is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As the bytes of the path.
    Bytes,
    Windows1252,
    Utf16 {
        is_big: bool,
    },
}

impl Encoding {
    /// Detects the encoding of a file, and the length of its byte order mark.
    pub fn of(bytes: &[u8], is_m3u8: bool) -> (Self, usize) {
        match bytes {
            [0xFF, 0xFE, ..] => return (Self::Utf16 { is_big: false }, 2),
            [0xFE, 0xFF, ..] => return (Self::Utf16 { is_big: true }, 2),
            [0xEF, 0xBB, 0xBF, ..] => return (Self::Utf8, 3),
            _ if bytes.is_ascii() && !is_m3u8 => return (Self::Ascii, 0),
            _ if std::str::from_utf8(bytes).is_ok() => return (Self::Utf8, 0),
            _ => {}
        }
        let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_ascii());
        let balance: i64 = lines.map(|line| if std::str::from_utf8(line).is_ok() { 1 } else { -1 }).sum();
        (Self::EightBit { is_mostly_utf8: balance > 0 }, 0)
    }

    /// The name of the encoding.
    fn name(self) -> &'static str {
        match self {
            Self::Ascii | Self::Utf8 => "UTF-8",
            Self::EightBit { .. } => "Windows-1252",
            Self::Utf16 { .. } => "UTF-16",
        }
    }

    /// Returns the texts that stored bytes may stand for, as bytes of a path, the likeliest first.
    pub fn texts(self, stored: &[u8]) -> Vec<(Coding, Vec<u8>)> {
        match self {
            Self::Utf16 { is_big } => {
                let text = utf16(stored, is_big);
                text.map(|text| (Coding::Utf16 { is_big }, text.into_bytes())).into_iter().collect()
            }
            Self::EightBit { .. } if !stored.is_ascii() => {
                let decoded = WINDOWS_1252.decode_without_bom_handling(stored).0.into_owned();
                vec![(Coding::Bytes, stored.to_vec()), (Coding::Windows1252, decoded.into_bytes())]
            }
            Self::Ascii | Self::Utf8 | Self::EightBit { .. } => vec![(Coding::Bytes, stored.to_vec())],
        }
    }

    /// Returns stored bytes as text for people.
    pub fn shown(self, stored: &[u8]) -> String {
        let texts = self.texts(stored);
        let whole = texts.iter().find_map(|(_, text)| std::str::from_utf8(text).ok());
        whole.map_or_else(|| String::from_utf8_lossy(stored).into_owned(), str::to_owned)
    }

    /// Stores a text in place of another one, which was stored as `stored` in `coding`.
    pub fn store(self, text: &[u8], coding: Coding, stored: &[u8]) -> Result<Vec<u8>, Reason> {
        let refused = Reason::NotInEncoding { encoding: self.name() };
        let utf8 = std::str::from_utf8(text);
        match (self, coding) {
            (_, Coding::Utf16 { is_big }) => {
                let units = utf8.map_err(|_| refused)?.encode_utf16();
                let bytes = |unit: u16| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() };
                Ok(units.flat_map(bytes).collect())
            }
            (Self::Utf8, _) => utf8.map(|text| text.as_bytes().to_vec()).map_err(|_| refused),
            (Self::EightBit { is_mostly_utf8 }, Coding::Bytes) if stored.is_ascii() && !is_mostly_utf8 => {
                // Nothing in the old text says which of the two the file is.
                utf8.map_or_else(|_| Ok(text.to_vec()), |text| windows_1252(text, refused))
            }
            (_, Coding::Windows1252) => windows_1252(utf8.map_err(|_| refused)?, refused),
            (_, Coding::Bytes) => Ok(text.to_vec()),
        }
    }
}

fn windows_1252(text: &str, refused: Reason) -> Result<Vec<u8>, Reason> {
    let (bytes, _, has_foreign) = WINDOWS_1252.encode(text);
    if has_foreign { Err(refused) } else { Ok(bytes.into_owned()) }
}

fn utf16(bytes: &[u8], is_big: bool) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let unit = |pair: &[u8; 2]| if is_big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(unit)).collect();
    text.ok().filter(|_| rest.is_empty())
}
