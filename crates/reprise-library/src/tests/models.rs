//! Models that the user chose in place of those that ship.

use std::path::{Path, PathBuf};

use reprise_inference::Embedder;
use reprise_matching::local_embeddings::SearchScratch;

use super::nearest::{embed, songs};
use crate::candidates::nearest::Nearest;
use crate::evaluate::Method;
use crate::evaluate::truth::Label;
use crate::{Closeness, Control, Error};

fn whole() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models/whole")
}

#[test]
fn a_model_of_whole_tracks_finds_versions_and_the_one_that_ships_comes_back() {
    let home = songs();
    let recordings = embed(&home, &Control::new());
    let shipped = home.library.models().unwrap();
    assert!(shipped.iter().all(|model| model.folder.is_none()));
    assert!(home.library.use_model(Some(&whole())).unwrap());
    assert!(!home.library.use_model(Some(&whole())).unwrap(), "it is used already");
    let models = home.library.models().unwrap();
    assert!(models[0].id.as_ref().unwrap().starts_with("whole-fixture-") && models[0].folder.is_some());
    assert_eq!(models[1], shipped[1], "it does not read voices");
    let missing = |home: &super::TestLibrary| {
        Nearest::of(&home.library.database, Embedder::Harmony).unwrap().missing(&recordings)
    };
    assert_eq!(missing(&home), recordings.len(), "vectors of another model are stale");
    embed(&home, &Control::new());
    assert_eq!(missing(&home), 0);
    let label = |file: &str| Label { file: file.into(), work: "a".into() };
    for method in [Method::Embedding, Method::Shortlist] {
        let labels = [label("3"), label("3 higher")];
        let evaluation = home.library.evaluate(&labels, method).unwrap();
        assert_eq!(evaluation.ranking.map, 1.0, "{method:?}");
    }
    let track = |name: &str| home.library.track_at(&home.path(name)).unwrap();
    for closeness in [Closeness::Quickly, Closeness::ByLocalEmbeddings] {
        let alike = home.library.alike(track("3"), closeness, 2).unwrap();
        assert_eq!((alike.len(), alike[0]), (2, track("3 higher")), "{closeness:?}");
    }
    assert!(home.library.use_model(None).unwrap());
    assert_eq!(home.library.models().unwrap(), shipped);
    assert_eq!(missing(&home), recordings.len(), "a recording has embeddings of one model");
    embed(&home, &Control::new());
    let nearest = Nearest::of(&home.library.database, Embedder::Harmony).unwrap();
    assert_eq!(nearest.to_recording(home.recording(3), 1, &mut SearchScratch::default()).unwrap().len(), 1);
}

#[test]
fn a_folder_that_is_not_what_it_says_is_refused_and_changes_nothing() {
    let home = songs();
    let before = home.library.models().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let manifest = std::fs::read_to_string(whole().join("manifest.toml")).unwrap();
    let network = std::fs::read(whole().join("model.onnx")).unwrap();
    let wrong: [(&str, String, &[u8]); 6] = [
        ("another file", manifest.clone(), b"no network"),
        ("another view", manifest.replace("\"crema\"]", "\"melody\"]"), &network),
        ("no plan", manifest[..manifest.find("[vectors]").unwrap()].to_owned(), &network),
        ("another length", manifest.replace("12, 1800", "12, 900"), &network),
        ("another kind", manifest.replace("\"whole\"", "\"moments\""), &network),
        ("no manifest", "hello".into(), &network),
    ];
    for (what, manifest, network) in wrong {
        std::fs::write(folder.path().join("manifest.toml"), manifest).unwrap();
        std::fs::write(folder.path().join("model.onnx"), network).unwrap();
        let refused = home.library.use_model(Some(folder.path()));
        // A model that says it reads melodies is one of the voice, of the same shape.
        if what == "another view" {
            assert!(refused.unwrap() && home.library.use_model(None).unwrap());
            continue;
        }
        let error = refused.unwrap_err();
        assert!(matches!(error, Error::UnusableModel { .. }), "{what}: {error}");
        assert!(error.to_string().contains("cannot be used as a model: "), "{what}: {error}");
        assert_eq!(home.library.models().unwrap(), before);
    }
    let nowhere = home.library.use_model(Some(&folder.path().join("nowhere"))).unwrap_err();
    assert!(nowhere.to_string().contains("nowhere"), "{nowhere}");
}

#[test]
fn another_model_in_the_same_folder_makes_embeddings_stale() {
    let home = songs();
    let folder = tempfile::tempdir().unwrap();
    let manifest = std::fs::read_to_string(whole().join("manifest.toml")).unwrap();
    std::fs::copy(whole().join("model.onnx"), folder.path().join("model.onnx")).unwrap();
    let write = |manifest: &str| std::fs::write(folder.path().join("manifest.toml"), manifest).unwrap();
    write(&manifest);
    home.library.use_model(Some(folder.path())).unwrap();
    let recordings = embed(&home, &Control::new());
    let missing = || Nearest::of(&home.library.database, Embedder::Harmony).unwrap().missing(&recordings);
    assert_eq!(missing(), 0);
    // The same network, used in other keys.
    write(&manifest.replace("n_keys       = 3", "n_keys       = 2"));
    home.library.use_model(Some(folder.path())).unwrap();
    assert_eq!(missing(), recordings.len());
    embed(&home, &Control::new());
    assert_eq!(missing(), 0);
    let nearest = Nearest::of(&home.library.database, Embedder::Harmony).unwrap();
    assert_eq!(nearest.embeddings(home.recording(0)).unwrap().len(), 2);
}
