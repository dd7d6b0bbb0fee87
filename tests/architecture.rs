//! Which crate may depend on which, and other rules of ARCHITECTURE.md that the compiler does not check.

// Clippy treats helpers of tests like other code, but here an unwrap fails only a test.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The direct dependencies of every member, without development dependencies.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let mut command = MetadataCommand::new();
    let metadata =
        command.manifest_path(root().join("Cargo.toml")).no_deps().other_options(["--offline".into()]);
    let packages = metadata.exec().unwrap().packages.into_iter();
    let edges = packages.map(|package| {
        let normal = package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal);
        (package.name.to_string(), normal.map(|d| d.name.clone()).collect())
    });
    edges.collect()
}

/// Which of our crates each crate may use.
const ALLOWED: [(&str, &[&str]); 18] = [
    ("reprise-audio", &[]),
    ("reprise-features", &[]),
    ("reprise-fingerprint", &[]),
    ("reprise-inference", &["reprise-features"]),
    ("reprise-analysis", &["reprise-audio", "reprise-features", "reprise-fingerprint", "reprise-inference"]),
    ("reprise-matching", &[]),
    ("reprise-store", &[]),
    ("reprise-playlists", &[]),
    ("reprise-quarantine", &[]),
    ("reprise-plot", &[]),
    ("reprise-demo", &[]),
    (
        "reprise-library",
        &[
            "reprise-analysis",
            "reprise-audio",
            "reprise-features",
            "reprise-fingerprint",
            "reprise-inference",
            "reprise-matching",
            "reprise-playlists",
            "reprise-quarantine",
            "reprise-store",
        ],
    ),
    (
        "reprise-cli",
        &[
            "reprise-analysis",
            "reprise-audio",
            "reprise-demo",
            "reprise-library",
            "reprise-plot",
            "reprise-wording",
        ],
    ),
    ("reprise-wording", &["reprise-library"]),
    ("reprise-playback", &["reprise-audio"]),
    (
        "reprise-app",
        &["reprise-audio", "reprise-demo", "reprise-library", "reprise-playback", "reprise-wording"],
    ),
    ("reprise-tests", &["reprise-audio", "reprise-features", "reprise-inference", "reprise-matching"]),
    (
        "reprise-fuzz",
        &[
            "reprise-audio",
            "reprise-cli",
            "reprise-fingerprint",
            "reprise-inference",
            "reprise-library",
            "reprise-playlists",
        ],
    ),
];

#[test]
fn stages_do_not_know_each_other_and_only_the_library_composes_them() {
    let dependencies = dependencies();
    let named: BTreeSet<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    let members: BTreeSet<&str> = dependencies.keys().map(String::as_str).collect();
    assert_eq!(named, members, "every member of the workspace has its line in this test");
    for (name, allowed) in ALLOWED {
        for dependency in dependencies[name].iter().filter(|d| d.starts_with("reprise-")) {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn each_heavy_library_is_known_in_one_place() {
    let owners = [
        ("ort", "reprise-inference"),
        ("rusqlite", "reprise-store"),
        ("symphonia", "reprise-audio"),
        ("rubato", "reprise-audio"),
        ("lofty", "reprise-audio"),
        ("pulp", "reprise-matching"),
        ("rusty-chromaprint", "reprise-fingerprint"),
        ("cpal", "reprise-playback"),
        ("resvg", "reprise-plot"),
        ("quick-xml", "reprise-playlists"),
        ("rustix", "reprise-quarantine"),
        ("xattr", "reprise-quarantine"),
        ("trash", "reprise-quarantine"),
        ("plist", "reprise-playlists"),
    ];
    for (name, dependencies) in dependencies() {
        for (library, owner) in owners {
            // The demo writes tags into the files that it makes, but reads none.
            let is_owner = name == owner || (library == "lofty" && name == "reprise-demo");
            assert!(
                is_owner || !dependencies.contains(library),
                "{library} belongs to {owner}, not to {name}"
            );
        }
        let desktop = dependencies.iter().find(|d| d.starts_with("tauri") || d.starts_with("specta"));
        assert!(desktop.is_none() || name == "reprise-app", "{name} must stay usable without a desktop");
    }
}

/// The Rust sources of a crate, without tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn nothing_that_is_tested_by_default_needs_a_desktop_or_sound() {
    let mut command = MetadataCommand::new();
    let metadata = command.manifest_path(root().join("Cargo.toml")).other_options(["--offline".into()]);
    let metadata = metadata.exec().unwrap();
    let defaults: BTreeSet<&str> =
        metadata.workspace_default_packages().iter().map(|package| package.name.as_str()).collect();
    for (name, dependencies) in dependencies() {
        let needs_system =
            ["tauri", "cpal", "reprise-playback"].iter().any(|one| dependencies.contains(*one));
        assert_eq!(defaults.contains(name.as_str()), !needs_system, "{name} stands in the wrong list");
    }
}

#[test]
fn the_shell_stays_thin() {
    let lines = |path: PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        text.split("#[cfg(test)]").next().unwrap_or_default().lines().count()
    };
    let border = root().join("src-tauri/src/ipc");
    let (border, rest): (Vec<PathBuf>, Vec<PathBuf>) =
        sources(&root().join("src-tauri/src")).into_iter().partition(|path| path.starts_with(&border));
    let rest: usize = rest.into_iter().map(lines).sum();
    assert!(rest <= 1000, "src-tauri has {rest} lines; what is about music belongs into a crate");
    // The border grows with what the interface can ask for: each question is a command and the type of its answer.
    let border: usize = border.into_iter().map(lines).sum();
    assert!(border <= 2700, "the border has {border} lines; it translates and decides nothing");
}

#[test]
fn pure_crates_touch_neither_files_nor_threads_nor_clocks() {
    let pure =
        ["reprise-features", "reprise-fingerprint", "reprise-matching", "reprise-plot", "reprise-playlists"];
    for name in pure {
        for path in sources(&root().join("crates").join(name).join("src")) {
            let text = fs::read_to_string(&path).unwrap();
            for forbidden in ["std::fs", "std::thread", "std::time", "std::env", "std::net"] {
                assert!(
                    !text.contains(forbidden),
                    "{} must stay pure, it mentions {forbidden}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn numbers_of_the_transform_stand_in_the_specification_only() {
    let crates = sources(&root().join("crates"));
    let kept = crates.iter().filter(|path| path.components().any(|part| part.as_os_str() == "src"));
    for path in kept {
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_test = path.file_name().is_some_and(|name| name.to_string_lossy().contains("tests"));
        let demo = path.components().any(|part| part.as_os_str() == "reprise-demo");
        for number in ["32.703", "44_100", "44100.0", "4096.0 / 44100"] {
            let said =
                code.lines().find(|line| line.contains(number) && !line.trim_start().starts_with("//"));
            assert!(is_test || demo || said.is_none(), "{} restates {number}: {said:?}", path.display());
        }
    }
}

/// All Rust sources of this repository.
fn all_sources() -> Vec<PathBuf> {
    let folders = ["crates", "src-tauri/src", "tests"];
    folders.iter().flat_map(|folder| sources(&root().join(folder))).collect()
}

/// The first line and the length of every function, as formatted by rustfmt.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (first, line) in lines.iter().enumerate() {
        let indent = &line[..line.len() - line.trim_start().len()];
        let words = line.split_whitespace().take_while(|word| !word.contains('{'));
        let is_function = !line.trim_start().starts_with("//") && words.take(5).any(|word| word == "fn");
        let end = format!("{indent}}}");
        let is_one_line = line.ends_with(['}', ';']);
        if is_function && !is_one_line {
            let length = lines[first..].iter().position(|line| *line == end).map_or(1, |last| last + 1);
            found.push((first + 1, length));
        }
    }
    found
}

#[test]
fn no_source_file_and_no_function_is_longer_than_a_reader_s_patience() {
    let function = |n: usize| format!("impl A {{\n    pub fn a(\n{}    }}\n}}\n", "x\n".repeat(n - 2));
    assert_eq!(functions(&function(61)), [(2, 61)], "the check can fail");
    for path in all_sources() {
        let text = fs::read_to_string(&path).unwrap();
        let n_lines = text.lines().count();
        assert!(n_lines <= 400, "{} has {n_lines} lines; 400 is the most", path.display());
        for (line, length) in functions(&text) {
            assert!(length <= 60, "{}:{line} has {length} lines; 60 is the most", path.display());
        }
    }
}
