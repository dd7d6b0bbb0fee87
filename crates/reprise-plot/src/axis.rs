//! The time axis along an edge: converts seconds to units of the page and determines which seconds are labelled.

/// The shortest length of an axis, so that an empty track still has one.
const SHORTEST_S: f64 = 1.0;

/// Distances between labels that are easy to read, in seconds.
const STEPS_S: [u32; 14] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/// The space that a label needs, in units of the page.
const LABEL_ROOM: f64 = 62.0;

/// The time axis of a track, from 0 to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TimeAxis {
    length_s: f64,
    /// The length on the page.
    pub length: f64,
}

impl TimeAxis {
    pub fn new(length_s: f64, length: f64) -> Self {
        Self { length_s: length_s.max(SHORTEST_S), length }
    }

    /// The position of a second, measured from the beginning of the axis. Seconds outside the axis are moved to its
    /// ends.
    pub fn at(self, second: f64) -> f64 {
        second.clamp(0.0, self.length_s) / self.length_s * self.length
    }

    /// The seconds that get a label.
    pub fn ticks(self) -> impl Iterator<Item = u32> {
        let fits = |step: &u32| f64::from(*step) / self.length_s * self.length >= LABEL_ROOM;
        let longest = STEPS_S[STEPS_S.len() - 1];
        let step = STEPS_S.into_iter().find(fits).unwrap_or(longest * (self.length_s / 2e4).ceil() as u32);
        (0..=self.length_s as u32).step_by(step as usize)
    }
}

/// Seconds as m:ss.
pub(crate) fn clock(second: u32) -> String {
    format!("{}:{:02}", second / 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(length_s: f64) -> Vec<String> {
        TimeAxis::new(length_s, 640.0).ticks().map(clock).collect()
    }

    #[test]
    fn labels_are_round_and_few_from_seconds_to_hours() {
        assert_eq!(
            labels(20.0),
            ["0:00", "0:02", "0:04", "0:06", "0:08", "0:10", "0:12", "0:14", "0:16", "0:18", "0:20"]
        );
        assert_eq!(labels(200.0), ["0:00", "0:30", "1:00", "1:30", "2:00", "2:30", "3:00"]);
        assert_eq!(labels(3.0 * 3600.0), ["0:00", "30:00", "60:00", "90:00", "120:00", "150:00", "180:00"]);
        for length_s in [0.0, 0.3, 7.0, 61.0, 1e5, 1e6] {
            let n = labels(length_s).len();
            assert!((1..=11).contains(&n), "{n} labels for {length_s} s");
        }
    }

    #[test]
    fn a_second_lies_where_it_belongs_and_never_outside() {
        let axis = TimeAxis::new(100.0, 500.0);
        assert_eq!([axis.at(0.0), axis.at(20.0), axis.at(100.0)], [0.0, 100.0, 500.0]);
        assert_eq!([axis.at(-1.0), axis.at(130.0)], [0.0, 500.0]);
    }
}
