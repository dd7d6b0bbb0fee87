//! What shared audio means for two tracks.

use crate::closely::{Differing, Sounding, differing, is_silent};
use crate::{Fingerprint, Stretch, shared};

/// Stretches whose offsets differ by less than this, in seconds, lie on one time axis. An item of a fingerprint is an
/// eighth of a second.
const ONE_AXIS_S: f64 = 0.5;

/// Audio that may be missing at either end of the same recording, in seconds, because encoders pad and players cut.
/// Silence may be longer.
const ENDS_S: f64 = 2.5;

/// Share of the time in which both sound that must be the same audio. If a voice was mixed in or out, more differs.
const SAME_SHARE: f64 = 0.9;

/// In the same recording, at least this share of the longer track is in the shorter: a jingle consists of ends only.
const MOST_OF_IT: f64 = 0.75;

/// In an edit, this share of the shorter track is audio of the longer one.
const EDIT_SHARE: f64 = 0.7;

/// A track this many times as long as the shared audio contains more than an edit: it is a set, a medley, or an album
/// in one file.
const LONGEST_EDIT: f64 = 2.5;

/// The relation of two tracks that have audio in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sameness {
    /// The same recording from end to end: only encoding, mastering or fades differ.
    Whole,
    /// The same recording, cut differently, mixed differently, or with other audio at some places.
    Edit,
    /// Most of the shorter track is a passage of the longer one, which contains much else: a song in a set or a medley.
    Inside,
    /// They have a passage in common: a sample, a jingle, an ending shared by two mixes.
    Part,
}

/// A track to be compared.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Its fingerprint.
    pub fingerprint: &'a Fingerprint,
    /// Its length, in seconds.
    pub duration_s: f64,
    /// The data for the comparison frame by frame. Without them no pair is [`Sameness::Whole`].
    pub sounding: Option<Sounding<'a>>,
}

/// Returns the relation of two tracks and the audio that they have in common; `None` if there is none.
///
/// The worst stretch counts, not the mean: if a recording has a bleep in it, the stretches end before it and begin
/// after it.
pub fn compare(a: &Side<'_>, b: &Side<'_>) -> Option<(Sameness, Vec<Stretch>)> {
    let stretches = shared(a.fingerprint, b.fingerprint);
    let sameness = by_stretches(&stretches, a.duration_s, b.duration_s)?;
    if sameness != Sameness::Whole {
        return Some((sameness, stretches));
    }
    let Some((of_a, of_b)) = a.sounding.zip(b.sounding) else { return Some((Sameness::Edit, stretches)) };
    let overlap = Overlap::of(&stretches, a.duration_s, b.duration_s);
    let is_complete = overlap.reaches_the_ends_of(&of_a, 0.0, a.duration_s)
        && overlap.reaches_the_ends_of(&of_b, overlap.offset_s, b.duration_s);
    Some(match differing(&of_a, &of_b, overlap.offset_s) {
        Some(Differing::At(places)) if places.is_empty() && is_complete => {
            (Sameness::Whole, overlap.without(&[]))
        }
        Some(Differing::At(places)) => (Sameness::Edit, overlap.without(&places)),
        Some(Differing::Throughout) => (Sameness::Edit, overlap.without(&[])),
        None => (Sameness::Edit, stretches),
    })
}

/// Returns what shared stretches mean for two tracks of these lengths, as far as fingerprints show.
fn by_stretches(stretches: &[Stretch], a_s: f64, b_s: f64) -> Option<Sameness> {
    let first = stretches.first()?;
    let shared_s = stretches.iter().fold(0.0, |sum, stretch| sum + stretch.length_s);
    let (shorter_s, longer_s) = (a_s.min(b_s), a_s.max(b_s));
    let offset_s = offset_s(first);
    let is_one_axis = stretches.iter().all(|stretch| (self::offset_s(stretch) - offset_s).abs() < ONE_AXIS_S);
    // How long both sound at the same time once they are aligned.
    let in_both_s = a_s.min(a_s + offset_s).min(b_s).min(b_s - offset_s);
    let is_whole = is_one_axis && shared_s >= SAME_SHARE * in_both_s && shared_s >= MOST_OF_IT * longer_s;
    let has_most = shared_s >= EDIT_SHARE * shorter_s;
    Some(match has_most {
        _ if is_whole => Sameness::Whole,
        true if longer_s <= LONGEST_EDIT * shared_s => Sameness::Edit,
        true => Sameness::Inside,
        false => Sameness::Part,
    })
}

/// Returns how much later the stretch is in the second track.
fn offset_s(stretch: &Stretch) -> f64 {
    stretch.b_start_s - stretch.a_start_s
}

/// Two tracks, aligned by their shared audio.
struct Overlap {
    /// How much later the same audio is in the second track, in seconds.
    offset_s: f64,
    /// Start and end of the time in which both sound, in the first track.
    start_s: f64,
    end_s: f64,
    bit_errors: f64,
}

impl Overlap {
    /// Computes the overlap of tracks of these lengths from the stretches that they share along one axis.
    fn of(stretches: &[Stretch], a_s: f64, b_s: f64) -> Self {
        let mean = |value: fn(&Stretch) -> f64| {
            let weight: f64 = stretches.iter().map(|one| one.length_s).sum();
            stretches.iter().map(|one| value(one) * one.length_s).sum::<f64>() / weight
        };
        let offset_s = mean(offset_s);
        let (start_s, end_s) = ((-offset_s).max(0.0), a_s.min(b_s - offset_s));
        Self { offset_s, start_s, end_s, bit_errors: mean(|one| one.bit_errors) }
    }

    /// Whether the parts of a track outside of the overlap are short or silent. In this track the overlap is `later_s`
    /// later.
    fn reaches_the_ends_of(&self, track: &Sounding<'_>, later_s: f64, duration_s: f64) -> bool {
        let ends = [(0.0, self.start_s + later_s), (self.end_s + later_s, duration_s)];
        ends.into_iter().all(|end| end.1 - end.0 <= ENDS_S || is_silent(track, end))
    }

    /// Returns the parts of the overlap outside of `places`, which are in order.
    fn without(&self, places: &[(f64, f64)]) -> Vec<Stretch> {
        let starts = [self.start_s].into_iter().chain(places.iter().map(|place| place.1));
        let ends = places.iter().map(|place| place.0).chain([self.end_s]);
        let remaining = starts.zip(ends).filter(|(start_s, end_s)| end_s > start_s);
        remaining
            .map(|(start_s, end_s)| Stretch {
                a_start_s: start_s,
                b_start_s: start_s + self.offset_s,
                length_s: end_s - start_s,
                bit_errors: self.bit_errors,
            })
            .collect()
    }
}

impl Sameness {
    const ALL: [Self; 4] = [Self::Whole, Self::Edit, Self::Inside, Self::Part];

    /// Returns the word as which it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Edit => "edit",
            Self::Inside => "inside",
            Self::Part => "part",
        }
    }

    /// Returns the value of a word; `None` for a word of another build.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sameness| sameness.word() == word)
    }
}
