//! Vectors laid out so that other vectors are multiplied with sixteen of them at a time.

/// Vectors of a panel that are multiplied at a time: two registers of eight.
pub(super) const LANES: usize = 16;

/// Vectors that they are multiplied with: as many as fit into the remaining registers.
pub(super) const ROWS: usize = 4;

/// Vectors of one length, `[n.div_ceil(LANES)][len][LANES]`; copies of the last vector fill the last block.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Panel {
    blocks: Vec<f32>,
    len: usize,
}

impl Panel {
    /// Creates a panel from vectors one after another, `[n, len]`.
    pub fn new(vectors: &[f32], len: usize) -> Self {
        let n = vectors.len() / len.max(1);
        let mut blocks = vec![0.0; n.div_ceil(LANES) * len * LANES];
        for (number, block) in blocks.chunks_exact_mut((len * LANES).max(1)).enumerate() {
            for lane in 0..LANES {
                let place = (number * LANES + lane).min(n - 1);
                for d in 0..len {
                    block[d * LANES + lane] = vectors[place * len + d];
                }
            }
        }
        Self { blocks, len }
    }

    /// Returns the blocks, each `[len][LANES]`.
    #[inline(always)]
    pub fn blocks(&self) -> impl Iterator<Item = &[f32]> {
        self.blocks.chunks_exact((self.len * LANES).max(1))
    }
}

/// Returns the products of [`ROWS`] vectors with those of a block, `[ROWS][LANES]`. Call it inside
/// `pulp::Arch::dispatch`.
#[inline(always)]
pub(super) fn products(rows: [&[f32]; ROWS], block: &[f32]) -> [[f32; LANES]; ROWS] {
    let mut sums = [[0.0; LANES]; ROWS];
    let (lanes, _) = block.as_chunks::<LANES>();
    let [a, b, c, d] = rows;
    for ((((column, a), b), c), d) in lanes.iter().zip(a).zip(b).zip(c).zip(d) {
        for lane in 0..LANES {
            sums[0][lane] = a.mul_add(column[lane], sums[0][lane]);
            sums[1][lane] = b.mul_add(column[lane], sums[1][lane]);
            sums[2][lane] = c.mul_add(column[lane], sums[2][lane]);
            sums[3][lane] = d.mul_add(column[lane], sums[3][lane]);
        }
    }
    sums
}

/// Returns [`ROWS`] vectors of `[n, len]` from `first` on; past the end, the last vector again.
#[inline(always)]
pub(super) fn rows_from(vectors: &[f32], len: usize, first: usize) -> [&[f32]; ROWS] {
    let last = vectors.len() / len - 1;
    std::array::from_fn(|row| &vectors[(first + row).min(last) * len..][..len])
}
