//! Changes bytes as damage, wrong headers and chance do. It is a small substitute for a fuzzer where there is none.

/// Longer inputs are cut, so that duplicated parts do not make them grow without limit.
const LONGEST: usize = 1 << 18;

/// Most files have their structure at the beginning: half of all changes are in this many first bytes.
const HEAD: usize = 256;

/// Numbers that are likely to make lengths and counts overflow.
const INTERESTING: [u64; 18] = [
    0,
    1,
    2,
    7,
    8,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_ffff_ffff,
];

/// Makes the same changes whenever it starts with the same number.
pub struct Mutator(u64);

impl Mutator {
    /// The mutator with this number, which determines the sequence of changes.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// One of the seeds, with one to eight changes.
    pub fn mutated(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..1 << self.below(4) {
            self.change(&mut bytes, seeds);
        }
        bytes.truncate(LONGEST);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.place(bytes.len());
        match self.below(9) {
            _ if bytes.is_empty() => bytes.push(self.number() as u8),
            0 | 1 => bytes[at] ^= 1 << self.below(8),
            2 => bytes[at] = self.number() as u8,
            3 | 4 => self.overwrite(&mut bytes[at..]),
            5 => bytes.truncate(at),
            6 => drop(bytes.drain(at..self.end(at, bytes.len()))),
            7 => {
                let piece = bytes[at..self.end(at, bytes.len())].to_vec();
                let to = self.place(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.place(other.len());
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
        }
    }

    /// Writes a number of one to eight bytes in either byte order.
    fn overwrite(&mut self, bytes: &mut [u8]) {
        let width = (1 << self.below(4)).min(bytes.len());
        let number = INTERESTING[self.below(INTERESTING.len())];
        match self.below(2) {
            0 => bytes[..width].copy_from_slice(&number.to_le_bytes()[..width]),
            _ => bytes[..width].copy_from_slice(&number.to_be_bytes()[8 - width..]),
        }
    }

    /// A random position within a length; 0 if the length is 0.
    fn place(&mut self, length: usize) -> usize {
        let most = if self.below(2) == 0 { length.min(HEAD) } else { length };
        self.below(most)
    }

    /// The end of a part that begins at `at`. Most parts are short.
    fn end(&mut self, at: usize, length: usize) -> usize {
        let most = 1 << self.below(13);
        (at + 1 + self.below(most)).min(length)
    }

    fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.number() % n as u64) as usize }
    }

    /// The next pseudo-random number: SplitMix64 (Steele, Lea & Flood 2014).
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_makes_the_same_change_and_another_one_another() {
        let seeds = [b"RIFF and some more".to_vec(), b"fLaC".to_vec(), Vec::new()];
        let made = |number| Mutator::new(number).mutated(&seeds);
        assert!((0..200).all(|number| made(number) == made(number)));
        let different: std::collections::HashSet<_> = (0..200).map(made).collect();
        assert!(different.len() > 150, "{} of 200 inputs differ", different.len());
    }
}
