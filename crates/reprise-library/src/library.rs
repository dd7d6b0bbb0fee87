//! The library as its faces know it: what it can be asked and told, each answered by the module that it is handed to.

use std::path::{Path, PathBuf};

use reprise_store::{Decision, FolderId, KindSaid, TrackId, Verdict};

use crate::browse::duplicates::Duplicate;
use crate::browse::folders::FolderStatus;
use crate::browse::list::{ListQuery, TrackRow};
use crate::browse::songs::{Cluster, Song};
use crate::browse::status::{Counts, Status};
use crate::browse::{duplicates, folders, list, songs, status, waveform};
use crate::candidates::nearest::{self, Closeness};
use crate::database::Database;
use crate::decisions::pairs::{self, Decided};
use crate::decisions::renditions::{self, RenditionDecision};
use crate::error::Error;
use crate::evaluate::truth::Label;
use crate::evaluate::{self, Evaluation, Method};
use crate::limits::Limits;
use crate::linking::links::complete_links;
use crate::progress::Progress;
use crate::recordings::owed::{self, VoiceCounts};
use crate::renditions::title_words::Kind;
use crate::scan::job::{ScanOptions, Summary};
use crate::scan::known_features::{self, KnownFeatures};
use crate::scan::problem::Problem;
use crate::scan::voice_pass::{self, VoiceSummary};
use crate::scan::{self};
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
///     println!("{:?}: {}", cover.track.title, cover.reason);
/// }
/// # Ok::<(), reprise_library::Error>(())
/// ```
pub struct Library {
    pub(crate) database: Database,
}

impl Library {
    /// Opens the library at `path` to read and write, making it where there is none. Only one process can.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::open_with(path, Limits::SHIPPED)
    }

    /// The same with other limits.
    pub(crate) fn open_with(path: &Path, limits: Limits) -> Result<Self, Error> {
        let database = Database::open(path, limits)?;
        complete_links(&database)?;
        Ok(Self { database })
    }

    /// Opens an existing library to ask; another process may be writing.
    pub fn open_to_read(path: &Path) -> Result<Self, Error> {
        Ok(Self { database: Database::open_to_read(path, Limits::SHIPPED)? })
    }

    /// Makes the file whole without what lies beside it, as dropping this does: for a program that ends without dropping
    /// it. More can be written afterwards.
    pub fn settle(&self) {
        self.database.settle();
    }

    /// False when opened to read.
    pub fn can_write(&self) -> bool {
        self.database.can_write()
    }

    /// A number that moves whenever tracks, problems, links or decisions changed through this `Library`.
    pub fn revision(&self) -> u64 {
        self.database.revision()
    }

    /// Adds `folders` (absolute paths), hears what is new or changed in them, and relates it to the rest.
    ///
    /// A file that cannot be used is a [`Problem`]. Nothing is deleted: what is not found is marked absent, and not
    /// even that where the folder itself cannot be listed.
    pub fn scan(
        &self,
        folders: &[PathBuf],
        options: &ScanOptions,
        progress: &Progress,
    ) -> Result<Summary, Error> {
        scan::scan(&self.database, folders, options, progress)
    }

    /// Does the analysis that is still owed anywhere in the library, without listing folders.
    pub fn analyse_owed(&self, effort: &Effort, progress: &Progress) -> Result<Summary, Error> {
        scan::analyse_owed(&self.database, effort, progress)
    }

    /// Everything that is wrong with files, as last seen.
    pub fn problems(&self) -> Result<Vec<Problem>, Error> {
        scan::problems(&self.database)
    }

    /// Hears the voices that are owed. Tracks with contested versions come first, then those without any, then the rest;
    /// a track named by [`Library::prefer_voice`] comes next whenever that is.
    pub fn analyse_voices(&self, effort: &Effort, progress: &Progress) -> Result<VoiceSummary, Error> {
        voice_pass::analyse_voices(&self.database, effort, progress)
    }

    /// Says whether voices are to be heard at all; they are until it is said otherwise.
    pub fn want_voices(&self, wanted: bool) -> Result<(), Error> {
        voice_pass::want_voices(&self.database, wanted)
    }

    /// Whether voices are to be heard.
    pub fn wants_voices(&self) -> Result<bool, Error> {
        voice_pass::wants_voices(&self.database)
    }

    /// Asks for the voice of one track before all others, for instance because it is being looked at.
    pub fn prefer_voice(&self, track: TrackId) -> Result<(), Error> {
        voice_pass::prefer_voice(&self.database, track)
    }

    /// Whether a track's voice was listened for. Also true of what is not matched: nothing of it is owed.
    pub fn voice_is_heard(&self, track: TrackId) -> Result<bool, Error> {
        voice_pass::voice_is_heard(&self.database, track)
    }

    /// Adds a recording to `folder`, as if it had been heard there.
    pub fn add_features(&self, folder: &Path, known: &KnownFeatures) -> Result<(), Error> {
        known_features::add_features(&self.database, folder, known)
    }

    /// Relates all recordings that have features, without a look at any file.
    pub fn relate_features(&self, effort: Effort, progress: &Progress) -> Result<(), Error> {
        known_features::relate_features(&self.database, effort, progress)
    }

    /// The folders of the library, in the order of their paths.
    pub fn folders(&self) -> Result<Vec<FolderStatus>, Error> {
        folders::folders(&self.database)
    }

    /// Takes a folder (its absolute path) into the library, to be heard by the next scan.
    pub fn add_folder(&self, path: &Path) -> Result<FolderId, Error> {
        folders::add_folder(&self.database, path)
    }

    /// Takes a folder and its tracks out of the library. No file is touched; what was heard and decided stays, so
    /// that adding the folder again costs no hearing.
    pub fn remove_folder(&self, folder: FolderId) -> Result<(), Error> {
        folders::remove_folder(&self.database, folder)
    }

    /// Where a track's file is, or was when last seen.
    pub fn track_path(&self, track: TrackId) -> Result<Option<PathBuf>, Error> {
        folders::track_path(&self.database, track)
    }

    /// The tracks that fit, in order. While a scan goes on, the answer may be a second old.
    pub fn track_ids(&self, query: &ListQuery) -> Result<Vec<TrackId>, Error> {
        list::track_ids(&self.database, query)
    }

    /// The rows of some tracks, in the order asked; tracks that do not exist are left out.
    pub fn rows(&self, ids: &[TrackId]) -> Result<Vec<TrackRow>, Error> {
        list::rows(&self.database, ids)
    }

    /// How far the library is.
    pub fn status(&self) -> Result<Status, Error> {
        status::status(&self.database)
    }

    /// The counts that can be told at once.
    pub fn counts(&self) -> Result<Counts, Error> {
        status::counts(&self.database)
    }

    /// How far the voice pass is. Recordings without a file now count neither way: nothing can be heard of them.
    pub fn voice_counts(&self) -> Result<VoiceCounts, Error> {
        owed::voice_counts(&self.database)
    }

    /// The songs of which there are several recordings, largest first, with reasons.
    pub fn clusters(&self) -> Result<Vec<Cluster>, Error> {
        songs::clusters(&self.database)
    }

    /// The same without reasons, and therefore quick.
    pub fn songs(&self) -> Result<Vec<Song>, Error> {
        songs::songs(&self.database)
    }

    /// The song that holds this track, if there are several recordings of it, with reasons relative to its first
    /// track.
    pub fn song(&self, track: TrackId) -> Result<Option<Cluster>, Error> {
        songs::song(&self.database, track)
    }

    /// The tracks that hold the same recording from end to end, whatever their tags, names and encodings: groups of two and
    /// more, each the same as every other of its group, in the order of their first paths. Files that are there come first; absent ones may come back.
    pub fn duplicates(&self) -> Result<Vec<Vec<Duplicate>>, Error> {
        duplicates::duplicates(&self.database)
    }

    /// The waveform of a track, 600 peaks of which the loudest is 255. From the library, or else decoded now and kept
    /// where this library may write.
    pub fn waveform(&self, track: TrackId) -> Result<Vec<u8>, Error> {
        waveform::waveform(&self.database, track)
    }

    /// What is known and guessed of a track of the library: copies, the same recording in other files and cuts, confirmed and
    /// likely versions, tracks that share some of its audio, those whose tags contradict their audio, possible versions, then what
    /// the user rejected.
    pub fn versions(&self, track: TrackId) -> Result<Covers, Error> {
        of_track::versions(&self.database, track)
    }

    /// The versions of the track at `path` (absolute), best first, at most `limit`. A file that is not in the library
    /// is heard for the occasion and forgotten.
    pub fn covers(&self, path: &Path, limit: usize) -> Result<Covers, Error> {
        of_file::covers(&self.database, path, limit)
    }

    /// Compares the tracks at two paths (absolute). Files that are not in the library are heard for the occasion and
    /// forgotten.
    pub fn compare(&self, query: &Path, candidate: &Path) -> Result<Comparison, Error> {
        compare::compare(&self.database, query, candidate)
    }

    /// The `wanted` tracks most like one by their vectors, most alike first, aligned or not: whom the alignment of a large
    /// library begins with. Nothing of a track without vectors.
    pub fn alike(&self, track: TrackId, closeness: Closeness, wanted: usize) -> Result<Vec<TrackId>, Error> {
        nearest::alike(&self.database, track, closeness, wanted)
    }

    /// Takes down what the user says of two tracks' recordings (`None` same_recordings_of it back); gives what was said before,
    /// for undo.
    pub fn decide(
        &self,
        one: TrackId,
        other: TrackId,
        verdict: Option<Verdict>,
    ) -> Result<Option<Verdict>, Error> {
        pairs::decide(&self.database, one, other, verdict)
    }

    /// Everything the user said of any two recordings, with the files that hold them.
    pub fn decisions(&self) -> Result<Vec<Decided>, Error> {
        pairs::decisions(&self.database)
    }

    /// Takes over what was said elsewhere, of recordings that are here or may come; of two words about one pair the later
    /// one counts. Gives how many changed what is known here.
    pub fn adopt_decisions(&self, decisions: &[Decision]) -> Result<usize, Error> {
        pairs::adopt_decisions(&self.database, decisions)
    }

    /// The number of the track at an absolute path.
    pub fn track_at(&self, path: &Path) -> Result<TrackId, Error> {
        pairs::track_at(&self.database, path)
    }

    /// Takes down whether a track's recording is of a kind, above all guesses (`None` same_recordings_of it back); gives what was said
    /// before, for undo.
    pub fn set_rendition(
        &self,
        track: TrackId,
        kind: Kind,
        is_one: Option<bool>,
    ) -> Result<Option<bool>, Error> {
        renditions::set_rendition(&self.database, track, kind, is_one)
    }

    /// Everything the user said of what recordings are, with the files that hold them.
    pub fn rendition_decisions(&self) -> Result<Vec<RenditionDecision>, Error> {
        renditions::rendition_decisions(&self.database)
    }

    /// Takes over what was said elsewhere, as [`Library::adopt_decisions`] does.
    pub fn adopt_rendition_decisions(&self, kinds: &[KindSaid]) -> Result<usize, Error> {
        renditions::adopt_rendition_decisions(&self.database, kinds)
    }

    /// Ranks all tracks for every labelled track and judges the rankings. Unlabelled tracks are distractors; a
    /// labelled file that was not heard counts as missed, as a query and as an answer.
    pub fn evaluate(&self, labels: &[Label], method: Method) -> Result<Evaluation, Error> {
        evaluate::evaluate(&self.database, labels, method)
    }
}
