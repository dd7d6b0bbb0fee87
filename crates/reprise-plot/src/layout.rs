//! The position of every element. Units are those of the page: pixels, 96 to the inch when printed.

use crate::axis::TimeAxis;
use crate::pair::{PairPlot, TrackPlot};

/// The white margin around the page.
pub(crate) const MARGIN: f64 = 30.0;

/// The height of the names, the relation and the reason above the matrix.
const HEADING: f64 = 98.0;

/// The longer side of the similarity matrix. The shorter side has the same scale, so that equal tempi run at 45
/// degrees, unless it would be less than half as long.
const LONGEST_SIDE: f64 = 640.0;
const SHORTEST_SHARE: f64 = 0.5;

/// The height of the twelve rows of a heat map.
pub(crate) const STRIP: f64 = 108.0;

/// The gap between the matrix and the strips, with room for the bars of matching passages.
pub(crate) const GAP: f64 = 14.0;

/// The gap between chroma and melody.
const STRIP_GAP: f64 = 5.0;

/// The space for times as m:ss beside the y axis, and below the x axis.
const TICKS_BESIDE: f64 = 52.0;
const TICKS_BELOW: f64 = 22.0;

/// The space for a track's name below the x axis, and beside the y axis, where its shift is under the name.
const NAME_BELOW: f64 = 24.0;
const NAME_BESIDE: f64 = 34.0;

/// The height of the legend, including the white space above it.
const LEGEND: f64 = 44.0;

/// The smallest width of the page: a narrow matrix still leaves this much for the heading and the legend.
const NARROWEST: f64 = 700.0;

/// A rectangle of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Panel {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Panel {
    pub fn right(self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// The heat maps of a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Strips {
    pub chroma: Panel,
    pub melody: Option<Panel>,
}

impl Strips {
    /// The strip that is farther from the matrix.
    pub fn outer(self) -> Panel {
        self.melody.unwrap_or(self.chroma)
    }
}

/// The whole page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Layout {
    pub width: f64,
    pub height: f64,
    pub matrix: Panel,
    pub a: Strips,
    pub b: Strips,
    pub a_axis: TimeAxis,
    pub b_axis: TimeAxis,
}

impl Layout {
    pub fn of(plot: &PairPlot) -> Self {
        let (a_s, b_s) = (plot.a.length_s().max(1.0), plot.b.length_s().max(1.0));
        let side = |own: f64, other: f64| LONGEST_SIDE * (own / other).clamp(SHORTEST_SHARE, 1.0);
        let (width, height) = (side(a_s, b_s), side(b_s, a_s));
        let left = MARGIN + NAME_BESIDE + TICKS_BESIDE;
        let matrix = Panel { x: left + thickness(&plot.b) + GAP, y: MARGIN + HEADING, width, height };
        let below = matrix.bottom() + GAP;
        let bottom = below + thickness(&plot.a) + TICKS_BELOW + NAME_BELOW + LEGEND + MARGIN;
        let lying = |y: f64| Panel { x: matrix.x, y, width, height: STRIP };
        let standing = |x: f64| Panel { x, y: matrix.y, width: STRIP, height };
        Self {
            width: (matrix.right() + MARGIN).max(NARROWEST),
            height: bottom,
            matrix,
            a: Strips {
                chroma: lying(below),
                melody: plot.a.melody.as_ref().map(|_| lying(below + STRIP + STRIP_GAP)),
            },
            b: Strips {
                chroma: standing(matrix.x - GAP - STRIP),
                melody: plot.b.melody.as_ref().map(|_| standing(left)),
            },
            a_axis: TimeAxis::new(a_s, width),
            b_axis: TimeAxis::new(b_s, height),
        }
    }

    /// The position of a second of A on the page.
    pub fn x(&self, second: f64) -> f64 {
        self.matrix.x + self.a_axis.at(second)
    }

    /// The position of a second of B on the page; time runs upwards.
    pub fn y(&self, second: f64) -> f64 {
        self.matrix.bottom() - self.b_axis.at(second)
    }
}

/// The total thickness of the strips of a track.
fn thickness(track: &TrackPlot) -> f64 {
    if track.melody.is_some() { 2.0 * STRIP + STRIP_GAP } else { STRIP }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pair::Likeness;

    fn layout(a_s: f64, b_s: f64) -> Layout {
        let track = |duration_s| TrackPlot { duration_s, frame_rate_hz: 10.0, ..TrackPlot::default() };
        let (relation, reason) = (String::new(), String::new());
        let (a, b) = (track(a_s), track(b_s));
        Layout::of(&PairPlot {
            a,
            b,
            key_shift: 0,
            relation,
            reason,
            spans: vec![],
            likeness: Likeness::default(),
        })
    }

    #[test]
    fn equal_tempi_run_at_45_degrees_unless_lengths_are_very_unlike() {
        let near = layout(200.0, 150.0);
        assert_eq!((near.matrix.width, near.matrix.height), (640.0, 480.0));
        assert!((near.x(100.0) - near.matrix.x - (near.matrix.bottom() - near.y(100.0))).abs() < 1e-9);
        let far = layout(20.0, 10_000.0);
        assert_eq!((far.matrix.width, far.matrix.height), (320.0, 640.0));
    }
}
