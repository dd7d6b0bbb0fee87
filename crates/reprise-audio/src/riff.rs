//! WAV files whose outer length is wrong, as after a recorder was killed. symphonia refuses them, although the end of
//! the file gives the same information.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

use crate::error::Error;

/// The position of the outer length.
const LENGTH_AT: std::ops::Range<u64> = 4..8;

/// A file whose bytes are unchanged, except that the outer length of a WAV reads as "unknown".
pub(crate) struct Riff {
    file: File,
    position: u64,
    is_wav: bool,
    is_seekable: bool,
}

impl Riff {
    /// Reads from the start of `file`. If it is not seekable, readers start at the audio at once instead of first
    /// looking for data after it, of which a file that was cut off has none.
    pub fn new(mut file: File, is_seekable: bool) -> Result<Self, Error> {
        let mut head = Vec::new();
        let read = (&mut file).take(12).read_to_end(&mut head).and_then(|_| file.rewind());
        read.map_err(|error| Error::from_io(&error))?;
        let is_wav = head.starts_with(b"RIFF") && head.ends_with(b"WAVE");
        Ok(Self { file, position: 0, is_wav, is_seekable })
    }
}

impl Read for Riff {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(bytes)?;
        if self.is_wav && self.position < LENGTH_AT.end {
            let positions = self.position..;
            let places = positions.zip(&mut bytes[..n]).filter(|(at, _)| LENGTH_AT.contains(at));
            places.for_each(|(_, byte)| *byte = u8::MAX);
        }
        self.position += n as u64;
        Ok(n)
    }
}

impl Seek for Riff {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = self.file.seek(to)?;
        Ok(self.position)
    }
}

impl MediaSource for Riff {
    fn is_seekable(&self) -> bool {
        self.is_seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.file.metadata().ok().map(|metadata| metadata.len())
    }
}
