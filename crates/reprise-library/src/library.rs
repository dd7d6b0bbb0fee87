//! The library itself: one database file, one writer.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use fs4::{FileExt, TryLockError};
use reprise_store::Store;

use crate::error::Error;

/// A library of tracks. Shared by reference between threads.
///
/// ```no_run
/// use std::sync::atomic::AtomicBool;
/// use reprise_library::{Library, Progress, ScanOptions};
///
/// let library = Library::open("library.db".as_ref())?;
/// let stop = AtomicBool::new(false);
/// let progress = Progress::new(&|event| eprintln!("{event:?}"), &stop);
/// library.scan(&["/home/ada/Music".into()], &ScanOptions::default(), &progress)?;
/// for cover in library.covers("/home/ada/Music/Greensleeves.flac".as_ref(), 10)?.covers {
///     println!("{:?}: {}", cover.track.title, cover.reason);
/// }
/// # Ok::<(), reprise_library::Error>(())
/// ```
pub struct Library {
    store: Mutex<Store>,
    /// Held while this process may write; released by the system even when the process is killed.
    _lock: Option<File>,
}

impl Library {
    /// Opens the library at `path` to read and write, making it where there is none. Only one process can.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let lock = lock_beside(path)?;
        Ok(Self { store: Mutex::new(Store::open(path)?), _lock: Some(lock) })
    }

    /// Opens an existing library to ask; another process may be writing.
    pub fn open_to_read(path: &Path) -> Result<Self, Error> {
        Ok(Self { store: Mutex::new(Store::open_read_only(path)?), _lock: None })
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
