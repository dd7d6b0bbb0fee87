//! `features`: the matrices of files as .npy, for research and for training on what the app itself computes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array2, Array3};
use ndarray_npy::WriteNpyExt;
use reprise_library::{FeatureSet, Tools};

use crate::args::{Features, Stage};
use crate::command::scan::{effort, stop_on_interrupt};
use crate::failure::Failure;
use crate::print;

pub fn features(wanted: &Features) -> Result<(), Failure> {
    std::fs::create_dir_all(&wanted.out).map_err(|error| Failure::file(&wanted.out, error))?;
    let tools = Tools::find()?;
    let control = stop_on_interrupt();
    let next = AtomicUsize::new(0);
    let failed = AtomicUsize::new(0);
    let write_some = || -> Result<(), Failure> {
        let mut ear = tools.feature_ear()?;
        while let Some(file) = wanted.files.get(next.fetch_add(1, Ordering::Relaxed)) {
            if control.is_stopped() {
                return Err(Failure::Interrupted);
            }
            let with_hcqt = wanted.stage.contains(&Stage::Hcqt);
            match ear.features(file, with_hcqt, control) {
                Ok(features) => write(wanted, file, &features)?,
                Err(reason) => {
                    failed.fetch_add(1, Ordering::Relaxed);
                    Failure::file(file, reason).tell();
                }
            }
        }
        Ok(())
    };
    let threads = effort(&wanted.effort).threads.min(wanted.files.len());
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(write_some)).collect();
        running.into_iter().try_for_each(|thread| match thread.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    match failed.into_inner() {
        0 => Ok(()),
        n => Err(Failure::Other(format!("{} could not be heard", print::count(n, "file")))),
    }
}

/// Writes `<name>.<stage>.npy` for each stage wanted.
fn write(wanted: &Features, file: &Path, features: &FeatureSet) -> Result<(), Failure> {
    for stage in &wanted.stage {
        let (name, outcome) = match stage {
            Stage::Crema => ("crema", save(&path(wanted, file, "crema"), &rows(&features.crema))),
            Stage::Chroma => ("chroma", save(&path(wanted, file, "chroma"), &rows(&features.chroma))),
            Stage::Hcqt => {
                let shape = features.hcqt_shape;
                let hcqt = Array3::from_shape_vec(shape, features.hcqt.clone());
                let hcqt = hcqt.map_err(|error| Failure::file(file, error))?;
                ("hcqt", save(&path(wanted, file, "hcqt"), &hcqt))
            }
        };
        outcome.map_err(|error| Failure::file(path(wanted, file, name), error))?;
    }
    Ok(())
}

fn path(wanted: &Features, file: &Path, stage: &str) -> PathBuf {
    let mut name = file.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{stage}.npy"));
    wanted.out.join(name)
}

fn rows(frames: &[[f32; 12]]) -> Array2<f32> {
    Array2::from_shape_fn((frames.len(), 12), |(frame, pitch_class)| frames[frame][pitch_class])
}

fn save(path: &Path, array: &impl WriteNpyExt) -> Result<(), String> {
    let file = std::fs::File::create(path).map_err(|error| error.to_string())?;
    array.write_npy(std::io::BufWriter::new(file)).map_err(|error| error.to_string())
}
