//! Makes a library large by adding impostors of which only features are known:
//! `cargo run --release -p reprise-library --example add_unrelated_tracks -- LIBRARY FOLDER`.
//!
//! FOLDER must contain `NAME.crema.npy` and `NAME.chroma.npy` as written by `reprise features` and
//! `training/scripts/make_unrelated_tracks.py`. LIBRARY is changed: use a copy. `reprise listen` then links the
//! impostors, and `reprise eval` says how well versions are found among them and how often confidences are right.

#![allow(clippy::print_stdout)] // prints what it did

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};

use ndarray::Array2;
use ndarray_npy::ReadNpyExt;
use reprise_library::{KnownFeatures, Library};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (file, folder) =
        arguments.next().zip(arguments.next()).ok_or("name a library and a folder of features")?;
    let library = Library::open(&file)?;
    let mut n_added = 0;
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".crema.npy")) else {
            continue;
        };
        let (crema, chroma) = (frames(&path)?, frames(&folder.join(format!("{name}.chroma.npy")))?);
        let known = KnownFeatures { name, crema: &crema, chroma: &chroma, melody: None };
        library.add_features(&folder, &known)?;
        n_added += 1;
    }
    println!("{n_added} impostors in {}", file.display());
    Ok(())
}

/// An array `[n_frames, 12]`.
fn frames(path: &Path) -> Outcome<Vec<[f32; 12]>> {
    let array = Array2::<f32>::read_npy(File::open(path)?)?;
    let rows = array.outer_iter().map(|row| {
        let row: Vec<f32> = row.iter().copied().collect();
        <[f32; 12]>::try_from(row).map_err(|_| format!("{} has no rows of 12", path.display()))
    });
    Ok(rows.collect::<Result<_, _>>()?)
}
