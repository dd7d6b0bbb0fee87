//! Files that the user names for output. They are written completely or not at all.

use std::path::Path;

use crate::failure::Failure;

/// Writes a file, through another file beside it that is removed after any error. If `over` is true, an existing file
/// is replaced; otherwise it is kept and the command is refused.
pub fn write(path: &Path, content: &[u8], over: bool) -> Result<(), Failure> {
    make(path, over, |beside| {
        std::fs::write(beside, content).map_err(|error| Failure::file(path, error))?;
        sync(beside).map_err(|error| Failure::file(path, error))
    })
}

/// Like [`write()`], for a function that writes the file itself and receives the path of an empty one.
pub fn make<T>(
    path: &Path,
    over: bool,
    write: impl FnOnce(&Path) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let is_there = || Failure::file(path, "is there already; --force writes over it");
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => is_there(),
        _ => Failure::file(path, error),
    };
    // This check avoids useless work. The final check is made when the file gets its name.
    if !over && path.symlink_metadata().is_ok() {
        return Err(is_there());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let beside = new_file().tempfile_in(folder).map_err(failed)?.into_temp_path();
    let written = write(&beside)?;
    let outcome = if over { beside.persist(path) } else { beside.persist_noclobber(path) };
    outcome.map_err(|error| failed(error.error))?;
    Ok(written)
}

fn sync(path: &Path) -> std::io::Result<()> {
    std::fs::File::options().write(true).open(path)?.sync_all()
}

/// A temporary file with the same permissions as other new files of the user.
fn new_file() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".reprise-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666)); // minus the umask
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_only_when_that_is_wanted_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("songs.csv");
        let content = || std::fs::read_to_string(&file).unwrap();
        write(&file, b"one", false).unwrap();
        let refused = write(&file, b"two", false).unwrap_err().to_string();
        assert!(refused.contains("songs.csv") && refused.contains("--force"), "{refused}");
        assert_eq!(content(), "one");
        write(&file, b"two", true).unwrap();
        assert_eq!(content(), "two");
        assert!(write(&folder.path().join("absent/songs.csv"), b"one", true).is_err());
        assert!(write(folder.path(), b"one", true).is_err(), "a folder is no file to write over");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
