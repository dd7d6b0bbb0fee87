//! Measures rankings and clusters against a list of works.

pub mod calibration;
pub mod metrics;
pub mod truth;

use std::collections::HashMap;
use std::path::PathBuf;

use calibration::{Calibration, calibration};
use metrics::{LabelledPair, PairAgreement, QueryOutcome, Ranking};
use reprise_inference::Embedder;
use reprise_matching::local_embeddings::{SearchScratch, similarity_in_any_key};
use reprise_matching::{baselines, qmax};
use reprise_store::{Alignment, Recording, RecordingId};
use truth::{Label, find_labelled};

use crate::browse::songs::{Grounds, grouped};
use crate::candidates::nearest::Nearest;
use crate::database::Database;
use crate::error::Error;
use crate::progress::Progress;
use crate::recordings::prepared::PreparedTracks;
use crate::recordings::{ALIGNER, matchable, place_of};
use crate::relations::competition::{Ties, standing};
use crate::relations::normalisation::ScoreNormalisation;
use crate::threads::{Effort, on_each};

/// How tracks are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Normalised scores of the soft aligner, by harmony and, where known, by melody: the method that the library uses.
    Soft,
    /// Normalised scores by harmony alone.
    SoftHarmony,
    /// Normalised scores by melody alone. Pairs come last if nobody sings in one of the recordings.
    SoftVoice,
    /// Raw scores by harmony, before normalisation.
    SoftRaw,
    /// Similarity of local embeddings, computed for all pairs.
    Embedding,
    /// Similarity of local embeddings among the results of the inverted index: the shortlist of a large library.
    Shortlist,
    /// The same similarity by voice: the second shortlist, among the recordings in which somebody sings.
    VoiceShortlist,
    /// Qmax on chord-pitch features.
    Qmax,
    /// Cosine similarity of the two-dimensional Fourier magnitudes of chord-pitch features.
    TwoDftm,
    /// Cosine similarity of the mean chord-pitch frames, at the best of 12 rotations.
    Mean,
}

/// The results of a measurement.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// Means over queries.
    pub ranking: Ranking,
    /// The result of each query.
    pub per_query: Vec<QueryResult>,
    /// How well the clusters of the library agree with the works; independent of the method.
    pub clusters: PairAgreement,
    /// Whether confidences are right; only for methods whose scores determine confidences.
    pub calibration: Option<Calibration>,
    /// Tracks that can be candidates.
    pub tracks: usize,
    /// Labelled files that are not in the library or could not be analysed.
    pub missed: usize,
    /// The pairs with the highest scores, at most ten for each track, best first.
    pub best_pairs: Vec<LabelledPair>,
}

/// The result of one query.
#[derive(Debug, Clone)]
pub struct QueryResult {
    /// The index of its row in the list of works.
    pub label: usize,
    /// How well it found the other tracks of its work.
    pub outcome: QueryOutcome,
}

/// How many pairs are kept for each track in [`Evaluation::best_pairs`].
const PAIRS_A_TRACK: usize = 10;

/// The value of an unknown entry in a row of similarities.
const UNKNOWN: f32 = f32::NEG_INFINITY;

pub(crate) fn evaluate(database: &Database, labels: &[Label], method: Method) -> Result<Evaluation, Error> {
    let recordings = matchable(database)?;
    let items = items(database, &recordings)?;
    let paths: Vec<PathBuf> = items.iter().map(|(path, _)| path.clone()).collect();
    let folders: Vec<PathBuf> = database.reader()?.folders()?.into_iter().map(|folder| folder.path).collect();
    let item_of_label = find_labelled(labels, &paths, &folders)?;
    let mut work: Vec<Option<&str>> = vec![None; items.len()];
    for (label, item) in labels.iter().zip(&item_of_label) {
        if let Some(item) = item {
            work[*item] = Some(&label.work);
        }
    }
    let asked = asked(&items, &work, recordings.len());
    let rows = similarities(database, &recordings, method, &asked)?;
    let sizes = metrics::work_sizes(labels.iter().map(|label| label.work.as_str()));
    let mut per_query = Vec::new();
    for (label, item) in
        item_of_label.iter().enumerate().filter(|(label, _)| sizes[labels[*label].work.as_str()] > 1)
    {
        let ranked = item.map_or_else(Vec::new, |item| relevance(item, &items, &rows, &work));
        let mut outcome = metrics::judge(&ranked, sizes[labels[label].work.as_str()] - 1);
        // A query that was not analysed is ranked behind all the other items.
        outcome.first_rank = if item.is_none() { items.len() + 1 } else { outcome.first_rank };
        per_query.push(QueryResult { label, outcome });
    }
    let outcomes: Vec<QueryOutcome> = per_query.iter().map(|query| query.outcome).collect();
    let best_pairs = best_pairs(&items, &rows, &work);
    let has_words = matches!(method, Method::Soft | Method::SoftHarmony);
    let thresholds = ScoreNormalisation::thresholds(&*database.reader()?)?;
    Ok(Evaluation {
        ranking: metrics::summarise(&outcomes).ok_or(Error::NothingToMeasure)?,
        per_query,
        clusters: cluster_agreement(database, &recordings, &items, &work)?,
        tracks: items.len(),
        missed: item_of_label.iter().filter(|item| item.is_none()).count(),
        calibration: has_words.then(|| calibration(&best_pairs, &thresholds)),
        best_pairs,
    })
}

/// Tracks that are present and can be matched, with the index of their recording.
fn items(database: &Database, recordings: &[Recording]) -> Result<Vec<(PathBuf, usize)>, Error> {
    let index_of: HashMap<RecordingId, usize> =
        recordings.iter().enumerate().map(|(i, r)| (r.id, i)).collect();
    let tracks = database.reader()?.tracks()?.into_iter().filter(|track| track.missing_since_s.is_none());
    Ok(tracks.filter_map(|track| Some((track.path, *index_of.get(&track.recording?)?))).collect())
}

/// The similarity of each recording with every other, `[n, n]`. Rows of recordings that are not queries may stay
/// unknown.
fn similarities(
    database: &Database,
    recordings: &[Recording],
    method: Method,
    asked: &[bool],
) -> Result<Vec<Vec<f32>>, Error> {
    let tracks = PreparedTracks::new(database, recordings);
    let crema = |index: usize| tracks.crema(index as u32);
    match method {
        Method::Soft => {
            Ok(settled(&stored_similarities(database, recordings, ScoreNormalisation::pair_score)?))
        }
        Method::SoftHarmony => {
            Ok(settled(&stored_similarities(database, recordings, ScoreNormalisation::harmony_score)?))
        }
        Method::SoftVoice => stored_similarities(database, recordings, |normalisation, pair| {
            Some(normalisation.sung(pair)?.score)
        }),
        Method::SoftRaw => stored_similarities(database, recordings, |_, pair| Some(pair.score)),
        Method::Embedding => {
            let nearest = embedded(database, recordings, Embedder::Harmony)?;
            let all = recordings.iter().map(|recording| nearest.embeddings(recording.id));
            let all = all.collect::<Result<Vec<_>, Error>>()?;
            all_rows(&all, asked, |query, candidate| similarity_in_any_key(query, candidate))
        }
        Method::Shortlist => {
            let nearest = embedded(database, recordings, Embedder::Harmony)?;
            shortlisted_rows(recordings, &nearest, database.limits.shortlisted, asked)
        }
        Method::VoiceShortlist => {
            let nearest = embedded(database, recordings, Embedder::Voice)?;
            shortlisted_rows(recordings, &nearest, database.limits.shortlisted_by_voice, asked)
        }
        Method::Qmax => {
            let all = (0..recordings.len()).map(|i| Ok(qmax::Track::from_frames(&crema(i)?)));
            let all = all.collect::<Result<Vec<_>, Error>>()?;
            all_rows(&all, asked, |query, candidate| qmax::score(query, candidate).score)
        }
        Method::TwoDftm => {
            let all = (0..recordings.len()).map(|i| Ok(baselines::two_dftm(&crema(i)?)));
            let all = all.collect::<Result<Vec<_>, Error>>()?;
            all_rows(&all, asked, |query, candidate| baselines::cosine(query, candidate))
        }
        Method::Mean => {
            let all = (0..recordings.len()).map(|i| Ok(baselines::mean_profile(&crema(i)?)));
            let all = all.collect::<Result<Vec<_>, Error>>()?;
            all_rows(&all, asked, baselines::best_rotation_cosine)
        }
    }
}

fn stored_similarities(
    database: &Database,
    recordings: &[Recording],
    value: impl Fn(&ScoreNormalisation, &Alignment) -> Option<f32>,
) -> Result<Vec<Vec<f32>>, Error> {
    let normalisation = ScoreNormalisation::of(database)?;
    let index_of: HashMap<RecordingId, usize> =
        recordings.iter().enumerate().map(|(i, r)| (r.id, i)).collect();
    let mut rows = vec![vec![UNKNOWN; recordings.len()]; recordings.len()];
    for pair in database.reader()?.alignments(ALIGNER)? {
        let Some((a, b)) = index_of.get(&pair.a).zip(index_of.get(&pair.b)) else { continue };
        let value = value(&normalisation, &pair).unwrap_or(UNKNOWN);
        rows[*a][*b] = value;
        rows[*b][*a] = value;
    }
    Ok(rows)
}

fn cluster_agreement(
    database: &Database,
    recordings: &[Recording],
    items: &[(PathBuf, usize)],
    work: &[Option<&str>],
) -> Result<PairAgreement, Error> {
    let mut cluster_of = vec![0; recordings.len()];
    let grounds = Grounds::read(&*database.reader()?)?;
    for (number, members) in grouped(&grounds, recordings).iter().enumerate() {
        members.iter().for_each(|member| cluster_of[*member] = number);
    }
    let cluster: Vec<usize> = items.iter().map(|(_, recording)| cluster_of[*recording]).collect();
    Ok(metrics::pair_agreement(work, &cluster))
}

/// The standings of pairs, computed from their normalised scores `[n, n]`.
fn settled(scores: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let id = |place: usize| RecordingId(place as u32);
    let ties = |row: &Vec<f32>| Ties::new(row.iter().enumerate().map(|(place, score)| (id(place), *score)));
    let ties: Vec<Ties> = scores.iter().map(ties).collect();
    let stands =
        |a: usize, b: usize| standing(scores[a][b], (Some(id(a)), &ties[a]), (Some(id(b)), &ties[b]));
    (0..scores.len()).map(|a| (0..scores.len()).map(|b| stands(a, b)).collect()).collect()
}

/// Which recordings belong to a labelled track, and therefore are queries.
fn asked(items: &[(PathBuf, usize)], work: &[Option<&str>], recordings: usize) -> Vec<bool> {
    let mut asked = vec![false; recordings];
    for ((_, recording), work) in items.iter().zip(work) {
        asked[*recording] |= work.is_some();
    }
    asked
}

/// The search of a library; an error if recordings lack vectors that they should have.
fn embedded<'a>(
    database: &'a Database,
    recordings: &[Recording],
    embedder: Embedder,
) -> Result<Nearest<'a>, Error> {
    let nearest = Nearest::of(database, embedder)?;
    match nearest.missing(recordings) {
        0 => Ok(nearest),
        missing => Err(Error::NotEmbedded { missing }),
    }
}

/// The similarity of each query with the `wanted` best results of its search.
fn shortlisted_rows(
    recordings: &[Recording],
    nearest: &Nearest,
    wanted: usize,
    asked: &[bool],
) -> Result<Vec<Vec<f32>>, Error> {
    let mut rows = vec![vec![UNKNOWN; asked.len()]; asked.len()];
    let mut scratch = SearchScratch::default();
    for place in (0..asked.len()).filter(|place| asked[*place]) {
        for (other, likeness) in nearest.to_recording(recordings[place].id, wanted, &mut scratch)? {
            if let Some(other) = place_of(recordings, other) {
                rows[place][other] = likeness;
            }
        }
    }
    Ok(rows)
}

/// Compares each query with all items, on all cores.
fn all_rows<T: Sync>(
    all: &[T],
    asked: &[bool],
    similarity: impl Fn(&T, &T) -> f32 + Sync,
) -> Result<Vec<Vec<f32>>, Error> {
    let row = |query: &usize, (): &mut ()| {
        let value = |candidate| if asked[*query] { similarity(&all[*query], candidate) } else { UNKNOWN };
        Ok((*query, all.iter().map(value).collect::<Vec<f32>>()))
    };
    let queries: Vec<usize> = (0..all.len()).collect();
    let threads = Effort::default().threads;
    let mut rows = on_each(threads, &queries, &Progress::unseen(), || Ok(()), row)?;
    rows.sort_by_key(|(query, _)| *query);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Whether each candidate is a version of the query's work, best candidate first. Files with the same audio as the
/// query come first.
fn relevance(
    query: usize,
    items: &[(PathBuf, usize)],
    rows: &[Vec<f32>],
    work: &[Option<&str>],
) -> Vec<bool> {
    let row = &rows[items[query].1];
    let similarity = |item: usize| {
        let recording = items[item].1;
        if recording == items[query].1 { f32::INFINITY } else { row[recording] }
    };
    let mut candidates: Vec<usize> = (0..items.len()).filter(|item| *item != query).collect();
    candidates.sort_by(|a, b| similarity(*b).total_cmp(&similarity(*a)));
    candidates.into_iter().map(|item| work[item].is_some() && work[item] == work[query]).collect()
}

fn best_pairs(items: &[(PathBuf, usize)], rows: &[Vec<f32>], work: &[Option<&str>]) -> Vec<LabelledPair> {
    let mut pairs: HashMap<(usize, usize), f32> = HashMap::new();
    for a in 0..items.len() {
        let score = |b: usize| rows[items[a].1][items[b].1];
        let mut others: Vec<usize> = (0..items.len()).filter(|b| *b != a && score(*b) > UNKNOWN).collect();
        others.sort_by(|x, y| score(*y).total_cmp(&score(*x)));
        for b in others.into_iter().take(PAIRS_A_TRACK) {
            pairs.insert((a.min(b), a.max(b)), score(b));
        }
    }
    let labelled = |((a, b), score)| {
        let (a, b): (usize, usize) = (a, b);
        let name = |item: usize| items[item].0.clone();
        let of = |item: usize| work[item].map(str::to_owned);
        LabelledPair { a: name(a), b: name(b), work_a: of(a), work_b: of(b), score }
    };
    let mut pairs: Vec<LabelledPair> = pairs.into_iter().map(labelled).collect();
    pairs.sort_by(|x, y| y.score.total_cmp(&x.score).then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b))));
    pairs
}
