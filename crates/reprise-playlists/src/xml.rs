//! XML as a sequence of steps, each with its place in the bytes of the file. Entities that a file defines itself are
//! never expanded, and nesting has a limit, so that a hostile file costs no more than its length.

use std::ops::Range;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::error::{Error, bad_xml, line_of};

/// The deepest nesting of elements that is read.
const MOST_DEPTH: usize = 200;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The start tag of an element.
#[derive(Debug)]
pub(crate) struct Element<'a> {
    pub name: &'a str,
    pub attributes: Vec<Attribute<'a>>,
    /// The bytes of the tag.
    pub tag: Range<usize>,
    /// Whether the tag closes itself.
    pub is_empty: bool,
}

/// An attribute.
#[derive(Debug)]
pub(crate) struct Attribute<'a> {
    pub name: &'a str,
    /// The text that it stands for; `None` when it contains an entity that XML does not define.
    pub value: Option<String>,
    /// The bytes of the value, between the quotes.
    pub span: Range<usize>,
}

/// The beginning or the end of an element. An element whose tag closes itself has both, too.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    Open(Element<'a>),
    /// The bytes of the end tag; empty when the start tag closes itself.
    Close(Range<usize>),
}

/// Reads an XML file step by step.
pub(crate) struct Steps<'a> {
    path: &'a Path,
    source: &'a str,
    /// The bytes before those that the reader sees.
    skipped: usize,
    reader: Reader<&'a [u8]>,
    open: Vec<&'a str>,
    closing: Option<usize>,
    has_root: bool,
}

impl<'a> Steps<'a> {
    pub fn new(path: &'a Path, source: &'a str) -> Self {
        let text = source.strip_prefix(BYTE_ORDER_MARK).unwrap_or(source);
        let skipped = source.len() - text.len();
        let reader = Reader::from_str(text);
        Self { path, source, skipped, reader, open: Vec::new(), closing: None, has_root: false }
    }

    /// Returns the next step, or `None` at the end of a whole file.
    pub fn next(&mut self) -> Result<Option<Step<'a>>, Error> {
        if let Some(at) = self.closing.take() {
            return Ok(Some(Step::Close(at..at)));
        }
        loop {
            let start = self.position();
            let event = self.reader.read_event().map_err(|error| self.bad(&error))?;
            match event {
                Event::Start(tag) => {
                    let element = self.element(&tag, start, false)?;
                    self.open.push(element.name);
                    return Ok(Some(Step::Open(element)));
                }
                Event::Empty(tag) => {
                    let element = self.element(&tag, start, true)?;
                    self.closing = Some(element.tag.end);
                    return Ok(Some(Step::Open(element)));
                }
                Event::End(_) => {
                    self.open.pop();
                    return Ok(Some(Step::Close(start..self.position())));
                }
                Event::Decl(declaration) => {
                    let named = declaration.encoding().transpose().ok().flatten();
                    let encoding = named.map(|name| name.to_string()).unwrap_or_default();
                    if !["", "utf-8", "utf8", "us-ascii"].contains(&encoding.to_lowercase().as_str()) {
                        return Err(Error::OtherEncoding { path: self.path.to_owned(), encoding });
                    }
                }
                Event::Eof => return self.end(),
                _ => {}
            }
        }
    }

    fn end(&self) -> Result<Option<Step<'a>>, Error> {
        if self.open.is_empty() && self.has_root {
            return Ok(None);
        }
        let element = self.open.last().copied().unwrap_or_default().to_owned();
        let line = line_of(self.source.as_bytes(), self.source.len());
        Err(Error::Truncated { path: self.path.to_owned(), line, element })
    }

    fn element(&mut self, tag: &BytesStart<'a>, start: usize, is_empty: bool) -> Result<Element<'a>, Error> {
        self.has_root = true;
        if self.open.len() >= MOST_DEPTH {
            let line = line_of(self.source.as_bytes(), start);
            return Err(Error::TooDeep { path: self.path.to_owned(), line, most: MOST_DEPTH });
        }
        let name_end = start + 1 + tag.name().as_ref().len();
        let raw = tag.attributes_raw();
        let mut attributes = Vec::new();
        // Its check for repeated names compares each with each, which a tag of a million attributes would abuse.
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.bad_at(start, &error))?;
            let span = |text: &str| {
                let from = name_end + text.as_ptr().addr().wrapping_sub(raw.as_ptr().addr());
                from..from + text.len()
            };
            let (name, span) = (span(attribute.key.as_ref()), span(&attribute.value));
            let (Some(name), Some(_)) = (self.source.get(name), self.source.get(span.clone())) else {
                return Err(self.bad_at(start, &"an attribute cannot be located"));
            };
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok();
            attributes.push(Attribute { name, value: value.map(|value| value.into_owned()), span });
        }
        let name = self.source.get(start + 1..name_end).unwrap_or_default();
        Ok(Element { name, attributes, tag: start..self.position(), is_empty })
    }

    fn position(&self) -> usize {
        self.skipped + usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX - self.skipped)
    }

    fn bad(&self, error: &quick_xml::Error) -> Error {
        let ends_early = matches!(error, quick_xml::Error::Syntax(_));
        if ends_early && self.position() >= self.source.len() {
            return match self.end() {
                Err(error) => error,
                Ok(_) => self.bad_at(self.position(), error),
            };
        }
        let offset = usize::try_from(self.reader.error_position()).unwrap_or_default();
        self.bad_at(self.skipped + offset, error)
    }

    fn bad_at(&self, offset: usize, reason: &impl ToString) -> Error {
        bad_xml(self.path, self.source.as_bytes(), offset, reason.to_string())
    }
}

/// Returns an XML file's text.
///
/// # Errors
/// When the file is not in UTF-8.
pub(crate) fn text(path: &Path, bytes: Vec<u8>) -> Result<String, Error> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::OtherEncoding { path: path.to_owned(), encoding: "UTF-16".to_owned() });
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let line = line_of(error.as_bytes(), offset);
        Error::NotUtf8 { path: path.to_owned(), offset, line }
    })
}

/// Reads an XML file to its end, so that whoever parses it afterwards need not fear it. Checks that its outermost
/// element has the given name.
pub(crate) fn check(path: &Path, source: &str, root: &str, expected: &'static str) -> Result<(), Error> {
    let mut steps = Steps::new(path, source);
    let mut is_first = true;
    while let Some(step) = steps.next()? {
        if let (true, Step::Open(element)) = (is_first, &step) {
            if element.name != root {
                let found = element.name.chars().take(100).collect();
                return Err(Error::Foreign { path: path.to_owned(), expected, found });
            }
            is_first = false;
        }
    }
    Ok(())
}

/// Escapes a text for an attribute in the given quotes.
pub(crate) fn escaped(text: &str, quote: char) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' if quote == '"' => escaped.push_str("&quot;"),
            '\'' if quote == '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' => escaped.push_str(&format!("&#{};", u32::from(character))),
            other => escaped.push(other),
        }
    }
    escaped
}
