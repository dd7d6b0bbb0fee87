//! Converts bytes to values of other types, for targets whose input is not a file.

/// Returns its bytes piece by piece. After the last byte it returns zeros and empty pieces.
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

    /// As many bytes as the next byte says.
    pub fn counted(&mut self) -> &'a [u8] {
        let n = self.byte();
        self.piece(n.into())
    }
}
