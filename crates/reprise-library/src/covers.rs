//! The versions of one track: ranked by centred score, explained by alignment.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use reprise_matching::{Alignment, Scratch, Span, Track, align, centre, score, shortlist};
use reprise_store::{PayloadHash, Recording, RecordingId, TrackId, Verdict};

use crate::background::Strangers;
use crate::bands::{self, Relation};
use crate::edges::Centring;
use crate::error::Error;
use crate::hear::{Refusal, Sound};
use crate::library::Library;
use crate::reason::reason;
use crate::relate::{ALIGNED_WHOLE, ALIGNER, LONGEST_MATCHED_S, SHORTLISTED, other, prepared};
use crate::shelf::Shelf;
use crate::track_info::{TrackInfo, info};

/// Another rendition of the track that was asked about.
#[derive(Debug, Clone)]
pub struct Cover {
    /// The candidate.
    pub track: TrackInfo,
    /// What is known or guessed of the two.
    pub relation: Relation,
    /// Centred score, in standard deviations above strangers.
    pub score: f32,
    /// Semitones by which the candidate is higher, -5..=6.
    pub key_shift: i8,
    /// Above 1 when the candidate is faster.
    pub tempo_ratio: f32,
    /// Which seconds match which.
    pub spans: Vec<Span>,
    /// The same in words.
    pub reason: String,
}

/// The answer about one track.
#[derive(Debug, Clone)]
pub struct Covers {
    /// The track.
    pub query: TrackInfo,
    /// False when it was heard only for this question.
    pub in_library: bool,
    /// Why it has no versions although it could be read.
    pub not_matched: Option<String>,
    /// Best first.
    pub covers: Vec<Cover>,
}

/// Candidates with their edges and relations, best first.
type Ranked = Vec<(RecordingId, f32, Relation)>;

/// What is needed of the query to rank candidates.
struct Query {
    info: TrackInfo,
    track: Arc<Track>,
    duration_s: f64,
}

impl Library {
    /// The versions of the track at `path` (absolute), best first, at most `limit`. A file that is not in the library
    /// is heard for the occasion and forgotten.
    pub fn covers(&self, path: &Path, limit: usize) -> Result<Covers, Error> {
        let known = self.store().track_at(path)?.filter(|track| track.payload.is_some());
        match known {
            Some(track) => self.covers_of_track(&track, limit),
            None => self.covers_of_visitor(path, limit),
        }
    }

    /// What is known and guessed of a track of the library: copies, confirmed, versions and possible versions, best
    /// first, then what the user rejected.
    pub fn versions(&self, track: TrackId) -> Result<Covers, Error> {
        let track = self.known_track(track)?;
        self.related(&track, usize::MAX, |relation| relation != Relation::Unlikely)
    }

    fn covers_of_track(&self, track: &reprise_store::Track, limit: usize) -> Result<Covers, Error> {
        self.related(track, limit, |relation| relation != Relation::Rejected)
    }

    /// The tracks related to `track` in the ways that `wanted` names.
    fn related(
        &self,
        track: &reprise_store::Track,
        limit: usize,
        wanted: impl Fn(Relation) -> bool,
    ) -> Result<Covers, Error> {
        let info = info(track);
        let recordings = self.matchable()?;
        let position = recordings.iter().position(|recording| Some(recording.sound.payload) == track.payload);
        let Some(position) = position else {
            return Ok(Covers { in_library: true, ..unmatched(info, why_not(track)) });
        };
        let shelf = Shelf::new(self, &recordings);
        let recording = &recordings[position];
        let query =
            Query { info, track: shelf.track(position as u32)?, duration_s: recording.sound.duration_s };
        let mut ranked = self.ranked(recording)?;
        ranked.retain(|(_, _, relation)| wanted(*relation));
        let mut covers = self.copies(track, &query, recording.id)?;
        covers.extend(self.explained(
            &query,
            &recordings,
            &shelf,
            ranked,
            limit.saturating_sub(covers.len()),
        )?);
        covers.truncate(limit);
        Ok(Covers { query: query.info, in_library: true, not_matched: None, covers })
    }

    /// Candidates of a recording by their stored scores: confirmed ones, the others best first, then rejected ones.
    fn ranked(&self, recording: &Recording) -> Result<Ranked, Error> {
        let centring = Centring::of(self)?;
        let (confirmed, rejected) = self.judged(&recording.sound.payload)?;
        let scores = self.store().alignments_of(recording.id, ALIGNER)?;
        let edges = scores.iter().filter_map(|pair| Some((other(pair, recording.id), centring.edge(pair)?)));
        let mut ranked: Vec<_> = edges
            .map(|(candidate, edge)| {
                let relation = match (confirmed.contains(&candidate), rejected.contains(&candidate)) {
                    (true, _) => Relation::Confirmed,
                    (_, true) => Relation::Rejected,
                    _ => bands::relation(edge),
                };
                (candidate, edge, relation)
            })
            .collect();
        let place = |relation: Relation| match relation {
            Relation::Confirmed => 0,
            Relation::Rejected => 2,
            _ => 1,
        };
        ranked.sort_by(|a, b| place(a.2).cmp(&place(b.2)).then(b.1.total_cmp(&a.1)));
        Ok(ranked)
    }

    /// Recordings the user confirmed or rejected as versions of `payload`.
    fn judged(&self, payload: &PayloadHash) -> Result<(HashSet<RecordingId>, HashSet<RecordingId>), Error> {
        let store = self.store();
        let (mut confirmed, mut rejected) = (HashSet::new(), HashSet::new());
        for decision in store.decisions()? {
            let other = match (decision.a == *payload, decision.b == *payload) {
                (true, _) => decision.b,
                (_, true) => decision.a,
                _ => continue,
            };
            if let Some(recording) = store.recording(&other)? {
                let judged = if decision.verdict == Verdict::Same { &mut confirmed } else { &mut rejected };
                judged.insert(recording.id);
            }
        }
        Ok((confirmed, rejected))
    }

    /// Other files with the very same audio.
    fn copies(
        &self,
        track: &reprise_store::Track,
        query: &Query,
        id: RecordingId,
    ) -> Result<Vec<Cover>, Error> {
        let Some(payload) = &track.payload else { return Ok(Vec::new()) };
        let itself = align(&query.track, &query.track);
        let centring = Centring::of(self)?;
        let score = centring.get(id).map_or(itself.score, |own| centre::edge(itself.score, own, own));
        let files = self.store().tracks_of(payload)?.into_iter().filter(|file| file.id != track.id);
        Ok(files
            .map(|file| Cover {
                track: info(&file),
                relation: Relation::Copy,
                score,
                key_shift: 0,
                tempo_ratio: 1.0,
                spans: itself.spans.clone(),
                reason: "the same audio in another file".into(),
            })
            .collect())
    }

    /// Adds to the best `limit` candidates what a listener wants to know.
    fn explained(
        &self,
        query: &Query,
        recordings: &[Recording],
        shelf: &Shelf,
        ranked: Ranked,
        limit: usize,
    ) -> Result<Vec<Cover>, Error> {
        let index_of: HashMap<RecordingId, usize> =
            recordings.iter().enumerate().map(|(i, r)| (r.id, i)).collect();
        let mut covers = Vec::new();
        for (id, score, relation) in ranked.into_iter().take(limit) {
            let Some(index) = index_of.get(&id).copied() else { continue };
            let recording = &recordings[index];
            let alignment = align(&query.track, &*shelf.track(index as u32)?);
            let reason = reason(&alignment, query.duration_s, recording.sound.duration_s);
            let files = self.store().tracks_of(&recording.sound.payload)?;
            covers.extend(files.iter().map(|file| cover(info(file), relation, score, &alignment, &reason)));
        }
        Ok(covers)
    }

    /// Hears a file that is not in the library and compares it with everything, or with a shortlist.
    fn covers_of_visitor(&self, path: &Path, limit: usize) -> Result<Covers, Error> {
        let heard = self.hear_unseen(path)?;
        let duration_s = heard.decoded.duration_s;
        let info = TrackInfo {
            id: None,
            path: path.to_path_buf(),
            title: heard.tags.title,
            artist: heard.tags.artist,
            album: heard.tags.album,
            year: heard.tags.year,
            duration_s: Some(duration_s),
            is_missing: false,
        };
        let (crema, chroma) = match heard.sound {
            Sound::Music { crema, chroma } if duration_s <= LONGEST_MATCHED_S => (crema, chroma),
            Sound::Music { .. } => return Ok(unmatched(info, too_long())),
            Sound::Refused(refusal) => return Ok(unmatched(info, Refusal::sentence(refusal.code()))),
        };
        let query = Query { info, track: Arc::new(prepared(&crema, &chroma)), duration_s };
        let recordings = self.matchable()?;
        let shelf = Shelf::new(self, &recordings);
        let candidates = visited(&crema, &recordings, &shelf)?;
        let ranked = self.ranked_visitor(&query, &recordings, &shelf, &candidates)?;
        let covers = self.explained(&query, &recordings, &shelf, ranked, limit)?;
        Ok(Covers { query: query.info, in_library: false, not_matched: None, covers })
    }

    fn ranked_visitor(
        &self,
        query: &Query,
        recordings: &[Recording],
        shelf: &Shelf,
        candidates: &[usize],
    ) -> Result<Ranked, Error> {
        let mut scratch = Scratch::default();
        let mut scores = Vec::new();
        for index in candidates {
            let candidate = shelf.track(*index as u32)?;
            scores.push((recordings[*index].id, score(&query.track, &candidate, &mut scratch).score));
        }
        let strangers = Strangers::load()?.scores(&query.track, &mut scratch);
        let own = centre::Background::of(scores.iter().map(|(_, score)| *score).chain(strangers));
        let centring = Centring::of(self)?;
        let edges = scores.into_iter().filter_map(|(id, raw)| Some((id, centring.edge_with(raw, &own, id)?)));
        let mut ranked: Vec<_> = edges.map(|(id, edge)| (id, edge, bands::relation(edge))).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(ranked)
    }
}

/// Which recordings a visitor is aligned with: all of a small library, a shortlist of a large one.
fn visited(crema: &[[f32; 12]], recordings: &[Recording], shelf: &Shelf) -> Result<Vec<usize>, Error> {
    if recordings.len() <= ALIGNED_WHOLE {
        return Ok((0..recordings.len()).collect());
    }
    let mut vectors = vec![shortlist::two_dftm(crema)];
    for index in 0..recordings.len() {
        vectors.push(shortlist::two_dftm(&shelf.crema(index as u32)?));
    }
    let nearest = shortlist::nearest(&vectors, 0, SHORTLISTED);
    Ok(nearest.into_iter().map(|index| index - 1).collect())
}

fn cover(track: TrackInfo, relation: Relation, score: f32, alignment: &Alignment, reason: &str) -> Cover {
    Cover {
        track,
        relation,
        score,
        key_shift: alignment.key_shift,
        tempo_ratio: alignment.tempo_ratio,
        spans: alignment.spans.clone(),
        reason: reason.to_owned(),
    }
}

fn unmatched(query: TrackInfo, reason: String) -> Covers {
    Covers { query, in_library: false, not_matched: Some(reason), covers: Vec::new() }
}

fn too_long() -> String {
    format!("is longer than {:.0} minutes, so it is not matched", LONGEST_MATCHED_S / 60.0)
}

pub(crate) fn why_not(track: &reprise_store::Track) -> String {
    match &track.refused {
        Some(code) => Refusal::sentence(code),
        None if track.duration_s.is_some_and(|s| s > LONGEST_MATCHED_S) => too_long(),
        None => "has not been heard yet; run: reprise listen".into(),
    }
}
