//! Whether the channels of two tracks are the same, or which difference explains that they are not.

use super::judge::{Judgement, judge};
use super::levels::{BANDS, Channel};
use super::moments::{Energies, Moment};

/// How the channels of two files with the same sound differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelDifference {
    /// One of them has only the left or only the right channel of the other: on one side or on both.
    Missing,
    /// Left and right are exchanged, inverted or not.
    Swapped,
    /// One channel has the opposite sign, so that loudspeakers cancel what both play.
    Inverted,
    /// One of them is mono, the other one is not.
    Mono,
}

/// Channels in another order must differ by at most this share of what they differ in their own order, and by this many
/// decibels less.
const BETTER_SHARE: f32 = 0.75;
const BETTER_DB: f32 = 0.1;

/// A channel this much quieter than another is not heard beside it: 30 dB.
const NOT_HEARD: f32 = 1e-3;

/// The orders of channels that are tried.
const ORDERS: [(ChannelDifference, [Channel; 4]); 3] = [
    (ChannelDifference::Swapped, [Channel::Right, Channel::Left, Channel::Mid, Channel::Side]),
    (ChannelDifference::Inverted, [Channel::Left, Channel::Right, Channel::Side, Channel::Mid]),
    (ChannelDifference::Swapped, [Channel::Right, Channel::Left, Channel::Side, Channel::Mid]),
];

/// Judges two tracks and names what is different about their channels, if that explains all differences.
pub(super) fn judge_channels(moments: &[Moment]) -> (Option<ChannelDifference>, Judgement) {
    let plain = judge(moments.to_vec());
    let judged = ORDERS.into_iter().map(|(difference, order)| (difference, judge(in_order(moments, order))));
    let best = judged.min_by(|one, other| one.1.mean_db.total_cmp(&other.1.mean_db));
    if let Some((difference, judgement)) = best {
        let most_db = (plain.mean_db * BETTER_SHARE).min(plain.mean_db - BETTER_DB);
        if judgement.mean_db < most_db {
            return (judgement.is_same().then_some(difference), judgement);
        }
    }
    if plain.is_same() {
        return (None, plain);
    }
    let fewer = fewer_channels(moments).into_iter().find_map(|(difference, of_a, of_b)| {
        let judgement = judge(one_channel(moments, of_a, of_b));
        judgement.is_same().then_some((Some(difference), judgement))
    });
    fewer.unwrap_or((None, plain))
}

/// Returns the energies of one of the tracks.
type Of = fn(&Moment) -> &Energies;

/// Returns which single channels of both tracks may be the same sound.
fn fewer_channels(moments: &[Moment]) -> Vec<(ChannelDifference, Channel, Channel)> {
    use Channel::{Left, Mid, Right, Side};
    let loudness = |of: Of, channel: Channel| -> f64 {
        moments.iter().flat_map(|moment| of(moment)[channel as usize]).map(f64::from).sum()
    };
    let is_quiet =
        |of: Of, one: Channel, other: Channel| loudness(of, one) < f64::from(NOT_HEARD) * loudness(of, other);
    let a: Of = |moment| &moment.a;
    let b: Of = |moment| &moment.b;
    let mut tried = Vec::new();
    if is_quiet(a, Side, Mid) != is_quiet(b, Side, Mid) {
        tried.push((ChannelDifference::Mono, Mid, Mid));
    }
    if is_quiet(a, Side, Mid) {
        tried.extend([Left, Right].map(|one| (ChannelDifference::Missing, Mid, one)));
    }
    if is_quiet(b, Side, Mid) {
        tried.extend([Left, Right].map(|one| (ChannelDifference::Missing, one, Mid)));
    }
    for (one, other) in [(Left, Right), (Right, Left)] {
        if is_quiet(a, other, one) != is_quiet(b, other, one) {
            tried.push((ChannelDifference::Missing, one, one));
        }
    }
    tried
}

/// Returns the moments with the channels of the second track in another order.
fn in_order(moments: &[Moment], order: [Channel; 4]) -> Vec<Moment> {
    let ordered = |moment: &Moment| Moment { b: order.map(|channel| moment.b[channel as usize]), ..*moment };
    moments.iter().map(ordered).collect()
}

/// Returns the moments as if both tracks were mono and had only the given channels.
fn one_channel(moments: &[Moment], of_a: Channel, of_b: Channel) -> Vec<Moment> {
    let only = |energies: &Energies, channel: Channel| {
        let one = energies[channel as usize];
        [one, one, one, [0.0; BANDS]]
    };
    moments.iter().map(|m| Moment { frame: m.frame, a: only(&m.a, of_a), b: only(&m.b, of_b) }).collect()
}
