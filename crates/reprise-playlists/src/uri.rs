//! Addresses of files: `file:///music/a.mp3`, `file://localhost/C:/Music/a.mp3`, `file://server/share/a.mp3`.

use crate::percent::{self, PercentStyle};
use crate::place::{Place, Root};

/// The address of a file, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileUri {
    /// `file:`, in the case in which it is written.
    scheme: Vec<u8>,
    /// The slashes and the name of the computer: nothing, `//`, `//localhost` or `//server`.
    authority: Vec<u8>,
    /// The rest, encoded.
    path: Vec<u8>,
}

impl FileUri {
    /// Takes an address apart. Returns `None` for what does not begin with `file:/`.
    pub fn of(text: &[u8]) -> Option<Self> {
        let is_file = text.len() > 6 && text[..5].eq_ignore_ascii_case(b"file:") && text[5] == b'/';
        if !is_file {
            return None;
        }
        let (scheme, rest) = text.split_at(5);
        let Some(after) = rest.strip_prefix(b"//") else {
            return Some(Self { scheme: scheme.to_vec(), authority: Vec::new(), path: rest.to_vec() });
        };
        let has_drive =
            matches!(after, [letter, b':' | b'|', b'/' | b'\\', ..] if letter.is_ascii_alphabetic());
        let host = if has_drive { 0 } else { after.iter().position(|byte| *byte == b'/')? };
        let (authority, path) = rest.split_at(2 + host);
        Some(Self { scheme: scheme.to_vec(), authority: authority.to_vec(), path: path.to_vec() })
    }

    /// Returns the file, the likeliest reading first.
    pub fn places(&self) -> Vec<Place> {
        let path = percent::decode(&self.path);
        let after_slash = path.strip_prefix(b"/").unwrap_or(&path);
        if let [letter, b':' | b'|', b'/' | b'\\', rest @ ..] = after_slash
            && letter.is_ascii_alphabetic()
        {
            return vec![Place::at(Root::Drive(letter.to_ascii_uppercase()), rest)];
        }
        if !self.is_local() {
            let host = percent::decode(&self.authority);
            // Streams of rekordbox begin with `file://localhosttidal:tracks:`. No server has a colon in its name.
            if host.contains(&b':') {
                return Vec::new();
            }
            return Place::windows(&[host, path].concat()).into_iter().collect();
        }
        // Some programs put a slash of their own before a path of Unix, which already begins with one.
        let share = if path.starts_with(b"//") { Place::windows(&path) } else { None };
        let mut places: Vec<Place> = [Place::at(Root::Unix, &path)].into_iter().chain(share).collect();
        if cfg!(windows) {
            places.reverse();
        }
        places
    }

    /// Returns the address of another file in the same form. `None` stands for the style of this address.
    pub fn of_another(&self, place: &Place, style: Option<&PercentStyle>) -> Vec<u8> {
        let own = PercentStyle::of(&self.path);
        let style = style.unwrap_or(&own);
        let mut uri = self.scheme.clone();
        match &place.root {
            Root::Share { server, share } => {
                let is_path = self.is_local() && self.path.starts_with(b"//");
                uri.extend_from_slice(if is_path { &self.authority } else { b"" });
                uri.extend([b"//", &style.encode(server)[..], b"/", &style.encode(share)].concat());
            }
            Root::Drive(letter) => {
                uri.extend_from_slice(self.local_authority());
                uri.extend_from_slice(if self.path.starts_with(b"/") { b"/" } else { b"" });
                uri.extend([*letter, b':']);
            }
            Root::Unix => {
                uri.extend_from_slice(self.local_authority());
                uri.extend_from_slice(if self.is_local() && self.path.starts_with(b"//") {
                    b"/"
                } else {
                    b""
                });
            }
        }
        for part in &place.parts {
            uri.push(b'/');
            uri.extend(style.encode(part));
        }
        uri
    }

    /// Returns the encoded path, from which a style can be learned.
    pub fn path(&self) -> &[u8] {
        &self.path
    }

    fn is_local(&self) -> bool {
        let host = self.authority.strip_prefix(b"//").unwrap_or_default();
        host.is_empty() || host.eq_ignore_ascii_case(b"localhost")
    }

    fn local_authority(&self) -> &[u8] {
        if self.is_local() { &self.authority } else { b"//" }
    }
}
