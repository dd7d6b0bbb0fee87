//! The queue of pairs in doubt, most informative first. It is derived from links and decisions, so that nothing needs to
//! be stored: an answer takes a pair out of it, and a withdrawn answer puts it back.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use reprise_store::{RecordingId, Store, TrackId};

use crate::browse::songs::songs;
use crate::database::cached::Cached;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::relations::evidence::Evidence;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::platt::IN_DOUBT;
use crate::relations::related::all_evidence;
use crate::relations::thresholds::{Relation, Thresholds};
use crate::review::implied::Implied;

/// The pairs in doubt.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReviewQueue {
    /// The pairs that wait for an answer, most informative first.
    pub pairs: Vec<QueuedPair>,
    /// How many pairs in doubt the user has answered, here or anywhere else.
    pub answered: usize,
    /// How many there are: those answered and those that wait. An answer can settle other pairs as well, which then
    /// count no longer.
    pub total: usize,
}

/// A pair that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueuedPair {
    /// A file of the first recording that is present.
    pub a: TrackId,
    /// A file of the second recording that is present.
    pub b: TrackId,
    /// The probability that they are one song, 0 to 1.
    pub probability: f32,
    /// How many tracks the answer joins or keeps apart: those of both songs as they are grouped now.
    pub tracks: usize,
}

impl QueuedPair {
    /// How much the answer says: its variance, times the number of tracks that it concerns. The number counts by its
    /// logarithm, so that one large song does not come before everything else.
    fn information(&self) -> f32 {
        self.probability * (1.0 - self.probability) * (self.tracks as f32).ln()
    }
}

/// The queue as last derived.
#[derive(Default)]
struct Kept(Cached<Arc<ReviewQueue>>);

/// A pair in doubt, and how much it is.
struct Doubt {
    pair: (RecordingId, RecordingId),
    probability: f32,
}

/// What the queue needs to know of a recording.
#[derive(Clone, Copy)]
struct Present {
    /// The first of its files that is present.
    file: TrackId,
    /// The song that it belongs to, if it has several recordings.
    song: Option<usize>,
    /// How many tracks this song has.
    tracks: usize,
}

pub(crate) fn review_queue(database: &Database) -> Result<ReviewQueue, Error> {
    let kept = database.kept::<Kept>();
    let queue = kept.0.get(database, &Changed::SHOWN, |_| Ok(Arc::new(derived(database)?)))?;
    Ok((*queue).clone())
}

fn derived(database: &Database) -> Result<ReviewQueue, Error> {
    let reader = database.reader()?;
    let thresholds = ScoreNormalisation::thresholds(&reader)?;
    let known = all_evidence(&reader, &thresholds)?;
    let (doubts, answered) = in_doubt(&reader, &known, &thresholds)?;
    let implied = Implied::by(&known, &thresholds);
    let songs = songs_of_tracks(database)?;
    let mut present = HashMap::new();
    let mut pairs = Vec::new();
    for doubt in doubts {
        let groups = implied.groups(doubt.pair);
        if implied.is_settled(groups) {
            continue;
        }
        let a = present_file(&reader, doubt.pair.0, &songs, &mut present)?;
        let Some((a, b)) = a.zip(present_file(&reader, doubt.pair.1, &songs, &mut present)?) else {
            continue;
        };
        let is_one_song_now = a.song.is_some() && a.song == b.song;
        let tracks = if is_one_song_now { a.tracks } else { a.tracks + b.tracks };
        let queued = QueuedPair { a: a.file, b: b.file, probability: doubt.probability, tracks };
        pairs.push((queued, groups));
    }
    pairs.sort_by(|(one, _), (other, _)| {
        let by_information = other.information().total_cmp(&one.information());
        by_information.then((one.a, one.b).cmp(&(other.a, other.b)))
    });
    // One answer settles all pairs between two groups. Ask about the first one only.
    let mut asked = HashSet::new();
    pairs.retain(|(_, groups)| asked.insert(*groups));
    let pairs: Vec<QueuedPair> = pairs.into_iter().map(|(pair, _)| pair).collect();
    Ok(ReviewQueue { answered, total: answered + pairs.len(), pairs })
}

/// The pairs that the user has not answered and about which nothing but the score speaks, if that leaves doubt; and how
/// many such pairs the user has answered.
fn in_doubt(
    reader: &Store,
    known: &HashMap<(RecordingId, RecordingId), Evidence>,
    thresholds: &Thresholds,
) -> Result<(Vec<Doubt>, usize), Error> {
    let (mut doubts, mut answered) = (Vec::new(), 0);
    for link in reader.links()? {
        let pair = (link.a, link.b);
        let probability = thresholds.probability(link.standing);
        if !IN_DOUBT.contains(&probability) {
            continue;
        }
        let evidence = known.get(&pair).copied().unwrap_or_default();
        let unanswered = Evidence { is_one_song: None, score: Some(link.standing), ..evidence };
        if !matches!(thresholds.relation_of(&unanswered), Relation::Possible | Relation::Version) {
            continue;
        }
        match evidence.is_one_song {
            Some(_) => answered += 1,
            None => doubts.push(Doubt { pair, probability }),
        }
    }
    Ok((doubts, answered))
}

/// The number of the song of each track that belongs to one of several recordings, and how many tracks the song has.
fn songs_of_tracks(database: &Database) -> Result<HashMap<TrackId, (usize, usize)>, Error> {
    let numbered = songs(database)?.into_iter().enumerate();
    let tracks = numbered.flat_map(|(number, song)| {
        let n_tracks = song.tracks.len();
        song.tracks.into_iter().map(move |track| (track, (number, n_tracks)))
    });
    Ok(tracks.collect())
}

/// The file of a recording that the user can listen to; `None` if none is present. `found` keeps what was looked up.
fn present_file(
    reader: &Store,
    recording: RecordingId,
    songs: &HashMap<TrackId, (usize, usize)>,
    found: &mut HashMap<RecordingId, Option<Present>>,
) -> Result<Option<Present>, Error> {
    let place = match found.entry(recording) {
        Entry::Occupied(known) => return Ok(*known.get()),
        Entry::Vacant(place) => place,
    };
    let music = reader.recording_in(recording)?.filter(|one| one.sound.refused.is_none());
    let files = match music {
        Some(music) => reader.tracks_of(&music.sound.payload)?,
        None => Vec::new(),
    };
    let is_there = |file: &&reprise_store::Track| file.missing_since_s.is_none();
    let present = files.iter().find(is_there).map(|file| {
        let song = songs.get(&file.id);
        let tracks = song.map_or(files.len(), |(_, n_tracks)| *n_tracks);
        Present { file: file.id, song: song.map(|(number, _)| *number), tracks }
    });
    Ok(*place.insert(present))
}
