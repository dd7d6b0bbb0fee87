//! A file of which one part is replaced while reading, for readers that would refuse the file as it is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use symphonia::core::io::MediaSource;

/// How much of a file that was cut off is present, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub there: u64,
    pub whole: u64,
}

/// A file that is read with one part replaced. The file itself does not change.
pub(crate) struct Spliced {
    file: File,
    /// The part that is left out.
    left_out: Range<u64>,
    /// The bytes that replace it.
    instead: Vec<u8>,
    /// Where reading ends in the file.
    end: u64,
    /// The length that a cut-off file would have. It is reported to readers that refuse data beyond the end of the
    /// file.
    whole: Option<u64>,
    cut: Option<Cut>,
    is_seekable: bool,
    position: u64,
}

impl Spliced {
    pub fn new(file: File, left_out: Range<u64>, instead: Vec<u8>) -> io::Result<Self> {
        let end = file.metadata()?.len();
        Ok(Self { file, left_out, instead, end, whole: None, cut: None, is_seekable: true, position: 0 })
    }

    /// Limits reading to `n` bytes after the replaced part.
    pub fn with_rest_of(self, n: u64) -> Self {
        let end = self.end.min(self.left_out.end.saturating_add(n));
        Self { end, ..self }
    }

    /// Reports this length to readers, if it is greater than the actual one. The file is then not seekable, so that
    /// readers look for nothing at its end.
    pub fn said_to_be(self, whole: Option<u64>) -> Self {
        let whole = whole.filter(|whole| *whole > self.length());
        let cut = whole.map(|whole| Cut { there: self.length(), whole });
        Self { is_seekable: self.is_seekable && whole.is_none(), whole, cut, ..self }
    }

    /// Sets how much of the file is present without reporting it to readers.
    pub fn cut_by(self, cut: Option<Cut>) -> Self {
        Self { cut: cut.or(self.cut), ..self }
    }

    /// If `is_seekable` is false, readers look for nothing after the audio.
    pub fn seekable(self, is_seekable: bool) -> Self {
        Self { is_seekable, ..self }
    }

    /// How much of the file is present, if it was cut off.
    pub fn cut(&self) -> Option<Cut> {
        self.cut
    }

    fn instead_end(&self) -> u64 {
        self.left_out.start + self.instead.len() as u64
    }

    fn length(&self) -> u64 {
        self.instead_end() + self.end.saturating_sub(self.left_out.end)
    }

    fn said_length(&self) -> u64 {
        self.whole.unwrap_or_else(|| self.length())
    }

    /// Reads bytes of the file itself from `at` up to `end`.
    fn read_file(&mut self, at: u64, end: u64, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX));
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read(&mut into[..most])
    }
}

impl Read for Spliced {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (at, instead_end) = (self.position, self.instead_end());
        let n = if at < self.left_out.start {
            self.read_file(at, self.left_out.start, into)?
        } else if at < instead_end {
            (&self.instead[(at - self.left_out.start) as usize..]).read(into)?
        } else {
            self.read_file(at - instead_end + self.left_out.end, self.end, into)?
        };
        self.position += n as u64;
        Ok(n)
    }
}

impl Seek for Spliced {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.said_length().checked_add_signed(by),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

impl MediaSource for Spliced {
    fn is_seekable(&self) -> bool {
        self.is_seekable
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.said_length())
    }
}
