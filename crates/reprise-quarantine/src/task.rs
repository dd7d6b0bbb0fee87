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
        sync_each(&std::mem::take(&mut self.gained), |folder| disk.sync_folder(folder))?;
        sync_each(&std::mem::take(&mut self.lost), |folder| match disk.sync_folder(folder) {
            // Somebody has removed the folder since, and what is not there needs no sync.
            Err(error) if is_absent(&error) => Ok(()),
            outcome => outcome,
        })
    }
}

/// The syncs that wait for the drive at once, and the folders up to which one after another is as fast. A drive takes
/// as long for several as for one: with a folder for each file, 5,000 files need 10,000 syncs.
const AT_ONCE: usize = 16;
const FEW: usize = 16;

/// Syncs folders. Returns the first that failed, after the others.
fn sync_each(
    folders: &BTreeSet<PathBuf>,
    sync: impl Fn(&Path) -> io::Result<()> + Sync,
) -> Result<(), (PathBuf, io::Error)> {
    let one_by_one = |folders: &[&PathBuf]| {
        folders.iter().try_for_each(|folder| sync(folder).map_err(|error| ((*folder).clone(), error)))
    };
    let folders: Vec<&PathBuf> = folders.iter().collect();
    if folders.len() <= FEW {
        return one_by_one(&folders);
    }
    std::thread::scope(|scope| {
        let shares = folders.chunks(folders.len().div_ceil(AT_ONCE));
        let threads: Vec<_> = shares.map(|share| scope.spawn(move || one_by_one(share))).collect();
        let outcomes = threads.into_iter().map(|thread| match thread.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        outcomes.fold(Ok(()), Result::and)
    })
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
