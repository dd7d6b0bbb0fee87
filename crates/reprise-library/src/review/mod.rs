//! The review: which pairs are in doubt, in which order the user is asked about them, and what the user needs to know to
//! answer. The answers are decisions.

pub(crate) mod implied;
pub(crate) mod pair;
pub(crate) mod queue;
