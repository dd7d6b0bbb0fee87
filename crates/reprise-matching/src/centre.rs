//! Makes scores comparable: how far above strangers a pair is.
//!
//! Some tracks are like everything. Each recording therefore has a background, the distribution of its scores against
//! strangers, and a pair's edge is how many deviations its score lies above both backgrounds.

/// Deviations below this share of the mean are taken for it: few strangers, or very uniform ones, would otherwise
/// make any score extraordinary.
const SMALLEST_SHARE: f32 = 0.1;

/// Deviations below this are taken for it.
const SMALLEST_DEVIATION: f32 = 0.25;

/// The distribution of one recording's scores against strangers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Background {
    /// Mean score.
    pub mean: f32,
    /// Standard deviation, floored.
    pub deviation: f32,
    /// How many scores it rests on.
    pub n: u32,
}

impl Background {
    /// From scores. Without any, every score is taken as it is.
    pub fn of(scores: impl Iterator<Item = f32>) -> Self {
        let (mut n, mut mean, mut squares) = (0u32, 0.0f64, 0.0f64);
        for score in scores {
            // Welford's recurrence: no cancellation, one pass.
            n += 1;
            let before = f64::from(score) - mean;
            mean += before / f64::from(n);
            squares += before * (f64::from(score) - mean);
        }
        if n == 0 {
            return Self { mean: 0.0, deviation: 1.0, n };
        }
        let deviation = (squares / f64::from(n)).sqrt() as f32;
        let floor = SMALLEST_DEVIATION.max(SMALLEST_SHARE * mean as f32);
        Self { mean: mean as f32, deviation: deviation.max(floor), n }
    }

    /// Deviations above the mean.
    pub fn centred(&self, score: f32) -> f32 {
        (score - self.mean) / self.deviation
    }
}

/// The edge of a pair: the mean of its score centred on either background.
pub fn edge(score: f32, one: &Background, other: &Background) -> f32 {
    0.5 * (one.centred(score) + other.centred(score))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_is_mean_and_deviation() {
        let background = Background::of([2.0f32, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter());
        assert_eq!((background.mean, background.deviation, background.n), (5.0, 2.0, 8));
        assert_eq!(background.centred(9.0), 2.0);
    }

    #[test]
    fn uniform_strangers_do_not_make_a_small_difference_extraordinary() {
        let background = Background::of([10.0f32; 50].into_iter());
        assert_eq!(background.deviation, 1.0, "a tenth of the mean is the least");
        assert_eq!(Background::of(std::iter::empty()).centred(3.0), 3.0);
    }

    #[test]
    fn an_edge_does_not_depend_on_who_asks() {
        let (a, b) =
            (Background { mean: 3.0, deviation: 1.0, n: 9 }, Background { mean: 5.0, deviation: 2.0, n: 9 });
        assert_eq!(edge(7.0, &a, &b), edge(7.0, &b, &a));
        assert_eq!(edge(7.0, &a, &b), 2.5);
    }
}
