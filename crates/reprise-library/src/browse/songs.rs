//! The songs of a library: recordings that are versions of each other, grouped without chaining.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use reprise_fingerprint::Sameness;
use reprise_matching::{align_by, cliques, cluster};
use reprise_store::{Link, Passage, Recording, RecordingId, Store, TrackId};

use crate::database::cached::Cached;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::recordings::prepared::stored_track;
use crate::recordings::track_info::{TrackInfo, info};
use crate::recordings::{known_track, matchable, place_of};
use crate::relations::evidence::Evidence;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::passages::are_several;
use crate::relations::reason::{self, Reason};
use crate::relations::related::{all_evidence, same_recordings};
use crate::relations::same_audio::same_audio_of;
use crate::relations::shared_words::view_and_words;
use crate::relations::thresholds::{Relation, Thresholds};
use crate::renditions::claims::{Claim, RenditionEvidence};

/// A group of recordings of one song.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// The members; the one most similar to the others comes first.
    pub members: Vec<Member>,
}

/// A track of a cluster.
#[derive(Debug, Clone)]
pub struct Member {
    /// The track.
    pub track: TrackInfo,
    /// The reason why it is related to the first member; `None` for the first member itself.
    pub reason: Option<Reason>,
    /// Which recording of the song it contains, counted from 0 in the order of first members. Tracks with equal numbers
    /// are files of one recording, in any encoding.
    pub recording: usize,
    /// The kinds of rendition that it is known or estimated to be.
    pub kinds: Vec<Claim>,
}

/// The tracks of one song; those of the most typical recording come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Song {
    /// The track ids; tracks with the same payload are adjacent.
    pub tracks: Vec<TrackId>,
}

/// One recording in all its encodings and masterings, each of which has its own row in the store.
type SameRecording = Vec<Recording>;

/// Recordings grouped by song; the most typical recording of each song comes first.
type Grouped = Vec<Vec<SameRecording>>;

/// The songs of the last grouping.
#[derive(Default)]
struct Kept(Cached<Arc<Grouped>>);

pub(crate) fn clusters(database: &Database) -> Result<Vec<Cluster>, Error> {
    let mut clusters = Vec::new();
    for members in recorded_songs(database)?.iter() {
        clusters.push(described(database, members)?);
    }
    clusters.sort_by_key(|cluster| Reverse(cluster.members.len()));
    Ok(clusters)
}

pub(crate) fn songs(database: &Database) -> Result<Vec<Song>, Error> {
    let reader = database.reader()?;
    let mut songs = Vec::new();
    for members in recorded_songs(database)?.iter() {
        let mut tracks = Vec::new();
        for recording in members.iter().flatten() {
            tracks.extend(reader.track_ids_of(&recording.sound.payload)?);
        }
        songs.push(Song { tracks });
    }
    songs.sort_by_key(|song| Reverse(song.tracks.len()));
    Ok(songs)
}

pub(crate) fn song(database: &Database, track: TrackId) -> Result<Option<Cluster>, Error> {
    let track = known_track(database, track)?;
    let holds =
        |song: &&Vec<SameRecording>| song.iter().flatten().any(|r| Some(r.sound.payload) == track.payload);
    let songs = recorded_songs(database)?;
    songs.iter().find(holds).map(|members| described(database, members)).transpose()
}

/// The recordings of all songs that have several recordings. Kept until the library changes, so that opening one song
/// after another does not repeat the grouping.
fn recorded_songs(database: &Database) -> Result<Arc<Grouped>, Error> {
    let kept = database.kept::<Kept>();
    kept.0.get(database, &Changed::SHOWN, |_| Ok(Arc::new(group_songs(database)?)))
}

/// The input of the grouping, read once.
pub(crate) struct Grounds {
    known: HashMap<(RecordingId, RecordingId), Evidence>,
    links: Vec<Link>,
    /// Pairs of a recording that contains several songs and each of these songs, lesser row first.
    medleys: HashSet<(RecordingId, RecordingId)>,
    thresholds: Thresholds,
}

impl Grounds {
    pub fn read(reader: &Store) -> Result<Self, Error> {
        let thresholds = ScoreNormalisation::thresholds(reader)?;
        let known = all_evidence(reader, &thresholds)?;
        Ok(Self { known, links: reader.links()?, medleys: medleys(&reader.passages()?), thresholds })
    }

    /// Recordings that a link or evidence connects with another. No other recording belongs to a song of several
    /// recordings.
    fn joined(&self) -> HashSet<RecordingId> {
        let linked = self.links.iter().flat_map(|link| [link.a, link.b]);
        self.known.keys().flat_map(|(a, b)| [*a, *b]).chain(linked).collect()
    }
}

fn group_songs(database: &Database) -> Result<Grouped, Error> {
    let (grounds, mut recordings) = (Grounds::read(&*database.reader()?)?, matchable(database)?);
    let joined = grounds.joined();
    recordings.retain(|recording| joined.contains(&recording.id));
    let mut songs = grouped(&grounds, &recordings);
    songs.retain(|members| members.len() > 1);
    let number_of = numbered(&grounds, &recordings);
    let by_number = |members: Vec<usize>| {
        let mut song: Vec<(usize, SameRecording)> = Vec::new();
        for index in members {
            let (number, recording) = (number_of[index], recordings[index].clone());
            match song.iter_mut().find(|(known, _)| *known == number) {
                Some((_, encodings)) => encodings.push(recording),
                None => song.push((number, vec![recording])),
            }
        }
        song.into_iter().map(|(_, encodings)| encodings).collect()
    };
    Ok(songs.into_iter().map(by_number).collect())
}

/// The group number of each of `recordings`: equal numbers mean the same audio from end to end.
fn numbered(grounds: &Grounds, recordings: &[Recording]) -> Vec<usize> {
    let places = |(a, b)| place_of(recordings, a).zip(place_of(recordings, b));
    let same: Vec<_> = same_recordings(&grounds.known, &grounds.thresholds).filter_map(places).collect();
    let mut number_of = vec![0; recordings.len()];
    for (number, members) in cliques(recordings.len(), &same).into_iter().enumerate() {
        members.into_iter().for_each(|index| number_of[index] = number);
    }
    number_of
}

/// Indices of `recordings` grouped by song; the most typical recording of each song comes first. `recordings` must be
/// in the order of their rows.
pub(crate) fn grouped(grounds: &Grounds, recordings: &[Recording]) -> Vec<Vec<usize>> {
    let place = |id: RecordingId| place_of(recordings, id);
    let Grounds { known, links, medleys, thresholds } = grounds;
    // Recordings are joined by the user's decision first, then by their audio, then by their tags.
    let (mut said, mut one_recording, mut tagged) = (Vec::new(), Vec::new(), Vec::new());
    let (mut different, mut in_passing) = (Vec::new(), HashSet::new());
    for ((a, b), evidence) in known {
        let Some(pair) = place(*a).zip(place(*b)) else { continue };
        match thresholds.relation_of(evidence) {
            Relation::Rejected => different.push(pair),
            _ if evidence.is_one_song == Some(true) => said.push(pair),
            Relation::Recording | Relation::Edit => one_recording.push(pair),
            Relation::Tagged => tagged.push(pair),
            // A medley is not a version of any of its songs.
            Relation::Part if evidence.shared == Some(Sameness::Inside) || medleys.contains(&(*a, *b)) => {
                different.push(pair);
            }
            // The passage does not join these two, but other recordings may still join them.
            Relation::Part if evidence.shares_a_passage => drop(in_passing.insert(pair)),
            _ => {}
        }
    }
    let edge = |link: &Link| {
        let (a, b) = place(link.a).zip(place(link.b))?;
        (!in_passing.contains(&(a, b))).then_some(cluster::Edge { a, b, weight: link.standing })
    };
    let edges: Vec<cluster::Edge> = links.iter().filter_map(edge).collect();
    let same: [&[_]; 3] = [&said, &one_recording, &tagged];
    cluster::clusters(recordings.len(), &edges, &same, &different, thresholds.linkage())
}

/// Pairs of a recording that contains several songs and each of these songs, lesser row first.
fn medleys(passages: &[Passage]) -> HashSet<(RecordingId, RecordingId)> {
    let by_container = passages.chunk_by(|one, other| one.container == other.container);
    let holding = by_container.filter(|held| are_several(held)).flatten();
    holding.map(|one| (one.container.min(one.song), one.container.max(one.song))).collect()
}

fn described(database: &Database, song: &[SameRecording]) -> Result<Cluster, Error> {
    let reader = database.reader()?;
    let mut members = Vec::new();
    let Some(first) = song.iter().flatten().next() else { return Ok(Cluster { members }) };
    let typical = stored_track(&reader, first)?;
    let (shared, thresholds) = (same_audio_of(&reader, first.id)?, ScoreNormalisation::thresholds(&reader)?);
    let numbered = song.iter().enumerate();
    for (number, recording) in numbered.flat_map(|(n, same)| same.iter().map(move |one| (n, one))) {
        let (payload, nature) = (&recording.sound.payload, RenditionEvidence::of(&reader, recording)?);
        let reason = if recording.id == first.id {
            None
        } else if let Some(same) = shared.get(&recording.id).filter(|same| same.is_one_recording()) {
            Some(reason::by_audio(same, first.sound.duration_s, recording.sound.duration_s))
        } else {
            let (view, words) = view_and_words(&reader, (first.id, recording.id), &thresholds)?;
            let alignment = align_by(view, &typical, &stored_track(&reader, recording)?);
            let (first_s, other_s) = (first.sound.duration_s, recording.sound.duration_s);
            Some(reason::by_alignment(&alignment, words, first_s, other_s))
        };
        for (place, file) in reader.tracks_of(payload)?.iter().enumerate() {
            let (track, copy) = (info(file), (place > 0).then_some(Reason::Copy));
            let (kinds, reason) = (nature.claims(&track), copy.or_else(|| reason.clone()));
            members.push(Member { track, reason, recording: number, kinds });
        }
    }
    Ok(Cluster { members })
}
