//! The kind of rendition of a track: live, cover, remix and so on.

pub(crate) mod claims;
pub(crate) mod title_words;
