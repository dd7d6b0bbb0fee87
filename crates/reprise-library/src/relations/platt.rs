//! Platt scaling: a line that turns the log-odds of the shipped calibration into those that the user's answers speak
//! for.
//!
//! The answers come from pairs in doubt, not from all pairs. The fit is fair nevertheless. It models the answer given
//! the standing, and the queue chooses pairs by their standing and by the sizes of their songs, not by what the answer
//! will be. Pairs far from doubt are another matter. Users answer about these mostly where Reprise is wrong, so that
//! they are chosen by the answer. [`Answer::new`] therefore gives them a small weight, and the smaller the farther they
//! are from doubt.

use std::ops::RangeInclusive;

/// The probabilities of pairs that are in doubt. The review asks about these.
pub(crate) const IN_DOUBT: RangeInclusive<f32> = 0.1..=0.97;

/// The standard deviation of the slope around 1, before any answer. Thirty answers near one threshold say little about
/// the slope, and what is certain lies at the end of the line, so the slope is held rather tightly.
const SLOPE_DEVIATION: f64 = 0.25;

/// The standard deviation of the offset around 0, before any answer. Thirty answers move the offset about half as far
/// as they would alone.
const OFFSET_DEVIATION: f64 = 0.5;

/// The slopes that are allowed, so that no answers can make the standing meaningless or absolute.
const SLOPES: RangeInclusive<f64> = 0.3..=3.0;

/// More steps than Newton's method needs; it ends earlier when it stands still.
const MOST_STEPS: usize = 100;

/// Steps smaller than this change no threshold.
const SMALLEST_STEP: f64 = 1e-10;

/// A line from the shipped log-odds to the user's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Platt {
    slope: f64,
    offset: f64,
}

/// One answer of the user about a pair, as the fit needs it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Answer {
    log_odds: f64,
    is_yes: bool,
    weight: f64,
}

impl Answer {
    /// An answer about a pair with these log-odds by the shipped calibration. An answer about a pair in doubt counts
    /// fully. Outside, the weight falls with the variance of the answer, so that one answer about a pair of very high
    /// standing cannot turn the line.
    pub fn new(log_odds: f32, is_yes: bool) -> Self {
        let log_odds = f64::from(log_odds);
        let (lowest, highest) = (f64::from(*IN_DOUBT.start()), f64::from(*IN_DOUBT.end()));
        let probability = probability(log_odds);
        let edge = probability.clamp(lowest, highest);
        let weight = variance(probability) / variance(edge);
        Self { log_odds, is_yes, weight }
    }

    /// Whether the user said yes.
    pub fn is_yes(&self) -> bool {
        self.is_yes
    }
}

impl Platt {
    /// The shipped calibration itself.
    const SHIPPED: Self = Self { slope: 1.0, offset: 0.0 };

    /// The line with these numbers; `None` if no fit could have given them.
    pub fn new(slope: f64, offset: f64) -> Option<Self> {
        (SLOPES.contains(&slope) && offset.is_finite()).then_some(Self { slope, offset })
    }

    /// The slope and the offset, as [`Self::new`] takes them.
    pub fn numbers(&self) -> (f64, f64) {
        (self.slope, self.offset)
    }

    /// The line of the highest posterior probability, given these answers.
    pub fn fitted(answers: &[Answer]) -> Self {
        let free = descended(answers, Self::SHIPPED, true);
        if SLOPES.contains(&free.slope) {
            return free;
        }
        // The cost is convex, so the best allowed line has the nearest allowed slope.
        let slope = free.slope.clamp(*SLOPES.start(), *SLOPES.end());
        descended(answers, Self { slope, ..free }, false)
    }

    /// The user's own log-odds for these shipped ones.
    pub fn log_odds(&self, shipped: f64) -> f64 {
        self.slope * shipped + self.offset
    }

    /// The shipped log-odds that give these.
    pub fn shipped_log_odds(&self, own: f64) -> f64 {
        (own - self.offset) / self.slope
    }

    /// The negative logarithm of the posterior probability, up to a constant.
    fn cost(&self, answers: &[Answer]) -> f64 {
        let surprise = |answer: &Answer| {
            let log_odds = self.log_odds(answer.log_odds);
            answer.weight * softplus(if answer.is_yes { -log_odds } else { log_odds })
        };
        let slope = (self.slope - 1.0) / SLOPE_DEVIATION;
        let offset = self.offset / OFFSET_DEVIATION;
        answers.iter().map(surprise).sum::<f64>() + (slope * slope + offset * offset) / 2.0
    }

    /// The step of Newton's method, as slope and offset to subtract.
    fn step(&self, answers: &[Answer], frees_slope: bool) -> (f64, f64) {
        let (slope_precision, offset_precision) = (SLOPE_DEVIATION.powi(-2), OFFSET_DEVIATION.powi(-2));
        let mut by_slope = (self.slope - 1.0) * slope_precision;
        let mut by_offset = self.offset * offset_precision;
        let (mut slopes, mut both, mut offsets) = (slope_precision, 0.0, offset_precision);
        for Answer { log_odds, is_yes, weight } in answers {
            let predicted = probability(self.log_odds(*log_odds));
            let error = weight * (predicted - f64::from(u8::from(*is_yes)));
            let variance = weight * variance(predicted);
            by_slope += error * log_odds;
            by_offset += error;
            slopes += variance * log_odds * log_odds;
            both += variance * log_odds;
            offsets += variance;
        }
        if !frees_slope {
            return (0.0, by_offset / offsets);
        }
        let determinant = slopes * offsets - both * both;
        let slope = (offsets * by_slope - both * by_offset) / determinant;
        let offset = (slopes * by_offset - both * by_slope) / determinant;
        (slope, offset)
    }
}

/// Newton's method. A step that does not lower the cost is halved.
fn descended(answers: &[Answer], start: Platt, frees_slope: bool) -> Platt {
    let mut line = start;
    for _ in 0..MOST_STEPS {
        let (mut slope, mut offset) = line.step(answers, frees_slope);
        let cost = line.cost(answers);
        let mut next = Platt { slope: line.slope - slope, offset: line.offset - offset };
        while next.cost(answers) > cost && slope.abs().max(offset.abs()) > SMALLEST_STEP {
            (slope, offset) = (slope / 2.0, offset / 2.0);
            next = Platt { slope: line.slope - slope, offset: line.offset - offset };
        }
        if slope.abs().max(offset.abs()) <= SMALLEST_STEP {
            break;
        }
        line = next;
    }
    line
}

fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

fn variance(probability: f64) -> f64 {
    probability * (1.0 - probability)
}

/// The logarithm of 1 + e^x, also for an x whose exponential is no number.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
#[path = "platt_tests.rs"]
mod tests;
