//! What kind of rendition a track is: live, cover, remix.

pub(crate) mod claims;
pub(crate) mod title_words;
