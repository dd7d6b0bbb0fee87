//! Random access to a file for readers of tags. Bytes after the end of the file are missing, which is never an error.

use std::io::{self, Read, Seek, SeekFrom};

/// Small reads are served from a window of this size, because tags are close together.
const WINDOW: usize = 4096;

pub(crate) trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// A file, or a part of one in memory.
pub(crate) struct Bytes<'a> {
    source: Box<dyn Source + 'a>,
    len: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl<'a> Bytes<'a> {
    pub fn new(mut source: impl Source + 'a) -> io::Result<Self> {
        let len = source.seek(SeekFrom::End(0))?;
        Ok(Self { source: Box::new(source), len, window: Vec::new(), window_at: 0 })
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    /// Up to `n` bytes; fewer if the file ends earlier.
    pub fn get(&mut self, at: u64, n: usize) -> io::Result<Vec<u8>> {
        let n = (n as u64).min(self.len.saturating_sub(at)) as usize;
        if n == 0 {
            return Ok(Vec::new());
        }
        let is_inside = at >= self.window_at && at + n as u64 <= self.window_at + self.window.len() as u64;
        if !is_inside && n > WINDOW / 2 {
            return self.read(at, n);
        }
        if !is_inside {
            self.window = self.read(at, WINDOW)?;
            self.window_at = at;
        }
        let from = ((at - self.window_at) as usize).min(self.window.len());
        Ok(self.window[from..(from + n).min(self.window.len())].to_vec())
    }

    /// Exactly `N` bytes, or `None`.
    pub fn array<const N: usize>(&mut self, at: u64) -> io::Result<Option<[u8; N]>> {
        Ok(self.get(at, N)?.try_into().ok())
    }

    /// A reader of the bytes from `from` to `to`.
    pub fn span(&mut self, from: u64, to: u64) -> Span<'_, 'a> {
        let to = to.min(self.len);
        Span { bytes: self, at: from, to }
    }

    fn read(&mut self, at: u64, n: usize) -> io::Result<Vec<u8>> {
        let mut read = Vec::new();
        self.source.seek(SeekFrom::Start(at))?;
        self.source.by_ref().take(n as u64).read_to_end(&mut read)?;
        Ok(read)
    }
}

/// Bytes that are read in order, with parts that can be skipped.
pub(crate) trait Stream: Read {
    /// Skips `n` bytes, or everything up to the end.
    fn skip(&mut self, n: u64) -> io::Result<()>;
}

/// A part of a file that is read in order.
pub(crate) struct Span<'s, 'a> {
    bytes: &'s mut Bytes<'a>,
    at: u64,
    to: u64,
}

impl Read for Span<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = into.len().min(self.to.saturating_sub(self.at) as usize).min(1 << 16);
        let read = self.bytes.get(self.at, n)?;
        into[..read.len()].copy_from_slice(&read);
        self.at += read.len() as u64;
        Ok(read.len())
    }
}

impl Stream for Span<'_, '_> {
    fn skip(&mut self, n: u64) -> io::Result<()> {
        self.at = self.at.saturating_add(n).min(self.to.max(self.at));
        Ok(())
    }
}

/// The first four bytes as a number, most significant byte first; 0 if there are fewer.
pub(crate) fn be32(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

/// Like [`be32`], least significant byte first.
pub(crate) fn le32(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// Like [`be32`], for eight bytes.
pub(crate) fn be64(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// Like [`be64`], least significant byte first.
pub(crate) fn le64(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_the_end_is_missing() {
        let mut bytes = Bytes::new(io::Cursor::new((0..=255).collect::<Vec<u8>>())).unwrap();
        assert_eq!(bytes.get(250, 100).unwrap(), [250, 251, 252, 253, 254, 255]);
        assert!(bytes.get(u64::MAX, 100).unwrap().is_empty());
        assert_eq!(bytes.array::<4>(254).unwrap(), None);
        let mut read = Vec::new();
        let mut span = bytes.span(10, 20);
        span.skip(7).unwrap();
        span.read_to_end(&mut read).unwrap();
        assert_eq!(read, [17, 18, 19]);
    }
}
