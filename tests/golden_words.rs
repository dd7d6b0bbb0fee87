//! Compares the recogniser of words with the reference arrays of `tests/golden/words`.

// Helpers of tests are tests too, which clippy does not recognise outside of `#[test]`.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};
use ndarray_npy::read_npy;
use reprise_features::words::{WordsLogMel, WordsSpec};
use reprise_inference::{Recogniser, Runtime, find_models, find_runtime_library, find_words};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/words").join(format!("{name}.npy"))
}

fn recogniser() -> Recogniser {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    let models = find_models().unwrap();
    let weights = find_words(&models).expect("npm test sets up the recogniser");
    Recogniser::load(&runtime, &models, &weights).unwrap()
}

fn speech() -> Vec<f32> {
    let samples: Array1<i16> = read_npy(file("speech")).unwrap();
    samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect()
}

#[test]
fn log_mel_frames_are_those_of_the_reference() {
    let expected: Array2<f32> = read_npy(file("log_mel")).unwrap();
    let frames = WordsLogMel::new(WordsSpec::v1()).segment(&speech());
    let frames = Array2::from_shape_vec((80, 3000), frames).unwrap();
    let largest = expected
        .indexed_iter()
        .map(|((band, frame), value)| (value - frames[(band, frame)]).abs())
        .fold(0.0, f32::max);
    assert!(largest < 2e-4, "{largest}");
}

#[test]
fn the_words_are_those_of_the_reference_token_by_token() {
    let expected: Array1<i64> = read_npy(file("tokens")).unwrap();
    let prompt: Array1<i64> = read_npy(file("prompt")).unwrap();
    let mut recogniser = recogniser();
    let heard = recogniser.hear(&WordsLogMel::new(WordsSpec::v1()).segment(&speech())).unwrap();
    let opening = recogniser.opening(&heard).unwrap();
    let english = recogniser.languages().iter().position(|code| code == "en").unwrap();
    assert_eq!(prompt[1], 50_259 + english as i64);
    assert!(opening.languages[english] > 0.8, "{}", opening.languages[english]);
    assert!((opening.languages.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    assert!(opening.no_speech < 0.1);
    let said = recogniser.say(&heard, english).unwrap();
    let tokens: Vec<i64> = said.tokens.iter().map(|token| i64::from(*token)).collect();
    assert_eq!(tokens, expected.as_slice().unwrap()[..expected.len() - 1]);
    assert!(said.text.starts_with("The river runs down to the sea tonight"), "{}", said.text);
    assert!(said.log_probability > -0.5, "{}", said.log_probability);
}

#[test]
fn silence_is_no_speech_and_a_short_input_is_refused() {
    let mut recogniser = recogniser();
    let heard = recogniser.hear(&WordsLogMel::new(WordsSpec::v1()).segment(&vec![0.0; 480_000])).unwrap();
    let opening = recogniser.opening(&heard).unwrap();
    assert!(opening.no_speech > 0.5, "{}", opening.no_speech);
    let mut unfit = WordsLogMel::new(WordsSpec::v1()).segment(&[]);
    unfit[7] = f32::NAN;
    assert!(recogniser.hear(&unfit).is_err());
}
