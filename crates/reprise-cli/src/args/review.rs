//! What can be asked of `review`.

use clap::{Args, ValueEnum};

#[derive(Args)]
pub struct Review {
    /// Ask about at most so many pairs.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Ask nothing: say what was learnt from your answers, and choose whether it counts.
    #[arg(
        long,
        value_enum,
        value_name = "WHICH",
        num_args = 0..=1,
        default_missing_value = "show",
        conflicts_with = "limit"
    )]
    pub calibration: Option<Calibration>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum Calibration {
    /// Change nothing.
    Show,
    /// Let your answers move what is called certain and likely, from 30 answers on. This is how it begins.
    Personal,
    /// Go back to what ships. Your answers are kept.
    Shipped,
}
