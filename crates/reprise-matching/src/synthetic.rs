//! Made-up songs for tests.

/// Block sequences that follow a pseudo-random chord progression.
pub fn song(n_blocks: usize, seed: u64) -> Vec<[f32; 12]> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize
    };
    let mut chord = [0usize; 3];
    (0..n_blocks)
        .map(|t| {
            if t % 2 == 0 {
                let root = next() % 12;
                chord = [root, (root + 3 + next() % 2) % 12, (root + 7) % 12];
            }
            let noise = next() % 12;
            std::array::from_fn(|p| {
                if chord.contains(&p) {
                    0.9
                } else if p == noise {
                    0.2
                } else {
                    0.03
                }
            })
        })
        .collect()
}
