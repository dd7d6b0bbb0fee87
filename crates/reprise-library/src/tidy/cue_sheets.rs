//! Which files are named by a CUE sheet beside them. Such a file is an album in one piece, whose tracks the sheet lists;
//! without the file the sheet would lead nowhere.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A CUE sheet is a page of text. Larger files are something else.
const LARGEST_BYTES: u64 = 1 << 20;

/// The CUE sheets of folders, each folder read once.
#[derive(Default)]
pub(crate) struct CueSheets {
    /// For each folder, the names of files, folded to lower case, and the sheet that names them.
    of_folder: HashMap<PathBuf, HashMap<String, PathBuf>>,
}

impl CueSheets {
    /// The sheet that names this file.
    pub fn naming(&mut self, file: &Path) -> Option<PathBuf> {
        let (folder, name) = (file.parent()?, file.file_name()?.to_string_lossy().to_lowercase());
        let named = self.of_folder.entry(folder.into()).or_insert_with(|| named_in(folder));
        named.get(&name).cloned()
    }
}

/// The files that the sheets of a folder name. A folder that cannot be read has none.
fn named_in(folder: &Path) -> HashMap<String, PathBuf> {
    let mut named = HashMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let sheet = entry.path();
        let is_sheet = sheet.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("cue"));
        if !is_sheet || entry.metadata().map_or(true, |found| found.len() > LARGEST_BYTES) {
            continue;
        }
        let Ok(bytes) = std::fs::read(&sheet) else { continue };
        for name in names_in(&String::from_utf8_lossy(&bytes)) {
            named.insert(name, sheet.clone());
        }
        // Programs also take an image whose name is that of the sheet, whatever ending the sheet states.
        let stem: OsString = sheet.file_stem().unwrap_or_default().to_owned();
        for other in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if other != sheet && other.file_stem() == Some(&stem) {
                let name = other.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
                named.entry(name).or_insert_with(|| sheet.clone());
            }
        }
    }
    named
}

/// The names after `FILE` in a sheet, without folders, in lower case.
fn names_in(sheet: &str) -> HashSet<String> {
    let named = sheet.lines().filter_map(|line| {
        let (word, rest) = line.trim_start_matches('\u{feff}').trim().split_once(char::is_whitespace)?;
        if !word.eq_ignore_ascii_case("file") {
            return None;
        }
        let rest = rest.trim();
        let path = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next()?,
            // The last word is the type of the file.
            None => rest.rsplit_once(char::is_whitespace).map_or(rest, |(path, _)| path),
        };
        path.rsplit(['/', '\\']).next().map(str::to_lowercase)
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_named_by_its_sheet_however_the_sheet_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["Album.flac", "disc 2.wav", "plain.wav", "other.flac", "renamed.flac"] {
            std::fs::write(at(name), "x").unwrap();
        }
        let sheet = "\u{feff}REM GENRE Rock\r\nFILE \"C:\\rips\\ALBUM.flac\" WAVE\r\n  TRACK 01 AUDIO\r\n";
        std::fs::write(at("any.cue"), sheet).unwrap();
        std::fs::write(at("two.CUE"), "file disc 2.wav WAVE\nFILE plain.wav\tWAVE\n").unwrap();
        std::fs::write(at("renamed.cue"), "FILE \"renamed.wav\" WAVE\n").unwrap();
        let mut sheets = CueSheets::default();
        let mut naming =
            |name: &str| sheets.naming(&at(name)).and_then(|sheet| Some(sheet.file_name()?.to_owned()));
        assert_eq!(naming("Album.flac").unwrap(), "any.cue");
        assert_eq!(naming("disc 2.wav").unwrap(), "two.CUE");
        assert_eq!(naming("plain.wav").unwrap(), "two.CUE");
        assert_eq!(naming("renamed.flac").unwrap(), "renamed.cue");
        assert_eq!(naming("other.flac"), None);
    }
}
