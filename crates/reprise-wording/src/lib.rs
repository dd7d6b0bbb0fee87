//! What the library found, in English sentences: the library answers with values, the program and the window show these
//! words.
//!
//! [`clean_up`] says why a copy stays or goes, [`reason()`] why two tracks are related, [`not_matched()`] why a track is
//! not matched, [`calibration()`] what was learnt from the user's answers. Another language is another set of these
//! functions.

mod calibration;
pub mod clean_up;
mod not_matched;
mod reason;
mod time;

pub use calibration::{calibration, chance};
pub use not_matched::not_matched;
pub use reason::reason;
pub use time::clock;
