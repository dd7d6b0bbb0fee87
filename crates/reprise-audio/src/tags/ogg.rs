//! The packets of one stream in an Ogg file, read piece by piece, so that pictures of any size can be skipped.

use std::io::{self, Read};

use crate::bytes::{Bytes, Stream};
use crate::ogg_page::Page;

/// The largest number of pages of other streams before the first audio stream; real files have a handful.
const MOST_STREAMS: u32 = 100;

/// The packets of a stream. Reading stops at the end of each packet.
pub(super) struct Packets<'r, 'a> {
    bytes: &'r mut Bytes<'a>,
    serial: u32,
    /// The position of the next page.
    next_page: u64,
    /// The segments of the page that are still to be read, the next one last.
    segments: Vec<u8>,
    /// The bytes of the current segment that are still to be read.
    left: u64,
    at: u64,
    is_last_segment: bool,
    pub is_flac: bool,
    pub is_speex: bool,
}

impl<'r, 'a> Packets<'r, 'a> {
    /// The position before the second packet of the first stream with a supported codec.
    pub fn of_first_audio(bytes: &'r mut Bytes<'a>) -> io::Result<Option<Self>> {
        let mut page_at = 0;
        for _ in 0..MOST_STREAMS {
            let Some(page) = Page::read(bytes, page_at)? else { break };
            let head = bytes.get(page.body_at, 16)?;
            let is = |start: &[u8]| head.starts_with(start);
            let (is_flac, is_speex) = (is(b"\x7FFLAC"), is(b"Speex   "));
            if is(b"\x01vorbis") || is(b"OpusHead") || is_flac || is_speex {
                let mut packets = Self {
                    bytes,
                    serial: page.serial,
                    next_page: page_at,
                    segments: Vec::new(),
                    left: 0,
                    at: 0,
                    is_last_segment: true,
                    is_flac,
                    is_speex,
                };
                packets.next_packet()?;
                return Ok(Some(packets));
            }
            page_at = page.end;
        }
        Ok(None)
    }

    /// Moves to the beginning of the next packet; false at the end of the file.
    pub fn next_packet(&mut self) -> io::Result<bool> {
        self.skip(u64::MAX)?;
        self.is_last_segment = false;
        self.next_segment()
    }

    /// Moves to the next segment, on a later page if this page has none left.
    fn next_segment(&mut self) -> io::Result<bool> {
        while self.segments.is_empty() {
            let Some(page) = Page::read(self.bytes, self.next_page)? else { return Ok(false) };
            self.next_page = page.end;
            if page.serial == self.serial {
                self.at = page.body_at;
                self.segments = page.segments;
                self.segments.reverse();
            }
        }
        let length = self.segments.pop().unwrap_or(0);
        self.left = length.into();
        self.is_last_segment = length < u8::MAX;
        Ok(true)
    }

    /// False at the end of the packet.
    fn has_more(&mut self) -> io::Result<bool> {
        while self.left == 0 {
            if self.is_last_segment || !self.next_segment()? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Read for Packets<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() || !self.has_more()? {
            return Ok(0);
        }
        let piece = self.bytes.get(self.at, into.len().min(self.left as usize))?;
        into[..piece.len()].copy_from_slice(&piece);
        self.at += piece.len() as u64;
        self.left -= piece.len() as u64;
        Ok(piece.len())
    }
}

impl Stream for Packets<'_, '_> {
    fn skip(&mut self, mut n: u64) -> io::Result<()> {
        while n > 0 && self.has_more()? {
            let passed = n.min(self.left);
            (self.at, self.left, n) = (self.at + passed, self.left - passed, n - passed);
        }
        Ok(())
    }
}
