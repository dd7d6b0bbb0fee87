//! The words of tracks, as heard: how they sound, how alike two transcripts are, and where they say the same.
//!
//! What a recogniser hears in singing is full of mistakes, and it makes others in another recording. Two texts are
//! therefore compared by short runs of letters ([`Text`]), of which many survive a mistake. Runs that many tracks of the
//! same language have say little ([`Rarity`]). The [`Vector`] of a text has its rare runs; the cosine of two vectors is
//! their [`Likeness`], which says by itself how surely they are one song ([`Likeness::evidence`]): among unrelated tracks
//! of any language and in a library of any size, high likenesses are equally rare.
//!
//! The reference is `training/src/reprise_training/words.py`; `training/scripts/fit_words.py` fits its numbers.

mod letters;
mod likeness;
mod passage;
mod rarity;
mod search;
mod sound;
mod text;

pub use likeness::{BY_CHANCE, Likeness, MISTAKEN_LANGUAGES, MORE_TERMS, Vector};
pub use passage::{MatchedLine, matched_lines, shared_passage};
pub use rarity::{CommonTerms, Rarity};
pub use search::{SoundQuery, found_line};
pub use sound::{Word, sounds, words_of};
pub use text::{Line, Term, Text};
