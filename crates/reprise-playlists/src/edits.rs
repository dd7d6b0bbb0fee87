//! Changes to some bytes of a file. All other bytes stay as they are, because they are copied and never written anew.

use std::ops::Range;

/// Changes that do not overlap.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    edits: Vec<(Range<usize>, Vec<u8>)>,
}

impl Edits {
    /// Replaces a range of the source; an empty range inserts.
    pub fn replace(&mut self, range: Range<usize>, with: impl Into<Vec<u8>>) {
        self.edits.push((range, with.into()));
    }

    /// Returns the source with all changes.
    pub fn apply(mut self, source: &[u8]) -> Vec<u8> {
        self.edits.sort_by_key(|(range, _)| range.start);
        let added: usize = self.edits.iter().map(|(_, with)| with.len()).sum();
        let mut bytes = Vec::with_capacity(source.len() + added);
        let mut from = 0;
        for (range, with) in self.edits {
            bytes.extend_from_slice(&source[from..range.start]);
            bytes.extend(with);
            from = range.end;
        }
        bytes.extend_from_slice(&source[from..]);
        bytes
    }
}
