//! Bytes as values of other kinds, for targets whose input is no file.

/// Gives its bytes away piece by piece; once they are used up, zeros and nothing.
pub(crate) struct Taker<'a>(pub &'a [u8]);

impl<'a> Taker<'a> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let piece = self.piece(N);
        array[..piece.len()].copy_from_slice(piece);
        array
    }

    pub fn byte(&mut self) -> u8 {
        let [byte] = self.array();
        byte
    }

    /// At most `n` bytes.
    pub fn piece(&mut self, n: usize) -> &'a [u8] {
        let (piece, rest) = self.0.split_at(n.min(self.0.len()));
        self.0 = rest;
        piece
    }

    /// As many bytes as the first one says.
    pub fn counted(&mut self) -> &'a [u8] {
        let n = self.byte();
        self.piece(n.into())
    }
}
