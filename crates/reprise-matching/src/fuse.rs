//! Harmony and voice together: one edge from three.

/// Below this share of singing a voice says nothing.
const LEAST_SUNG: f32 = 0.05;

/// Above the least share by this much it counts fully.
const FULLY_SUNG: f32 = 0.2;

/// Joint and voice are two views of one tune: their sum would count it twice, their mean would forget that they agree.
const VIEWS: f32 = 1.4;

/// A voice lifts an edge above what the harmony says by no more than this many deviations. DIFFERENCE: the published
/// recipe has no limit. Without one a tune alone, over harmony that speaks against it, would assert a version; with it
/// such a pair is shown as possible, and it takes some agreement of harmony besides to call it one. To be fitted when
/// there are sung pairs to fit it to.
const LARGEST_GAIN: f32 = 10.0;

/// How much a pair's voices count, 0..=1, from the share of each track in which somebody sings: not at all where one of
/// them is instrumental, so that an instrumental cover is not punished.
pub fn voice_weight(sung_share: f32, other_sung_share: f32) -> f32 {
    ((sung_share.min(other_sung_share) - LEAST_SUNG) / FULLY_SUNG).clamp(0.0, 1.0)
}

/// The edge of a pair from its centred scores by harmony, by harmony and melody jointly, and by the melody alone.
pub fn fused_edge(harmony: f32, joint: f32, voice: f32, weight: f32) -> f32 {
    let sung = (joint + voice) / VIEWS;
    harmony + weight * (sung - harmony).min(LARGEST_GAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instrumental_cover_has_exactly_the_edge_of_its_harmony() {
        assert_eq!(voice_weight(0.6, 0.0), 0.0);
        assert_eq!(voice_weight(0.04, 0.9), 0.0);
        assert_eq!(fused_edge(7.25, -4.0, -9.0, 0.0), 7.25);
    }

    #[test]
    fn what_is_sung_throughout_counts_fully() {
        assert_eq!(voice_weight(0.3, 0.5), 1.0);
        assert!((voice_weight(0.15, 0.5) - 0.5).abs() < 1e-6);
        assert_eq!(voice_weight(0.15, 0.5), voice_weight(0.5, 0.15));
        assert!((fused_edge(6.0, 7.0, 7.0, 1.0) - 10.0).abs() < 1e-6);
    }

    #[test]
    fn a_tune_over_foreign_harmony_is_possible_and_never_asserted() {
        assert_eq!(fused_edge(0.0, 40.0, 60.0, 1.0), LARGEST_GAIN);
        assert!(fused_edge(4.0, 40.0, 60.0, 1.0) > fused_edge(0.0, 40.0, 60.0, 1.0));
    }

    #[test]
    fn more_of_anything_never_lowers_an_edge() {
        for weight in [0.0, 0.3, 1.0] {
            for (harmony, joint, voice) in [(0.0, 0.0, 0.0), (5.0, 2.0, 9.0), (-1.0, 30.0, 20.0)] {
                let edge = fused_edge(harmony, joint, voice, weight);
                for (h, j, v) in [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)] {
                    assert!(fused_edge(harmony + h, joint + j, voice + v, weight) >= edge - 1e-5);
                }
            }
        }
    }
}
