//! The personal calibration as the library keeps it. `decisions` writes it after each answer; thresholds are read by
//! it.

use reprise_store::Store;

use crate::error::Error;
use crate::relations::platt::Platt;

/// The key in `meta` for what was learnt: how many answers there are, how many are yes, and slope and offset if there
/// are enough.
pub(crate) const LEARNT: &str = "personal_calibration";

/// The key in `meta` for whether the personal calibration is in use. It is, unless the value is [`NOT_USED`].
pub(crate) const USED: &str = "personal_calibration_used";

/// The value of [`USED`] after the user went back to the shipped calibration.
pub(crate) const NOT_USED: &str = "no";

/// What was learnt from the user's answers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Learnt {
    /// How many answers can be learnt from.
    pub n_answers: usize,
    /// How many of them are yes.
    pub n_yes: usize,
    /// The fit; `None` while there are too few answers.
    pub fit: Option<Platt>,
}

impl Learnt {
    /// What is stored; nothing if it cannot be read, because it can be computed again.
    pub fn stored(reader: &Store) -> Result<Self, Error> {
        Ok(reader.meta(LEARNT)?.and_then(|text| Self::from_text(&text)).unwrap_or_default())
    }

    /// The text that is stored. Numbers are written so that they read back exactly.
    pub fn to_text(self) -> String {
        let Self { n_answers, n_yes, fit } = self;
        match fit.map(|fit| fit.numbers()) {
            Some((slope, offset)) => format!("{n_answers} {n_yes} {slope} {offset}"),
            None => format!("{n_answers} {n_yes}"),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        let (counts, fit) = match words.as_slice() {
            [answers, yes] => ((answers, yes), None),
            [answers, yes, slope, offset] => {
                ((answers, yes), Some(Platt::new(slope.parse().ok()?, offset.parse().ok()?)?))
            }
            _ => return None,
        };
        Some(Self { n_answers: counts.0.parse().ok()?, n_yes: counts.1.parse().ok()?, fit })
    }
}

/// Whether the user wants the personal calibration, if there is one.
pub(crate) fn is_used(reader: &Store) -> Result<bool, Error> {
    Ok(reader.meta(USED)?.as_deref() != Some(NOT_USED))
}

/// The fit that counts now; `None` while the shipped calibration counts alone.
pub(crate) fn fit_in_use(reader: &Store) -> Result<Option<Platt>, Error> {
    let Some(fit) = Learnt::stored(reader)?.fit else { return Ok(None) };
    Ok(is_used(reader)?.then_some(fit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_reads_back_exactly_and_what_is_broken_counts_as_nothing() {
        let fit = Platt::new(1.0 / 3.0, -0.1 - 0.2);
        for learnt in [Learnt { n_answers: 34, n_yes: 21, fit }, Learnt { n_answers: 3, n_yes: 0, fit: None }]
        {
            assert_eq!(Learnt::from_text(&learnt.to_text()), Some(learnt));
        }
        for broken in
            ["", "34", "34 21 1.0", "34 21 9.9 0", "34 21 1 NaN", "34 21 1 inf", "a b", "34 21 1 0 5"]
        {
            assert_eq!(Learnt::from_text(broken), None, "{broken:?}");
        }
    }
}
