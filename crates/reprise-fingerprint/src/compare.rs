//! Finds the stretches of two tracks that are the same audio.

use std::collections::HashSet;

use rusty_chromaprint::{Configuration, match_fingerprints};

use crate::Fingerprint;
use crate::fingerprint::{ITEM_LENGTH_S, ITEM_S};

/// The shortest stretch that counts, in items: eight seconds.
const SHORTEST: usize = 65;

/// A stretch is the same audio only if no more bits of 32 differ than this, on average.
const MOST_BIT_ERRORS: f64 = 7.0;

/// A stretch says nothing if the share of different numbers among its numbers is below this: silence, or one held tone.
const FEWEST_DIFFERENT: f64 = 0.25;

/// The largest number of stretches of a pair. A track with more cuts is no edit of the other.
const MOST_STRETCHES: usize = 8;

/// Audio that two tracks have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Where it begins in the first track, in seconds.
    pub a_start_s: f64,
    /// Where it begins in the second track, in seconds.
    pub b_start_s: f64,
    /// Its length, in seconds.
    pub length_s: f64,
    /// Mean number of bits of 32 in which the fingerprints differ along it: 0 for identical audio, 16 for unrelated
    /// audio.
    pub bit_errors: f64,
}

/// Returns the audio that two tracks have in common. If one was cut, the parts before and after the cut are found
/// separately: the best offset first, then the rest on either side.
///
/// The stretches are in the order of the first track; none overlaps the next.
pub fn shared(a: &Fingerprint, b: &Fingerprint) -> Vec<Stretch> {
    let mut stretches = found_in(&Part::whole(a), &Part::whole(b));
    stretches.sort_by(|one, other| one.a_start_s.total_cmp(&other.a_start_s));
    for place in 1..stretches.len() {
        let next = stretches[place];
        let this = &mut stretches[place - 1];
        // Items on either side of a cut cover some audio beyond it.
        this.length_s =
            this.length_s.min(next.a_start_s - this.a_start_s).min(next.b_start_s - this.b_start_s);
    }
    stretches
}

/// Does the same wherever the audio is: jingles and advertisements occur more than once, and in another order. The
/// stretches are in no particular order and may overlap in either track.
pub fn shared_anywhere(a: &Fingerprint, b: &Fingerprint) -> Vec<Stretch> {
    let mut found = shared(a, b);
    loop {
        let of_a: Vec<_> = found.iter().map(|one| (one.a_start_s, one.length_s)).collect();
        let of_b: Vec<_> = found.iter().map(|one| (one.b_start_s, one.length_s)).collect();
        // Audio that was found in one track may occur again in the rest of the other.
        let mut more = Vec::new();
        for rest in left(a, &of_a) {
            more.extend(found_in(&rest, &Part::whole(b)));
        }
        for rest in left(b, &of_b) {
            more.extend(found_in(&Part::whole(a), &rest));
        }
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// Returns the stretches of two parts, in no particular order.
fn found_in(a: &Part<'_>, b: &Part<'_>) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    find(a, b, &mut stretches);
    stretches
}

/// Returns the parts of a fingerprint outside of stretches, which are given by start and length in seconds.
fn left<'a>(whole: &'a Fingerprint, taken: &[(f64, f64)]) -> Vec<Part<'a>> {
    let place = |seconds: f64| (seconds / ITEM_S).round().max(0.0) as usize;
    let mut is_taken = vec![false; whole.0.len()];
    for (start_s, length_s) in taken {
        let end = place(start_s + length_s - ITEM_LENGTH_S) + 1;
        is_taken[place(*start_s).min(whole.0.len())..end.min(whole.0.len())].fill(true);
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for run in is_taken.chunk_by(|one, other| one == other) {
        if !run[0] {
            parts.push(Part { items: &whole.0[start..start + run.len()], start });
        }
        start += run.len();
    }
    parts
}

/// A part of a fingerprint.
struct Part<'a> {
    items: &'a [u32],
    /// Where it begins in the whole.
    start: usize,
}

impl<'a> Part<'a> {
    fn whole(fingerprint: &'a Fingerprint) -> Self {
        Part { items: &fingerprint.0, start: 0 }
    }

    fn before(&self, end: usize) -> Self {
        Part { items: &self.items[..end], start: self.start }
    }

    fn after(&self, begin: usize) -> Self {
        Part { items: &self.items[begin..], start: self.start + begin }
    }

    fn starts_at_s(&self, place: usize) -> f64 {
        (self.start + place) as f64 * ITEM_S
    }
}

/// Adds the stretches of two parts: those along one offset, then those before the first and after the last of them.
fn find(a: &Part<'_>, b: &Part<'_>, stretches: &mut Vec<Stretch>) {
    if stretches.len() >= MOST_STRETCHES || a.items.len().min(b.items.len()) < SHORTEST {
        return;
    }
    // The only possible error is a fingerprint of eighteen hours.
    let found = match_fingerprints(a.items, b.items, &Configuration::preset_test2()).unwrap_or_default();
    let found: Vec<_> = found
        .into_iter()
        .filter(|one| one.items_count >= SHORTEST && one.score <= MOST_BIT_ERRORS)
        .filter(|one| says_something(&a.items[one.offset1..one.offset1 + one.items_count]))
        .collect();
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return };
    stretches.extend(found.iter().map(|one| Stretch {
        a_start_s: a.starts_at_s(one.offset1),
        b_start_s: b.starts_at_s(one.offset2),
        length_s: (one.items_count - 1) as f64 * ITEM_S + ITEM_LENGTH_S,
        bit_errors: one.score,
    }));
    find(&a.before(first.offset1), &b.before(first.offset2), stretches);
    let (a_end, b_end) = (last.offset1 + last.items_count, last.offset2 + last.items_count);
    find(&a.after(a_end), &b.after(b_end), stretches);
}

fn says_something(items: &[u32]) -> bool {
    let different: HashSet<u32> = items.iter().copied().collect();
    different.len() as f64 >= FEWEST_DIFFERENT * items.len() as f64
}
