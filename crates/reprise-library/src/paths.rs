//! The paths of Reprise's own files, which are the same for the command line and the window.

use std::path::PathBuf;

use crate::error::Error;

/// The name of Reprise's folder in the platform's data folder.
pub const APPLICATION_ID: &str = "org.reprise.desktop";

/// Reprise's folder in the platform's data folder: `$XDG_DATA_HOME`, `~/Library/Application Support` or `%APPDATA%`.
pub fn data_folder() -> Result<PathBuf, Error> {
    dirs::data_dir().map(|data| data.join(APPLICATION_ID)).ok_or(Error::NoDataFolder)
}

/// The library that is used if none is named.
pub fn default_library() -> Result<PathBuf, Error> {
    Ok(data_folder()?.join("library.db"))
}

/// The folder with the path `written`, if there is one; `~` is the user's home. Otherwise a sentence that begins with
/// `written`.
pub fn named_folder(written: &str) -> Result<PathBuf, String> {
    match named(written)? {
        (path, metadata) if metadata.is_dir() => Ok(path),
        (path, _) => Err(format!("{} is a file; name the folder it is in.", path.display())),
    }
}

/// The file with the path `written`, like [`named_folder`].
pub fn named_file(written: &str) -> Result<PathBuf, String> {
    match named(written)? {
        (path, metadata) if metadata.is_file() => Ok(path),
        (path, _) => Err(format!("{} is a folder; name a file in it.", path.display())),
    }
}

fn named(written: &str) -> Result<(PathBuf, std::fs::Metadata), String> {
    let written = written.trim();
    let path = match (written.strip_prefix('~'), dirs::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches(['/', '\\'])),
        _ => PathBuf::from(written),
    };
    if !path.is_absolute() {
        let example = dirs::audio_dir().unwrap_or_else(|| PathBuf::from("/home/you/Music"));
        let example = example.display();
        return Err(format!("{written} is not a full path. Write it from the beginning, as in {example}."));
    }
    let found =
        std::fs::metadata(&path).map_err(|error| format!("{} cannot be opened: {error}.", path.display()))?;
    // "/music/" and "/music" are the same folder.
    Ok((path.components().collect(), found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_however_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let written = format!(" {}/ ", folder.path().display());
        assert_eq!(named_folder(&written).unwrap(), folder.path());
        assert_eq!(named_folder("~").unwrap(), dirs::home_dir().unwrap());
    }

    #[test]
    fn what_is_no_folder_is_refused_with_a_sentence_that_names_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (written, word) in [("Music", "full path"), ("/no/such", "cannot be opened")] {
            let sentence = named_folder(written).unwrap_err();
            assert!(sentence.starts_with(written) && sentence.contains(word), "{sentence}");
        }
        let written = file.path().to_string_lossy();
        assert!(named_folder(&written).unwrap_err().contains("is a file"));
        assert_eq!(named_file(&written).unwrap(), file.path());
        assert!(named_file("~").unwrap_err().contains("is a folder"));
    }
}
