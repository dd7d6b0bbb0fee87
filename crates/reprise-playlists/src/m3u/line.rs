//! A line of an M3U file that names a file: what it may mean, and how another file is named in the same form.

use crate::m3u::encoding::{Coding, Encoding};
use crate::outcome::Reason;
use crate::percent::{self, PercentStyle};
use crate::place::{Place, Root};
use crate::uri::FileUri;

/// Lines that no system has as a path. They are not understood.
const LONGEST_LINE: usize = 3 * 65_536;

/// What begins the address of a stream without `//`.
const STREAMS: [&str; 9] =
    ["rtsp:", "mms:", "spotify:", "soundcloud:", "tidal:", "beatport:", "cdda:", "data:", "urn:"];

/// One meaning of a line.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub place: Place,
    coding: Coding,
    form: Form,
    /// The white space around the path that does not belong to it.
    before: Vec<u8>,
    after: Vec<u8>,
}

#[derive(Debug, Clone)]
enum Form {
    Uri(FileUri),
    Path {
        anchor: Anchor,
        /// Whether backslashes separate the names; `None` when nothing does.
        has_backslashes: Option<bool>,
        percent: Option<PercentStyle>,
        /// It begins with `./`.
        has_dot: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    /// Whole.
    Absolute,
    /// It begins at the root of the drive that the playlist is on.
    Rooted,
    /// It begins at the playlist's folder.
    Relative,
}

/// What a line does not tell by itself.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    /// The folder of the playlist.
    pub folder: Place,
    pub encoding: Encoding,
    /// Whether backslashes separate names in most other lines.
    pub prefers_backslashes: bool,
}

/// Returns the meanings of a line, the likeliest first; none for a stream.
pub(crate) fn readings(stored: &[u8], around: &Around) -> Vec<Reading> {
    let mut found: Vec<Reading> = Vec::new();
    if stored.len() > LONGEST_LINE {
        return found;
    }
    for (coding, text) in around.encoding.texts(stored) {
        let trimmed = text.trim_ascii();
        let n_before = text.len() - text.trim_ascii_start().len();
        let whole = (&text[..0], &text[..], &text[..0]);
        let inner = (&text[..n_before], trimmed, &text[n_before + trimmed.len()..]);
        for (before, path, after) in [whole, inner] {
            for (place, form) in meanings(path, &around.folder) {
                if !found.iter().any(|other| other.place == place) {
                    let (before, after) = (before.to_vec(), after.to_vec());
                    found.push(Reading { place, coding, form, before, after });
                }
            }
        }
    }
    found
}

fn meanings(text: &[u8], folder: &Place) -> Vec<(Place, Form)> {
    if let Some(uri) = FileUri::of(text) {
        return uri.places().into_iter().map(|place| (place, Form::Uri(uri.clone()))).collect();
    }
    if text.is_empty() || is_stream(text) {
        return Vec::new();
    }
    let mut found = path_meanings(text, folder, None);
    if percent::is_encoded(text) {
        found.extend(path_meanings(text, folder, Some(PercentStyle::of(text))));
    }
    found
}

fn is_stream(text: &[u8]) -> bool {
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let n_scheme = text.iter().take_while(|byte| is_scheme(byte)).count();
    let has_address = n_scheme > 1 && text[n_scheme..].starts_with(b"://");
    let starts = |stream: &&str| {
        text.get(..stream.len()).is_some_and(|start| start.eq_ignore_ascii_case(stream.as_bytes()))
    };
    has_address || STREAMS.iter().any(starts)
}

fn path_meanings(text: &[u8], folder: &Place, percent: Option<PercentStyle>) -> Vec<(Place, Form)> {
    let decoded = if percent.is_some() { percent::decode(text) } else { text.to_vec() };
    let (slashes, backslashes) = (text.contains(&b'/'), text.contains(&b'\\'));
    let has_backslashes = (slashes || backslashes).then_some(backslashes);
    let has_dot = text.starts_with(b"./") || text.starts_with(br".\");
    let form =
        |anchor, has_backslashes| Form::Path { anchor, has_backslashes, percent: percent.clone(), has_dot };
    let mut found = Vec::new();
    if let Some(place) = Place::windows(&decoded) {
        // On Unix, two slashes at the beginning are as good as one.
        if folder.is_windows() || !decoded.starts_with(b"/") {
            found.push((place, form(Anchor::Absolute, has_backslashes)));
        }
    }
    let relative = |text: &[u8], has_backslashes| {
        let is_rooted = text.starts_with(b"/") || (folder.is_windows() && text.starts_with(br"\"));
        let anchor = match (is_rooted, folder.is_windows()) {
            (true, true) => Anchor::Rooted,
            (true, false) => Anchor::Absolute,
            (false, _) => Anchor::Relative,
        };
        let base = if is_rooted { root_of(folder) } else { folder.clone() };
        (base.join(text), form(anchor, has_backslashes))
    };
    if !folder.is_windows() && backslashes {
        let slashed: Vec<u8> = decoded.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect();
        found.push(relative(&slashed, Some(true)));
        // A backslash can be part of a name, too.
        found.push(relative(&decoded, Some(false)));
    } else if !folder.is_windows() || found.is_empty() {
        found.push(relative(&decoded, has_backslashes));
    }
    found
}

fn root_of(folder: &Place) -> Place {
    Place { root: folder.root.clone(), parts: Vec::new() }
}

impl Reading {
    /// Tells whether backslashes separate the names of the path, where anything does.
    pub fn has_backslashes(&self) -> Option<bool> {
        match &self.form {
            Form::Uri(_) => None,
            Form::Path { has_backslashes, .. } => *has_backslashes,
        }
    }

    /// Returns the line that names another file in the form of this one, which is stored as `stored`.
    pub fn of_another(&self, place: &Place, stored: &[u8], around: &Around) -> Result<Vec<u8>, Reason> {
        let text = match &self.form {
            Form::Uri(uri) => uri.of_another(place, None),
            Form::Path { anchor, has_backslashes, percent, has_dot } => {
                let is_backslash = has_backslashes.unwrap_or(around.prefers_backslashes);
                let separator = if is_backslash { b'\\' } else { b'/' };
                written(place, &around.folder, *anchor, separator, percent.as_ref(), *has_dot)?
            }
        };
        let text = [&self.before, &text[..], &self.after].concat();
        let line = around.encoding.store(&text, self.coding, stored)?;
        // Whatever the rules above have overlooked must not end in a playlist that names something else.
        let is_understood = !is_comment(&line, around.encoding)
            && !text.contains(&b'\n')
            && !text.contains(&b'\r')
            && readings(&line, around).iter().any(|reading| reading.place == *place);
        if is_understood { Ok(line) } else { Err(Reason::NotWritable) }
    }
}

/// Tells whether a line is a comment or empty.
pub(crate) fn is_comment(stored: &[u8], encoding: Encoding) -> bool {
    let first = match encoding {
        Encoding::Utf16 { is_big } => {
            let low = usize::from(is_big);
            let units = stored.chunks_exact(2).map(|unit| (unit[low], unit[1 - low] == 0));
            units
                .map(|(byte, is_ascii)| if is_ascii { byte } else { b'x' })
                .find(|byte| !byte.is_ascii_whitespace())
        }
        _ => stored.iter().copied().find(|byte| !byte.is_ascii_whitespace()),
    };
    first.is_none_or(|byte| byte == b'#')
}

fn written(
    place: &Place,
    folder: &Place,
    anchor: Anchor,
    separator: u8,
    percent: Option<&PercentStyle>,
    has_dot: bool,
) -> Result<Vec<u8>, Reason> {
    let is_split = |part: &Vec<u8>| separator == b'\\' && part.contains(&b'\\');
    if percent.is_none() && place.root == Root::Unix && place.parts.iter().any(is_split) {
        return Err(Reason::NotWritable);
    }
    let encode = |part: &[u8]| percent.map_or_else(|| part.to_vec(), |style| style.encode(part));
    let joined =
        |parts: &[Vec<u8>]| parts.iter().map(|part| encode(part)).collect::<Vec<_>>().join(&[separator][..]);
    let relative = if anchor == Anchor::Relative { place.relative_to(folder) } else { None };
    Ok(match (relative, anchor) {
        (Some(parts), _) => {
            let text = joined(&parts);
            let needs_dot = text.starts_with(b"#")
                || text.first().is_some_and(u8::is_ascii_whitespace)
                || text.split(|byte| *byte == separator).next().is_some_and(|name| name.ends_with(b":"))
                || is_stream(&text)
                || FileUri::of(&text).is_some()
                || Place::windows(&text).is_some();
            let dot = if has_dot || needs_dot { &[b'.', separator][..] } else { b"" };
            [dot, &text].concat()
        }
        (None, Anchor::Rooted) if place.root == folder.root => {
            [&[separator], &joined(&place.parts)[..]].concat()
        }
        (None, _) => {
            let parts = place.parts.iter().map(|part| encode(part)).collect();
            Place { root: place.root.clone(), parts }.written(separator)
        }
    })
}
