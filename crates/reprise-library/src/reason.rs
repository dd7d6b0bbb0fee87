//! Says in words how two tracks relate: "whole song, 3 semitones higher, 6 % slower".

use reprise_fingerprint::Sameness;
use reprise_matching::{Alignment, Span, View};

use crate::passages::{Held, matched_s};
use crate::same_audio::SameAudio;

/// Share of the shorter track that counts as the whole song.
const WHOLE_SONG: f64 = 0.75;

/// Tempo differences below this are how people play, not a difference.
const SAME_TEMPO: f64 = 0.02;

/// Less than so many seconds without the same audio is no cut: fingerprints are that vague about ends.
const SHORTEST_GAP_S: f64 = 5.0;

/// The reason for a match, from the candidate's point of view, as a listener would put it.
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

/// The same for a song and the track that it is heard in: where that is, "at 12:30-16:10, 2 semitones higher".
pub(crate) fn passage_reason(held: &Held) -> String {
    let of_holder = |span: &Span| match held.is_holder {
        true => (span.query_start_s, span.query_end_s),
        false => (span.candidate_start_s, span.candidate_end_s),
    };
    let starts = held.spans.iter().map(|span| of_holder(span).0);
    let ends = held.spans.iter().map(|span| of_holder(span).1);
    let range = clock_range(starts.fold(f64::INFINITY, f64::min), ends.fold(0.0, f64::max));
    let place = match held.spans.as_slice() {
        [] => "somewhere inside".to_owned(),
        _ if held.is_holder => format!("at {range}"),
        _ => format!("at {range} there"),
    };
    let parts = [Some(place), Some(key(held.key_shift)), tempo(held.tempo_ratio)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The same for two tracks that hold the same audio: what is left out, what is more, or where it is.
pub(crate) fn same_audio_reason(same: &SameAudio, query_s: f64, candidate_s: f64) -> String {
    let stretches = &same.stretches;
    let of_query = gaps(stretches.iter().map(|one| (one.a_start_s, one.length_s)), query_s);
    let of_candidate = gaps(stretches.iter().map(|one| (one.b_start_s, one.length_s)), candidate_s);
    let ranges = |gaps: &[(f64, f64)]| -> String {
        gaps.iter().map(|(start_s, end_s)| clock_range(*start_s, *end_s)).collect::<Vec<_>>().join(", ")
    };
    match same.sameness {
        Sameness::Whole => "the same recording, encoded or mastered differently".into(),
        Sameness::Edit => {
            let without = format!("without {}", ranges(&of_query));
            let with = format!("{} added", ranges(&of_candidate));
            match (of_query.is_empty(), of_candidate.is_empty()) {
                (false, true) => format!("the same recording {without}"),
                (true, false) => format!("the same recording with {with}"),
                (false, false) => format!("the same recording {without}, {with}"),
                (true, true) => "the same recording in another mix".into(),
            }
        }
        Sameness::Inside | Sameness::Part => {
            let shared_s: f64 = stretches.iter().map(|one| one.length_s).sum();
            let longest = stretches.iter().max_by(|one, other| one.length_s.total_cmp(&other.length_s));
            let place = longest.map(|one| {
                let range = |start_s| clock_range(start_s, start_s + one.length_s);
                format!(", {} is {} there", range(one.a_start_s), range(one.b_start_s))
            });
            format!("{} of the same audio{}", clock(shared_s), place.unwrap_or_default())
        }
    }
}

/// What stretches (start and length, in seconds) leave out of a track, as start and end; pauses between them that only
/// fingerprints hear do not count.
fn gaps(stretches: impl Iterator<Item = (f64, f64)>, duration_s: f64) -> Vec<(f64, f64)> {
    let mut stretches: Vec<(f64, f64)> = stretches.collect();
    stretches.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut gaps = Vec::new();
    let mut end_s = 0.0;
    for (start_s, length_s) in stretches.into_iter().chain([(duration_s, 0.0)]) {
        if start_s - end_s >= SHORTEST_GAP_S {
            gaps.push((end_s, start_s));
        }
        end_s = end_s.max(start_s + length_s);
    }
    gaps
}

fn extent(spans: &[Span], query_s: f64, candidate_s: f64) -> String {
    let (matched_query_s, matched_candidate_s) = matched_s(spans);
    let share = (matched_query_s / query_s).max(matched_candidate_s / candidate_s);
    match spans {
        [] => "similar throughout, no passage stands out".into(),
        _ if share >= WHOLE_SONG => "whole song".into(),
        [span] => format!("{} only", clock_range(span.query_start_s, span.query_end_s)),
        [first, ..] => {
            format!("{} passages, first {}", spans.len(), clock_range(first.query_start_s, first.query_end_s))
        }
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

fn clock_range(start_s: f64, end_s: f64) -> String {
    format!("{}-{}", clock(start_s), clock(end_s))
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
        let part = alignment(-1, 1.01, vec![span(70.0, 160.0)]);
        assert_eq!(reason(&part, 300.0, 300.0), "1:10-2:40 only, 1 semitone lower");
        let sung = Alignment { view: View::Voice, ..whole };
        assert_eq!(
            reason(&sung, 180.0, 190.0),
            "same tune, other chords, whole song, 3 semitones higher, 6 % slower"
        );
        let held = |is_holder| Held {
            is_holder,
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
}
