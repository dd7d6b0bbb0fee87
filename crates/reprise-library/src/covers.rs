//! The versions of one file, in the library or not: ranked by centred score, explained by alignment. How they are
//! found for a track of the library is `related.rs`.

use std::path::Path;

use reprise_matching::{Scratch, Span, Track, centre, score, shortlist};
use reprise_store::Recording;

use crate::bands::{self, Relation};
use crate::edges::Centring;
use crate::error::Error;
use crate::hear::{Refusal, Sound};
use crate::library::Library;
use crate::relate::{ALIGNED_WHOLE, LONGEST_MATCHED_S, SHORTLISTED, prepared};
use crate::related::{Related, too_long};
use crate::shelf::Shelf;
use crate::strangers::Strangers;
use crate::track_info::TrackInfo;

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

/// What is needed of the query to rank candidates.
pub(crate) struct Query {
    pub info: TrackInfo,
    pub track: Track,
    pub duration_s: f64,
}

impl Library {
    /// The versions of the track at `path` (absolute), best first, at most `limit`. A file that is not in the library
    /// is heard for the occasion and forgotten.
    pub fn covers(&self, path: &Path, limit: usize) -> Result<Covers, Error> {
        let known = self.asking()?.track_at(path)?.filter(|track| track.payload.is_some());
        match known {
            Some(track) => self.covers_of_track(&track, limit),
            None => self.covers_of_visitor(path, limit),
        }
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
        let query = Query { info, track: prepared(&crema, &chroma), duration_s };
        let recordings = self.matchable()?;
        let shelf = Shelf::new(self, &recordings);
        let candidates = visited(&crema, &recordings, &shelf)?;
        let ranked = self.ranked_visitor(&query, &recordings, &shelf, &candidates)?;
        let covers = self.explained(&query, None, ranked, limit)?;
        Ok(Covers { query: query.info, in_library: false, not_matched: None, covers })
    }

    fn ranked_visitor(
        &self,
        query: &Query,
        recordings: &[Recording],
        shelf: &Shelf,
        candidates: &[usize],
    ) -> Result<Vec<Related>, Error> {
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
        let related =
            |(recording, edge)| Related { recording, edge: Some(edge), relation: bands::relation(edge) };
        let mut ranked: Vec<Related> = edges.map(related).collect();
        ranked.sort_by(|a, b| b.edge.unwrap_or_default().total_cmp(&a.edge.unwrap_or_default()));
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

pub(crate) fn unmatched(query: TrackInfo, reason: String) -> Covers {
    Covers { query, in_library: false, not_matched: Some(reason), covers: Vec::new() }
}
