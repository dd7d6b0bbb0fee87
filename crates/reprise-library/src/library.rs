//! The library itself: one database file, one writer.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use fs4::{FileExt, TryLockError};
use reprise_store::Store;

use crate::error::Error;

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
    store: Mutex<Store>,
    /// See [`Library::revision`].
    revision: AtomicU64,
    /// Held while this process may write; released by the system even when the process is killed.
    lock: Option<File>,
}

impl Library {
    /// Opens the library at `path` to read and write, making it where there is none. Only one process can.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let lock = lock_beside(path)?;
        Ok(Self::new(Store::open(path)?, Some(lock)))
    }

    /// Opens an existing library to ask; another process may be writing.
    pub fn open_to_read(path: &Path) -> Result<Self, Error> {
        Ok(Self::new(Store::open_read_only(path)?, None))
    }

    fn new(store: Store, lock: Option<File>) -> Self {
        Self { store: Mutex::new(store), revision: AtomicU64::new(0), lock }
    }

    /// False when opened to read.
    pub fn can_write(&self) -> bool {
        self.lock.is_some()
    }

    /// A number that moves whenever tracks, problems, links or decisions changed through this `Library`.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Writes what faces show, and moves the revision.
    pub(crate) fn change<T>(
        &self,
        write: impl FnOnce(&mut Store) -> Result<T, reprise_store::Error>,
    ) -> Result<T, Error> {
        let outcome = write(&mut self.store());
        // A failed write may have been the second of two.
        self.revision.fetch_add(1, Ordering::Release);
        Ok(outcome?)
    }

    /// The store; a thread that panicked while it had it left whole transactions, so its poison is ignored.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lock_beside(path: &Path) -> Result<File, Error> {
    let io = |path: &Path| {
        let path = path.to_path_buf();
        |source| Error::Io { path, source }
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(io(folder))?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let lock = File::options().create(true).append(true).open(&lock_path).map_err(io(&lock_path))?;
    match FileExt::try_lock(&lock) {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(path.to_path_buf())),
        Err(TryLockError::Error(source)) => Err(Error::Io { path: lock_path, source }),
    }
}
