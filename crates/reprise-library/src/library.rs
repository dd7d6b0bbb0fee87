//! The library itself: one database file, one writer.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reprise_store::{RecordingId, Store};

use crate::asking::{Asking, Readers};
use crate::code_index::KeptCodes;
use crate::error::Error;
use crate::folders::Reachable;
use crate::listing::ListingCache;
use crate::lock::{lock_beside, refuse_part};

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
    // Closed in this order: what closes last, and only if it may write, empties the log into the file.
    readers: Readers,
    /// The one connection that writes; it reads too where it must see what it is about to change.
    store: Mutex<Store>,
    /// Only where this was opened to read.
    _log_left: Option<LogLeft>,
    revisions: [AtomicU64; Changed::ALL],
    /// Scans under way.
    working: AtomicUsize,
    /// The order of the list, as last computed.
    pub(crate) listing: ListingCache,
    /// Which folders were there when last looked for.
    pub(crate) reachable: Reachable,
    /// The songs, as last grouped.
    pub(crate) grouped: Mutex<Option<crate::clusters::Kept>>,
    /// What recordings are found by, as last loaded.
    pub(crate) codes: Mutex<Option<KeptCodes>>,
    /// The same of what is sung.
    pub(crate) voice_codes: Mutex<Option<KeptCodes>>,
    /// Whose voice is wanted before all others.
    pub(crate) preferred: Mutex<Option<RecordingId>>,
    /// Held while this process may write; released by the system even when the process is killed.
    lock: Option<File>,
}

/// What a write touches, for those who keep something derived from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    /// Tracks, their tags and places, folders.
    Tracks,
    /// Links and decisions.
    Relations,
    /// Problems.
    Problems,
    /// Vectors, which no face shows.
    Vectors,
}

impl Changed {
    const ALL: usize = 4;
    const SHOWN: [Self; 3] = [Self::Tracks, Self::Relations, Self::Problems];
}

/// How long what was read is kept where another process may be writing: its changes move no revision here.
const OF_OTHERS: Duration = Duration::from_secs(5);

impl Library {
    /// Opens the library at `path` to read and write, making it where there is none. Only one process can.
    pub fn open(path: &Path) -> Result<Self, Error> {
        refuse_part(path)?;
        let lock = lock_beside(path)?;
        let mut store = Store::open(path)?;
        store.mark_open()?;
        let library = Self::new(path, store, Some(lock))?;
        library.complete_links()?;
        Ok(library)
    }

    /// Opens an existing library to ask; another process may be writing.
    pub fn open_to_read(path: &Path) -> Result<Self, Error> {
        refuse_part(path)?;
        Self::new(path, Store::open_read_only(path)?, None)
    }

    fn new(path: &Path, store: Store, lock: Option<File>) -> Result<Self, Error> {
        // Readers are opened later, when the working folder may be another.
        let path = std::path::absolute(path).map_err(io(path))?;
        Ok(Self {
            _log_left: lock.is_none().then(|| LogLeft(path.clone())),
            store: Mutex::new(store),
            readers: Readers::new(path),
            revisions: Default::default(),
            working: AtomicUsize::new(0),
            listing: ListingCache::default(),
            grouped: Mutex::default(),
            codes: Mutex::default(),
            voice_codes: Mutex::default(),
            preferred: Mutex::default(),
            reachable: Reachable::default(),
            lock,
        })
    }

    /// Makes the file whole without what lies beside it, as dropping this does: for a program that ends without dropping
    /// it. More can be written afterwards.
    pub fn settle(&self) {
        self.readers.close();
        if self.can_write() {
            // What cannot be moved, for want of room perhaps, stays in the log: nothing is lost.
            let _ = self.store().settle();
        }
    }

    /// False when opened to read.
    pub fn can_write(&self) -> bool {
        self.lock.is_some()
    }

    /// A number that moves whenever tracks, problems, links or decisions changed through this `Library`.
    pub fn revision(&self) -> u64 {
        Changed::SHOWN.into_iter().map(|what| self.revision_of(what)).sum()
    }

    /// The number that `what` moves: a part of the revision, if faces show it.
    pub(crate) fn revision_of(&self, what: Changed) -> u64 {
        self.revisions[what as usize].load(Ordering::Acquire)
    }

    /// Whether what was read then is kept until a revision moves.
    pub(crate) fn keeps(&self, read: Instant) -> bool {
        self.can_write() || read.elapsed() < OF_OTHERS
    }

    /// Says that something has changed.
    pub(crate) fn mark_changed(&self, what: Changed) {
        self.revisions[what as usize].fetch_add(1, Ordering::Release);
    }

    /// Writes something, and moves its revision.
    pub(crate) fn change<T>(
        &self,
        what: Changed,
        write: impl FnOnce(&mut Store) -> Result<T, reprise_store::Error>,
    ) -> Result<T, Error> {
        let outcome = write(&mut self.store());
        // A failed write may have been the second of two.
        self.mark_changed(what);
        Ok(outcome?)
    }

    /// The connection that writes; a thread that panicked while it had it left whole transactions, so its poison is
    /// ignored.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection for questions, which sees what was committed and waits for nobody.
    pub(crate) fn asking(&self) -> Result<Asking<'_>, Error> {
        self.readers.lend()
    }

    /// Notes that a scan is under way until what it gives is dropped.
    pub(crate) fn at_work(&self) -> AtWork<'_> {
        self.working.fetch_add(1, Ordering::AcqRel);
        AtWork(self)
    }

    /// Whether a scan is under way.
    pub(crate) fn is_at_work(&self) -> bool {
        self.working.load(Ordering::Acquire) > 0
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        self.settle();
    }
}

/// A library that was opened to read and is closed: whoever wrote to it may have ended meanwhile, or was killed long ago.
struct LogLeft(PathBuf);

impl Drop for LogLeft {
    fn drop(&mut self) {
        Store::settle_closed(&self.0);
    }
}

/// A scan under way.
pub(crate) struct AtWork<'a>(&'a Library);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.working.fetch_sub(1, Ordering::AcqRel);
        // Faces may have been given a list that was a moment old.
        self.0.mark_changed(Changed::Tracks);
    }
}

pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let path = path.to_path_buf();
    |source| Error::Io { path, source }
}
