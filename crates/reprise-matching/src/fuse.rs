//! Harmony and voice together: one score from two.

/// Up to this share of singing a voice says nothing: of a hundred recordings of songs those in which nobody sings have
/// up to 0.03, and that is what is left of other instruments.
const LEAST_SUNG: f32 = 0.03;

/// From this share on it counts fully; the least that a singer had is 0.11.
const FULLY_SUNG: f32 = 0.1;

/// How much a pair's voices count, 0..=1, from the share of each track in which somebody sings: not at all where one of
/// them is instrumental, so that an instrumental cover is not punished.
pub fn voice_weight(sung_share: f32, other_sung_share: f32) -> f32 {
    ((sung_share.min(other_sung_share) - LEAST_SUNG) / (FULLY_SUNG - LEAST_SUNG)).clamp(0.0, 1.0)
}

/// The score of a pair from its normalised scores by harmony and by what is sung, which counts by `weight`. Both count
/// alike: two views that impostors agree in only by chance, so that their evidence adds up. Weights fitted on half of
/// the sung set do not differ by more than their errors.
pub fn fused_score(harmony: f32, voice: f32, weight: f32) -> f32 {
    harmony + weight * voice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instrumental_cover_has_exactly_the_score_of_its_harmony() {
        assert_eq!(voice_weight(0.6, 0.0), 0.0);
        assert_eq!(voice_weight(LEAST_SUNG, 0.9), 0.0);
        assert_eq!(fused_score(7.25, -9.0, 0.0), 7.25);
    }

    #[test]
    fn who_sings_counts_fully_however_long() {
        assert_eq!((voice_weight(0.11, 0.5), voice_weight(0.9, 0.5)), (1.0, 1.0));
        assert!((voice_weight(0.065, 0.5) - 0.5).abs() < 1e-6);
        assert_eq!(voice_weight(0.05, 0.5), voice_weight(0.5, 0.05));
    }

    #[test]
    fn harmony_and_voice_that_agree_say_more_than_either_and_that_differ_less_than_the_stronger() {
        assert_eq!(fused_score(9.0, 8.0, 1.0), 17.0);
        assert!(fused_score(12.0, -2.0, 1.0) < 12.0);
        assert!(fused_score(0.0, 12.0, 0.5) < fused_score(0.0, 12.0, 1.0));
    }
}
