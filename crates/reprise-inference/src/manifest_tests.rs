//! Each way in which a model can be wrong gives its own error.

use super::*;
use crate::{Crema, Runtime, find_models, find_runtime_library};

/// Makes a copy of the models' folder in which the CREMA manifest has `from` replaced by `to`.
fn models_with(from: &str, to: &str) -> tempfile::TempDir {
    let shipped = find_models().unwrap().join("crema");
    let models = tempfile::tempdir().unwrap();
    let folder = models.path().join("crema");
    fs::create_dir(&folder).unwrap();
    fs::copy(shipped.join("model.onnx"), folder.join("model.onnx")).unwrap();
    let text = fs::read_to_string(shipped.join(FILE_NAME)).unwrap();
    assert!(text.contains(from), "the manifest has {from:?}");
    fs::write(folder.join(FILE_NAME), text.replace(from, to)).unwrap();
    models
}

fn refusal(models: &Path) -> Error {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    Crema::load(&runtime, models).unwrap_err()
}

#[test]
fn the_shipped_model_is_accepted() {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    Crema::load(&runtime, &find_models().unwrap()).unwrap();
}

#[test]
fn an_unknown_key_is_an_error() {
    let models = models_with("opset ", "opest ");
    assert!(matches!(refusal(models.path()), Error::ManifestInvalid { .. }));
}

#[test]
fn a_file_that_lies_elsewhere_is_an_error() {
    let shipped = fs::read_to_string(find_models().unwrap().join("crema").join(FILE_NAME)).unwrap();
    for elsewhere in ["/dev/zero", "../crema/model.onnx", "./model.onnx", "model.onnx/", "..", "", "a/b"] {
        let text = shipped.replace("\"model.onnx\"", &format!("{elsewhere:?}"));
        assert!(toml::from_str::<Manifest>(&text).is_err(), "{elsewhere:?} is a path");
    }
    toml::from_str::<Manifest>(&shipped).unwrap();
}

#[test]
fn manifest_names_a_device() {
    let text = include_str!("../../../tests/fixtures/crashes/manifest_names_a_device.toml");
    let refusal = toml::from_str::<Manifest>(text).unwrap_err().to_string();
    assert!(refusal.contains("/dev/zero"), "{refusal}");
}

#[test]
fn a_missing_manifest_and_a_missing_model_are_named() {
    let models = models_with("model.onnx", "other.onnx");
    assert!(refusal(models.path()).to_string().ends_with("other.onnx cannot be read"));
    fs::remove_file(models.path().join("crema").join(FILE_NAME)).unwrap();
    assert!(refusal(models.path()).to_string().ends_with("manifest.toml cannot be read"));
}

#[test]
fn a_model_cut_short_is_refused_by_its_size() {
    let models = models_with("", "");
    let model = models.path().join("crema/model.onnx");
    let content = fs::read(&model).unwrap();
    fs::write(&model, &content[..1000]).unwrap();
    assert!(matches!(refusal(models.path()), Error::WrongSize { found: 1000, .. }));
}

#[test]
fn a_model_with_one_bit_changed_is_refused_by_its_hash() {
    let models = models_with("", "");
    let model = models.path().join("crema/model.onnx");
    let mut content = fs::read(&model).unwrap();
    content[500_000] ^= 1;
    fs::write(&model, content).unwrap();
    assert!(matches!(refusal(models.path()), Error::WrongHash { .. }));
}

#[test]
fn a_model_for_other_features_is_refused() {
    let models = models_with("feature_version = 1", "feature_version = 7");
    let sentence = "crema-1 was made for features of version 7, this program computes version 1";
    assert_eq!(refusal(models.path()).to_string(), sentence);
}

#[test]
fn a_manifest_for_other_shapes_is_refused() {
    let models = models_with("216, 2]", "252, 2]");
    let sentence = "crema-1 has input hcqt_db f32 [1, n_frames, 252, 2], \
                    expected input hcqt_db f32 [1, n_frames, 216, 2]";
    assert_eq!(refusal(models.path()).to_string(), sentence);
}

#[test]
fn an_opened_model_that_is_not_what_the_manifest_says_is_refused() {
    let manifest = Manifest::read(&find_models().unwrap().join("crema")).unwrap();
    assert!(matches!(manifest.require_same(&[], &[]), Err(Error::WrongTensors { .. })));
}
