//! Every call that reads or changes the disk. Each asks a hook first, so that tests can kill the program before any of
//! them, or let any of them fail.

use std::fs::{self, File, FileTimes};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::platform;
use crate::seen::Seen;

/// What is about to be done to a path; of two, the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Operation {
    Read,
    Write,
    SyncFile,
    SyncFolder,
    SetMetadata,
    Rename,
    Replace,
    Link,
    RemoveFile,
    CreateFolder,
    RemoveFolder,
}

type Hook = dyn Fn(Operation, &Path) -> io::Result<()> + Send + Sync;

/// The disk.
pub(crate) struct Disk {
    before: Box<Hook>,
}

/// The bytes that are read at a time. Longer pieces are not faster.
const PIECE_BYTES: usize = 256 * 1024;

impl Disk {
    pub fn new() -> Self {
        Self { before: Box::new(|_, _| Ok(())) }
    }

    /// A disk that calls `before` ahead of each operation. An error of `before` becomes that of the operation.
    #[cfg(test)]
    #[cfg(unix)]
    pub fn with_hook(before: impl Fn(Operation, &Path) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self { before: Box::new(before) }
    }

    /// What is at a path; `None` if nothing is. Links are not followed.
    pub fn look(&self, path: &Path) -> io::Result<Option<Seen>> {
        match fs::symlink_metadata(path) {
            Ok(metadata) => Seen::of(path, &metadata).map(Some),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The hash of a file, and what the open file looked like after it was read.
    pub fn hash(&self, path: &Path) -> io::Result<(blake3::Hash, Seen)> {
        (self.before)(Operation::Read, path)?;
        let mut file = File::open(path)?;
        let (mut hasher, mut piece) = (blake3::Hasher::new(), vec![0; PIECE_BYTES]);
        loop {
            match file.read(&mut piece) {
                Ok(0) => break,
                Ok(n) => drop(hasher.update(&piece[..n])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok((hasher.finalize(), Seen::of(path, &file.metadata()?)?))
    }

    /// Whether a file can be opened and its first byte be read.
    pub fn try_read(&self, path: &Path) -> io::Result<()> {
        (self.before)(Operation::Read, path)?;
        File::open(path)?.read(&mut [0]).map(drop)
    }

    /// Copies a file to a new one with mode, owner, attributes and time, and waits until it is on the drive. Returns
    /// the hash of what was read, and what the source looked like after it was read.
    pub fn copy(&self, from: &Path, to: &Path) -> io::Result<(blake3::Hash, Seen)> {
        (self.before)(Operation::Read, from)?;
        let mut source = File::open(from)?;
        (self.before)(Operation::Write, to)?;
        let mut copy = File::options().write(true).create_new(true).open(to)?;
        let (mut hasher, mut piece) = (blake3::Hasher::new(), vec![0; PIECE_BYTES]);
        loop {
            match source.read(&mut piece) {
                Ok(0) => break,
                Ok(n) => {
                    hasher.update(&piece[..n]);
                    (self.before)(Operation::Write, to)?;
                    copy.write_all(&piece[..n])?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let metadata = source.metadata()?;
        self.dress(from, &metadata, to, &copy)?;
        (self.before)(Operation::SetMetadata, to)?;
        copy.set_times(FileTimes::new().set_modified(metadata.modified()?))?;
        (self.before)(Operation::SyncFile, to)?;
        copy.sync_all()?;
        Ok((hasher.finalize(), Seen::of(from, &metadata)?))
    }

    /// Writes a new file and waits until it is on the drive. It gets mode, owner and attributes of the file `like`.
    /// If this fails, nothing of the file stays.
    pub fn write_new(&self, path: &Path, bytes: &[u8], like: Option<&Path>) -> io::Result<()> {
        (self.before)(Operation::Write, path)?;
        let file = File::options().write(true).create_new(true).open(path)?;
        let written = self.fill(path, file, bytes, like);
        if written.is_err() {
            // The first error says more than one of a removal would.
            let _ = self.remove_file(path);
        }
        written
    }

    fn fill(&self, path: &Path, mut file: File, bytes: &[u8], like: Option<&Path>) -> io::Result<()> {
        (self.before)(Operation::Write, path)?;
        file.write_all(bytes)?;
        if let Some(like) = like {
            self.dress(like, &fs::metadata(like)?, path, &file)?;
        }
        (self.before)(Operation::SyncFile, path)?;
        file.sync_all()
    }

    /// Gives a new file the attributes, owner and mode of another. The mode comes last: it may forbid the rest, and a
    /// change of the owner clears some of its bits.
    fn dress(&self, like: &Path, metadata: &fs::Metadata, path: &Path, file: &File) -> io::Result<()> {
        (self.before)(Operation::SetMetadata, path)?;
        platform::set_attributes(path, &platform::attributes(like)?)?;
        platform::copy_owner(metadata, file)?;
        platform::copy_mode(metadata, file)
    }

    /// Appends to an open file and waits until that is on the drive.
    pub fn append(&self, path: &Path, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        (self.before)(Operation::Write, path)?;
        file.write_all(bytes)?;
        (self.before)(Operation::SyncFile, path)?;
        file.sync_data()
    }

    /// Renames a file. Fails with `AlreadyExists` if the new name is taken.
    pub fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.before)(Operation::Rename, from)?;
        platform::rename_new(from, to)
    }

    /// Renames a file over another.
    pub fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.before)(Operation::Replace, from)?;
        fs::rename(from, to)
    }

    /// Gives a file a second name.
    pub fn link(&self, file: &Path, second: &Path) -> io::Result<()> {
        (self.before)(Operation::Link, file)?;
        fs::hard_link(file, second)
    }

    /// Removes a file that must be there.
    pub fn remove_file(&self, path: &Path) -> io::Result<()> {
        (self.before)(Operation::RemoveFile, path)?;
        fs::remove_file(path)
    }

    /// Removes a file that is there after a kill and not otherwise.
    pub fn remove_leftover(&self, path: &Path) -> io::Result<()> {
        match fs::symlink_metadata(path) {
            Ok(_) => self.remove_file(path),
            Err(error) if is_absent(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Creates a folder and those above it that are missing. Returns the folders that have a new entry.
    pub fn create_folders<'p>(&self, folder: &'p Path) -> io::Result<Vec<&'p Path>> {
        let missing = folder.ancestors().take_while(|one| fs::symlink_metadata(one).is_err());
        let missing: Vec<&Path> = missing.collect();
        for one in missing.iter().rev() {
            (self.before)(Operation::CreateFolder, one)?;
            match fs::create_dir(one) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        Ok(missing.into_iter().filter_map(Path::parent).collect())
    }

    /// Removes an empty folder.
    pub fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        (self.before)(Operation::RemoveFolder, folder)?;
        fs::remove_dir(folder)
    }

    /// Waits until the entries of a folder are on the drive.
    pub fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        (self.before)(Operation::SyncFolder, folder)?;
        platform::sync_folder(folder)
    }
}

/// Whether an error says that there is nothing at a path.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
