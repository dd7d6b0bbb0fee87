//! The open library: for writing, or for reading while another program has its lock.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use reprise_library::{Error, Library, default_library};

use crate::ipc::error::{IN_USE, IpcError};

/// A library, or the reason why there is none.
pub struct OpenLibrary {
    place: PathBuf,
    library: RwLock<Result<Arc<Library>, String>>,
    /// Another program writes to it.
    is_in_use: AtomicBool,
}

impl OpenLibrary {
    /// Opens the library for writing, or for reading while another program writes.
    pub fn open() -> Result<Self, Error> {
        // The variable names a library file in place of the default one.
        let named = std::env::var_os("REPRISE_LIBRARY").map(PathBuf::from);
        let place = named.map_or_else(default_library, Ok)?;
        let (library, is_in_use) = match Library::open(&place) {
            Err(Error::InUse(_)) => (Library::open_to_read(&place), true),
            opened => (opened, false),
        };
        let library = RwLock::new(library.map(Arc::new).map_err(|error| error.to_string()));
        Ok(Self { place, library, is_in_use: AtomicBool::new(is_in_use) })
    }

    /// Opens the library for writing if another program had prevented that and has ended. Returns whether it did.
    pub fn take_over(&self) -> bool {
        let Some(library) = self.notice().and_then(|_| Library::open(&self.place).ok()) else { return false };
        *self.library.write().unwrap_or_else(PoisonError::into_inner) = Ok(Arc::new(library));
        self.is_in_use.store(false, Ordering::Release);
        true
    }

    /// The library, for reading.
    pub fn to_read(&self) -> Result<Arc<Library>, IpcError> {
        let library = self.library.read().unwrap_or_else(PoisonError::into_inner);
        library.clone().map_err(IpcError::failed)
    }

    /// The library, for writing.
    pub fn to_write(&self) -> Result<Arc<Library>, IpcError> {
        let library = self.to_read()?;
        if library.can_write() { Ok(library) } else { Err(IpcError::in_use()) }
    }

    /// A sentence about the state of the library, if there is something to report.
    pub fn notice(&self) -> Option<String> {
        self.is_in_use.load(Ordering::Acquire).then(|| IN_USE.to_owned())
    }
}

#[cfg(test)]
impl Default for OpenLibrary {
    /// No library, for tests that do not use it.
    fn default() -> Self {
        Self {
            place: PathBuf::new(),
            library: RwLock::new(Err(String::new())),
            is_in_use: AtomicBool::default(),
        }
    }
}
