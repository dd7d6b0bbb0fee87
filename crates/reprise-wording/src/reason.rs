//! Why two tracks are related: "whole song, 3 semitones higher, 6 % slower".

use reprise_library::{Difference, Extent, Reason, Shared, SharedWords, View};

use crate::time::{clock, clock_range};

/// Smaller tempo differences are normal variation between performances.
const SAME_TEMPO: f64 = 0.02;

const TAGGED: &str = "one work by their tags";

/// The reason, from the point of view of the other track.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Copy => "the same audio in another file".into(),
        Reason::Decision => "as you said".into(),
        Reason::Tags { by_audio: None } => TAGGED.into(),
        Reason::Tags { by_audio: Some(audio) } => format!("{TAGGED}, {}", self::reason(audio)),
        Reason::TagsAlone => format!("{TAGGED}, although the audio is not alike"),
        Reason::Conflict => "one recording by their tags, but the audio is another".into(),
        Reason::NothingInCommon => "nothing in common stands out".into(),
        Reason::SameRecording => "the same recording, encoded or mastered differently".into(),
        Reason::Edit(differences) if differences.is_empty() => "the same recording in another mix".into(),
        Reason::Edit(differences) => format!("the same recording {}", in_words(differences)),
        Reason::SharedAudio { shared, place } => {
            let what = match shared {
                Shared::OtherIsPart => "a part of this".into(),
                Shared::OtherContains => "holds this".into(),
                Shared::Some { length_s } => format!("{} of the same audio", clock(*length_s)),
            };
            let place =
                place.map(|(own, there)| format!("{} is {} there", clock_range(own), clock_range(there)));
            listed([Some(what), place])
        }
        Reason::Passage { is_container, range, key_shift, tempo_ratio } => {
            let place = match range {
                None => "somewhere inside".into(),
                Some(range) if *is_container => format!("at {}", clock_range(*range)),
                Some(range) => format!("at {} there", clock_range(*range)),
            };
            listed([Some(place), Some(key(*key_shift)), tempo(*tempo_ratio)])
        }
        Reason::Aligned { words: Some(words @ SharedWords::Same { is_alone: true, .. }), .. } => {
            format!("{}, other tune and chords", words_in_words(words))
        }
        Reason::Aligned { view, extent, key_shift, tempo_ratio, words } => {
            let by_voice = (*view == View::Voice).then(|| "same tune, other chords".to_owned());
            let words = words.as_ref().map(words_in_words);
            listed([
                by_voice,
                words,
                Some(extent_in_words(extent)),
                Some(key(*key_shift)),
                tempo(*tempo_ratio),
            ])
        }
    }
}

fn words_in_words(words: &SharedWords) -> String {
    match words {
        SharedWords::Same { span: Some(span), .. } => {
            let (own, there) = (clock(span.query_start_s), clock(span.candidate_start_s));
            let there = if own == there { String::new() } else { format!(" ({there} there)") };
            format!("same words from {own} on{there}")
        }
        SharedWords::Same { span: None, .. } => "some of the same words".into(),
        SharedWords::Others => "same tune, other words".into(),
    }
}

fn listed<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Places with other audio first, then what was cut or added.
fn in_words(differences: &[Difference]) -> String {
    let (mut other, mut rest) = (Vec::new(), Vec::new());
    for difference in differences {
        match difference {
            Difference::Other { own } => other.push(clock_range(*own)),
            Difference::Replaced { own, there } => {
                rest.push(format!("with {} instead of {}", clock_range(*there), clock_range(*own)));
            }
            Difference::Missing { own } => rest.push(format!("without {}", clock_range(*own))),
            Difference::Added { there } => rest.push(format!("with {} added", clock_range(*there))),
        }
    }
    let other = (!other.is_empty()).then(|| format!("but for {}", other.join(", ")));
    other.into_iter().chain(rest).collect::<Vec<_>>().join(", ")
}

fn extent_in_words(extent: &Extent) -> String {
    match extent {
        Extent::Throughout => "similar throughout, no passage stands out".into(),
        Extent::WholeSong => "whole song".into(),
        Extent::Passages { n: 1, first, is_there } => format!("{} only", place(*first, *is_there)),
        Extent::Passages { n, first, is_there } => {
            format!("{n} passages, first {}", place(*first, *is_there))
        }
    }
}

fn place(range: reprise_library::Range, is_there: bool) -> String {
    if is_there { format!("{} there", clock_range(range)) } else { clock_range(range) }
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

#[cfg(test)]
mod tests {
    use reprise_library::{Range, Span};

    use super::*;

    fn range(start_s: f64, end_s: f64) -> Range {
        Range { start_s, end_s }
    }

    #[test]
    fn an_alignment_names_extent_key_and_tempo() {
        let aligned = |view, extent, key_shift, tempo_ratio| {
            reason(&Reason::Aligned { view, extent, key_shift, tempo_ratio, words: None })
        };
        let first = range(70.0, 99.0);
        let one = |is_there| Extent::Passages { n: 1, first, is_there };
        assert_eq!(
            aligned(View::Harmony, Extent::WholeSong, 3, 0.94),
            "whole song, 3 semitones higher, 6 % slower"
        );
        assert_eq!(aligned(View::Harmony, one(true), 0, 1.0), "1:10-1:39 there only, same key");
        assert_eq!(aligned(View::Harmony, one(false), -1, 1.01), "1:10-1:39 only, 1 semitone lower");
        assert_eq!(
            aligned(View::Voice, Extent::WholeSong, 3, 0.94),
            "same tune, other chords, whole song, 3 semitones higher, 6 % slower"
        );
        let two = Extent::Passages { n: 2, first, is_there: false };
        assert_eq!(
            aligned(View::Harmony, two, 0, 1.25),
            "2 passages, first 1:10-1:39, same key, 25 % faster"
        );
        assert_eq!(
            aligned(View::Harmony, Extent::Throughout, 0, f32::NAN),
            "similar throughout, no passage stands out, same key"
        );
    }

    #[test]
    fn words_say_where_they_are_the_same_and_what_is_not() {
        let aligned = |words| {
            let (view, extent) = (View::Harmony, Extent::WholeSong);
            reason(&Reason::Aligned { view, extent, key_shift: 2, tempo_ratio: 1.0, words: Some(words) })
        };
        let (query_start_s, query_end_s, candidate_start_s, candidate_end_s) = (31.0, 90.0, 12.0, 80.0);
        let span = Some(Span { query_start_s, query_end_s, candidate_start_s, candidate_end_s });
        assert_eq!(
            aligned(SharedWords::Same { span, is_alone: false }),
            "same words from 0:31 on (0:12 there), whole song, 2 semitones higher"
        );
        assert_eq!(
            aligned(SharedWords::Same { span, is_alone: true }),
            "same words from 0:31 on (0:12 there), other tune and chords"
        );
        assert_eq!(
            aligned(SharedWords::Same { span: None, is_alone: true }),
            "some of the same words, other tune and chords"
        );
        assert_eq!(aligned(SharedWords::Others), "same tune, other words, whole song, 2 semitones higher");
    }

    #[test]
    fn a_passage_says_on_which_side_it_is() {
        let passage = |is_container, range| {
            reason(&Reason::Passage { is_container, range, key_shift: 2, tempo_ratio: 1.0 })
        };
        let place = Some(range(750.0, 970.0));
        assert_eq!(passage(true, place), "at 12:30-16:10, 2 semitones higher");
        assert_eq!(passage(false, place), "at 12:30-16:10 there, 2 semitones higher");
        assert_eq!(passage(true, None), "somewhere inside, 2 semitones higher");
    }

    #[test]
    fn differences_of_an_edit_are_grouped_by_what_became_of_them() {
        let own = range(25.0, 45.0);
        let (there, other) = (range(90.0, 150.0), range(40.0, 41.0));
        let edit = |differences: &[Difference]| reason(&Reason::Edit(differences.to_vec()));
        assert_eq!(
            edit(&[
                Difference::Missing { own },
                Difference::Other { own: other },
                Difference::Added { there }
            ]),
            "the same recording but for 0:40-0:41, without 0:25-0:45, with 1:30-2:30 added"
        );
        assert_eq!(
            edit(&[Difference::Other { own: range(100.0, 100.4) }, Difference::Other { own: other }]),
            "the same recording but for 1:40, 0:40-0:41"
        );
        assert_eq!(
            edit(&[Difference::Replaced { own, there }]),
            "the same recording with 1:30-2:30 instead of 0:25-0:45"
        );
        assert_eq!(edit(&[]), "the same recording in another mix");
    }

    #[test]
    fn shared_audio_names_both_places() {
        let shared = |shared| {
            let place = Some((range(65.0, 85.0), range(0.0, 20.0)));
            reason(&Reason::SharedAudio { shared, place })
        };
        assert_eq!(shared(Shared::OtherIsPart), "a part of this, 1:05-1:25 is 0:00-0:20 there");
        assert_eq!(shared(Shared::OtherContains), "holds this, 1:05-1:25 is 0:00-0:20 there");
        assert_eq!(
            shared(Shared::Some { length_s: 40.0 }),
            "0:40 of the same audio, 1:05-1:25 is 0:00-0:20 there"
        );
    }

    #[test]
    fn tags_come_before_what_the_audio_shows() {
        let by_audio = Some(Box::new(Reason::SameRecording));
        assert_eq!(
            reason(&Reason::Tags { by_audio }),
            "one work by their tags, the same recording, encoded or mastered differently"
        );
        assert_eq!(reason(&Reason::Tags { by_audio: None }), "one work by their tags");
    }
}
