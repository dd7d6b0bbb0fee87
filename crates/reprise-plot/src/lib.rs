//! Two tracks and how they match, as a picture: plain numbers to SVG, and SVG to PNG.
//!
//! Start at [`PairPlot`], which is all a picture is made of, and [`svg()`]. [`png()`] paints what [`svg()`] wrote.
//! Nothing here knows a library, a file or a clock.

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
