//! The atoms that MP4 and QuickTime files consist of. ISO/IEC 14496-12 calls them boxes.

use std::io;

use crate::bytes::{Bytes, be32, be64};

/// The largest number of atoms that is read of one list.
const MOST_ATOMS: usize = 10_000;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Atom {
    pub name: [u8; 4],
    /// Where its content begins. The content ends at `to`, which never lies outside the list that the atom is in.
    pub from: u64,
    pub to: u64,
    /// The end that its header states; `None` if the header means "at the end of the file".
    pub stated_end: Option<u64>,
}

impl Atom {
    /// The whole file, treated as an atom.
    pub fn whole(bytes: &Bytes) -> Self {
        Self { name: [0; 4], from: 0, to: bytes.len(), stated_end: None }
    }

    /// The atom at `at`, limited to end at `to`.
    fn read(bytes: &mut Bytes, at: u64, to: u64) -> io::Result<Option<Self>> {
        let to = to.min(bytes.len());
        if at.saturating_add(8) > to {
            return Ok(None);
        }
        let head = bytes.get(at, 16)?;
        let Some(name) = head.get(4..8).and_then(|name| name.try_into().ok()) else { return Ok(None) };
        let (header, len) = match be32(&head) {
            0 => (8, None),
            1 if head.len() == 16 => (16, Some(be64(&head[8..]))),
            len => (8, Some(u64::from(len))),
        };
        let is_whole = len.is_none_or(|len| len >= header);
        let stated_end = len.map(|len| at.saturating_add(len));
        let end = stated_end.unwrap_or(to).min(to);
        Ok(is_whole
            .then_some(Self { name, from: at + header, to: end, stated_end })
            .filter(|it| it.from <= it.to))
    }

    /// The atoms in its content, of which the first `skip` bytes are left out.
    pub fn inside(self, bytes: &mut Bytes, skip: u64) -> io::Result<Vec<Self>> {
        let (mut atoms, mut at) = (Vec::new(), self.from.saturating_add(skip));
        while let Some(atom) = Self::read(bytes, at, self.to)?.filter(|_| atoms.len() < MOST_ATOMS) {
            atoms.push(atom);
            at = atom.to;
        }
        Ok(atoms)
    }

    /// The first atom with this name in its content.
    pub fn find(self, bytes: &mut Bytes, name: &[u8; 4]) -> io::Result<Option<Self>> {
        Ok(self.inside(bytes, 0)?.into_iter().find(|atom| &atom.name == name))
    }

    /// The atom at the end of a path of names.
    pub fn at(self, bytes: &mut Bytes, path: &[&[u8; 4]]) -> io::Result<Option<Self>> {
        let mut atom = self;
        for name in path {
            let Some(found) = atom.find(bytes, name)? else { return Ok(None) };
            atom = found;
        }
        Ok(Some(atom))
    }

    /// The content, at most `most` bytes of it.
    pub fn content(self, bytes: &mut Bytes, most: u64) -> io::Result<Vec<u8>> {
        bytes.get(self.from, (self.to - self.from).min(most) as usize)
    }
}
