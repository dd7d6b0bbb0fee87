//! Files that the user names to be written: whole or not at all.

use std::io::Write;
use std::path::Path;

use crate::failure::Failure;

/// Writes a file, through another one beside it that vanishes when anything goes wrong. With `over` what is there is
/// replaced, else it is left and the command refused.
pub fn write(path: &Path, content: &[u8], over: bool) -> Result<(), Failure> {
    put(path, content, over).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::file(path, "is there already; --force writes over it"),
        _ => Failure::file(path, error),
    })
}

fn put(path: &Path, content: &[u8], over: bool) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut beside = new_file().tempfile_in(folder.unwrap_or(Path::new(".")))?;
    beside.write_all(content)?;
    beside.as_file().sync_all()?;
    if over {
        beside.persist(path)?
    } else {
        beside.persist_noclobber(path)?
    };
    Ok(())
}

/// A temporary file that may be read by whom the user's other files may be read.
fn new_file() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".reprise-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666)); // less what the umask takes
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
