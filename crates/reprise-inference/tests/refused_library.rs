//! A file that is not ONNX Runtime. The test has its own process, because a process that has loaded the library does
//! not load another.

use reprise_inference::{Crema, Error, Runtime, find_models, find_runtime_library};

#[test]
fn a_file_that_is_no_library_is_refused_by_name_and_the_right_one_still_loads() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = Runtime::load(file.path()).unwrap_err();
    assert!(matches!(error, Error::LibraryRefused { .. }), "got {error}");
    assert!(error.to_string().ends_with("cannot serve as ONNX Runtime"), "got {error}");
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    Crema::load(&runtime, &find_models().unwrap()).unwrap();
}
