//! Values derived from a library and kept in memory until the library changes.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::database::{Changed, Database};
use crate::error::Error;

/// A value computed from the library, with the revision that it is valid for.
pub(crate) struct Cached<T>(Mutex<Option<Computed<T>>>);

struct Computed<T> {
    value: T,
    revision: u64,
    at: Instant,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> Cached<T> {
    /// The value, recomputed if one of `of` has changed. `compute` receives the outdated value.
    pub fn get(
        &self,
        database: &Database,
        of: &[Changed],
        compute: impl FnOnce(Option<T>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.get_if(database, of, Duration::ZERO, |_| true, compute)
    }

    /// Like [`Self::get`], but a value that is not `valid` is recomputed as well. While a scan changes the library all
    /// the time, a value up to `lag` old is returned.
    pub fn get_if(
        &self,
        database: &Database,
        of: &[Changed],
        lag: Duration,
        valid: impl Fn(&T) -> bool,
        compute: impl FnOnce(Option<T>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = database.revision_of(of);
        let at = Instant::now();
        let may_lag = |one: &Computed<T>| database.is_at_work() && at - one.at < lag;
        let is_good =
            |one: &&Computed<T>| valid(&one.value) && (one.is_current(revision, database) || may_lag(one));
        if let Some(known) = cached.as_ref().filter(is_good) {
            return Ok(known.value.clone());
        }
        let value = compute(cached.take().map(|one| one.value))?;
        *cached = Some(Computed { value: value.clone(), revision, at });
        Ok(value)
    }

    /// The value, if it is current and no other thread is computing it.
    pub fn if_current(&self, database: &Database, of: &[Changed]) -> Option<T> {
        let cached = self.0.try_lock().ok()?;
        let known = cached.as_ref().filter(|one| one.is_current(database.revision_of(of), database))?;
        Some(known.value.clone())
    }

    /// Discards the value: the next call recomputes it.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl<T> Computed<T> {
    fn is_current(&self, revision: u64, database: &Database) -> bool {
        self.revision == revision && database.keeps(self.at)
    }
}
