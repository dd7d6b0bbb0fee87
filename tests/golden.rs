//! Compares every stage with the reference arrays of `tests/golden/v1`, which are listed in its index `golden.toml`.
//!
//! There is one test for each stage, over all entries of that stage. It checks the shape, then that all values are
//! finite, then the values. To add a stage, list its arrays in the index, add its name to [`STAGES`] and write its test
//! like the others.

// clippy.toml allows both in test functions; here the helpers of tests need them too.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use ndarray::{Array, Array1, Array2, Array3, Dimension};
use ndarray_npy::{ReadableElement, read_npy};
use num_complex::Complex64;
use reprise_features::cqt::{Kernel, half_taps};
use reprise_features::{CqtStream, Loudest, Spec, chroma_frame, hcqt_frame};
use serde::Deserialize;

/// The stages that have a test here or in `golden_crema.rs`.
const STAGES: [&str; 5] = ["taps", "kernel", "hcqt", "chroma", "crema"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    version: u32,
    #[serde(rename = "case")]
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The input of the stage; `None` for the constants of the chain.
    input: Option<String>,
    stage: String,
    /// The reference array.
    file: String,
    shape: Vec<usize>,
    /// The largest allowed absolute difference from the reference.
    atol: f64,
    reason: String,
    generator: String,
}

impl Case {
    fn input(&self) -> &str {
        self.input.as_deref().expect("the entry names its input")
    }

    /// The reference array, which must have the shape that the index states.
    fn reference<A: ReadableElement, D: Dimension>(&self) -> Array<A, D> {
        let array: Array<A, D> = read_npy(folder().join(&self.file)).unwrap();
        assert_eq!(array.shape(), self.shape, "{}: the index states another shape", self.file);
        array
    }

    fn compare<D: Dimension>(&self, computed: &Array<f32, D>) {
        let reference: Array<f32, D> = self.reference();
        assert_eq!(computed.shape(), reference.shape(), "{}", self.file);
        assert!(computed.iter().all(|value| value.is_finite()), "{}: a value is not finite", self.file);
        // `iter` follows the logical index, whatever the order in memory.
        let differences = computed.iter().zip(&reference).map(|(a, b)| f64::from(a - b).abs());
        let largest = differences.fold(0.0, f64::max);
        println!("{}: largest difference {largest:.2e}, allowed {:.0e}", self.file, self.atol);
        assert!(
            largest <= self.atol,
            "{}: {largest} off, allowed {} ({})",
            self.file,
            self.atol,
            self.reason
        );
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden/v1")
}

fn index() -> Index {
    toml::from_str(&fs::read_to_string(folder().join("golden.toml")).unwrap()).unwrap()
}

fn cases(stage: &str) -> Vec<Case> {
    let cases: Vec<Case> = index().cases.into_iter().filter(|case| case.stage == stage).collect();
    assert!(!cases.is_empty(), "the index lists {stage}");
    cases
}

/// The samples of a 16-bit mono file, with full scale 1.
fn samples(file: &str) -> Vec<f32> {
    let mut reader = hound::WavReader::open(folder().join(file)).unwrap();
    assert_eq!(reader.spec().sample_rate, Spec::v1().audio.sample_rate_hz);
    assert_eq!((reader.spec().channels, reader.spec().bits_per_sample), (1, 16));
    reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32768.0).collect()
}

/// Frames of linear magnitudes, and their maxima.
fn transformed(file: &str) -> (Vec<Vec<f32>>, Loudest) {
    let spec = Spec::v1();
    let (mut frames, mut loudest) = (Vec::new(), Loudest::new(spec));
    let mut emit = |frame: &[f32]| {
        loudest.observe(frame);
        frames.push(frame.to_vec());
    };
    let mut stream = CqtStream::new(spec, 0.0);
    stream.push(&samples(file), &mut emit);
    stream.finish(&mut emit);
    (frames, loudest)
}

#[test]
fn every_array_is_listed_and_every_listed_array_is_there() {
    let index = index();
    assert_eq!(index.version, Spec::v1().version);
    let listed: BTreeSet<String> = index.cases.iter().map(|case| case.file.clone()).collect();
    assert_eq!(listed.len(), index.cases.len(), "each array is listed once");
    let names =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = names.filter(|name| name.ends_with(".npy")).collect();
    assert_eq!(listed, there);
    for case in &index.cases {
        assert!(STAGES.contains(&case.stage.as_str()), "{}: no test for stage {}", case.file, case.stage);
        assert!(!case.reason.is_empty() && !case.generator.is_empty(), "{}", case.file);
        let input = case.input.as_deref();
        assert!(input.is_none_or(|input| folder().join(input).exists()), "{} has its input", case.file);
    }
}

#[test]
fn the_decimation_filter_is_the_reference_s() {
    for case in cases("taps") {
        let reference: Array1<f64> = case.reference();
        let taps = half_taps(&Spec::v1().decimation);
        assert_eq!(taps.len(), reference.len());
        let largest = taps.iter().zip(&reference).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(largest <= case.atol, "{largest} off");
    }
}

#[test]
fn the_kernel_is_the_reference_s() {
    for case in cases("kernel") {
        let reference: Array2<Complex64> = case.reference();
        let mut computed = Array2::<Complex64>::zeros((reference.nrows(), reference.ncols()));
        for (row, bin, value) in Kernel::new(Spec::v1(), 0.0).coefficients() {
            computed[[row, bin]] = Complex64::new(value.re.into(), value.im.into());
        }
        let is_kept = |value: &Complex64| *value != Complex64::ZERO;
        assert_eq!(computed.map(is_kept), reference.map(is_kept), "the same coefficients are kept");
        let largest = computed.iter().zip(&reference).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
        assert!(largest <= case.atol, "{largest} off");
    }
}

#[test]
fn crema_s_input_is_the_reference_s() {
    for case in cases("hcqt") {
        let (frames, loudest) = transformed(case.input());
        let mut levels = Array3::<f32>::zeros((frames.len(), 216, 2));
        for (frame, mut out) in frames.iter().zip(levels.outer_iter_mut()) {
            hcqt_frame(frame, &loudest, out.as_slice_mut().expect("the array is in standard order"));
        }
        case.compare(&levels);
    }
}

#[test]
fn chroma_is_the_reference_s() {
    for case in cases("chroma") {
        let (frames, loudest) = transformed(case.input());
        let mut chroma = Array2::<f32>::zeros((frames.len(), 12));
        for (frame, mut out) in frames.iter().zip(chroma.outer_iter_mut()) {
            out.assign(&Array1::from_vec(chroma_frame(frame, &loudest).to_vec()));
        }
        case.compare(&chroma);
    }
}
