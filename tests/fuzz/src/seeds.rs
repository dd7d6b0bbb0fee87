//! Fixtures as bytes to begin with.

use std::path::{Path, PathBuf};

/// What is no input although it lies among the fixtures.
const NOT_SEEDS: [&str; 3] = ["README.md", "expected.json", "make.py"];

/// The files of a folder below `tests/fixtures` by name, or a single one. None where there is no such folder.
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
