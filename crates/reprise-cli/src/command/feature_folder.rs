//! Makes a library from a folder of features that `features` has written, for recordings whose audio is not available.

use std::fs::File;
use std::path::{Path, PathBuf};

use ndarray::Array2;
use ndarray_npy::{ReadNpyError, ReadNpyExt};
use reprise_library::{Control, Effort, KnownFeatures, Library, Progress};

use crate::command::use_model;
use crate::failure::Failure;

const CREMA: &str = "crema.npy";
const CHROMA: &str = "chroma.npy";
const MELODY: &str = "melody.npy";

/// Frames `[n_frames, 12]`.
type Frames = Vec<[f32; 12]>;

/// Makes a library at `path`, which must not exist, from the recordings in `folder`, and links them. `model`: as in
/// [`use_model`].
pub fn library_of(path: &Path, folder: &Path, model: Option<&Path>) -> Result<Library, Failure> {
    let names = names(folder)?;
    if names.is_empty() {
        return Err(Failure::file(folder, format!("holds no file NAME.{CREMA}")));
    }
    if path.exists() {
        return Err(Failure::file(path, "is there already; name a library that is not"));
    }
    let library = Library::open(path)?;
    use_model(&library, model)?;
    for name in &names {
        let of = |ending: &str| folder.join(format!("{name}.{ending}"));
        let melody = of(MELODY);
        let melody = if melody.exists() { Some(frames(&melody)?) } else { None };
        let known = KnownFeatures {
            name,
            crema: &frames(&of(CREMA))?,
            chroma: &frames(&of(CHROMA))?,
            melody: melody.as_deref(),
        };
        library.add_features(folder, &known)?;
    }
    let control = Control::new();
    library.link_features(Effort::default(), &Progress::new(&|_| {}, &control))?;
    Ok(library)
}

/// The parts of the file names before `.crema.npy`, in order.
fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    let unreadable = |error: std::io::Error| Failure::file(folder, error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let before = name.to_str().and_then(|name| name.strip_suffix(CREMA)?.strip_suffix('.'));
        names.extend(before.map(str::to_owned));
    }
    names.sort_unstable();
    Ok(names)
}

fn frames(path: &PathBuf) -> Result<Frames, Failure> {
    let wrong = |reason: String| Failure::file(path, reason);
    let file = File::open(path).map_err(|error| Failure::file(path, error))?;
    let array = Array2::<f32>::read_npy(file).map_err(|error: ReadNpyError| wrong(error.to_string()))?;
    let rows = array.outer_iter().map(|row| row.to_vec().try_into().ok());
    rows.collect::<Option<Frames>>().ok_or_else(|| wrong("has no rows of 12".into()))
}
