//! Numbers that cross the border.

use reprise_library::TrackId;

/// A track's number. Rows of the store count from 1 and never reach the end of this.
pub type Id = u32;

/// The number of a track as the interface knows it.
pub fn id(track: TrackId) -> Id {
    Id::try_from(track.0).unwrap_or(Id::MAX)
}

/// The track of a number.
pub fn track_id(id: Id) -> TrackId {
    TrackId(i64::from(id))
}

/// A count for the interface.
pub fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_what_crosses_the_border_stay_at_its_end() {
        assert_eq!((id(TrackId(7)), id(TrackId(i64::MAX)), number(usize::MAX)), (7, Id::MAX, u32::MAX));
    }
}
