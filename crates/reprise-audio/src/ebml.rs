//! The elements that Matroska files consist of, <https://www.rfc-editor.org/rfc/rfc8794>.

use std::io;

use crate::bytes::Bytes;

#[derive(Clone, Copy)]
pub(crate) struct Element {
    pub id: u32,
    /// Where its content begins. The content ends at `to`, which never lies after the end of the file.
    pub from: u64,
    pub to: u64,
    /// The end that its header states; `None` if it was unknown when the header was written.
    pub stated_end: Option<u64>,
}

impl Element {
    /// The element at `at`, limited to end at `to`.
    pub fn read(bytes: &mut Bytes, at: u64, to: u64) -> io::Result<Option<Self>> {
        let to = to.min(bytes.len());
        let head = bytes.get(at, 12)?;
        let Some(id_len) = head.first().map(|byte| byte.leading_zeros() as usize + 1) else {
            return Ok(None);
        };
        let Some(len_len) = head.get(id_len).map(|byte| byte.leading_zeros() as usize + 1) else {
            return Ok(None);
        };
        if id_len > 4 || len_len > 8 || head.len() < id_len + len_len {
            return Ok(None);
        }
        let number = |bytes: &[u8]| bytes.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        let mask = (1u64 << (7 * len_len)) - 1;
        let len = number(&head[id_len..id_len + len_len]) & mask;
        let from = at + (id_len + len_len) as u64;
        let stated_end = (len != mask).then(|| from.saturating_add(len));
        let end = stated_end.unwrap_or(to).min(to);
        Ok((from <= to).then_some(Self { id: number(&head[..id_len]) as u32, from, to: end, stated_end }))
    }
}
