//! One library file: its writer, its read connections, its revisions, and the values derived from it in memory.

pub(crate) mod backup;
mod by_type;
pub(crate) mod cached;
pub(crate) mod clock;
pub(crate) mod lock;
pub(crate) mod readers;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reprise_store::Store;

use crate::database::by_type::ByType;
use crate::database::lock::{lock_beside, refuse_part};
use crate::database::readers::{Reader, Readers};
use crate::error::Error;
use crate::limits::Limits;

/// The database of a library, shared by reference between threads.
pub(crate) struct Database {
    // Dropped in this order: the connection that closes last empties the log into the file, but only if it may write.
    readers: Readers,
    /// The only connection that writes. It also reads data that it is about to change.
    store: Mutex<Store>,
    /// Present only if the library was opened to read.
    _log_left: Option<LogLeft>,
    revisions: [AtomicU64; Changed::ALL],
    /// The number of scans in progress.
    working: AtomicUsize,
    kept: ByType,
    /// The sizes above which the library is searched instead of aligned completely.
    pub limits: Limits,
    /// Present while this process may write. The system releases the lock even when the process is killed.
    lock: Option<File>,
}

/// The kinds of changes, for modules that keep derived values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    /// Tracks, their tags and paths, folders.
    Tracks,
    /// Links and decisions.
    Relations,
    /// Problems.
    Problems,
    /// Embeddings, which no user interface shows.
    Embeddings,
}

impl Changed {
    const ALL: usize = 4;
    /// What user interfaces show.
    pub const SHOWN: [Self; 3] = [Self::Tracks, Self::Relations, Self::Problems];
}

/// How long a value is kept while another process may write: changes by that process do not change a revision here.
const OF_OTHERS: Duration = Duration::from_secs(5);

impl Database {
    /// Opens the library at `path` to read and write; creates it if it does not exist. Only one process can write at a
    /// time.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, Error> {
        refuse_part(path)?;
        let lock = lock_beside(path)?;
        let mut store = Store::open(path)?;
        store.mark_open()?;
        Self::new(path, store, limits, Some(lock))
    }

    /// Opens an existing library to read. Another process may be writing.
    pub fn open_to_read(path: &Path, limits: Limits) -> Result<Self, Error> {
        refuse_part(path)?;
        Self::new(path, Store::open_read_only(path)?, limits, None)
    }

    fn new(path: &Path, store: Store, limits: Limits, lock: Option<File>) -> Result<Self, Error> {
        // Read connections are opened later, when the working directory may have changed.
        let path = std::path::absolute(path).map_err(Error::io(path))?;
        Ok(Self {
            _log_left: lock.is_none().then(|| LogLeft(path.clone())),
            store: Mutex::new(store),
            readers: Readers::new(path),
            revisions: Default::default(),
            working: AtomicUsize::new(0),
            kept: ByType::default(),
            limits,
            lock,
        })
    }

    /// What a module keeps of this library in memory; created empty on the first call.
    pub fn kept<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.kept.get()
    }

    /// Writes the log into the file, so that the file is complete by itself. Dropping does the same; this is for a
    /// program that ends without dropping. Writing can continue afterwards.
    pub fn settle(&self) {
        self.readers.close();
        if self.can_write() {
            // A log that cannot be written, perhaps because the disk is full, stays in place: nothing is lost.
            let _ = self.store().settle();
        }
    }

    /// Whether this process may write; false if the library was opened to read.
    pub fn can_write(&self) -> bool {
        self.lock.is_some()
    }

    /// The file of the library, as an absolute path.
    pub fn path(&self) -> &Path {
        self.readers.path()
    }

    /// A number that changes whenever tracks, problems, links or decisions are changed through this `Database`.
    pub fn revision(&self) -> u64 {
        self.revision_of(&Changed::SHOWN)
    }

    /// A number that increases with every change of these kinds.
    pub fn revision_of(&self, kinds: &[Changed]) -> u64 {
        kinds.iter().map(|what| self.revisions[*what as usize].load(Ordering::Acquire)).sum()
    }

    /// Whether a value read at this time is valid until a revision changes.
    pub fn keeps(&self, read: Instant) -> bool {
        self.can_write() || read.elapsed() < OF_OTHERS
    }

    /// Records that something of this kind has changed.
    pub fn mark_changed(&self, what: Changed) {
        self.revisions[what as usize].fetch_add(1, Ordering::Release);
    }

    /// Runs a write and increases its revision.
    pub fn change<T>(
        &self,
        what: Changed,
        write: impl FnOnce(&mut Store) -> Result<T, reprise_store::Error>,
    ) -> Result<T, Error> {
        let outcome = write(&mut self.store());
        // A write that failed may have changed something before it failed.
        self.mark_changed(what);
        Ok(outcome?)
    }

    /// The connection that writes. A thread that panicked while it used the connection left only whole transactions, so
    /// poisoning is ignored.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A read connection. It sees committed data and never waits.
    pub fn reader(&self) -> Result<Reader<'_>, Error> {
        self.readers.lend()
    }

    /// Marks a scan as in progress until the returned value is dropped.
    pub fn at_work(&self) -> AtWork<'_> {
        self.working.fetch_add(1, Ordering::AcqRel);
        AtWork(self)
    }

    /// Whether a scan is in progress.
    pub fn is_at_work(&self) -> bool {
        self.working.load(Ordering::Acquire) > 0
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.settle();
    }
}

/// The log of a library that was opened to read. On closing, the log may remain from a writer that ended meanwhile or
/// was killed long ago.
struct LogLeft(PathBuf);

impl Drop for LogLeft {
    fn drop(&mut self) {
        Store::settle_closed(&self.0);
    }
}

/// A scan in progress.
pub(crate) struct AtWork<'a>(&'a Database);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.working.fetch_sub(1, Ordering::AcqRel);
        // User interfaces may have received a slightly outdated list during the scan.
        self.0.mark_changed(Changed::Tracks);
    }
}
