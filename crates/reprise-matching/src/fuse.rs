//! Combines the scores by harmony and by voice into one score.

/// Up to this sung share the voice does not count. Among a hundred recordings of songs, those in which nobody sings
/// have a sung share of up to 0.03; it comes from the remains of other instruments.
const LEAST_SUNG: f32 = 0.03;

/// From this sung share on the voice counts fully. The lowest sung share of a recording with a singer was 0.11.
const FULLY_SUNG: f32 = 0.1;

/// Returns the weight of the voice for a pair, 0..=1, from the sung share of each track. It is 0 if one of them is
/// instrumental, so that an instrumental cover is not penalised.
pub fn voice_weight(sung_share: f32, other_sung_share: f32) -> f32 {
    ((sung_share.min(other_sung_share) - LEAST_SUNG) / (FULLY_SUNG - LEAST_SUNG)).clamp(0.0, 1.0)
}

/// Returns the score of a pair from its normalised scores by harmony and by voice; `weight` multiplies the voice. At a
/// weight of 1 both count equally: impostors agree in both views only by chance, so the evidence of both adds up.
/// Weights fitted on half of the sung set differ from these by no more than their errors.
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
