//! Finds which of many tracks may share audio with a track.

use std::collections::HashMap;

/// Numbers that two sketches must have in common before their tracks are compared. Unrelated tracks have one in common
/// by chance.
const FEWEST_IN_COMMON: u32 = 2;

/// The sketches of some tracks by number, to be searched with the sketch of any other.
pub struct Sketches {
    holders: HashMap<u32, Vec<u32>>,
    counts: Vec<u32>,
    met: Vec<u32>,
}

impl Sketches {
    /// Indexes the sketches of tracks, which are counted from 0.
    pub fn new<'a>(sketches: impl Iterator<Item = &'a [u32]>) -> Self {
        let mut holders: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut n_tracks = 0;
        for (track, sketch) in sketches.enumerate() {
            for number in sketch {
                holders.entry(*number).or_default().push(track as u32);
            }
            n_tracks += 1;
        }
        Self { holders, counts: vec![0; n_tracks], met: Vec::new() }
    }

    /// Returns the tracks whose sketches have enough in common with this one to be worth a comparison, in ascending
    /// order.
    pub fn near(&mut self, sketch: &[u32]) -> Vec<usize> {
        for number in sketch {
            for track in self.holders.get(number).into_iter().flatten() {
                let count = &mut self.counts[*track as usize];
                if *count == 0 {
                    self.met.push(*track);
                }
                *count += 1;
            }
        }
        let mut near = Vec::new();
        for track in self.met.drain(..) {
            if std::mem::take(&mut self.counts[track as usize]) >= FEWEST_IN_COMMON {
                near.push(track as usize);
            }
        }
        near.sort_unstable();
        near
    }
}
