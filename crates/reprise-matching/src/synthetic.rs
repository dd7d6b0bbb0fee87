//! Synthetic songs for tests.

/// Makes blocks that follow a pseudo-random chord progression.
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

/// Makes a sung melody that follows a pseudo-random walk: one or two pitch classes per block, with rests. Only its
/// length is that of [`song`].
pub fn tune(n_blocks: usize, seed: u64) -> Vec<[f32; 12]> {
    let mut state = seed.wrapping_mul(0xd134_2543_de82_ef95) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize
    };
    const SCALE: [usize; 7] = [0, 2, 4, 5, 7, 9, 11];
    let (tonic, mut degree) = (next() % 12, next() % 7);
    (0..n_blocks)
        .map(|t| {
            // Phrases of seven blocks, then a rest.
            if t % 9 >= 7 {
                return [0.0; 12];
            }
            let before = (tonic + SCALE[degree]) % 12;
            degree = (degree + [5, 6, 1, 2, 3, 0][next() % 6]) % 7;
            let now = (tonic + SCALE[degree]) % 12;
            let share = 0.3 + (next() % 5) as f32 / 10.0;
            let mut block = [0.01f32; 12];
            block[before] += 0.7 * (1.0 - share);
            block[now] += 0.7 * share;
            block
        })
        .collect()
}
