//! Finds ONNX Runtime's library and the models.
//!
//! The places are tried in this order: the path in the environment variable; the program's folder and the resource
//! folders of an installation; the checkout in which the program was built. The system's library folders are not
//! searched, because a library there may have any version.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::Error;

const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";
const MODELS_VARIABLE: &str = "REPRISE_MODELS";

const LIBRARY_NAME: &str = if cfg!(windows) {
    "onnxruntime.dll"
} else if cfg!(target_vendor = "apple") {
    "libonnxruntime.dylib"
} else {
    "libonnxruntime.so"
};

/// A file that identifies the folder of models.
const MODELS_MARK: &str = "crema/manifest.toml";

/// A file that identifies the folder of the recogniser's weights.
const WORDS_MARK: &str = "encoder.onnx";

/// Folders of an installation, relative to the program's folder: that folder itself, the folder of the Linux package
/// (Tauri names it after the product, with a capital), those that other packagers would choose, and those of a macOS
/// bundle.
const RESOURCE_FOLDERS: [&str; 6] =
    ["", "../lib/Reprise", "../lib/reprise", "../share/reprise", "../Frameworks", "../Resources"];

/// Finds ONNX Runtime's shared library: `ORT_DYLIB_PATH`, otherwise in the installation, otherwise in
/// `vendor/onnxruntime` of the checkout. If the variable is set but names no such file, that is an error and no other
/// place is tried.
pub fn find_runtime_library() -> Result<PathBuf, Error> {
    let candidates = match env::var_os(LIBRARY_VARIABLE) {
        Some(path) => vec![PathBuf::from(path)],
        None => library_candidates(&program_folder()),
    };
    first(candidates, |path| path.is_file()).map_err(|looked_at| Error::LibraryNotFound { looked_at })
}

/// Finds the folder that contains one folder per model: `REPRISE_MODELS`, otherwise in the installation, otherwise
/// `models` of the checkout. If the variable is set but names no such folder, that is an error and no other place is
/// tried.
pub fn find_models() -> Result<PathBuf, Error> {
    let candidates = match env::var_os(MODELS_VARIABLE) {
        Some(path) => vec![PathBuf::from(path)],
        None => models_candidates(&program_folder()),
    };
    first(candidates, |path| path.join(MODELS_MARK).is_file())
        .map_err(|looked_at| Error::ModelsNotFound { looked_at })
}

/// Finds the folder of the recogniser's weights, which are not in the repository: `words` in the folder `models` of an
/// installation, otherwise `vendor/words` of the checkout. `None` if they are not installed.
pub fn find_words(models: &Path) -> Option<PathBuf> {
    let checkout = models.parent().map(|folder| folder.join("vendor/words"));
    let candidates = [Some(models.join("words")), checkout];
    candidates.into_iter().flatten().find(|folder| folder.join(WORDS_MARK).is_file())
}

fn library_candidates(program_folder: &Path) -> Vec<PathBuf> {
    let installed = RESOURCE_FOLDERS.iter().flat_map(|folder| {
        let folder = program_folder.join(folder);
        [folder.join(LIBRARY_NAME), folder.join("onnxruntime").join(LIBRARY_NAME)]
    });
    let checkout =
        program_folder.ancestors().map(|folder| folder.join("vendor/onnxruntime").join(LIBRARY_NAME));
    installed.chain(checkout).collect()
}

fn models_candidates(program_folder: &Path) -> Vec<PathBuf> {
    let installed = RESOURCE_FOLDERS.iter().map(|folder| program_folder.join(folder).join("models"));
    let checkout = program_folder.ancestors().skip(1).map(|folder| folder.join("models"));
    installed.chain(checkout).collect()
}

/// Returns the folder of the running program. Links are followed, because `/usr/bin` may contain only a link to it.
fn program_folder() -> PathBuf {
    let program = env::current_exe().and_then(|path| path.canonicalize()).unwrap_or_default();
    program.parent().map(Path::to_owned).unwrap_or_default()
}

fn first(candidates: Vec<PathBuf>, fits: impl Fn(&Path) -> bool) -> Result<PathBuf, Vec<PathBuf>> {
    match candidates.iter().position(|path| fits(path)) {
        Some(index) => Ok(candidates.into_iter().nth(index).expect("position is within the list")),
        None => Err(candidates),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn place(root: &Path, file: &str) -> PathBuf {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, b"").unwrap();
        path
    }

    #[test]
    fn the_checkout_is_found_from_a_test_program_deep_in_its_target_folder() {
        let root = tempfile::tempdir().unwrap();
        let library = place(root.path(), &format!("vendor/onnxruntime/{LIBRARY_NAME}"));
        place(root.path(), "models/crema/manifest.toml");
        let program_folder = root.path().join("target/debug/deps");
        let found = first(library_candidates(&program_folder), Path::is_file).unwrap();
        assert_eq!(found, library);
        let models =
            first(models_candidates(&program_folder), |path| path.join(MODELS_MARK).is_file()).unwrap();
        assert_eq!(models, root.path().join("models"));
    }

    #[test]
    fn an_installation_is_preferred_to_a_checkout_above_it() {
        for resources in ["lib/Reprise", "lib/reprise"] {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir_all(root.path().join("bin")).unwrap();
            place(root.path(), &format!("vendor/onnxruntime/{LIBRARY_NAME}"));
            let installed = place(root.path(), &format!("{resources}/onnxruntime/{LIBRARY_NAME}"));
            let found = first(library_candidates(&root.path().join("bin")), Path::is_file).unwrap();
            assert_eq!(found.canonicalize().unwrap(), installed.canonicalize().unwrap());
        }
    }

    #[test]
    fn words_are_found_in_an_installation_else_in_a_checkout_else_they_are_off() {
        let root = tempfile::tempdir().unwrap();
        let models = root.path().join("models");
        assert_eq!(find_words(&models), None);
        place(root.path(), "vendor/words/encoder.onnx");
        assert_eq!(find_words(&models), Some(root.path().join("vendor/words")));
        place(root.path(), "models/words/encoder.onnx");
        assert_eq!(find_words(&models), Some(models.join("words")));
    }

    #[test]
    fn a_missing_library_says_where_it_was_looked_for_and_what_to_do() {
        let looked_at = first(library_candidates(Path::new("/opt/reprise/bin")), |_| false).unwrap_err();
        let sentence = Error::LibraryNotFound { looked_at }.to_string();
        assert!(sentence.contains(&format!("/opt/reprise/vendor/onnxruntime/{LIBRARY_NAME}")), "{sentence}");
        assert!(sentence.contains("run `npm start` once, or set ORT_DYLIB_PATH"), "{sentence}");
    }
}
