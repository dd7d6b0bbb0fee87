//! What the library found, in English sentences: the library answers with values, the program and the window show these
//! words.
//!
//! [`reason()`] says why two tracks are related, [`not_matched()`] why a track is not matched. Another language is
//! another set of these functions.

mod not_matched;
mod reason;
mod time;

pub use not_matched::not_matched;
pub use reason::reason;
pub use time::clock;
