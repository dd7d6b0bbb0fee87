//! Like `container`, but with Ogg pages whose checksums are corrected: readers skip pages with a wrong checksum, so
//! that most changes would have no effect.

use super::container;

/// The length of a page's header before its segment table.
const HEAD: usize = 27;

/// The position of the checksum in a page.
const CHECKSUM: std::ops::Range<usize> = 22..26;

pub(super) fn check(bytes: &[u8]) {
    container::check(&with_right_checksums(bytes.to_vec()));
}

/// Corrects the checksums. Pages are found by their capture pattern, whatever the lengths of the pages before them.
pub(crate) fn with_right_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    let marks = |bytes: &[u8]| {
        let found = bytes.windows(4).enumerate().filter(|(_, mark)| mark == b"OggS");
        found.map(|(at, _)| at).collect::<Vec<_>>()
    };
    for at in marks(&bytes) {
        let Some(end) = page_end(&bytes[at..]) else { continue };
        let page = &mut bytes[at..at + end];
        page[CHECKSUM].fill(0);
        let checksum = checksum(page);
        page[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
    }
    bytes
}

/// The length of the page that begins here; `None` if the page continues after the end.
fn page_end(bytes: &[u8]) -> Option<usize> {
    let n_segments = usize::from(*bytes.get(HEAD - 1)?);
    let segments = bytes.get(HEAD..HEAD + n_segments)?;
    let end = HEAD + n_segments + segments.iter().map(|length| usize::from(*length)).sum::<usize>();
    (end <= bytes.len()).then_some(end)
}

/// RFC 3533 section 6: CRC-32 with the polynomial 0x04c11db7, highest bit first, starting from 0.
fn checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksums_of_a_whole_file_stay_as_they_are() {
        for file in ["audio/sweep.ogg", "audio/sweep.opus"] {
            let bytes = crate::seeds::below(file).remove(0);
            let mut broken = bytes.clone();
            broken[CHECKSUM].fill(7);
            assert!(with_right_checksums(broken) == bytes, "{file}");
        }
    }
}
