//! The reasons why two tracks are related, as values. User interfaces turn them into words.

use reprise_fingerprint::{Sameness, Stretch};
use reprise_matching::{Alignment, Span, View};

use crate::relations::passages::{SharedPassage, matched_s};
use crate::relations::same_audio::SameAudio;
use crate::relations::shared_words::SharedWords;

/// The share of the shorter track from which on a match counts as the whole song.
const WHOLE_SONG: f64 = 0.75;

/// A match of the whole song fills more than this share of the longer track. Of a clip and its song, only the clip is
/// filled.
const LEAST_OF_LONGER: f64 = 0.4;

/// A shorter gap in the same audio is not a cut: fingerprints are no more exact than this near a cut.
const SHORTEST_CUT_S: f64 = 5.0;

/// A gap that is shorter in both tracks is due to rounding or to what encoders add at the ends.
const SHORTEST_PLACE_S: f64 = 0.25;

/// Two gaps whose lengths differ by less than this count as equally long: no time was cut, but something else sounds.
const AS_LONG_S: f64 = 0.5;

/// A range of a track, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Where the range begins.
    pub start_s: f64,
    /// Where the range ends.
    pub end_s: f64,
}

/// The reason why a track and another one are related.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The other file contains the same audio, packet for packet.
    Copy,
    /// The user decided it, and nothing else is known.
    Decision,
    /// Their tags name one work. `by_audio` is what the audio says in addition, if it could be compared.
    Tags {
        /// The reason by audio.
        by_audio: Option<Box<Reason>>,
    },
    /// Their tags name one work, but their audio is not similar.
    TagsAlone,
    /// Their tags name one recording, but their audio differs.
    Conflict,
    /// They have nothing in common that stands out.
    NothingInCommon,
    /// The same recording from end to end, encoded or mastered differently.
    SameRecording,
    /// The same recording with these differences, in order of time. Without differences it is another mix.
    Edit(Vec<Difference>),
    /// They have some of the same audio.
    SharedAudio {
        /// How much audio they share.
        shared: Shared,
        /// Where the longest shared piece is, in the track and in the other track.
        place: Option<(Range, Range)>,
    },
    /// One contains the song of the other among other songs.
    Passage {
        /// Whether the track contains the song; otherwise the other track does.
        is_container: bool,
        /// Where the song is in its container.
        range: Option<Range>,
        /// By how many semitones the other track is higher.
        key_shift: i8,
        /// Above 1 if the other track is faster.
        tempo_ratio: f32,
    },
    /// Both were aligned.
    Aligned {
        /// The view of the alignment.
        view: View,
        /// How much of the two matches.
        extent: Extent,
        /// By how many semitones the other track is higher.
        key_shift: i8,
        /// Above 1 if the other track is faster.
        tempo_ratio: f32,
        /// What is said of their words.
        words: Option<SharedWords>,
    },
}

/// How much of their audio two tracks share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shared {
    /// The other track is shorter and is contained completely.
    OtherIsPart,
    /// The track is shorter and is contained completely in the other.
    OtherContains,
    /// Less than all of either track.
    Some {
        /// The total length of the shared pieces, in seconds.
        length_s: f64,
    },
}

/// How much of two tracks matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Extent {
    /// They are similar throughout, but no passage stands out.
    Throughout,
    /// The whole song.
    WholeSong,
    /// Some passages.
    Passages {
        /// The number of passages, at least 1.
        n: usize,
        /// The first passage.
        first: Range,
        /// Whether `first` is a range of the other track. This is so if most of this track matches.
        is_there: bool,
    },
}

/// One difference between a recording and another cut of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Difference {
    /// Something else sounds.
    Other {
        /// Where in the track. The range has the same length in the other track.
        own: Range,
    },
    /// The other track has something of a different length there.
    Replaced {
        /// Where in the track.
        own: Range,
        /// Where in the other track.
        there: Range,
    },
    /// The other track lacks this range.
    Missing {
        /// Where in the track.
        own: Range,
    },
    /// The other track has this range in addition.
    Added {
        /// Where in the other track.
        there: Range,
    },
}

/// The reason that follows from an alignment of two tracks of these lengths.
pub(crate) fn by_alignment(
    alignment: &Alignment,
    words: Option<SharedWords>,
    query_s: f64,
    candidate_s: f64,
) -> Reason {
    Reason::Aligned {
        view: alignment.view,
        extent: extent(&alignment.spans, query_s, candidate_s),
        key_shift: alignment.key_shift,
        tempo_ratio: alignment.tempo_ratio,
        words,
    }
}

/// The reason for a song and the track that contains it.
pub(crate) fn by_passage(held: &SharedPassage) -> Reason {
    let of_container = |span: &Span| match held.is_container {
        true => Range { start_s: span.query_start_s, end_s: span.query_end_s },
        false => Range { start_s: span.candidate_start_s, end_s: span.candidate_end_s },
    };
    let around = |one: Range, other: Range| Range {
        start_s: one.start_s.min(other.start_s),
        end_s: one.end_s.max(other.end_s),
    };
    Reason::Passage {
        is_container: held.is_container,
        range: held.spans.iter().map(of_container).reduce(around),
        key_shift: held.key_shift,
        tempo_ratio: held.tempo_ratio,
    }
}

/// The reason for tracks with the same audio: the differences of an edit, or the place of the shared audio.
pub(crate) fn by_audio(same: &SameAudio, query_s: f64, candidate_s: f64) -> Reason {
    let shared = match same.sameness {
        Sameness::Whole => return Reason::SameRecording,
        Sameness::Edit => return Reason::Edit(differences(&same.stretches, query_s, candidate_s)),
        Sameness::Inside if candidate_s < query_s => Shared::OtherIsPart,
        Sameness::Inside => Shared::OtherContains,
        Sameness::Part => Shared::Some { length_s: same.stretches.iter().map(|one| one.length_s).sum() },
    };
    let longest = same.stretches.iter().max_by(|one, other| one.length_s.total_cmp(&other.length_s));
    let place = longest.map(|one| {
        let range = |start_s| Range { start_s, end_s: start_s + one.length_s };
        (range(one.a_start_s), range(one.b_start_s))
    });
    Reason::SharedAudio { shared, place }
}

/// What is different, cut out or added between `stretches` of the same audio, in the order of the query.
fn differences(stretches: &[Stretch], query_s: f64, candidate_s: f64) -> Vec<Difference> {
    let ends = stretches.iter().map(|one| (one.a_start_s + one.length_s, one.b_start_s + one.length_s));
    let starts = stretches.iter().map(|one| (one.a_start_s, one.b_start_s));
    let holes = [(0.0, 0.0)].into_iter().chain(ends).zip(starts.chain([(query_s, candidate_s)]));
    // In a recording without a cut, frames were compared in addition to fingerprints, so gaps are more exact.
    let offset_s = |one: &Stretch| one.b_start_s - one.a_start_s;
    let is_uncut = stretches.windows(2).all(|two| (offset_s(&two[0]) - offset_s(&two[1])).abs() < AS_LONG_S);
    let shortest_s = if is_uncut { SHORTEST_PLACE_S } else { SHORTEST_CUT_S };
    let difference = |((own_from_s, from_s), (own_to_s, to_s)): ((f64, f64), (f64, f64))| {
        let own = Range { start_s: own_from_s, end_s: own_to_s };
        let there = Range { start_s: from_s, end_s: to_s };
        let (own_s, there_s) = (length_s(own), length_s(there));
        if (own_s - there_s).abs() < AS_LONG_S {
            return (own_s.min(there_s) > shortest_s).then_some(Difference::Other { own });
        }
        match (own_s >= SHORTEST_CUT_S, there_s >= SHORTEST_CUT_S) {
            (true, true) => Some(Difference::Replaced { own, there }),
            (true, false) => Some(Difference::Missing { own }),
            (false, true) => Some(Difference::Added { there }),
            (false, false) => None,
        }
    };
    holes.filter_map(difference).collect()
}

fn length_s(range: Range) -> f64 {
    (range.end_s - range.start_s).max(0.0)
}

fn extent(spans: &[Span], query_s: f64, candidate_s: f64) -> Extent {
    let (matched_query_s, matched_candidate_s) = matched_s(spans);
    let (of_query, of_candidate) = (matched_query_s / query_s, matched_candidate_s / candidate_s);
    let of_longer = if query_s >= candidate_s { of_query } else { of_candidate };
    let Some(first) = spans.first() else { return Extent::Throughout };
    if of_query.max(of_candidate) >= WHOLE_SONG && of_longer > LEAST_OF_LONGER {
        return Extent::WholeSong;
    }
    let is_there = of_query >= WHOLE_SONG;
    let first = match is_there {
        true => Range { start_s: first.candidate_start_s, end_s: first.candidate_end_s },
        false => Range { start_s: first.query_start_s, end_s: first.query_end_s },
    };
    Extent::Passages { n: spans.len(), first, is_there }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start_s: f64, end_s: f64) -> Range {
        Range { start_s, end_s }
    }

    fn span(start_s: f64, end_s: f64) -> Span {
        Span {
            query_start_s: start_s,
            query_end_s: end_s,
            candidate_start_s: start_s,
            candidate_end_s: end_s,
        }
    }

    #[test]
    fn the_extent_is_that_of_the_shorter_track_unless_it_is_a_clip() {
        assert_eq!(extent(&[], 180.0, 180.0), Extent::Throughout);
        assert_eq!(extent(&[span(2.0, 178.0)], 180.0, 190.0), Extent::WholeSong);
        let of_clip = Span { candidate_start_s: 70.0, candidate_end_s: 99.0, ..span(0.0, 29.0) };
        let passages = |n, first, is_there| Extent::Passages { n, first, is_there };
        assert_eq!(extent(&[of_clip], 30.0, 180.0), passages(1, range(70.0, 99.0), true));
        let of_song = Span { candidate_start_s: 0.0, candidate_end_s: 29.0, ..span(70.0, 99.0) };
        assert_eq!(extent(&[of_song], 180.0, 30.0), passages(1, range(70.0, 99.0), false));
        let two = [span(10.0, 30.0), span(60.0, 90.0)];
        assert_eq!(extent(&two, 300.0, 300.0), passages(2, range(10.0, 30.0), false));
    }

    #[test]
    fn a_passage_is_placed_in_the_one_that_contains_it() {
        let held = |is_container| SharedPassage {
            is_container,
            score: 20.0,
            key_shift: 2,
            tempo_ratio: 1.0,
            spans: vec![
                Span { candidate_start_s: 0.0, candidate_end_s: 50.0, ..span(750.0, 800.0) },
                Span { candidate_start_s: 60.0, candidate_end_s: 220.0, ..span(810.0, 970.0) },
            ],
        };
        let place = |is_container| match by_passage(&held(is_container)) {
            Reason::Passage { range, .. } => range,
            other => panic!("{other:?}"),
        };
        assert_eq!(place(true), Some(range(750.0, 970.0)));
        assert_eq!(place(false), Some(range(0.0, 220.0)));
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
    fn an_edit_names_the_place_of_every_difference_once() {
        let edit = |stretches: &[(f64, f64, f64)], candidate_s| match by_audio(
            &same(Sameness::Edit, stretches),
            180.0,
            candidate_s,
        ) {
            Reason::Edit(differences) => differences,
            other => panic!("{other:?}"),
        };
        let missing = |from_s, to_s| Difference::Missing { own: range(from_s, to_s) };
        let other = |from_s, to_s| Difference::Other { own: range(from_s, to_s) };
        assert_eq!(edit(&[(0.0, 0.0, 110.0), (121.0, 111.5, 58.0)], 170.0), [missing(110.0, 121.0)]);
        assert_eq!(edit(&[(0.0, 0.0, 40.0), (41.0, 41.0, 139.0)], 180.0), [other(40.0, 41.0)]);
        assert_eq!(
            edit(&[(0.0, 0.0, 25.0), (45.0, 25.0, 134.0)], 160.0),
            [missing(25.0, 45.0)],
            "a second at the end is nothing"
        );
        let twice = [(0.0, 0.0, 40.0), (41.0, 41.0, 59.0), (100.5, 100.5, 79.5)];
        assert_eq!(edit(&twice, 180.0), [other(40.0, 41.0), other(100.0, 100.5)]);
        assert_eq!(edit(&[(0.3, 0.0, 40.0), (41.3, 41.0, 138.4)], 179.5), [other(40.3, 41.3)]);
        assert_eq!(edit(&[(8.0, 8.0, 172.0)], 180.0), [other(0.0, 8.0)]);
        assert_eq!(
            edit(&[(8.0, 38.0, 172.0)], 210.0),
            [Difference::Replaced { own: range(0.0, 8.0), there: range(0.0, 38.0) }]
        );
        assert_eq!(
            edit(&[(0.0, 0.0, 30.0), (50.0, 30.0, 60.0), (110.0, 150.0, 70.0)], 220.0),
            [missing(30.0, 50.0), Difference::Added { there: range(90.0, 150.0) }]
        );
        assert_eq!(edit(&[(0.0, 0.0, 180.0)], 180.0), []);
    }

    #[test]
    fn a_clip_is_a_part_and_its_song_contains_it() {
        let shared = |stretches: &[(f64, f64, f64)], sameness, query_s, candidate_s| {
            by_audio(&same(sameness, stretches), query_s, candidate_s)
        };
        let reason = |shared, own, there| Reason::SharedAudio { shared, place: Some((own, there)) };
        assert_eq!(
            shared(&[(0.0, 65.0, 20.0)], Sameness::Inside, 20.0, 180.0),
            reason(Shared::OtherContains, range(0.0, 20.0), range(65.0, 85.0))
        );
        assert_eq!(
            shared(&[(65.0, 0.0, 20.0)], Sameness::Inside, 180.0, 20.0),
            reason(Shared::OtherIsPart, range(65.0, 85.0), range(0.0, 20.0))
        );
        assert_eq!(
            shared(&[(10.0, 30.0, 40.0)], Sameness::Part, 200.0, 200.0),
            reason(Shared::Some { length_s: 40.0 }, range(10.0, 50.0), range(30.0, 70.0))
        );
    }
}
