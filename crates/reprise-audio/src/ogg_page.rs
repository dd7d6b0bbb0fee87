//! Reads and writes pages of Ogg, <https://xiph.org/ogg/doc/framing.html>.

use std::io;

use crate::bytes::{Bytes, le32};

/// The length of a page's header without its segment table.
const HEADER: usize = 27;

/// The flag of a page that begins with the rest of a packet.
pub(crate) const CONTINUED: u8 = 1;

/// The flag of the first page of a stream.
pub(crate) const FIRST: u8 = 2;

/// A page, with the position of its body.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub flags: u8,
    pub position: u64,
    pub serial: u32,
    pub sequence: u32,
    pub segments: Vec<u8>,
    pub at: u64,
    pub body_at: u64,
    pub end: u64,
}

impl Page {
    /// The page at `at`; `None` if there is no page.
    pub fn read(bytes: &mut Bytes, at: u64) -> io::Result<Option<Self>> {
        let head = bytes.get(at, HEADER + 255)?;
        let n_segments = usize::from(head.get(HEADER - 1).copied().unwrap_or(0));
        let is_page = head.starts_with(b"OggS") && head.len() >= HEADER + n_segments;
        if !is_page {
            return Ok(None);
        }
        let segments = head[HEADER..HEADER + n_segments].to_vec();
        let body_at = at + (HEADER + n_segments) as u64;
        let end = body_at + length(&segments);
        let position = u64::from(le32(&head[6..])) | u64::from(le32(&head[10..])) << 32;
        let (serial, sequence) = (le32(&head[14..]), le32(&head[18..]));
        Ok(Some(Self { flags: head[5], position, serial, sequence, segments, at, body_at, end }))
    }

    /// The bytes of a page with this header and another body.
    pub fn write(&self, segments: &[u8], body: &[u8]) -> Vec<u8> {
        let mut page = b"OggS\0".to_vec();
        page.push(self.flags);
        page.extend(self.position.to_le_bytes());
        page.extend(self.serial.to_le_bytes());
        page.extend(self.sequence.to_le_bytes());
        page.extend([0; 4]);
        page.push(segments.len() as u8);
        page.extend(segments);
        page.extend(body);
        let checksum = checksum(&page);
        page[22..26].copy_from_slice(&checksum.to_le_bytes());
        page
    }
}

/// The number of bytes in these segments.
pub(crate) fn length(segments: &[u8]) -> u64 {
    segments.iter().map(|length| u64::from(*length)).sum()
}

/// CRC-32 with the polynomial 0x04C11DB7, without reflection or inversion.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = 0u32;
    for byte in bytes {
        sum ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            sum = sum << 1 ^ if sum >> 31 == 1 { 0x04C1_1DB7 } else { 0 };
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_written_as_it_was_read() {
        let path = [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/audio/sweep.opus"];
        let file = std::fs::read(path.iter().collect::<std::path::PathBuf>()).unwrap();
        let mut bytes = Bytes::new(io::Cursor::new(&file)).unwrap();
        let page = Page::read(&mut bytes, 0).unwrap().unwrap();
        assert_eq!((page.flags, page.end), (FIRST, 47));
        assert_eq!(page.write(&page.segments, &file[page.body_at as usize..47]), &file[..47]);
        assert!(Page::read(&mut bytes, 1).unwrap().is_none());
    }
}
