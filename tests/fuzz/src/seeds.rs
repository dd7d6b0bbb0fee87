//! Fixtures as seeds.

use std::path::{Path, PathBuf};

/// Files among the fixtures that are not inputs.
const NOT_SEEDS: [&str; 3] = ["README.md", "expected.json", "make.py"];

/// The files in a folder below `tests/fixtures`, in order of name, or a single file. Empty if there is no such folder.
pub(crate) fn below(place: &str) -> Vec<Vec<u8>> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "fixtures", place].iter().collect();
    let mut files: Vec<PathBuf> = match std::fs::read_dir(&path) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_) => vec![path],
    };
    files.retain(|file| is_seed(file));
    files.sort();
    files.iter().filter_map(|file| std::fs::read(file).ok()).collect()
}

fn is_seed(file: &Path) -> bool {
    file.is_file() && !NOT_SEEDS.iter().any(|name| file.ends_with(name))
}
