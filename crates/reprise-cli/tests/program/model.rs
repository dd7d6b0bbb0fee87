//! Another model in place of the one that ships.

use std::path::{Path, PathBuf};

use crate::support::{Home, write_song};

fn whole() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models/whole")
}

#[test]
fn a_library_remembers_its_model_until_it_is_told_otherwise() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("music")).unwrap();
    for n in 1..=3 {
        write_song(&home.path(&format!("music/{n}.wav")), n, 20);
    }
    let (music, model) = (home.path("music"), whole().canonicalize().unwrap());
    let (music, model) = (music.to_str().unwrap(), model.to_str().unwrap());
    home.json(&["scan", "--voice", "never", music]);
    let models = |home: &Home, arguments: &[&str]| home.json(arguments)["models"].as_array().unwrap().clone();
    let shipped = models(&home, &["status"]);
    assert!(shipped.iter().all(|one| one["folder"].is_null()), "{shipped:?}");
    assert_eq!(models(&home, &["--model", model, "status"])[0]["folder"]["path"], model);
    assert_eq!(models(&home, &["status"])[0]["folder"]["path"], model, "the library remembers it");
    home.json(&["listen"]);
    assert_eq!(home.json(&["status"])["models"][1], shipped[1], "its view is not the voice");
    assert_eq!(models(&home, &["--model", "shipped", "status"]), shipped);
    let refused = home.run(&["--model", music, "status"]);
    assert_eq!(refused.status.code(), Some(1));
    let sentence = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(sentence.contains("cannot be used as a model"), "{sentence}");
    assert_eq!(models(&home, &["status"]), shipped, "what is refused changes nothing");
    let elsewhere = home.path("elsewhere.db");
    assert_eq!(home.run_on(&elsewhere, &["--model", music, "scan", music]).status.code(), Some(1));
    assert!(!elsewhere.exists(), "nor is a library made");
    assert_eq!(home.run(&["--model", model, "demo", music]).status.code(), Some(1), "it has no use there");
}

#[test]
fn a_model_that_has_vanished_is_named_with_advice() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("music")).unwrap();
    write_song(&home.path("music/1.wav"), 1, 20);
    let (music, model) = (home.path("music"), home.path("model"));
    std::fs::create_dir(&model).unwrap();
    for file in ["manifest.toml", "model.onnx"] {
        std::fs::copy(whole().join(file), model.join(file)).unwrap();
    }
    let music = music.to_str().unwrap();
    home.json(&["--model", model.to_str().unwrap(), "scan", "--voice", "never", music]);
    std::fs::remove_dir_all(&model).unwrap();
    let status = home.json(&["status"]);
    assert!(status["models"][0]["id"].is_null(), "{status}");
    assert!(
        status["models"][0]["problem"].as_str().unwrap().contains("cannot be used as a model"),
        "{status}"
    );
    let refused = home.run(&["scan", music]);
    let sentence = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(sentence.contains("--model shipped"), "{sentence}");
    home.json(&["--model", "shipped", "scan", "--voice", "never", music]);
}
