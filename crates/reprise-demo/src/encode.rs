//! Encodes samples as a FLAC file with tags, which is written completely or not at all.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use flacenc::component::BitRepr;
use flacenc::error::Verify;
use lofty::config::WriteOptions;
use lofty::file::TaggedFileExt;
use lofty::tag::{Accessor, ItemKey, Tag, TagExt, TagType};

use crate::error::Error;
use crate::signal::SAMPLE_RATE_HZ;

/// The tags of a demo file.
pub(crate) struct Labels<'a> {
    pub title: &'a str,
    pub artist: &'a str,
    pub year: u32,
    /// Distinguishes files of the demo from others, and this edition from earlier ones.
    pub marker: &'a str,
}

const ALBUM: &str = "Reprise demo";

/// Encodes mono `samples` and writes the file at `path` in one step.
pub(crate) fn write(path: &Path, samples: &[f32], labels: &Labels) -> Result<(), Error> {
    let failed = |reason: String| Error::Encoding { path: path.to_path_buf(), reason };
    let mut file = Cursor::new(encode(samples).map_err(failed)?);
    tag(labels).save_to(&mut file, WriteOptions::default()).map_err(|error| failed(error.to_string()))?;
    put(path, file.get_ref())
}

/// Writes `bytes` as the file at `path`, completely or not at all. The unfinished file ends in `.part`, so that a file
/// left behind by a stopped process is not music to a scan.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let half_made = PathBuf::from(name);
    let written = std::fs::write(&half_made, bytes).and_then(|()| std::fs::rename(&half_made, path));
    written.map_err(|source| Error::Io { path: path.to_path_buf(), source })
}

/// The marker of an existing file; empty if it has none.
pub(crate) fn marker(path: &Path) -> String {
    let tagged = lofty::read_from_path(path).ok();
    let comment =
        tagged.as_ref().and_then(|file| file.primary_tag()?.comment().map(|text| text.into_owned()));
    comment.unwrap_or_default()
}

fn encode(samples: &[f32]) -> Result<Vec<u8>, String> {
    let mut pcm: Vec<i32> =
        samples.iter().map(|sample| (sample.clamp(-1.0, 1.0) * 32_767.0).round() as i32).collect();
    let config =
        flacenc::config::Encoder::default().into_verified().map_err(|(_, error)| error.to_string())?;
    // If the last block were shorter, the stream would state that block size as its minimum, and decoders would assume
    // variable block sizes. So the last block is filled with silence.
    pcm.resize(pcm.len().next_multiple_of(config.block_size), 0);
    let source = flacenc::source::MemSource::from_samples(&pcm, 1, 16, SAMPLE_RATE_HZ as usize);
    let stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size);
    let stream = stream.map_err(|error| error.to_string())?;
    let mut bytes = flacenc::bitsink::ByteSink::new();
    stream.write(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes.as_slice().to_vec())
}

fn tag(labels: &Labels) -> Tag {
    let mut tag = Tag::new(TagType::VorbisComments);
    tag.set_title(labels.title.to_owned());
    tag.set_artist(labels.artist.to_owned());
    tag.set_album(ALBUM.to_owned());
    tag.set_comment(labels.marker.to_owned());
    tag.insert_text(ItemKey::RecordingDate, labels.year.to_string());
    tag
}
