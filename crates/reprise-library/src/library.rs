//! The public interface of the library. Each method hands its question to the module that answers it.

use std::path::{Path, PathBuf};

use reprise_store::{Decision, FolderId, TrackId};

use crate::browse::duplicates::Duplicate;
use crate::browse::folders::FolderStatus;
use crate::browse::list::{ListQuery, TrackRow};
use crate::browse::songs::{Cluster, Song};
use crate::browse::status::{Counts, Status};
use crate::browse::{duplicates, folders, list, songs, status, waveform};
use crate::candidates::nearest::{self, Closeness};
use crate::database::Database;
use crate::decisions::{self, DecidedFiles, TrackQuestion};
use crate::error::Error;
use crate::evaluate::truth::Label;
use crate::evaluate::{self, Evaluation, Method};
use crate::limits::Limits;
use crate::linking::links::complete_links;
use crate::progress::Progress;
use crate::recordings::owed::{self, VoiceCounts};
use crate::scan;
use crate::scan::job::{ScanOptions, Summary};
use crate::scan::known_features::{self, KnownFeatures};
use crate::scan::problem::Problem;
use crate::scan::voice_pass::{self, VoiceSummary};
use crate::threads::Effort;
use crate::versions::compare::{self, Comparison};
use crate::versions::cover::Covers;
use crate::versions::{of_file, of_track};

/// A library of tracks. Shared by reference between threads.
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
    /// Opens the library at `path` to read and write; creates it if there is none. Only one process can.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::open_with(path, Limits::SHIPPED)
    }

    /// The same with other limits.
    pub(crate) fn open_with(path: &Path, limits: Limits) -> Result<Self, Error> {
        let database = Database::open(path, limits)?;
        complete_links(&database)?;
        Ok(Self { database })
    }

    /// Opens an existing library to read. Another process may be writing.
    pub fn open_to_read(path: &Path) -> Result<Self, Error> {
        Ok(Self { database: Database::open_to_read(path, Limits::SHIPPED)? })
    }

    /// Writes the log into the file, so that the file is complete by itself, as dropping does: for a program that ends
    /// without dropping this. More can be written afterwards.
    pub fn settle(&self) {
        self.database.settle();
    }

    /// False when opened to read.
    pub fn can_write(&self) -> bool {
        self.database.can_write()
    }

    /// A number that changes whenever tracks, problems, links or decisions change through this `Library`.
    pub fn revision(&self) -> u64 {
        self.database.revision()
    }

    /// Adds `folders` (absolute paths), analyses what is new or changed in them, and links it with the rest.
    ///
    /// A file that cannot be used is a [`Problem`]. Nothing is deleted: files that are not found are marked absent, and
    /// not even that if the folder itself cannot be listed.
    pub fn scan(
        &self,
        folders: &[PathBuf],
        options: &ScanOptions,
        progress: &Progress,
    ) -> Result<Summary, Error> {
        scan::scan(&self.database, folders, options, progress)
    }

    /// Does all analysis that is still owed in the library, without listing folders.
    pub fn analyse_owed(&self, effort: &Effort, progress: &Progress) -> Result<Summary, Error> {
        scan::analyse_owed(&self.database, effort, progress)
    }

    /// All problems with files, as last seen.
    pub fn problems(&self) -> Result<Vec<Problem>, Error> {
        scan::problems(&self.database)
    }

    /// Analyses the voices that are owed. Tracks with contested versions come first, then those without any, then the
    /// rest; a track named by [`Library::prefer_voice`] always comes next.
    pub fn analyse_voices(&self, effort: &Effort, progress: &Progress) -> Result<VoiceSummary, Error> {
        voice_pass::analyse_voices(&self.database, effort, progress)
    }

    /// Sets whether voices are analysed. The default is yes.
    pub fn want_voices(&self, wanted: bool) -> Result<(), Error> {
        voice_pass::want_voices(&self.database, wanted)
    }

    /// Whether voices are analysed.
    pub fn wants_voices(&self) -> Result<bool, Error> {
        voice_pass::wants_voices(&self.database)
    }

    /// Puts the voice of one track before all others, for instance because the user is looking at the track.
    pub fn prefer_voice(&self, track: TrackId) -> Result<(), Error> {
        voice_pass::prefer_voice(&self.database, track)
    }

    /// Whether a track's voice was analysed. Also true of a track that is not matched: nothing of it is owed.
    pub fn voice_is_analysed(&self, track: TrackId) -> Result<bool, Error> {
        voice_pass::voice_is_analysed(&self.database, track)
    }

    /// Adds a recording to `folder`, as if it had been analysed there.
    pub fn add_features(&self, folder: &Path, known: &KnownFeatures) -> Result<(), Error> {
        known_features::add_features(&self.database, folder, known)
    }

    /// Links all recordings that have features, without reading any file.
    pub fn relate_features(&self, effort: Effort, progress: &Progress) -> Result<(), Error> {
        known_features::relate_features(&self.database, effort, progress)
    }

    /// The folders of the library, in the order of their paths.
    pub fn folders(&self) -> Result<Vec<FolderStatus>, Error> {
        folders::folders(&self.database)
    }

    /// Adds a folder (its absolute path) to the library. The next scan analyses it.
    pub fn add_folder(&self, path: &Path) -> Result<FolderId, Error> {
        folders::add_folder(&self.database, path)
    }

    /// Removes a folder and its tracks from the library. No file is touched. Analyses and decisions stay, so that
    /// adding the folder again needs no new analysis.
    pub fn remove_folder(&self, folder: FolderId) -> Result<(), Error> {
        folders::remove_folder(&self.database, folder)
    }

    /// Where a track's file is, or was when last seen.
    pub fn track_path(&self, track: TrackId) -> Result<Option<PathBuf>, Error> {
        folders::track_path(&self.database, track)
    }

    /// The tracks that match the query, in order. During a scan, the answer may be a second old.
    pub fn track_ids(&self, query: &ListQuery) -> Result<Vec<TrackId>, Error> {
        list::track_ids(&self.database, query)
    }

    /// The rows of some tracks, in the given order. Tracks that do not exist are left out.
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

    /// The progress of the voice pass. Recordings without a present file are not counted: they cannot be analysed.
    pub fn voice_counts(&self) -> Result<VoiceCounts, Error> {
        owed::voice_counts(&self.database)
    }

    /// The songs with several recordings, largest first, with explanations.
    pub fn clusters(&self) -> Result<Vec<Cluster>, Error> {
        songs::clusters(&self.database)
    }

    /// The same without explanations, and therefore fast.
    pub fn songs(&self) -> Result<Vec<Song>, Error> {
        songs::songs(&self.database)
    }

    /// The song of this track, if there are several recordings of it, with explanations relative to its first track.
    pub fn song(&self, track: TrackId) -> Result<Option<Cluster>, Error> {
        songs::song(&self.database, track)
    }

    /// The tracks that contain the same recording from end to end, whatever their tags, names and encodings: groups of
    /// two or more, each the same as every other of its group, in the order of their first paths. Present files come
    /// first; absent ones may come back.
    pub fn duplicates(&self) -> Result<Vec<Vec<Duplicate>>, Error> {
        duplicates::duplicates(&self.database)
    }

    /// The waveform of a track: 600 peaks, of which the loudest is 255. From the library, or else decoded now and
    /// stored if this library may write.
    pub fn waveform(&self, track: TrackId) -> Result<Vec<u8>, Error> {
        waveform::waveform(&self.database, track)
    }

    /// The known and the possible relations of a track of the library: copies, the same recording in other files and
    /// edits, confirmed and likely versions, tracks that share some of its audio, those whose tags contradict their
    /// audio, possible versions, then those that the user rejected.
    pub fn versions(&self, track: TrackId) -> Result<Covers, Error> {
        of_track::versions(&self.database, track)
    }

    /// The versions of the track at `path` (absolute), best first, at most `limit`. A file that is not in the library
    /// is analysed for this question only.
    pub fn covers(&self, path: &Path, limit: usize) -> Result<Covers, Error> {
        of_file::covers(&self.database, path, limit)
    }

    /// Compares the tracks at two paths (absolute). Files that are not in the library are analysed for this question
    /// only.
    pub fn compare(&self, query: &Path, candidate: &Path) -> Result<Comparison, Error> {
        compare::compare(&self.database, query, candidate)
    }

    /// The `wanted` tracks with the most similar vectors, best first, aligned or not: with these the alignment of a
    /// large library begins. Empty for a track without vectors.
    pub fn alike(&self, track: TrackId, closeness: Closeness, wanted: usize) -> Result<Vec<TrackId>, Error> {
        nearest::alike(&self.database, track, closeness, wanted)
    }

    /// Records the user's answer to a question about recordings (`None` withdraws it). Returns the answer before, for
    /// undo.
    pub fn decide(&self, question: TrackQuestion, is_yes: Option<bool>) -> Result<Option<bool>, Error> {
        decisions::decide(&self.database, question, is_yes)
    }

    /// All decisions, with the files that contain the recordings.
    pub fn decisions(&self) -> Result<Vec<DecidedFiles>, Error> {
        decisions::decisions(&self.database)
    }

    /// Imports decisions made elsewhere, about recordings that are here or may come. Of two answers to one question the
    /// later one counts. Returns how many changed something here.
    pub fn import_decisions(&self, decisions: &[Decision]) -> Result<usize, Error> {
        decisions::import(&self.database, decisions)
    }

    /// The id of the track at an absolute path.
    pub fn track_at(&self, path: &Path) -> Result<TrackId, Error> {
        folders::track_at(&self.database, path)
    }

    /// Ranks all tracks for every labelled track and measures the rankings. Unlabelled tracks are distractors. A
    /// labelled file that was not analysed counts as missed, as a query and as an answer.
    pub fn evaluate(&self, labels: &[Label], method: Method) -> Result<Evaluation, Error> {
        evaluate::evaluate(&self.database, labels, method)
    }
}
