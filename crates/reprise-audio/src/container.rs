//! Recognises by their first bytes music formats that cannot be decoded here, so that the user learns which format a
//! file has. It does not recognise the supported formats: symphonia does that.

use std::io::{self, Read, Seek, SeekFrom};

/// How many bytes are examined from the start of the file, or from the end of its ID3v2 tag.
const LOOKED_AT: usize = 40;

/// `(offset, bytes, name)`.
const UNSUPPORTED: [(usize, &[u8], &str); 19] = [
    (0, b"wvpk", "WavPack"),
    (0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "WMA (Windows Media)"),
    (0, b"MAC ", "Monkey's Audio (APE)"),
    (0, b"DSD ", "DSD (DSF)"),
    (0, b"FRM8", "DSD (DSDIFF)"),
    (0, b"MPCK", "Musepack"),
    (0, b"MP+", "Musepack"),
    (0, b"TTA1", "True Audio (TTA)"),
    (0, b"tBaK", "TAK"),
    (0, b"OFR ", "OptimFROG"),
    (0, b"ajkg", "Shorten"),
    (0, b"MThd", "MIDI"),
    (0, b".RMF", "RealAudio"),
    (0, b"#!AMR", "AMR"),
    (0, b".snd", "Sun audio (AU)"),
    (0, b"\x0B\x77", "AC-3"),
    (0, b"FLV\x01", "Flash video (FLV)"),
    (8, b"AVI LIST", "AVI"),
    // These bytes are in the first page of an Ogg file.
    (28, b"Speex   ", "Speex"),
];

/// The name of the unsupported format that `file` begins with, after an ID3v2 tag if there is one.
pub(crate) fn unsupported_format(file: &mut (impl Read + Seek)) -> io::Result<Option<&'static str>> {
    let mut head = read_head(file, 0)?;
    if let Some(length) = id3v2_length(&head) {
        head = read_head(file, length)?;
    }
    file.rewind()?;
    let is_there = |&(offset, bytes, _): &(usize, &[u8], &str)| head[offset..].starts_with(bytes);
    Ok(UNSUPPORTED.iter().find(|format| is_there(format)).map(|format| format.2))
}

/// The first bytes at `at`, followed by zeros if the file ends earlier.
fn read_head(file: &mut (impl Read + Seek), at: u64) -> io::Result<[u8; LOOKED_AT]> {
    let mut head = Vec::with_capacity(LOOKED_AT);
    file.seek(SeekFrom::Start(at))?;
    file.take(LOOKED_AT as u64).read_to_end(&mut head)?;
    head.resize(LOOKED_AT, 0);
    Ok(head.try_into().expect("resized to this length above"))
}

/// The length of the tag including its header, in four bytes of seven bits,
/// <https://id3.org/id3v2.4.0-structure> §3.1.
pub(crate) fn id3v2_length(head: &[u8; LOOKED_AT]) -> Option<u64> {
    let is_tag = head.starts_with(b"ID3") && head[6..10].iter().all(|byte| byte & 0x80 == 0);
    let body = head[6..10].iter().fold(0u64, |sum, &byte| sum << 7 | u64::from(byte));
    is_tag.then_some(body + 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn an_unsupported_format_is_named_even_behind_an_id3_tag() {
        assert_eq!(unsupported_format(&mut Cursor::new(b"wvpk\0\0")).unwrap(), Some("WavPack"));
        let mut tagged = b"ID3\x04\0\0\0\0\x01\x00".to_vec();
        tagged.extend([0; 128]);
        tagged.extend(b"MAC \x96\x0f");
        assert_eq!(unsupported_format(&mut Cursor::new(tagged)).unwrap(), Some("Monkey's Audio (APE)"));
    }

    #[test]
    fn short_and_ordinary_files_are_not_named() {
        for bytes in [&b""[..], b"R", b"RIFF\0\0\0\0WAVE", b"fLaC", b"ID3\x04\0\0\x7f\x7f\x7f\x7f"] {
            assert_eq!(unsupported_format(&mut Cursor::new(bytes)).unwrap(), None);
        }
    }
}
