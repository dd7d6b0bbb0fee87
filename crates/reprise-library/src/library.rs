//! The public interface of the library. Each method passes its query to the module that answers it.

mod clean_up;
mod words;

use std::path::{Path, PathBuf};

use reprise_store::{Decision, FolderId, Question, TrackId};

use crate::browse::duplicates::Duplicate;
use crate::browse::folders::FolderStatus;
use crate::browse::list::{ListQuery, TrackRow};
use crate::browse::songs::{Cluster, Song};
use crate::browse::status::{Counts, Status};
use crate::browse::{duplicates, folders, list, songs, status, waveform};
use crate::candidates::model::{self, Model};
use crate::candidates::nearest::{self, Closeness};
use crate::database::Database;
use crate::decisions::calibration::{self, PersonalCalibration};
use crate::decisions::{self, DecidedFiles, TrackQuestion};
use crate::error::Error;
use crate::evaluate::truth::Label;
use crate::evaluate::{self, Evaluation, Method};
use crate::limits::Limits;
use crate::linking::links::complete_links;
use crate::progress::Progress;
use crate::recordings::owed::{self, VoiceCounts};
use crate::review::pair::{self, ReviewPair};
use crate::review::queue::{self, ReviewQueue};
use crate::scan;
use crate::scan::job::{ScanOptions, Summary};
use crate::scan::known_features::{self, KnownFeatures};
use crate::scan::problem::Problem;
use crate::scan::voice_pass::{self, VoiceSummary};
use crate::threads::Effort;
use crate::versions::compare::{self, Comparison};
use crate::versions::cover::Covers;
use crate::versions::{of_file, of_track};

/// A library of tracks. Threads share it by reference.
///
/// ```no_run
/// use reprise_library::{Control, Library, Progress, ScanOptions};
///
/// let library = Library::open("library.db".as_ref())?;
/// let control = Control::new();
/// let progress = Progress::new(&|event| eprintln!("{event:?}"), &control);
/// library.scan(&["/home/ada/Music".into()], &ScanOptions::default(), &progress)?;
/// for cover in library.covers("/home/ada/Music/Greensleeves.flac".as_ref(), 10)?.covers {
///     println!("{:?}: {:?}", cover.track.tags.title, cover.reason);
/// }
/// # Ok::<(), reprise_library::Error>(())
/// ```
pub struct Library {
    pub(crate) database: Database,
}

impl Library {
    /// Opens the library at `path` to read and write; creates it if it does not exist. Only one process can write at a
    /// time.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::open_with(path, Limits::SHIPPED)
    }

    /// Like [`Self::open`], with other limits.
    pub(crate) fn open_with(path: &Path, limits: Limits) -> Result<Self, Error> {
        let database = Database::open(path, limits)?;
        complete_links(&database)?;
        calibration::renew(&database)?;
        Ok(Self { database })
    }

    /// Opens an existing library to read. Another process may be writing.
    pub fn open_to_read(path: &Path) -> Result<Self, Error> {
        Ok(Self { database: Database::open_to_read(path, Limits::SHIPPED)? })
    }

    /// Writes the log into the file, so that the file is complete by itself. Dropping does the same; this is for a
    /// program that ends without dropping. Writing can continue afterwards.
    pub fn settle(&self) {
        self.database.settle();
    }

    /// Whether this process may write; false if the library was opened to read.
    pub fn can_write(&self) -> bool {
        self.database.can_write()
    }

    /// A number that changes whenever tracks, problems, links or decisions are changed through this `Library`.
    pub fn revision(&self) -> u64 {
        self.database.revision()
    }

    /// Adds `folders` (absolute paths), analyses new and changed files in them, and links these with the rest.
    ///
    /// A file that cannot be used is a [`Problem`]. Nothing is deleted: files that are not found are marked absent,
    /// unless their folder cannot be listed.
    pub fn scan(
        &self,
        folders: &[PathBuf],
        options: &ScanOptions,
        progress: &Progress,
    ) -> Result<Summary, Error> {
        scan::scan(&self.database, folders, options, progress)
    }

    /// Does all analysis that is owed in the library, without listing folders.
    pub fn analyse_owed(&self, effort: &Effort, progress: &Progress) -> Result<Summary, Error> {
        scan::analyse_owed(&self.database, effort, progress)
    }

    /// All problems with files, as found by the last scan.
    pub fn problems(&self) -> Result<Vec<Problem>, Error> {
        scan::problems(&self.database)
    }

    /// Analyses the voices that are owed, and, `with_words`, hears the words in them. Tracks with contested versions
    /// come first, then tracks without any version, then the rest. A track named by [`Library::prefer_voice`] is always
    /// the next one.
    pub fn analyse_voices(
        &self,
        with_words: bool,
        effort: &Effort,
        progress: &Progress,
    ) -> Result<VoiceSummary, Error> {
        voice_pass::analyse_voices(&self.database, with_words, effort, progress)
    }

    /// Sets whether voices are analysed. The default is yes.
    pub fn want_voices(&self, wanted: bool) -> Result<(), Error> {
        voice_pass::want_voices(&self.database, wanted)
    }

    /// Whether voices are analysed.
    pub fn wants_voices(&self) -> Result<bool, Error> {
        voice_pass::wants_voices(&self.database)
    }

    /// Gives one track's voice priority over all others, for instance because the user is looking at the track.
    pub fn prefer_voice(&self, track: TrackId) -> Result<(), Error> {
        voice_pass::prefer_voice(&self.database, track)
    }

    /// Whether a track's voice is analysed. Also true for a track that is not matched, because its voice is not needed.
    pub fn voice_is_analysed(&self, track: TrackId) -> Result<bool, Error> {
        voice_pass::voice_is_analysed(&self.database, track)
    }

    /// Adds a recording to `folder` from its features, as if it had been analysed there.
    pub fn add_features(&self, folder: &Path, known: &KnownFeatures) -> Result<(), Error> {
        known_features::add_features(&self.database, folder, known)
    }

    /// Links all recordings that have features. Reads no files.
    pub fn link_features(&self, effort: Effort, progress: &Progress) -> Result<(), Error> {
        known_features::link_features(&self.database, effort, progress)
    }

    /// The folders of the library, in order of path.
    pub fn folders(&self) -> Result<Vec<FolderStatus>, Error> {
        folders::folders(&self.database)
    }

    /// Adds a folder (absolute path) to the library. The next scan analyses it.
    pub fn add_folder(&self, path: &Path) -> Result<FolderId, Error> {
        folders::add_folder(&self.database, path)
    }

    /// Removes a folder and its tracks from the library. Files stay untouched. Analyses and decisions are kept, so that
    /// no new analysis is needed if the folder is added again.
    pub fn remove_folder(&self, folder: FolderId) -> Result<(), Error> {
        folders::remove_folder(&self.database, folder)
    }

    /// The path of a track's file, as last seen.
    pub fn track_path(&self, track: TrackId) -> Result<Option<PathBuf>, Error> {
        folders::track_path(&self.database, track)
    }

    /// The tracks that match the query, in order. During a scan, the result may be one second old.
    pub fn track_ids(&self, query: &ListQuery) -> Result<Vec<TrackId>, Error> {
        list::track_ids(&self.database, query)
    }

    /// The rows of some tracks, in the given order. Unknown ids are left out.
    pub fn rows(&self, ids: &[TrackId]) -> Result<Vec<TrackRow>, Error> {
        list::rows(&self.database, ids)
    }

    /// All counts of the library.
    pub fn status(&self) -> Result<Status, Error> {
        status::status(&self.database)
    }

    /// The counts that are available at once.
    pub fn counts(&self) -> Result<Counts, Error> {
        status::counts(&self.database)
    }

    /// The progress of the voice pass. Recordings without a present file do not count, because they cannot be analysed.
    pub fn voice_counts(&self) -> Result<VoiceCounts, Error> {
        owed::voice_counts(&self.database)
    }

    /// The songs with several recordings, largest first, with explanations.
    pub fn clusters(&self) -> Result<Vec<Cluster>, Error> {
        songs::clusters(&self.database)
    }

    /// The songs with several recordings, largest first. Without explanations, and therefore faster than
    /// [`Library::clusters`].
    pub fn songs(&self) -> Result<Vec<Song>, Error> {
        songs::songs(&self.database)
    }

    /// The song of this track, if it has several recordings, with explanations relative to its first track.
    pub fn song(&self, track: TrackId) -> Result<Option<Cluster>, Error> {
        songs::song(&self.database, track)
    }

    /// Tracks that contain the same recording from end to end, whatever their tags, names and encodings. Each group has
    /// two or more tracks, each of which matches every other, in the order of their first paths. Present files come
    /// before absent ones, which may come back.
    pub fn duplicates(&self) -> Result<Vec<Vec<Duplicate>>, Error> {
        duplicates::duplicates(&self.database)
    }

    /// The waveform of a track: 600 peaks, of which the loudest is 255. Read from the library if it is stored;
    /// otherwise decoded now, and stored if this library may write.
    pub fn waveform(&self, track: TrackId) -> Result<Vec<u8>, Error> {
        waveform::waveform(&self.database, track)
    }

    /// The known and the possible relations of a track of the library, in this order: copies; the same recording in
    /// other files, and edits; confirmed and likely versions; tracks that share some of its audio; tracks whose tags
    /// contradict their audio; possible versions; tracks that the user rejected.
    pub fn versions(&self, track: TrackId) -> Result<Covers, Error> {
        of_track::versions(&self.database, track)
    }

    /// The versions of the track at `path` (absolute), best first, at most `limit`. A file outside the library is
    /// analysed for this query only.
    pub fn covers(&self, path: &Path, limit: usize) -> Result<Covers, Error> {
        of_file::covers(&self.database, path, limit)
    }

    /// Compares the tracks at two paths (absolute). Files outside the library are analysed for this query only.
    pub fn compare(&self, query: &Path, candidate: &Path) -> Result<Comparison, Error> {
        compare::compare(&self.database, query, candidate)
    }

    /// Uses the model in `folder` (as `training` exports it) to embed the recordings of this library, in place of the one
    /// that ships; `None` goes back to those that ship. The library remembers it. A folder that is no such model is
    /// refused. Returns whether anything changed: then all embeddings of that view are stale, and the next scan, or
    /// [`Library::analyse_owed`], makes them anew from stored features.
    pub fn use_model(&self, folder: Option<&Path>) -> Result<bool, Error> {
        model::use_model(&self.database, folder)
    }

    /// Returns an error if `folder` is no model that [`Library::use_model`] would use.
    pub fn check_model(folder: &Path) -> Result<(), Error> {
        model::checked(folder).map(drop)
    }

    /// The models in use, one for each view.
    pub fn models(&self) -> Result<Vec<Model>, Error> {
        model::models(&self.database)
    }

    /// The `wanted` tracks with the most similar vectors, best first, aligned or not. In a large library, alignment
    /// starts from these. Empty for a track without vectors.
    pub fn alike(&self, track: TrackId, closeness: Closeness, wanted: usize) -> Result<Vec<TrackId>, Error> {
        nearest::alike(&self.database, track, closeness, wanted)
    }

    /// Records the user's answer to a question about recordings; `None` withdraws the answer. Returns the previous
    /// answer, for undo.
    pub fn decide(&self, question: TrackQuestion, is_yes: Option<bool>) -> Result<Option<bool>, Error> {
        decisions::decide(&self.database, question, is_yes)
    }

    /// All decisions, with the files that contain the recordings.
    pub fn decisions(&self) -> Result<Vec<DecidedFiles>, Error> {
        decisions::decisions(&self.database)
    }

    /// The decisions that concern a file with each word of `search` in its title, artist, album or path, with their
    /// files, newest first; all decisions if there is no word.
    pub fn find_decisions(&self, search: &str) -> Result<Vec<DecidedFiles>, Error> {
        decisions::search::found(&self.database, search)
    }

    /// Withdraws the answer to a question as [`Library::decisions`] gives it; the files may be gone. Returns the answer.
    pub fn withdraw(&self, question: &Question) -> Result<Option<bool>, Error> {
        decisions::withdraw(&self.database, question)
    }

    /// The pairs of tracks whose relation is in doubt, those first whose answer says most. An answer is a decision
    /// ([`Library::decide`]).
    pub fn review_queue(&self) -> Result<ReviewQueue, Error> {
        queue::review_queue(&self.database)
    }

    /// What the user needs to know to answer about two tracks, of the queue or not.
    pub fn review_pair(&self, a: TrackId, b: TrackId) -> Result<ReviewPair, Error> {
        pair::review_pair(&self.database, a, b)
    }

    /// What was learnt from the user's answers so far.
    pub fn personal_calibration(&self) -> Result<PersonalCalibration, Error> {
        calibration::personal_calibration(&self.database)
    }

    /// Sets whether the personal calibration counts, once there is one. The default is yes; no goes back to the shipped
    /// calibration and keeps all answers.
    pub fn use_personal_calibration(&self, wanted: bool) -> Result<(), Error> {
        calibration::use_personal_calibration(&self.database, wanted)
    }

    /// Imports decisions made elsewhere. Their recordings may be added to the library later. If two answers to one
    /// question differ, the later one counts. Returns how many decisions changed something here.
    pub fn import_decisions(&self, decisions: &[Decision]) -> Result<usize, Error> {
        decisions::import(&self.database, decisions)
    }

    /// The id of the track at an absolute path.
    pub fn track_at(&self, path: &Path) -> Result<TrackId, Error> {
        folders::track_at(&self.database, path)
    }

    /// For every labelled track, ranks all tracks and measures the ranking. Unlabelled tracks are distractors. A
    /// labelled file that was not analysed counts as missed, both as a query and as a result.
    pub fn evaluate(&self, labels: &[Label], method: Method) -> Result<Evaluation, Error> {
        evaluate::evaluate(&self.database, labels, method)
    }
}
