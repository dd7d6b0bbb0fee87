//! The songs of a library: recordings that are versions of each other, grouped without chaining.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use reprise_fingerprint::Sameness;
use reprise_matching::{align_by, cliques, cluster};
use reprise_store::{Link, Passage, PayloadHash, Recording, RecordingId, TrackId, Verdict};

use crate::claims::{Claim, Nature};
use crate::edges::Centring;
use crate::error::Error;
use crate::library::Library;
use crate::passages::are_several;
use crate::reason::{reason, same_audio_reason};
use crate::same_audio::{of_pair, same_audio_of};
use crate::stored_track::stored_track;
use crate::tagged::{Tagged, all_tagged};
use crate::told::COPY;
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
    /// Which recording of the song it holds, from 0 in the order of first members: tracks of one number are files of one
    /// recording, however encoded.
    pub recording: usize,
    /// What kind of rendition it is, as far as anything says so.
    pub kinds: Vec<Claim>,
}

/// The tracks of one song, the most typical recording first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Song {
    /// Its tracks; those of one payload follow each other.
    pub tracks: Vec<TrackId>,
}

/// One recording in its encodings and masterings, of which the store has a row each.
type Take = Vec<Recording>;

/// Takes by song, each song's most typical one first.
type Grouped = Vec<Vec<Take>>;

/// The songs as they were at one revision.
#[derive(Debug)]
pub(crate) struct Kept {
    revision: u64,
    at: Instant,
    songs: Arc<Grouped>,
}

impl Library {
    /// The songs of which there are several recordings, largest first, with reasons.
    pub fn clusters(&self) -> Result<Vec<Cluster>, Error> {
        let mut clusters = Vec::new();
        for members in self.recorded_songs()?.iter() {
            clusters.push(self.described(members)?);
        }
        clusters.sort_by_key(|cluster| Reverse(cluster.members.len()));
        Ok(clusters)
    }

    /// The same without reasons, and therefore quick.
    pub fn songs(&self) -> Result<Vec<Song>, Error> {
        let asking = self.asking()?;
        let mut songs = Vec::new();
        for members in self.recorded_songs()?.iter() {
            let mut tracks = Vec::new();
            for recording in members.iter().flatten() {
                tracks.extend(asking.track_ids_of(&recording.sound.payload)?);
            }
            songs.push(Song { tracks });
        }
        songs.sort_by_key(|song| Reverse(song.tracks.len()));
        Ok(songs)
    }

    /// The song that holds this track, if there are several recordings of it, with reasons relative to its first
    /// track.
    pub fn song(&self, track: TrackId) -> Result<Option<Cluster>, Error> {
        let track = self.known_track(track)?;
        let holds =
            |takes: &&Vec<Take>| takes.iter().flatten().any(|r| Some(r.sound.payload) == track.payload);
        let songs = self.recorded_songs()?;
        songs.iter().find(holds).map(|members| self.described(members)).transpose()
    }

    /// Recordings of which there are several of one song; kept until the library changes, so that opening one song
    /// after another does not group them all again.
    fn recorded_songs(&self) -> Result<Arc<Grouped>, Error> {
        let revision = self.revision();
        let mut kept = self.grouped.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|one| one.revision == revision && self.keeps(one.at)) {
            return Ok(kept.songs.clone());
        }
        let songs = Arc::new(self.group_songs()?);
        *kept = Some(Kept { revision, at: Instant::now(), songs: songs.clone() });
        Ok(songs)
    }

    fn group_songs(&self) -> Result<Grouped, Error> {
        let mut recordings = self.matchable()?;
        let joined = self.joined()?;
        recordings.retain(|recording| joined.contains(&recording.id));
        let mut songs = self.grouped(&recordings)?;
        songs.retain(|members| members.len() > 1);
        let take_of = self.takes(&recordings)?;
        let by_take = |members: Vec<usize>| {
            let mut takes: Vec<(usize, Take)> = Vec::new();
            for index in members {
                let (take, recording) = (take_of[index], recordings[index].clone());
                match takes.iter_mut().find(|(known, _)| *known == take) {
                    Some((_, encodings)) => encodings.push(recording),
                    None => takes.push((take, vec![recording])),
                }
            }
            takes.into_iter().map(|(_, encodings)| encodings).collect()
        };
        Ok(songs.into_iter().map(by_take).collect())
    }

    /// For each of `recordings` the number of its take: equal where the audio is the same from end to end.
    fn takes(&self, recordings: &[Recording]) -> Result<Vec<usize>, Error> {
        let index_of: HashMap<RecordingId, usize> =
            recordings.iter().enumerate().map(|(i, r)| (r.id, i)).collect();
        let asking = self.asking()?;
        let pairs = asking.shared_audio()?.into_iter();
        let whole = pairs.filter(|pair| of_pair(pair).is_some_and(|same| same.sameness == Sameness::Whole));
        let places = |a, b| Some((*index_of.get(&a)?, *index_of.get(&b)?));
        let same: Vec<_> = whole.filter_map(|pair| places(pair.a, pair.b)).collect();
        let mut take_of = vec![0; recordings.len()];
        for (take, members) in cliques(recordings.len(), &same).into_iter().enumerate() {
            members.into_iter().for_each(|index| take_of[index] = take);
        }
        Ok(take_of)
    }

    /// Recordings that have a link, the same audio or the same work in their tags as another, or a decision: no other can be
    /// in a song of several.
    fn joined(&self) -> Result<HashSet<RecordingId>, Error> {
        let asking = self.asking()?;
        let mut joined: HashSet<RecordingId> =
            asking.links()?.iter().flat_map(|link| [link.a, link.b]).collect();
        joined.extend(asking.shared_audio()?.iter().flat_map(|pair| [pair.a, pair.b]));
        joined.extend(asking.tagged_alike()?.into_iter().flat_map(|group| group.recordings));
        for payload in asking.decisions()?.iter().flat_map(|decision| [decision.a, decision.b]) {
            joined.extend(asking.recording(&payload)?.map(|recording| recording.id));
        }
        Ok(joined)
    }

    /// Indices of `recordings` by song, each song's most typical recording first.
    pub(crate) fn grouped(&self, recordings: &[Recording]) -> Result<Vec<Vec<usize>>, Error> {
        let index_of: HashMap<RecordingId, usize> =
            recordings.iter().enumerate().map(|(i, r)| (r.id, i)).collect();
        let by_payload: HashMap<PayloadHash, usize> =
            recordings.iter().enumerate().map(|(i, r)| (r.sound.payload, i)).collect();
        let asking = self.asking()?;
        let edge = |link: &Link| {
            let (a, b) = index_of.get(&link.a).zip(index_of.get(&link.b))?;
            Some(cluster::Edge { a: *a, b: *b, weight: link.standing })
        };
        let (mut same, mut different) = (Vec::new(), Vec::new());
        for decision in asking.decisions()? {
            if let Some((a, b)) = by_payload.get(&decision.a).zip(by_payload.get(&decision.b)) {
                let list = if decision.verdict == Verdict::Same { &mut same } else { &mut different };
                list.push((*a.min(b), *a.max(b)));
            }
        }
        let mut one_recording = Vec::new();
        let place = |id: &RecordingId| index_of.get(id).copied();
        let (shared, bands) = (asking.shared_audio()?, Centring::bands(&asking)?);
        let believed = all_tagged(&asking, &shared, &bands)?
            .into_iter()
            .filter(|(_, tagged)| *tagged == Tagged::AsOneSong);
        let tagged: Vec<(usize, usize)> = believed
            .filter_map(|((a, b), _)| place(&a).zip(place(&b)))
            .map(|(a, b)| (a.min(b), a.max(b)))
            .collect();
        let confirmed: HashSet<(usize, usize)> = same.iter().chain(&tagged).copied().collect();
        for pair in shared {
            let places = index_of.get(&pair.a).copied().zip(index_of.get(&pair.b).copied());
            let Some((a, b)) = places else { continue };
            match of_pair(&pair).map(|same| same.sameness) {
                Some(Sameness::Whole | Sameness::Edit) => one_recording.push((a, b)),
                // A medley is no version of any of its songs, unless the user or the tags say so.
                Some(Sameness::Inside) if !confirmed.contains(&(a.min(b), a.max(b))) => {
                    different.push((a, b))
                }
                _ => {}
            }
        }
        let mut in_passing = HashSet::new();
        for held in asking.passages()?.chunk_by(|one, other| one.holder == other.holder) {
            let ends = |one: &Passage| Some((*index_of.get(&one.holder)?, *index_of.get(&one.song)?));
            let pairs = held.iter().filter_map(ends).map(|(a, b)| (a.min(b), a.max(b)));
            if are_several(held) {
                different.extend(pairs.filter(|pair| !confirmed.contains(pair)));
            } else {
                // Not joined by this, which does not forbid that others join them.
                in_passing.extend(pairs);
            }
        }
        let joins = |edge: &cluster::Edge| !in_passing.contains(&(edge.a.min(edge.b), edge.a.max(edge.b)));
        let edges: Vec<cluster::Edge> = asking.links()?.iter().filter_map(edge).filter(joins).collect();
        Ok(cluster::clusters(
            recordings.len(),
            &edges,
            &[&same, &one_recording, &tagged],
            &different,
            bands.linkage(),
        ))
    }

    fn described(&self, takes: &[Take]) -> Result<Cluster, Error> {
        let asking = self.asking()?;
        let mut members = Vec::new();
        let Some(first) = takes.iter().flatten().next() else { return Ok(Cluster { members }) };
        let typical = stored_track(&asking, &first.sound.payload)?;
        let (shared, bands) = (same_audio_of(&asking, first.id)?, Centring::bands(&asking)?);
        let numbered = takes.iter().enumerate();
        for (take, recording) in numbered.flat_map(|(n, take)| take.iter().map(move |one| (n, one))) {
            let (payload, nature) = (&recording.sound.payload, Nature::of(&asking, recording)?);
            let reason = if recording.id == first.id {
                None
            } else if let Some(same) = shared.get(&recording.id).filter(|same| same.is_one_recording()) {
                Some(same_audio_reason(same, first.sound.duration_s, recording.sound.duration_s))
            } else {
                let view = Centring::view_between(&asking, (first.id, recording.id), &bands)?;
                let alignment = align_by(view, &typical, &stored_track(&asking, payload)?);
                Some(reason(&alignment, first.sound.duration_s, recording.sound.duration_s))
            };
            for (number, file) in asking.tracks_of(payload)?.iter().enumerate() {
                let (track, copy) = (info(file), (number > 0).then(|| COPY.to_owned()));
                let (kinds, reason) = (nature.claims(&track), copy.or_else(|| reason.clone()));
                members.push(Member { track, reason, recording: take, kinds });
            }
        }
        Ok(Cluster { members })
    }
}
