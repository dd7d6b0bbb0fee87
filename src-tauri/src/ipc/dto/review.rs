//! The review of pairs in doubt, and everything that the user decided.

use reprise_library as library;
use reprise_wording::{calibration, chance, reason};
use serde::{Deserialize, Serialize};
use specta::Type;
use specta_typescript::Number;

use super::kinds::Kind;
use super::numbers::{Id, id, number};
use super::path::text;
use super::span::Span;
use super::track_row::{TrackRow, title};

/// The next pair in doubt, and how many there are.
#[derive(Debug, Clone, Serialize, Type)]
pub struct Review {
    /// Pairs in doubt that were answered, here or anywhere.
    pub answered: u32,
    /// Those and the ones that wait.
    pub total: u32,
    /// How many wait, without those that were put off.
    pub waiting: u32,
    /// Null if none waits.
    pub pair: Option<ReviewPair>,
}

/// Two tracks that may be one song.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReviewPair {
    a: TrackRow,
    b: TrackRow,
    /// Seconds of the first track and those of the second that match them.
    spans: Vec<Span>,
    /// What is alike.
    reason: Option<String>,
    /// How likely such a pair is one song.
    chance: String,
    /// How many tracks the answer joins or keeps apart.
    tracks: u32,
}

impl ReviewPair {
    /// `queued` is where the queue has it, `a` and `b` are its rows.
    pub fn new(queued: &library::QueuedPair, pair: library::ReviewPair, a: TrackRow, b: TrackRow) -> Self {
        let matching = pair.matching;
        Self {
            a,
            b,
            reason: matching.as_ref().map(|one| reason(&one.reason)),
            spans: matching.into_iter().flat_map(|one| one.spans).map(Span::from).collect(),
            chance: chance(queued.probability),
            tracks: number(queued.tracks),
        }
    }
}

/// What was learnt from the user's answers.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PersonalCalibration {
    answers: u32,
    /// So many are needed.
    needed: u32,
    /// There is something to use.
    is_learnt: bool,
    is_in_use: bool,
    /// All of that in sentences.
    words: String,
}

impl From<library::PersonalCalibration> for PersonalCalibration {
    fn from(personal: library::PersonalCalibration) -> Self {
        Self {
            answers: number(personal.n_answers),
            needed: number(library::PersonalCalibration::ANSWERS),
            is_learnt: personal.shifts.is_some(),
            is_in_use: personal.in_use,
            words: calibration(&personal),
        }
    }
}

/// Decisions that a search finds.
#[derive(Debug, Clone, Serialize, Type)]
pub struct FoundDecisions {
    /// How many there are.
    pub total: u32,
    /// The newest of them.
    pub newest: Vec<Decision>,
}

/// A decision of the user.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// The question, in terms of recordings: its word, and their hashes.
    word: String,
    recordings: Vec<String>,
    is_yes: bool,
    /// In Unix seconds.
    #[specta(type = Number)]
    at_s: f64,
    /// The kind that it is about; null if it is about two tracks being one song.
    kind: Option<Kind>,
    /// A file of each recording.
    files: Vec<DecidedFile>,
}

/// A file that a decision is about.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DecidedFile {
    /// Null if no file of the recording is in the library.
    track: Option<Id>,
    title: String,
    artist: Option<String>,
    path: Option<String>,
    /// How many more files contain the recording.
    others: u32,
}

impl From<library::DecidedFiles> for Decision {
    fn from(decided: library::DecidedFiles) -> Self {
        let library::DecidedFiles { decision, files_a, files_b } = decided;
        let question = &decision.question;
        let recordings = [Some(question.a()), question.b()].into_iter().flatten();
        let second = question.b().map(|_| DecidedFile::of(&files_b));
        Self {
            word: question.word().to_owned(),
            recordings: recordings.map(|one| one.to_string()).collect(),
            is_yes: decision.is_yes,
            at_s: decision.at_s as f64,
            kind: library::Kind::ALL.into_iter().find(|kind| kind.word() == question.word()).map(Kind::from),
            files: [DecidedFile::of(&files_a)].into_iter().chain(second).collect(),
        }
    }
}

impl DecidedFile {
    /// The first of the files of a recording, those that are there before others.
    fn of(files: &[library::TrackInfo]) -> Self {
        let first = files.iter().min_by_key(|file| file.is_missing);
        Self {
            track: first.and_then(|file| file.id).map(id),
            title: first.map_or_else(|| "A recording that is not in this library".into(), title),
            artist: first.and_then(|file| file.tags.artist.clone()),
            path: first.map(|file| text(&file.path)),
            others: number(files.len().saturating_sub(1)),
        }
    }
}

impl Decision {
    /// The decision as the library knows it; `None` if it is none.
    pub fn decided(&self) -> Option<library::Decision> {
        let parsed = |written: &String| library::PayloadHash::parse(written);
        let recordings: Vec<_> = self.recordings.iter().map(parsed).collect::<Option<_>>()?;
        let question = match recordings[..] {
            [one] => library::Question::single(&self.word, one),
            [one, other] => library::Question::pair(&self.word, one, other)?,
            _ => return None,
        };
        Some(library::Decision { question, is_yes: self.is_yes, at_s: self.at_s as i64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_crosses_the_border_and_comes_back() {
        let hash = |byte: u8| library::PayloadHash([byte; 32]);
        let pair = library::Question::pair(library::ONE_SONG, hash(9), hash(2)).unwrap();
        for question in [pair, library::Question::single("live", hash(7))] {
            let decision = library::Decision { question, is_yes: false, at_s: 1_700_000_000 };
            let decided = library::DecidedFiles {
                decision: decision.clone(),
                files_a: Vec::new(),
                files_b: Vec::new(),
            };
            let crossed = Decision::from(decided);
            assert_eq!(crossed.decided(), Some(decision));
            assert_eq!(crossed.files.len(), crossed.recordings.len());
        }
    }
}
