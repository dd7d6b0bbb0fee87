//! Ogg files whose comments are longer than what symphonia keeps, for example because of a large picture. symphonia
//! would refuse such a file. It is read with empty comments instead, on one page or two.

use std::fs::File;
use std::io::{self, Seek};
use std::ops::Range;

use crate::bytes::Bytes;
use crate::ogg_page::{CONTINUED, FIRST, Page, length};
use crate::spliced::Spliced;

/// The longest header that is kept. symphonia keeps packets of up to 16 MiB.
const LONGEST: u64 = 8 << 20;

/// The largest number of pages before the audio that is read: 400 MB in the pages of 4 kB that taggers write.
const MOST_PAGES: u32 = 100_000;

/// The largest number of headers of a stream that is read.
const MOST_HEADERS: u32 = 200;

/// The shortened file; the file itself if no header is too long.
pub(crate) fn shortened(mut file: File, is_seekable: bool) -> io::Result<Result<Spliced, File>> {
    let found = long_header(&mut Bytes::new(&mut file)?)?;
    file.rewind()?;
    Ok(match found {
        Some((cut, instead)) => Ok(Spliced::new(file, cut, instead)?.seekable(is_seekable)),
        None => Err(file),
    })
}

/// Where the packet that is too long begins: its page, and the number of segments before it on this page.
struct Start {
    page: Page,
    n_before: usize,
    length: u64,
}

/// The pages that contain a header that is too long, and the pages that replace them.
fn long_header(bytes: &mut Bytes) -> io::Result<Option<(Range<u64>, Vec<u8>)>> {
    let Some(first) = Page::read(bytes, 0)? else { return Ok(None) };
    let (mut at, mut n_headers) = (first.end, 0);
    let mut open: Option<Start> = None;
    for _ in 0..MOST_PAGES {
        let Some(page) = Page::read(bytes, at)? else { break };
        at = page.end;
        if page.serial != first.serial || page.flags & FIRST != 0 {
            // A packet between pages of other streams cannot be cut out in one piece.
            match open {
                Some(_) => break,
                None => continue,
            }
        }
        let mut n_before = 0;
        for (place, segment) in page.segments.iter().enumerate() {
            let start = open.get_or_insert_with(|| Start { page: page.clone(), n_before, length: 0 });
            start.length += u64::from(*segment);
            if *segment == u8::MAX {
                continue;
            }
            n_before = place + 1;
            n_headers += 1;
            if let Some(start) = open.take().filter(|start| start.length > LONGEST) {
                return instead(bytes, &start, &page, n_before);
            }
        }
        // Only pages of audio have a position.
        if n_headers > MOST_HEADERS || (1..u64::MAX).contains(&page.position) {
            break;
        }
    }
    Ok(None)
}

/// The pages without the packet that begins at `start` and ends before segment `n_ended` of `last`.
fn instead(
    bytes: &mut Bytes,
    start: &Start,
    last: &Page,
    n_ended: usize,
) -> io::Result<Option<(Range<u64>, Vec<u8>)>> {
    let before = &start.page.segments[..start.n_before];
    let body_at = start.page.body_at + length(before);
    let Some(empty) = empty_header(&bytes.get(body_at, 8)?) else { return Ok(None) };
    let mut segments = before.to_vec();
    segments.push(empty.len() as u8);
    let mut body = bytes.get(start.page.body_at, length(before) as usize)?;
    body.extend(empty);
    let mut pages = Page { position: 0, ..start.page.clone() }.write(&segments, &body);
    let rest = &last.segments[n_ended..];
    if !rest.is_empty() {
        let rest_at = last.body_at + length(&last.segments[..n_ended]);
        let body = bytes.get(rest_at, length(rest) as usize)?;
        pages.extend(Page { flags: last.flags & !CONTINUED, ..last.clone() }.write(rest, &body));
    }
    Ok(Some((start.page.at..last.end, pages)))
}

/// An empty header of the same kind.
fn empty_header(head: &[u8]) -> Option<Vec<u8>> {
    match head {
        [3, b'v', b'o', b'r', b'b', b'i', b's', ..] => Some([&head[..7], &[0; 8], &[1]].concat()),
        b"OpusTags" => Some([head, &[0; 8]].concat()),
        // A FLAC block becomes an empty padding block. The highest bit marks the last block.
        [kind, ..] if kind & 0x7F != 0x7F => Some(vec![kind & 0x80 | 1, 0, 0, 0]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, SeekFrom};

    use symphonia::core::io::MediaSource;

    use super::*;

    /// A stream of three headers, of which the second has `n` bytes on pages of length `page_len`, and a page of audio.
    fn stream(n: usize, page_len: usize) -> Vec<u8> {
        let page = Page {
            flags: FIRST,
            position: 0,
            serial: 7,
            sequence: 0,
            segments: Vec::new(),
            at: 0,
            body_at: 0,
            end: 0,
        };
        let mut file = page.write(&[8], b"\x01vorbis!");
        let mut long = b"\x03vorbis".to_vec();
        long.resize(n, b'x');
        let mut sequence = 1;
        let mut pieces = long.chunks(page_len).peekable();
        while let Some(piece) = pieces.next() {
            let mut segments = vec![255; piece.len() / 255];
            let mut body = piece.to_vec();
            if pieces.peek().is_none() {
                segments.push((piece.len() % 255) as u8);
                segments.push(5);
                body.extend(b"setup");
            }
            let flags = u8::from(sequence > 1);
            file.extend(Page { flags, sequence, ..page.clone() }.write(&segments, &body));
            sequence += 1;
        }
        file.extend(Page { flags: 0, sequence, position: 99, ..page }.write(&[5], b"audio"));
        file
    }

    fn opened(content: &[u8]) -> Result<Spliced, File> {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, content).unwrap();
        shortened(file, true).unwrap()
    }

    #[test]
    fn a_long_comment_reads_as_an_empty_one() {
        let mut shortened = opened(&stream(20_000_000, 255 * 255)).ok().unwrap();
        let mut read = Vec::new();
        shortened.read_to_end(&mut read).unwrap();
        assert_eq!(shortened.byte_len(), Some(read.len() as u64));
        let mut bytes = Bytes::new(io::Cursor::new(&read)).unwrap();
        let (mut at, mut pages) = (0, Vec::new());
        while let Some(page) = Page::read(&mut bytes, at).unwrap() {
            at = page.end;
            pages.push((page.sequence, page.flags, page.segments));
        }
        let expected = [(0, FIRST, vec![8]), (1, 0, vec![16]), (308, 0, vec![5]), (309, 0, vec![5])];
        assert_eq!((at, pages), (read.len() as u64, expected.to_vec()));
        for place in [0, 10, 40, 60, 100, read.len() as u64 - 3] {
            let mut rest = Vec::new();
            shortened.seek(SeekFrom::Start(place)).unwrap();
            shortened.read_to_end(&mut rest).unwrap();
            assert_eq!(rest, &read[place as usize..]);
        }
    }

    #[test]
    fn pages_may_be_small() {
        let shortened = opened(&stream(40_000_000, 16 * 255)).ok().unwrap();
        assert!(shortened.byte_len().unwrap() < 300);
    }

    #[test]
    fn other_files_are_left_as_they_are() {
        assert!(opened(&stream(100_000, 255 * 255)).is_err() && opened(b"").is_err());
        let cut = &stream(20_000_000, 255 * 255)[..10_000_000];
        assert!(opened(cut).is_err(), "the end of the comment is missing");
    }
}
