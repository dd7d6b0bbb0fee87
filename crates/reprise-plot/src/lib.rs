//! Draws two tracks and how they match as a picture: from numbers to SVG, and from SVG to PNG.
//!
//! Start at [`PairPlot`], which is the complete input of a picture, and [`svg()`]. [`png()`] converts the result of
//! [`svg()`]. Nothing here depends on a library, a file or a clock.

mod axis;
mod colour;
mod draw;
mod heat;
mod layout;
mod page;
mod pair;
mod raster;
mod words;

pub use draw::svg;
pub use pair::{Likeness, PairPlot, PitchClasses, Span, TrackPlot};
pub use raster::{Error, Png, png};
