//! Describes in words how two tracks relate: "whole song, 3 semitones higher, 6 % slower".

use reprise_fingerprint::{Sameness, Stretch};
use reprise_matching::{Alignment, Span, View};

use crate::relations::passages::{SharedPassage, matched_s};
use crate::relations::same_audio::SameAudio;

/// Share of the shorter track that counts as the whole song.
const WHOLE_SONG: f64 = 0.75;

/// Smaller tempo differences are normal variation between performances.
const SAME_TEMPO: f64 = 0.02;

/// A match of the whole song fills more than this share of the longer track. Of a clip and its song only the clip is
/// filled.
const LEAST_OF_LONGER: f64 = 0.4;

/// A shorter gap in the same audio is no cut: fingerprints are this inexact beside one.
const SHORTEST_CUT_S: f64 = 5.0;

/// A shorter gap in both is rounding, or what encoders leave at the ends.
const SHORTEST_PLACE_S: f64 = 0.25;

/// Two gaps whose lengths differ by less are of equal length: no time was cut, but something else sounds.
const AS_LONG_S: f64 = 0.5;

/// The explanation of a match, from the candidate's point of view, in words for listeners.
pub fn reason(alignment: &Alignment, query_s: f64, candidate_s: f64) -> String {
    let mut parts = Vec::new();
    if alignment.view == View::Voice {
        parts.push("same tune, other chords".to_owned());
    }
    parts.push(extent(&alignment.spans, query_s, candidate_s));
    parts.push(key(alignment.key_shift));
    if let Some(tempo) = tempo(alignment.tempo_ratio) {
        parts.push(tempo);
    }
    parts.join(", ")
}

/// The same for a song and the track that contains it, with the place: "at 12:30-16:10, 2 semitones higher".
pub(crate) fn passage_reason(held: &SharedPassage) -> String {
    let of_holder = |span: &Span| match held.is_container {
        true => (span.query_start_s, span.query_end_s),
        false => (span.candidate_start_s, span.candidate_end_s),
    };
    let starts = held.spans.iter().map(|span| of_holder(span).0);
    let ends = held.spans.iter().map(|span| of_holder(span).1);
    let range = clock_range(starts.fold(f64::INFINITY, f64::min), ends.fold(0.0, f64::max));
    let place = match held.spans.as_slice() {
        [] => "somewhere inside".to_owned(),
        _ if held.is_container => format!("at {range}"),
        _ => format!("at {range} there"),
    };
    let parts = [Some(place), Some(key(held.key_shift)), tempo(held.tempo_ratio)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The same for two tracks with the same audio: what is left out, what is added, or where it is.
pub(crate) fn same_audio_reason(same: &SameAudio, query_s: f64, candidate_s: f64) -> String {
    match same.sameness {
        Sameness::Whole => "the same recording, encoded or mastered differently".into(),
        Sameness::Edit => {
            let differences = differences(&same.stretches, query_s, candidate_s);
            match differences.is_empty() {
                true => "the same recording in another mix".into(),
                false => format!("the same recording {differences}"),
            }
        }
        Sameness::Inside | Sameness::Part => {
            let shared_s: f64 = same.stretches.iter().map(|one| one.length_s).sum();
            let longest = same.stretches.iter().max_by(|one, other| one.length_s.total_cmp(&other.length_s));
            let place = longest.map(|one| {
                let range = |start_s| clock_range(start_s, start_s + one.length_s);
                format!("{} is {} there", range(one.a_start_s), range(one.b_start_s))
            });
            let what = match same.sameness {
                Sameness::Inside if candidate_s < query_s => "a part of this".to_owned(),
                Sameness::Inside => "holds this".to_owned(),
                _ => format!("{} of the same audio", clock(shared_s)),
            };
            [Some(what), place].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
    }
}

/// What is different, cut out or added between `stretches` of the same audio, each in the order of the query.
fn differences(stretches: &[Stretch], query_s: f64, candidate_s: f64) -> String {
    let ends = stretches.iter().map(|one| (one.a_start_s + one.length_s, one.b_start_s + one.length_s));
    let starts = stretches.iter().map(|one| (one.a_start_s, one.b_start_s));
    let holes = [(0.0, 0.0)].into_iter().chain(ends).zip(starts.chain([(query_s, candidate_s)]));
    // Without a cut, frames were compared in addition to fingerprints.
    let offset_s = |one: &Stretch| one.b_start_s - one.a_start_s;
    let is_uncut = stretches.windows(2).all(|two| (offset_s(&two[0]) - offset_s(&two[1])).abs() < AS_LONG_S);
    let shortest_s = if is_uncut { SHORTEST_PLACE_S } else { SHORTEST_CUT_S };
    let (mut other, mut rest) = (Vec::new(), Vec::new());
    for ((query_from_s, from_s), (query_to_s, to_s)) in holes {
        let (of_query, of_candidate) = ((query_from_s, query_to_s), (from_s, to_s));
        match are_as_long(of_query, of_candidate) {
            true if length_s(of_query).min(length_s(of_candidate)) > shortest_s => {
                other.push(clock_range(query_from_s, query_to_s));
            }
            true => {}
            false => rest.extend(cut_or_added(of_query, of_candidate)),
        }
    }
    let other = (!other.is_empty()).then(|| format!("but for {}", other.join(", ")));
    other.into_iter().chain(rest).collect::<Vec<_>>().join(", ")
}

/// Whether a gap of the query and the corresponding one of the candidate, given by start and end, are of equal length.
fn are_as_long(of_query: (f64, f64), of_candidate: (f64, f64)) -> bool {
    (length_s(of_query) - length_s(of_candidate)).abs() < AS_LONG_S
}

/// How two such gaps of unequal length relate.
fn cut_or_added(of_query: (f64, f64), of_candidate: (f64, f64)) -> Option<String> {
    let range = |(start_s, end_s)| clock_range(start_s, end_s);
    match (length_s(of_query) >= SHORTEST_CUT_S, length_s(of_candidate) >= SHORTEST_CUT_S) {
        (true, true) => Some(format!("with {} instead of {}", range(of_candidate), range(of_query))),
        (true, false) => Some(format!("without {}", range(of_query))),
        (false, true) => Some(format!("with {} added", range(of_candidate))),
        (false, false) => None,
    }
}

fn length_s((start_s, end_s): (f64, f64)) -> f64 {
    (end_s - start_s).max(0.0)
}

fn extent(spans: &[Span], query_s: f64, candidate_s: f64) -> String {
    let (matched_query_s, matched_candidate_s) = matched_s(spans);
    let (of_query, of_candidate) = (matched_query_s / query_s, matched_candidate_s / candidate_s);
    let of_longer = if query_s >= candidate_s { of_query } else { of_candidate };
    let range = |span: &Span| match of_query >= WHOLE_SONG {
        true => format!("{} there", clock_range(span.candidate_start_s, span.candidate_end_s)),
        false => clock_range(span.query_start_s, span.query_end_s),
    };
    match spans {
        [] => "similar throughout, no passage stands out".into(),
        _ if of_query.max(of_candidate) >= WHOLE_SONG && of_longer > LEAST_OF_LONGER => "whole song".into(),
        [span] => format!("{} only", range(span)),
        [first, ..] => format!("{} passages, first {}", spans.len(), range(first)),
    }
}

fn key(key_shift: i8) -> String {
    let plural = if key_shift.abs() == 1 { "" } else { "s" };
    match key_shift {
        0 => "same key".into(),
        1.. => format!("{key_shift} semitone{plural} higher"),
        _ => format!("{} semitone{plural} lower", -key_shift),
    }
}

fn tempo(ratio: f32) -> Option<String> {
    let difference = f64::from(ratio) - 1.0;
    if !difference.is_finite() || difference.abs() < SAME_TEMPO {
        return None;
    }
    let percent = (difference.abs() * 100.0).round();
    Some(format!("{percent} % {}", if difference > 0.0 { "faster" } else { "slower" }))
}

/// From one clock time to another; a single one if both are equal.
fn clock_range(start_s: f64, end_s: f64) -> String {
    let (start, end) = (clock(start_s), clock(end_s));
    if start == end { start } else { format!("{start}-{end}") }
}

/// Seconds as m:ss.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start_s: f64, end_s: f64) -> Span {
        Span {
            query_start_s: start_s,
            query_end_s: end_s,
            candidate_start_s: start_s,
            candidate_end_s: end_s,
        }
    }

    fn alignment(key_shift: i8, tempo_ratio: f32, spans: Vec<Span>) -> Alignment {
        Alignment { score: 10.0, key_shift, tempo_ratio, spans, view: View::Harmony }
    }

    #[test]
    fn the_reason_names_extent_key_and_tempo() {
        let whole = alignment(3, 0.94, vec![span(2.0, 178.0)]);
        assert_eq!(reason(&whole, 180.0, 190.0), "whole song, 3 semitones higher, 6 % slower");
        let clip = alignment(
            0,
            1.0,
            vec![Span { candidate_start_s: 70.0, candidate_end_s: 99.0, ..span(0.0, 29.0) }],
        );
        assert_eq!(reason(&clip, 30.0, 180.0), "1:10-1:39 there only, same key");
        let song = alignment(
            0,
            1.0,
            vec![Span { candidate_start_s: 0.0, candidate_end_s: 29.0, ..span(70.0, 99.0) }],
        );
        assert_eq!(reason(&song, 180.0, 30.0), "1:10-1:39 only, same key");
        let part = alignment(-1, 1.01, vec![span(70.0, 160.0)]);
        assert_eq!(reason(&part, 300.0, 300.0), "1:10-2:40 only, 1 semitone lower");
        let sung = Alignment { view: View::Voice, ..whole };
        assert_eq!(
            reason(&sung, 180.0, 190.0),
            "same tune, other chords, whole song, 3 semitones higher, 6 % slower"
        );
        let held = |is_container| SharedPassage {
            is_container,
            edge: 20.0,
            key_shift: 2,
            tempo_ratio: 1.0,
            spans: vec![
                Span {
                    query_start_s: 750.0,
                    query_end_s: 800.0,
                    candidate_start_s: 0.0,
                    candidate_end_s: 50.0,
                },
                Span {
                    query_start_s: 810.0,
                    query_end_s: 970.0,
                    candidate_start_s: 60.0,
                    candidate_end_s: 220.0,
                },
            ],
        };
        assert_eq!(passage_reason(&held(true)), "at 12:30-16:10, 2 semitones higher");
        assert_eq!(passage_reason(&held(false)), "at 0:00-3:40 there, 2 semitones higher");
        let two = alignment(0, 1.25, vec![span(10.0, 30.0), span(60.0, 90.0)]);
        assert_eq!(reason(&two, 300.0, 300.0), "2 passages, first 0:10-0:30, same key, 25 % faster");
    }
    fn same(sameness: Sameness, stretches: &[(f64, f64, f64)]) -> SameAudio {
        let stretch = |(a_start_s, b_start_s, length_s): &(f64, f64, f64)| Stretch {
            a_start_s: *a_start_s,
            b_start_s: *b_start_s,
            length_s: *length_s,
            bit_errors: 1.0,
        };
        SameAudio { sameness, stretches: stretches.iter().map(stretch).collect() }
    }

    #[test]
    fn the_same_audio_names_the_place_of_every_difference_once() {
        let edit = |stretches: &[(f64, f64, f64)], candidate_s| {
            same_audio_reason(&same(Sameness::Edit, stretches), 180.0, candidate_s)
        };
        let cut = [(0.0, 0.0, 110.0), (121.0, 111.5, 58.0)];
        assert_eq!(edit(&cut, 170.0), "the same recording without 1:50-2:01");
        let muted = [(0.0, 0.0, 40.0), (41.0, 41.0, 139.0)];
        assert_eq!(edit(&muted, 180.0), "the same recording but for 0:40-0:41");
        let vague = [(0.0, 0.0, 25.0), (45.0, 25.0, 134.0)];
        assert_eq!(
            edit(&vague, 160.0),
            "the same recording without 0:25-0:45",
            "a second at the end is nothing"
        );
        let twice = [(0.0, 0.0, 40.0), (41.0, 41.0, 59.0), (100.4, 100.4, 79.6)];
        assert_eq!(edit(&twice, 180.0), "the same recording but for 0:40-0:41, 1:40");
        assert_eq!(
            edit(&[(0.3, 0.0, 40.0), (41.3, 41.0, 138.4)], 179.5),
            "the same recording but for 0:40-0:41"
        );
        let other_intro = [(8.0, 8.0, 172.0)];
        assert_eq!(edit(&other_intro, 180.0), "the same recording but for 0:00-0:08");
        let longer_intro = [(8.0, 38.0, 172.0)];
        assert_eq!(edit(&longer_intro, 210.0), "the same recording with 0:00-0:38 instead of 0:00-0:08");
        let two = [(0.0, 0.0, 30.0), (50.0, 30.0, 60.0), (110.0, 150.0, 70.0)];
        assert_eq!(edit(&two, 220.0), "the same recording without 0:30-0:50, with 1:30-2:30 added");
        assert_eq!(edit(&[(0.0, 0.0, 180.0)], 180.0), "the same recording in another mix");
    }

    #[test]
    fn a_clip_is_a_part_and_its_song_holds_it() {
        let clip = same(Sameness::Inside, &[(0.0, 65.0, 20.0)]);
        assert_eq!(same_audio_reason(&clip, 20.0, 180.0), "holds this, 0:00-0:20 is 1:05-1:25 there");
        let song = same(Sameness::Inside, &[(65.0, 0.0, 20.0)]);
        assert_eq!(same_audio_reason(&song, 180.0, 20.0), "a part of this, 1:05-1:25 is 0:00-0:20 there");
        let jingle = same(Sameness::Part, &[(10.0, 30.0, 40.0)]);
        assert_eq!(
            same_audio_reason(&jingle, 200.0, 200.0),
            "0:40 of the same audio, 0:10-0:50 is 0:30-1:10 there"
        );
    }
}
