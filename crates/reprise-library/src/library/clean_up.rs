//! The part of the public interface that is about cleaning up.

use std::path::PathBuf;

use reprise_quarantine::RunState;

use crate::error::Error;
use crate::library::Library;
use crate::progress::Progress;
use crate::tidy::after::{self, PlaylistAfter};
use crate::tidy::keep::KeepRules;
use crate::tidy::plan::Plan;
use crate::tidy::run::{self, CleanUpReport};
use crate::tidy::{make, remembered, trash};

impl Library {
    /// The rules of keeping that this library remembers; the default ones if it remembers none.
    pub fn keep_rules(&self) -> Result<KeepRules, Error> {
        remembered::keep_rules(&self.database)
    }

    /// Remembers rules of keeping for later plans.
    pub fn set_keep_rules(&self, rules: &KeepRules) -> Result<(), Error> {
        remembered::set_keep_rules(&self.database, rules)
    }

    /// The playlist files and DJ libraries outside the library's folders that it remembers.
    pub fn named_playlists(&self) -> Result<Vec<PathBuf>, Error> {
        remembered::named_playlists(&self.database)
    }

    /// Remembers playlist files and DJ libraries (absolute paths) for later plans, in place of those before.
    pub fn set_named_playlists(&self, files: &[PathBuf]) -> Result<(), Error> {
        remembered::set_named_playlists(&self.database, files)
    }

    /// Which copies of recordings could go, by these rules, and why. `playlists` are playlist files outside the library's
    /// folders that name its tracks. Changes nothing.
    pub fn plan_clean_up(
        &self,
        rules: &KeepRules,
        playlists: &[PathBuf],
        progress: &Progress,
    ) -> Result<Plan, Error> {
        make::plan(&self.database, rules.clone(), playlists, progress)
    }

    /// What would become of the playlists that name files of a plan that go. Changes nothing.
    pub fn playlists_after(&self, plan: &Plan) -> Result<Vec<PlaylistAfter>, Error> {
        after::playlists_after(&self.database, plan)
    }

    /// Checks every file of a plan again, as [`Library::run_clean_up`] does. Returns the files that it would leave alone,
    /// and why. Changes nothing.
    pub fn check_clean_up(&self, plan: &Plan, progress: &Progress) -> Result<Vec<(PathBuf, String)>, Error> {
        run::check(&self.database, plan, progress)
    }

    /// Moves the files of a plan that go into the quarantine and corrects playlists. What has changed since the plan was
    /// made is left alone. Everything can be taken back by [`Library::undo_clean_up`].
    pub fn run_clean_up(&self, plan: &Plan, progress: &Progress) -> Result<CleanUpReport, Error> {
        run::run(&self.database, plan, progress)
    }

    /// Like [`Library::run_clean_up`], but the files go to the trash of the operating system: Reprise cannot take it back,
    /// the user can with the system's file manager. Only the playlists are journalled.
    pub fn run_clean_up_to_trash(&self, plan: &Plan, progress: &Progress) -> Result<CleanUpReport, Error> {
        trash::run_to_trash(&self.database, plan, progress)
    }

    /// The clean-ups that this library's journals know, the oldest first.
    pub fn clean_ups(&self) -> Result<Vec<RunState>, Error> {
        run::all(&self.database)
    }

    /// Does what is left of an interrupted clean-up.
    pub fn finish_clean_up(&self, run: &str, progress: &Progress) -> Result<CleanUpReport, Error> {
        run::finish(&self.database, run, progress)
    }

    /// Puts every file of a clean-up back, byte for byte, and the playlists as they were.
    pub fn undo_clean_up(&self, run: &str, progress: &Progress) -> Result<CleanUpReport, Error> {
        run::undo(&self.database, run, progress)
    }

    /// The files of a clean-up that are in the quarantine: where they were, and their bytes.
    pub fn quarantined(&self, run: &str) -> Result<Vec<(PathBuf, u64)>, Error> {
        run::quarantined(&self.database, run)
    }

    /// Deletes the files of a clean-up from the quarantine, for good.
    pub fn empty_quarantine(&self, run: &str, progress: &Progress) -> Result<CleanUpReport, Error> {
        run::empty(&self.database, run, progress)
    }
}
