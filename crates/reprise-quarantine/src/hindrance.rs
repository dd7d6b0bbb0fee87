//! Why one file is left where it is, in a sentence that names it.

use std::io;
use std::path::{Path, PathBuf};

/// The reason why a step was not done. The file is where it was, unless the sentence says otherwise.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Hindrance {
    #[error("{} is not there any more", .0.display())]
    Missing(PathBuf),
    #[error("{} is a symbolic link, not a file of its own", .0.display())]
    Link(PathBuf),
    #[error("{} is not a regular file", .0.display())]
    NotAFile(PathBuf),
    #[error("{} has changed since this was planned", .0.display())]
    Changed(PathBuf),
    #[error("{} and {} are one file with two names", .file.display(), .keeper.display())]
    OneFile { file: PathBuf, keeper: PathBuf },
    #[error("{}, which is to stay, is not there", .0.display())]
    NoKeeper(PathBuf),
    #[error("{}, which is to stay, is not a regular file", .0.display())]
    KeeperNotAFile(PathBuf),
    #[error("{}, which is to stay, cannot be read: {source}", keeper.display())]
    KeeperUnreadable { keeper: PathBuf, source: io::Error },
    #[error("{0}")]
    NotVerified(String),
    #[error("{} has other names (hard links), from which a move to another volume would separate it", .0.display())]
    OtherNames(PathBuf),
    #[error("there is something else at {}", .0.display())]
    Taken(PathBuf),
    #[error("{} is not what was moved there; it and {} are left as they are", kept.display(), file.display())]
    Tampered { kept: PathBuf, file: PathBuf },
    #[error("there is another file at {} now, so the one from there stays in the quarantine as {}", file.display(), kept.display())]
    Occupied { file: PathBuf, kept: PathBuf },
    #[error("{} has changed since it was written, so it is left as it is", .0.display())]
    ChangedSince(PathBuf),
    #[error("the file is neither at {} nor at {}", file.display(), kept.display())]
    Nowhere { file: PathBuf, kept: PathBuf },
    #[error("{} was removed from the quarantine for good", .0.display())]
    GoneForGood(PathBuf),
    #[error("the copy of {} differs from it", .0.display())]
    BadCopy(PathBuf),
    #[error("the other volume cannot keep the time and the mode of {}", .0.display())]
    NotKept(PathBuf),
    #[error("the volume of {} has no room for it: {needed_bytes} bytes are needed and {free_bytes} are free", path.display())]
    NoRoom { path: PathBuf, needed_bytes: u64, free_bytes: u64 },
    #[error("{first}; it could not be put back ({second}) and is at {}", kept.display())]
    NotPutBack { first: Box<Hindrance>, second: Box<Hindrance>, kept: PathBuf },
    #[error("{} could not be {action}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

impl Hindrance {
    /// For `map_err`: an error of the operating system about a path.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { action, path, source }
    }

    /// For `map_err` of a rename that must not replace anything.
    pub fn rename(from: &Path, to: &Path) -> impl FnOnce(io::Error) -> Self {
        let (from, to) = (from.to_path_buf(), to.to_path_buf());
        move |source| match source.kind() {
            io::ErrorKind::AlreadyExists => Self::Taken(to),
            _ => Self::Io { action: "moved", path: from, source },
        }
    }
}
