//! A file of which a piece reads as another, for readers that would refuse it as it is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use symphonia::core::io::MediaSource;

/// What is there of a file that was cut off, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub there: u64,
    pub whole: u64,
}

/// The file itself stays as it is.
pub(crate) struct Spliced {
    file: File,
    /// What is left out.
    left_out: Range<u64>,
    /// What reads in its place.
    instead: Vec<u8>,
    /// Where reading ends in the file.
    end: u64,
    /// Length that a file cut off would have: readers refuse what reaches beyond the end, and are told otherwise.
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

    /// Reads at most `n` bytes behind the piece.
    pub fn with_rest_of(self, n: u64) -> Self {
        let end = self.end.min(self.left_out.end.saturating_add(n));
        Self { end, ..self }
    }

    /// Says that it is so long, if it is not. Nothing is looked for at an end that is not there.
    pub fn said_to_be(self, whole: Option<u64>) -> Self {
        let whole = whole.filter(|whole| *whole > self.length());
        let cut = whole.map(|whole| Cut { there: self.length(), whole });
        Self { is_seekable: self.is_seekable && whole.is_none(), whole, cut, ..self }
    }

    /// Says how much of it is there, where readers are told nothing of it.
    pub fn cut_by(self, cut: Option<Cut>) -> Self {
        Self { cut: cut.or(self.cut), ..self }
    }

    /// Without `is_seekable` nothing behind the audio is looked for.
    pub fn seekable(self, is_seekable: bool) -> Self {
        Self { is_seekable, ..self }
    }

    /// How much of it is there, if it was cut off.
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

    /// Some bytes of the file itself from `at` up to `end`.
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
