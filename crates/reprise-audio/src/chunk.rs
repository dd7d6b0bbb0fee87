//! The chunks that WAV, AIFF, CAF and Sony's Wave64 files consist of.

use std::io;

use crate::bytes::{Bytes, be32, be64, le32, le64};

/// The format of a chunk's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// The format of WAV.
    Riff,
    Aiff,
    Caf,
    /// An ID of 16 bytes that begins with the ID of WAV, and a length that includes the header.
    Wave64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk {
    pub id: [u8; 4],
    /// Where its content begins.
    pub from: u64,
    /// The length of its content according to its header.
    pub len: u64,
    layout: Layout,
}

impl Chunk {
    /// The chunk at `at`; `None` at the end of the file.
    pub fn read(bytes: &mut Bytes, at: u64, layout: Layout) -> io::Result<Option<Self>> {
        let head_len = match layout {
            Layout::Riff | Layout::Aiff => 8,
            Layout::Caf => 12,
            Layout::Wave64 => 24,
        };
        let head = bytes.get(at, head_len)?;
        let Some(id) = head.first_chunk::<4>().copied().filter(|_| head.len() == head_len) else {
            return Ok(None);
        };
        let len = match layout {
            Layout::Riff => le32(&head[4..]).into(),
            Layout::Aiff => be32(&head[4..]).into(),
            Layout::Caf => be64(&head[4..]),
            Layout::Wave64 => le64(&head[16..]).saturating_sub(head_len as u64),
        };
        Ok(Some(Self { id, from: at + head_len as u64, len, layout }))
    }

    /// Where it ends according to its header.
    pub fn end(&self) -> u64 {
        self.from.saturating_add(self.len)
    }

    /// Where the next chunk begins. That is an even position, but some writers forget the padding byte. `None` if there
    /// is no next chunk.
    pub fn behind(&self, bytes: &mut Bytes) -> io::Result<Option<u64>> {
        let end = self.end();
        if end >= bytes.len() {
            return Ok(None);
        }
        let places = match self.layout {
            Layout::Caf => [end; 2],
            Layout::Riff | Layout::Aiff => [end.next_multiple_of(2), end],
            Layout::Wave64 => [end.next_multiple_of(8), end],
        };
        for place in places {
            if Self::read(bytes, place, self.layout)?.is_some_and(|chunk| is_name(chunk.id)) {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }
}

/// Whether it consists of letters, digits, signs and spaces, as the IDs of chunks do.
fn is_name(id: [u8; 4]) -> bool {
    id.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_chunk_is_found_with_the_byte_between_and_without() {
        for (between, place) in [(&b"\0"[..], 12), (b"", 11)] {
            let file = [b"LIST\x03\0\0\0abc", between, b"data\0\0\0\0"].concat();
            let mut bytes = Bytes::new(io::Cursor::new(&file)).unwrap();
            let list = Chunk::read(&mut bytes, 0, Layout::Riff).unwrap().unwrap();
            assert_eq!((list.from, list.end(), list.behind(&mut bytes).unwrap()), (8, 11, Some(place)));
        }
        let endless = [b"data", &[0xff; 8][..], b"sound and sound"].concat();
        let mut bytes = Bytes::new(io::Cursor::new(&endless)).unwrap();
        let data = Chunk::read(&mut bytes, 0, Layout::Caf).unwrap().unwrap();
        assert_eq!((data.end(), data.behind(&mut bytes).unwrap()), (u64::MAX, None));
        assert!(Chunk::read(&mut bytes, 20, Layout::Caf).unwrap().is_none());
    }
}
