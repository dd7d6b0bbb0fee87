//! The songs of a library: recordings that are versions of each other, grouped without chaining.

use std::collections::HashMap;

use reprise_matching::{align, cluster};
use reprise_store::{PayloadHash, Recording, RecordingId, TrackId, Verdict};

use crate::bands;
use crate::edges::Centring;
use crate::error::Error;
use crate::library::Library;
use crate::reason::reason;
use crate::relate::ALIGNER;
use crate::shelf::Shelf;
use crate::track_info::{TrackInfo, info};

/// Recordings that are one song.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// The member most like the others comes first.
    pub members: Vec<Member>,
}

/// A track of a cluster.
#[derive(Debug, Clone)]
pub struct Member {
    /// The track.
    pub track: TrackInfo,
    /// How it relates to the first member; `None` for that one.
    pub reason: Option<String>,
}

/// The tracks of one song, the most typical recording first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Song {
    /// Its tracks; copies of one recording follow each other.
    pub tracks: Vec<TrackId>,
}

impl Library {
    /// The songs of which there are several recordings, largest first, without reasons.
    pub fn songs(&self) -> Result<Vec<Song>, Error> {
        let recordings = self.matchable()?;
        let mut songs = Vec::new();
        for members in self.grouped(&recordings)?.into_iter().filter(|members| members.len() > 1) {
            let mut tracks = Vec::new();
            for index in members {
                let files = self.store().tracks_of(&recordings[index].sound.payload)?;
                tracks.extend(files.iter().map(|file| file.id));
            }
            songs.push(Song { tracks });
        }
        songs.sort_by_key(|song| std::cmp::Reverse(song.tracks.len()));
        Ok(songs)
    }

    /// The song that holds this track, if there are several recordings of it, with reasons relative to its first
    /// track.
    pub fn song(&self, track: TrackId) -> Result<Option<Cluster>, Error> {
        let track = self.known_track(track)?;
        let recordings = self.matchable()?;
        let Some(index) = recordings.iter().position(|r| Some(r.sound.payload) == track.payload) else {
            return Ok(None);
        };
        let mut grouped = self.grouped(&recordings)?.into_iter();
        let members = grouped.find(|members| members.len() > 1 && members.contains(&index));
        let shelf = Shelf::new(self, &recordings);
        members.map(|members| self.described(&recordings, &shelf, &members)).transpose()
    }

    /// The songs of which there are several recordings, largest first.
    pub fn clusters(&self) -> Result<Vec<Cluster>, Error> {
        let recordings = self.matchable()?;
        let shelf = Shelf::new(self, &recordings);
        let grouped = self.grouped(&recordings)?;
        let mut clusters = Vec::new();
        for members in grouped.into_iter().filter(|members| members.len() > 1) {
            clusters.push(self.described(&recordings, &shelf, &members)?);
        }
        clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.members.len()));
        Ok(clusters)
    }

    /// Indices of `recordings` by song, each song's most typical recording first.
    pub(crate) fn grouped(&self, recordings: &[Recording]) -> Result<Vec<Vec<usize>>, Error> {
        let centring = Centring::of(self)?;
        let index_of: HashMap<RecordingId, usize> =
            recordings.iter().enumerate().map(|(i, r)| (r.id, i)).collect();
        let by_payload: HashMap<PayloadHash, usize> =
            recordings.iter().enumerate().map(|(i, r)| (r.sound.payload, i)).collect();
        let store = self.store();
        let mut edges = Vec::new();
        for pair in store.alignments(ALIGNER)? {
            let ends = index_of.get(&pair.a).zip(index_of.get(&pair.b));
            if let (Some((a, b)), Some(weight)) =
                (ends, centring.edge(&pair).filter(|edge| *edge >= bands::POSSIBLE))
            {
                edges.push(cluster::Edge { a: *a, b: *b, weight });
            }
        }
        let (mut same, mut different) = (Vec::new(), Vec::new());
        for decision in store.decisions()? {
            if let Some((a, b)) = by_payload.get(&decision.a).zip(by_payload.get(&decision.b)) {
                let list = if decision.verdict == Verdict::Same { &mut same } else { &mut different };
                list.push((*a, *b));
            }
        }
        drop(store);
        Ok(cluster::clusters(recordings.len(), &edges, &same, &different, bands::LINKAGE))
    }

    fn described(
        &self,
        recordings: &[Recording],
        shelf: &Shelf,
        members: &[usize],
    ) -> Result<Cluster, Error> {
        let mut tracks = Vec::new();
        let first = members[0];
        for index in members {
            let reason = if *index == first {
                None
            } else {
                let alignment = align(&*shelf.track(first as u32)?, &*shelf.track(*index as u32)?);
                let length = |i: usize| recordings[i].sound.duration_s;
                Some(reason(&alignment, length(first), length(*index)))
            };
            for (number, file) in
                self.store().tracks_of(&recordings[*index].sound.payload)?.iter().enumerate()
            {
                let copy = (number > 0).then(|| "the same audio in another file".to_owned());
                tracks.push(Member { track: info(file), reason: copy.or_else(|| reason.clone()) });
            }
        }
        Ok(Cluster { members: tracks })
    }
}
