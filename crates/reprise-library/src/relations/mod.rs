//! How two recordings are related: the evidence, the meaning of scores, and the reasons. Nothing here writes.

pub(crate) mod competition;
pub(crate) mod evidence;
pub(crate) mod explanation;
pub(crate) mod heading;
pub(crate) mod normalisation;
pub(crate) mod passages;
pub(crate) mod personal;
pub(crate) mod platt;
pub(crate) mod reason;
pub(crate) mod related;
pub(crate) mod remainder;
pub(crate) mod same_audio;
pub(crate) mod shared_words;
pub(crate) mod tagged;
pub(crate) mod thresholds;
pub(crate) mod words;
