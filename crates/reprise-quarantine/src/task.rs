//! What a step needs while it is done or undone.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{Disk, is_absent};
use crate::hindrance::Hindrance;

/// One step at work.
pub(crate) struct Task<'t> {
    pub disk: &'t Disk,
    /// Whether the step may have been done in part before this process began.
    pub is_begun: bool,
    /// An incomplete copy in the folder of the run.
    pub partial: PathBuf,
    /// An incomplete file in the folder of the original.
    pub beside: PathBuf,
    pub touched: &'t mut Touched,
}

/// Folders with new or lost entries that are not known to be on the drive.
#[derive(Default)]
pub(crate) struct Touched {
    gained: BTreeSet<PathBuf>,
    lost: BTreeSet<PathBuf>,
}

impl Touched {
    /// The file at `path` is new in its folder.
    pub fn gained(&mut self, path: &Path) {
        self.gained.extend(path.parent().map(Path::to_path_buf));
    }

    /// The file at `path` has left its folder.
    pub fn lost(&mut self, path: &Path) {
        self.lost.extend(path.parent().map(Path::to_path_buf));
    }

    /// Waits until the entries of all these folders are on the drive. New entries go first: where a file system has no
    /// log, a cut of the power then leaves a file with two names rather than with none.
    ///
    /// # Errors
    ///
    /// The folder that could not be synced, and why.
    pub fn sync(&mut self, disk: &Disk) -> Result<(), (PathBuf, io::Error)> {
        for folder in std::mem::take(&mut self.gained) {
            disk.sync_folder(&folder).map_err(|error| (folder, error))?;
        }
        for folder in std::mem::take(&mut self.lost) {
            match disk.sync_folder(&folder) {
                // Somebody has removed the folder since, and what is not there needs no sync.
                Err(error) if is_absent(&error) => {}
                outcome => outcome.map_err(|error| (folder, error))?,
            }
        }
        Ok(())
    }
}

impl Task<'_> {
    /// Removes what a killed process left of this step: incomplete files under names that only Reprise gives.
    pub fn clear_leftovers(&self) -> Result<(), Hindrance> {
        for path in [&self.partial, &self.beside] {
            self.disk.remove_leftover(path).map_err(Hindrance::io("removed", path))?;
        }
        Ok(())
    }

    /// Waits until all that was done so far, for this step and those before it, is on the drive.
    pub fn sync(&mut self) -> Result<(), Hindrance> {
        let synced = self.touched.sync(self.disk);
        synced.map_err(|(path, source)| Hindrance::Io { action: "synced", path, source })
    }

    /// Creates the folders above a file.
    pub fn create_folders_for(&mut self, path: &Path) -> Result<(), Hindrance> {
        let Some(folder) = path.parent() else { return Ok(()) };
        let created = self.disk.create_folders(folder).map_err(Hindrance::io("created", folder))?;
        self.touched.gained.extend(created.into_iter().map(Path::to_path_buf));
        Ok(())
    }
}
