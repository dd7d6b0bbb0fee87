//! Cover art, read by lofty.

use std::path::Path;

use lofty::config::{GlobalOptions, ParseOptions, ParsingMode, apply_global_options};
use lofty::file::{TaggedFile, TaggedFileExt};
use lofty::picture::{MimeType, PictureType};
use lofty::probe::Probe;
use lofty::tag::Tag;

use crate::error::{Error, guarded};
use crate::regular::regular_file;

/// The largest size of a cover; some files contain scans of booklets.
const LARGEST_PICTURE: usize = 96 << 20;

/// An embedded picture, still encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The MIME type, such as `image/jpeg`.
    pub mime: String,
    /// The bytes of the picture file.
    pub bytes: Vec<u8>,
}

/// Reads the front cover, or the first picture if none is marked as the front cover.
pub fn read_cover_art(path: &Path) -> Result<Option<Picture>, Error> {
    let Some(file) = read(path)? else { return Ok(None) };
    let pictures = || in_order(&file).flat_map(|tag| tag.pictures());
    let front = pictures().find(|picture| picture.pic_type() == PictureType::CoverFront);
    Ok(front.or_else(|| pictures().next()).map(|picture| Picture {
        mime: picture.mime_type().map_or("application/octet-stream", MimeType::as_str).into(),
        bytes: picture.data().to_vec(),
    }))
}

/// `None` if lofty does not support the container.
fn read(path: &Path) -> Result<Option<TaggedFile>, Error> {
    regular_file(path)?;
    let options = ParseOptions::new().read_properties(false).parsing_mode(ParsingMode::Relaxed);
    guarded("picture reader", || {
        // This setting applies to this thread only.
        apply_global_options(GlobalOptions::new().allocation_limit(LARGEST_PICTURE));
        let damaged = |error: lofty::error::FileParseError| Error::Damaged { reason: error.to_string() };
        let probe = Probe::open(path).map_err(damaged)?.options(options);
        let probe = probe.guess_file_type().map_err(|error| Error::from_io(&error))?;
        match probe.file_type() {
            Some(_) => probe.read().map(Some).map_err(damaged),
            None => Ok(None),
        }
    })?
}

/// The container's own kind of tag comes first: an MP3 may also contain APE and ID3v1.
fn in_order(file: &TaggedFile) -> impl Iterator<Item = &Tag> {
    let primary = file.primary_tag_type();
    let others = file.tags().iter().filter(move |tag| tag.tag_type() != primary);
    file.primary_tag().into_iter().chain(others)
}
