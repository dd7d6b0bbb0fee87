//! What it means that two tracks have audio in common.

use crate::Stretch;

/// Stretches whose offsets differ by less than this lie on one time axis. An item of a fingerprint is an eighth of a second.
const ONE_AXIS_S: f64 = 0.5;

/// So much may be missing at both ends of the same recording, in seconds: silence, a count, applause that was faded.
const ENDS_S: f64 = 12.0;

/// So much of the time between them must sound the same. Where a voice was mixed in or out, more differs.
const SAME_SHARE: f64 = 0.9;

/// Of the same recording at least so much of the longer track is in the shorter: a jingle has ends and nothing else.
const MOST_OF_IT: f64 = 0.75;

/// Of an edit, so much of the shorter track is audio of the longer one.
const EDIT_SHARE: f64 = 0.7;

/// A track this many times as long as what it shares holds more than an edit: it is a set, a medley, an album in one file.
const LONGEST_EDIT: f64 = 2.5;

/// Two tracks that have audio in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sameness {
    /// The same recording from end to end: encoded, mastered or faded differently.
    Whole,
    /// The same recording, cut differently.
    Edit,
    /// Most of the shorter one is a passage of the longer one, which holds much else: a song in a set or a medley.
    Inside,
    /// They have a passage in common: a sample, an ending shared by two mixes.
    Part,
}

impl Sameness {
    /// Of two tracks of these lengths, by what they have in common, in the order of the first; none of nothing.
    pub fn of(stretches: &[Stretch], a_s: f64, b_s: f64) -> Option<Self> {
        let first = stretches.first()?;
        let shared_s = stretches.iter().fold(0.0, |sum, stretch| sum + stretch.length_s);
        let (shorter_s, longer_s) = (a_s.min(b_s), a_s.max(b_s));
        let offset = |stretch: &Stretch| stretch.b_start_s - stretch.a_start_s;
        let offset_s = offset(first);
        let is_one_axis = stretches.iter().all(|stretch| (offset(stretch) - offset_s).abs() < ONE_AXIS_S);
        let at_ends_s = offset_s.abs() + (a_s + offset_s - b_s).abs();
        // How long both sound at the same time once they are laid over each other.
        let in_both_s = a_s.min(a_s + offset_s).min(b_s).min(b_s - offset_s);
        let is_whole = is_one_axis
            && at_ends_s <= ENDS_S
            && shared_s >= SAME_SHARE * in_both_s
            && shared_s >= MOST_OF_IT * longer_s;
        let has_most = shared_s >= EDIT_SHARE * shorter_s;
        Some(match has_most {
            _ if is_whole => Self::Whole,
            true if longer_s <= LONGEST_EDIT * shared_s => Self::Edit,
            true => Self::Inside,
            false => Self::Part,
        })
    }
}
