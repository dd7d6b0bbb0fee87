//! Files that hold the very same audio.

use std::collections::BTreeMap;

use reprise_store::PayloadHash;

use crate::error::Error;
use crate::library::Library;
use crate::track_info::{TrackInfo, info};

impl Library {
    /// The tracks that hold the same audio packet for packet, whatever their tags and names: groups of two and more, in
    /// the order of their first paths. Absent tracks count: they may come back.
    pub fn copies(&self) -> Result<Vec<Vec<TrackInfo>>, Error> {
        let mut groups: BTreeMap<PayloadHash, Vec<TrackInfo>> = BTreeMap::new();
        for track in self.asking()?.tracks()? {
            if let Some(payload) = track.payload {
                groups.entry(payload).or_default().push(info(&track));
            }
        }
        let mut copies: Vec<Vec<TrackInfo>> = groups.into_values().filter(|group| group.len() > 1).collect();
        copies.sort_by(|a, b| a[0].path.cmp(&b[0].path));
        Ok(copies)
    }
}
