//! Two fingerprints as stored in a library, and what they have in common.

use reprise_fingerprint::{
    Fingerprint, ITEM_S, Sameness, Side, Sketches, Sounding, Stretch, compare, shared, shared_anywhere,
};

use crate::Mutator;
use crate::taker::Taker;

/// The rounding error of sums of seconds.
const ROUNDING_S: f64 = 1e-6;

/// The first byte determines how the second fingerprint is derived from the first.
pub(super) fn check(bytes: &[u8]) {
    let mut taker = Taker(bytes);
    let (relation, [from, n], flipped) = (taker.byte(), taker.array(), taker.array());
    let Some(a) = Fingerprint::from_bytes(taker.0) else {
        assert!(!taker.0.len().is_multiple_of(4), "whole items are a fingerprint");
        return;
    };
    assert_eq!(a.to_bytes(), taker.0, "it is kept as it was");
    let b = related(&a, relation, from.into(), n.into(), u32::from_le_bytes(flipped));
    for (one, other) in [(&a, &b), (&b, &a), (&a, &a)] {
        let stretches = shared(one, other);
        hold(&stretches, one, other);
        let anywhere = shared_anywhere(one, other);
        assert!(
            stretches.iter().all(|stretch| anywhere.contains(stretch)),
            "what is in order is anywhere, too"
        );
        anywhere.iter().for_each(|stretch| lies_inside(stretch, one, other));
        let frames = [one, other].map(chroma);
        for looks in [false, true] {
            let found = compare(&side(one, &frames[0], looks), &side(other, &frames[1], looks));
            assert_eq!(found.is_none(), stretches.is_empty(), "whatever is shared has a name");
            let Some((sameness, stretches)) = found else { continue };
            assert!(looks || sameness != Sameness::Whole, "nobody looked closely");
            assert_eq!(Sameness::from_word(sameness.word()), Some(sameness));
            hold(&stretches, one, other);
        }
    }
    hold_sketches(&a, &b);
}

/// Frames that are derived from the items, so that the same audio has the same frames.
fn chroma(fingerprint: &Fingerprint) -> Vec<[f32; 12]> {
    let frame = |item: &u32| std::array::from_fn(|k| (item >> (2 * k) & 3) as f32 / 3.0);
    fingerprint.0.iter().map(frame).collect()
}

fn side<'a>(fingerprint: &'a Fingerprint, chroma: &'a [[f32; 12]], looks: bool) -> Side<'a> {
    let sounding = Sounding { chroma, frame_rate_hz: ITEM_S.recip(), peaks: &[255, 3, 90, 0] };
    let sounding = (looks && !chroma.is_empty()).then_some(sounding);
    Side { fingerprint, duration_s: fingerprint.duration_s(), sounding }
}

/// Half of `a`; `a` itself; `a` without a part and with changed bits; `a` with two parts exchanged.
fn related(a: &Fingerprint, relation: u8, from: usize, n: usize, flipped: u32) -> Fingerprint {
    let items = &a.0;
    let begin = from.min(items.len());
    let end = (begin + n).min(items.len());
    Fingerprint(match relation % 4 {
        0 => items[items.len() / 2..].to_vec(),
        1 => items.clone(),
        2 => items[..begin].iter().chain(&items[end..]).map(|item| item ^ flipped).collect(),
        _ => [&items[end..], &items[begin..end], &items[..begin]].concat(),
    })
}

fn hold(stretches: &[Stretch], a: &Fingerprint, b: &Fingerprint) {
    stretches.iter().for_each(|stretch| lies_inside(stretch, a, b));
    for pair in stretches.windows(2) {
        let is_before = |start_s: f64, next_s: f64| start_s + pair[0].length_s <= next_s + ROUNDING_S;
        let are_apart = is_before(pair[0].a_start_s, pair[1].a_start_s)
            && is_before(pair[0].b_start_s, pair[1].b_start_s);
        assert!(are_apart, "none overlaps the next: {stretches:?}");
    }
}

fn lies_inside(stretch: &Stretch, a: &Fingerprint, b: &Fingerprint) {
    let Stretch { a_start_s, b_start_s, length_s, bit_errors } = *stretch;
    assert!(length_s > 0.0, "a stretch has a length: {stretch:?}");
    for (start_s, whole_s) in [(a_start_s, a.duration_s()), (b_start_s, b.duration_s())] {
        let is_inside = start_s >= -ROUNDING_S && start_s + length_s <= whole_s + ROUNDING_S;
        assert!(is_inside, "a stretch lies inside both, {whole_s} s: {stretch:?}");
    }
    assert!((0.0..=32.0).contains(&bit_errors), "{bit_errors} bits of 32");
}

fn hold_sketches(a: &Fingerprint, b: &Fingerprint) {
    let (one, other) = (a.sketch(), b.sketch());
    assert!(one.is_sorted_by(|one, next| one < next), "ascending, each once");
    assert!(one.iter().all(|number| a.0.contains(number)), "a sample of its own numbers");
    let near = Sketches::new([one.as_slice(), &other].into_iter()).near(&one);
    assert!(near.is_sorted() && near.iter().all(|place| *place < 2), "{near:?}");
    assert_eq!(near.contains(&0), one.len() > 1, "a track is near itself by two numbers");
}

/// Seeds: a minute and a half of different items, in every relation.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let n_items = (90.0 / ITEM_S) as usize;
    let noise: Vec<u8> =
        (0..n_items as u64).flat_map(|item| Mutator::new(item).number().to_le_bytes()).collect();
    let head = |relation, n| [relation, 120, n, 0x01, 0, 0x10, 0];
    let heads = [head(0, 0), head(1, 0), head(2, 40), head(2, 250), head(3, 200)];
    heads.iter().map(|head| [&head[..], &noise[..4 * n_items]].concat()).collect()
}
