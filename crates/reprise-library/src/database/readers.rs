//! Read connections. They work beside the writer, so that no query waits for the transactions of a scan.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use reprise_store::Store;

use crate::error::Error;

/// How many idle connections are kept open.
const KEPT: usize = 4;

/// Read-only connections to one library; a new one is opened when all others are busy.
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Store>>,
}

/// A borrowed connection.
pub(crate) struct Reader<'a> {
    readers: &'a Readers,
    /// `None` only after the connection was returned.
    store: Option<Store>,
}

impl Readers {
    pub fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::default() }
    }

    /// The library's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn lend(&self) -> Result<Reader<'_>, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let store = match idle {
            Some(store) => store,
            None => Store::open_read_only(&self.path)?,
        };
        Ok(Reader { readers: self, store: Some(store) })
    }

    /// Closes the connections that are not borrowed.
    pub fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Deref for Reader<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        self.store.as_ref().expect("it is given back only when dropped")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut idle = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.extend(self.store.take());
        }
    }
}
