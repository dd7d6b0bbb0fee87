//! From a centred score to a word. The only place that decides what counts as a version.

use reprise_matching::cluster::Linkage;

/// From here on two recordings are shown as versions and joined in clusters.
///
/// The lowest score at which no false edge was left in half of the works of the rendered MIDI archive among 784
/// tracks, which keeps false edges below one in 1,000 tracks; fitted by training/scripts/fit_threshold.py, figures in
/// BENCHMARKS.md.
pub(crate) const VERSION: f32 = 13.6;

/// From here on they are shown as possible versions; nothing is joined.
///
/// Where half of what is shown is right, on the same half and by the same script.
pub(crate) const POSSIBLE: f32 = 5.2;

/// When two groups of recordings are one song: one pair of them is a version, and all pairs together are at least
/// possible.
pub(crate) const LINKAGE: Linkage = Linkage { best: VERSION, mean: POSSIBLE };

/// How two tracks relate, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The same audio, packet for packet.
    Copy,
    /// The user said that they are one song.
    Confirmed,
    /// The score says so.
    Version,
    /// The score leaves it open.
    Possible,
    /// Nothing speaks for it; listed only to fill a ranking.
    Unlikely,
    /// The user said that they are not one song.
    Rejected,
}

/// The relation that a centred score alone suggests.
pub(crate) fn relation(score: f32) -> Relation {
    match score {
        s if s >= VERSION => Relation::Version,
        s if s >= POSSIBLE => Relation::Possible,
        _ => Relation::Unlikely,
    }
}
