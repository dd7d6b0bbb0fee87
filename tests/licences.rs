//! The rules of deny.toml about third-party crates, for developers without cargo-deny.

// Clippy treats helpers of tests like other code, but here an unwrap fails only a test.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use cargo_metadata::{Metadata, MetadataCommand, Package};
use spdx::{Expression, Licensee, ParseMode};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn rules() -> toml::Table {
    fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap()
}

/// The strings of a list in one of the tables of deny.toml.
fn texts<'a>(rules: &'a toml::Table, table: &str, key: &str) -> Vec<&'a str> {
    rules[table][key].as_array().unwrap().iter().filter_map(toml::Value::as_str).collect()
}

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).other_options(["--offline".into()]).exec().unwrap()
}

fn foreign(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    metadata.packages.iter().filter(|package| package.source.is_some())
}

fn may_be_used(licence: &str, allowed: &[Licensee]) -> bool {
    // Older crates write `MIT/Apache-2.0`.
    let expression = Expression::parse_mode(licence, ParseMode::LAX).unwrap();
    expression.evaluate(|required| allowed.iter().any(|licensee| licensee.satisfies(required)))
}

#[test]
fn every_crate_has_a_licence_that_may_be_shipped() {
    let (rules, metadata) = (rules(), metadata());
    let allowed: Vec<Licensee> =
        texts(&rules, "licenses", "allow").into_iter().map(|name| Licensee::parse(name).unwrap()).collect();
    assert!(!may_be_used("GPL-3.0-only", &allowed) && !may_be_used("MIT AND GPL-2.0-only", &allowed));
    let mut n = 0;
    for package in foreign(&metadata) {
        let licence = package.license.as_deref().unwrap_or_default();
        assert!(may_be_used(licence, &allowed), "{} {}: {licence:?}", package.name, package.version);
        n += 1;
    }
    assert!(n > 100, "{n} crates: the list is not whole");
}

#[test]
fn every_crate_comes_from_the_registry_and_none_is_banned() {
    let (rules, metadata) = (rules(), metadata());
    let registries = texts(&rules, "sources", "allow-registry");
    let banned = rules["bans"]["deny"].as_array().unwrap();
    for package in foreign(&metadata) {
        let source = package.source.as_ref().unwrap().repr.trim_start_matches("registry+");
        assert!(registries.contains(&source), "{} comes from {source}", package.name);
        let is_banned = banned.iter().find(|one| one["crate"].as_str() == Some(package.name.as_str()));
        assert!(is_banned.is_none(), "{}: {}", package.name, is_banned.unwrap()["reason"]);
    }
}
