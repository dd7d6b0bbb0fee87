//! Which parts of a voice are listened to, and how they fill segments.

use std::ops::Range;

use super::spec::WordsSpec;
use crate::Spec;

/// Returns the passages in which somebody sings, as ranges of the `n_samples` of the voice, from its weight in each frame
/// of the grid of the other features. Empty if too little is sung in the whole track.
pub fn passages(weights: &[f32], n_samples: usize, spec: &WordsSpec) -> Vec<Range<usize>> {
    let Spec { audio, cqt, .. } = Spec::v1();
    let rate_hz = f64::from(spec.passages.sample_rate_hz);
    let frame_samples = cqt.hop_samples as f64 / f64::from(audio.sample_rate_hz) * rate_hz;
    let margin = spec.passages.margin_s * rate_hz;
    let gap = (spec.passages.longest_gap_s * rate_hz) as usize;
    let mut found: Vec<Range<usize>> = Vec::new();
    for (frame, _) in weights.iter().enumerate().filter(|(_, weight)| **weight >= spec.passages.least_weight)
    {
        let start = (frame as f64 * frame_samples - margin).max(0.0) as usize;
        let end = (((frame + 1) as f64 * frame_samples + margin) as usize).min(n_samples);
        match found.last_mut() {
            // The margins lie in the gap.
            Some(last) if start + (2.0 * margin) as usize <= last.end + gap => last.end = end,
            _ if start < end => found.push(start..end),
            _ => {}
        }
    }
    let n_sung: usize = found.iter().map(ExactSizeIterator::len).sum();
    if (n_sung as f64) < spec.passages.shortest_s * rate_hz { Vec::new() } else { found }
}

/// Distributes passages to segments that the recogniser hears at once. A segment ends with a passage where one ends late
/// enough in it; otherwise a passage is divided.
pub fn segments(passages: &[Range<usize>], spec: &WordsSpec) -> Vec<Vec<Range<usize>>> {
    let full = spec.segment_samples();
    let earliest_cut = spec.segments.earliest_cut_s * spec.passages.sample_rate_hz as usize;
    let mut segments: Vec<Vec<Range<usize>>> = Vec::new();
    // As if the segment before the first one were full.
    let mut filled = full;
    for passage in passages {
        let mut rest = passage.clone();
        if filled + rest.len() > full && filled >= earliest_cut {
            filled = full;
        }
        while !rest.is_empty() {
            if filled >= full {
                segments.push(Vec::new());
                filled = 0;
            }
            let end = rest.end.min(rest.start + full - filled);
            filled += end - rest.start;
            segments.last_mut().expect("one was added above").push(rest.start..end);
            rest.start = end;
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: usize = 16_000;

    fn spec() -> &'static WordsSpec {
        WordsSpec::v1()
    }

    /// The weights of a track in which somebody sings in these seconds.
    fn weights(seconds: f64, sung: &[Range<f64>]) -> Vec<f32> {
        let frames = (seconds * 44_100.0 / 4096.0) as usize;
        let at = |frame: usize| frame as f64 * 4096.0 / 44_100.0;
        (0..frames)
            .map(|frame| if sung.iter().any(|one| one.contains(&at(frame))) { 0.9 } else { 0.1 })
            .collect()
    }

    #[test]
    fn pauses_are_left_out_and_breaths_are_not() {
        let found = passages(&weights(30.0, &[1.0..5.0, 5.3..8.0, 12.0..14.0]), 30 * SECOND, spec());
        assert_eq!(found.len(), 2);
        let near = |sample: usize, second: f64| (sample as f64 / SECOND as f64 - second).abs() < 0.25;
        assert!(near(found[0].start, 1.0) && near(found[0].end, 8.0), "{found:?}");
        assert!(near(found[1].start, 12.0) && near(found[1].end, 14.0), "{found:?}");
        assert!(found[0].start < SECOND && found[0].end > 8 * SECOND, "with a margin");
    }

    #[test]
    fn a_shout_and_silence_are_not_listened_to() {
        assert!(passages(&weights(60.0, &[3.0..4.0]), 60 * SECOND, spec()).is_empty());
        assert!(passages(&[], 0, spec()).is_empty());
        assert!(passages(&weights(60.0, &[0.0..60.0]), SECOND, spec()).is_empty(), "the voice is shorter");
    }

    #[test]
    fn segments_end_at_pauses_where_they_can() {
        let segments_of = |passages: &[(usize, usize)]| -> Vec<Vec<(usize, usize)>> {
            let samples: Vec<_> = passages.iter().map(|(start, end)| start * SECOND..end * SECOND).collect();
            let in_seconds = |one: &Range<usize>| (one.start / SECOND, one.end / SECOND);
            segments(&samples, spec()).iter().map(|one| one.iter().map(in_seconds).collect()).collect()
        };
        assert_eq!(segments_of(&[(0, 10), (12, 25), (30, 40)]), [vec![(0, 10), (12, 25)], vec![(30, 40)]]);
        assert_eq!(
            segments_of(&[(0, 10), (12, 14), (30, 60)]),
            [vec![(0, 10), (12, 14), (30, 48)], vec![(48, 60)]]
        );
        assert_eq!(segments_of(&[(5, 70)]), [[(5, 35)], [(35, 65)], [(65, 70)]]);
        assert!(segments_of(&[]).is_empty());
    }

    #[test]
    fn no_sample_is_heard_twice_or_lost_and_no_segment_is_too_long() {
        let mut state = 7_usize;
        let mut random = |limit: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        };
        for _ in 0..200 {
            let mut at = 0;
            let passages: Vec<Range<usize>> = (0..random(30))
                .map(|_| {
                    let start = at + 8_000 + random(9 * SECOND);
                    at = start + 1 + random(50 * SECOND);
                    start..at
                })
                .collect();
            let segments = segments(&passages, spec());
            let heard: Vec<usize> = segments.iter().flatten().cloned().flatten().step_by(997).collect();
            let expected: Vec<usize> = passages.iter().cloned().flatten().step_by(997).collect();
            assert_eq!(heard, expected);
            for segment in &segments {
                assert!(
                    (1..=30 * SECOND).contains(&segment.iter().map(ExactSizeIterator::len).sum::<usize>())
                );
            }
        }
    }
}
