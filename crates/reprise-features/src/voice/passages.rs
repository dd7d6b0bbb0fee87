//! Where somebody sings: from the detector's probabilities to passages.

use std::ops::Range;

use super::VoiceSpec;

/// Sung passages within `wanted` frames of the detector, in order, apart from each other. `activity`: the probabilities
/// of the track as far as they are known; a passage depends on those `window_s / 2 + margin_s` around it.
pub fn passages(activity: &[f32], wanted: Range<usize>, spec: &VoiceSpec) -> Vec<Range<usize>> {
    let frame_s = spec.activity.frame_samples as f64 / f64::from(spec.activity.sample_rate_hz);
    let half = (spec.passages.window_s / frame_s / 2.0).round() as usize;
    let margin = (spec.passages.margin_s / frame_s).round() as usize;
    let end = wanted.end.min(activity.len());
    let mut found: Vec<Range<usize>> = Vec::new();
    // Margins reach into what is wanted from outside.
    let first = wanted.start.saturating_sub(margin);
    let last = (end + margin).min(activity.len());
    let window = |at: usize| at.saturating_sub(half)..(at + half + 1).min(activity.len());
    let mut sum: f64 = activity[window(first.min(last))].iter().map(|p| f64::from(*p)).sum();
    for at in first..last {
        let around = window(at);
        // Silence beyond either end counts, so that a cough at the end is not a passage.
        if sum / (2 * half + 1) as f64 >= f64::from(spec.passages.sung_mean) {
            let widened = at.saturating_sub(margin).max(wanted.start)..(at + margin + 1).min(end);
            match found.last_mut() {
                _ if widened.is_empty() => {}
                Some(before) if before.end >= widened.start => before.end = widened.end,
                _ => found.push(widened),
            }
        }
        let next = window(at + 1);
        sum += activity[around.end..next.end].iter().map(|p| f64::from(*p)).sum::<f64>();
        sum -= activity[around.start..next.start].iter().map(|p| f64::from(*p)).sum::<f64>();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same, frame by frame.
    fn slow(activity: &[f32], wanted: Range<usize>) -> Vec<bool> {
        let (half, margin) = (47i64, 16i64);
        let at = |i: i64| usize::try_from(i).ok().and_then(|i| activity.get(i)).copied().unwrap_or(0.0);
        let n = activity.len() as i64;
        let sung = |i: i64| {
            (0..n).contains(&i) && (i - half..=i + half).map(|k| f64::from(at(k))).sum::<f64>() / 95.0 >= 0.10
        };
        wanted.map(|i| (i as i64 - margin..=i as i64 + margin).any(sung)).collect()
    }

    #[test]
    fn passages_are_those_of_the_definition_whatever_part_is_asked_for() {
        let mut activity = vec![0.0f32; 3000];
        activity[500..700].fill(0.9);
        activity[760..770].fill(1.0);
        activity[2900..].fill(0.5);
        (0..3000).step_by(7).for_each(|i| activity[i] = 0.03);
        for wanted in [0..3000, 300..650, 690..2950, 1200..1300, 2990..4000, 0..0] {
            let mut marked = vec![false; wanted.len()];
            for passage in passages(&activity, wanted.clone(), VoiceSpec::v1()) {
                assert!(!passage.is_empty());
                marked[passage.start - wanted.start..passage.end - wanted.start].fill(true);
            }
            let mut expected = slow(&activity, wanted.clone());
            (wanted.clone()).filter(|i| *i >= 3000).for_each(|i| expected[i - wanted.start] = false);
            assert_eq!(marked, expected, "{wanted:?}");
        }
    }

    #[test]
    fn a_long_vowel_between_words_stays_part_of_the_passage_and_a_click_is_none() {
        let mut activity = vec![0.01f32; 1000];
        activity[100..160].fill(0.9);
        activity[230..300].fill(0.9);
        activity[800..803].fill(1.0);
        let found = passages(&activity, 0..1000, VoiceSpec::v1());
        assert_eq!(found.len(), 1);
        assert!(found[0].start < 100 && found[0].end > 300);
    }
}
