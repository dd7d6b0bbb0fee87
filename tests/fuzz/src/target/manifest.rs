//! The manifest of a model, with a model beside it that is not the one described.

use reprise_inference::{Error, Manifest};

use crate::input_file;

pub(super) fn check(bytes: &[u8]) {
    let path = input_file::written("manifest.toml", bytes);
    input_file::written("model.onnx", b"no model");
    let folder = path.parent().expect("the file lies in a folder");
    match Manifest::read(folder) {
        Ok(manifest) => hold(&manifest, folder),
        Err(error) => {
            assert!(matches!(error, Error::ManifestInvalid { .. } | Error::Unreadable { .. }), "{error:?}");
            hold_sentence(&error);
        }
    }
}

fn hold(manifest: &Manifest, folder: &std::path::Path) {
    let files =
        std::iter::once(&manifest.file).chain(manifest.codebook.as_ref().map(|codebook| &codebook.file));
    for file in files {
        let path = folder.join(file);
        assert_eq!(path.parent(), Some(folder), "a file of the model lies beside its manifest: {file:?}");
        assert_eq!(path.file_name(), Some(file.as_ref()), "and is called by its name: {file:?}");
    }
    if let Err(error) = manifest.read_model(folder) {
        hold_sentence(&error);
    }
    if let Some(Err(error)) = manifest.codebook.as_ref().map(|codebook| codebook.read(folder)) {
        hold_sentence(&error);
    }
    if let Err(error) = manifest.require_feature_version(1) {
        hold_sentence(&error);
    }
    manifest.require_tensors(&manifest.input, &manifest.output).expect("it has the tensors that it has");
    if let Err(error) = manifest.require_tensors(&manifest.output, &[]) {
        hold_sentence(&error);
    }
}

fn hold_sentence(error: &Error) {
    assert!(!error.to_string().is_empty(), "every refusal says something: {error:?}");
}
