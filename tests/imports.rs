//! Which file imports which. No file imports a file that leads back to it, so that each file can be read with knowledge
//! only of those below it. In the library, each folder imports only folders below it.

// Clippy treats helpers of tests like other code, but here an unwrap fails only a test.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of the library, and the file above them, from top to bottom. Each imports only those after it.
const ROOMS: &str = "library evaluate tidy review scan decisions linking browse versions renditions candidates \
                     relations recordings database";

/// Files beside them that all may import. They import only each other.
const FLOOR: &str = "threads progress limits text paths pace error";

/// A query must not start work, whatever the order above.
const ASKED: [&str; 2] = ["browse", "versions"];
const AT_WORK: [&str; 2] = ["linking", "scan"];

/// One module of a crate imports another.
struct Import {
    from: String,
    to: String,
    /// The file, the line, and the path as written.
    place: String,
}

/// A crate without its tests.
struct Crate {
    /// The file and the code of each module. The name of the root is "".
    modules: BTreeMap<String, (String, String)>,
    /// The names that the root re-exports, and the modules that they come from.
    exports: BTreeMap<String, String>,
}

impl Crate {
    fn read(src: &Path) -> Self {
        let name = |path: &Path| path.strip_prefix(src).unwrap().to_string_lossy().replace('\\', "/");
        Self::of(files(src).iter().map(|path| (name(path), fs::read_to_string(path).unwrap())))
    }

    fn of(files: impl Iterator<Item = (String, String)>) -> Self {
        let modules = files.filter_map(|(file, text)| Some((module(&file)?, (file, code(&text)))));
        let mut this = Self { modules: modules.collect(), exports: BTreeMap::new() };
        let root = this.modules.get("").map(|(_, code)| code.as_str()).unwrap_or_default();
        let exported = paths(root).into_iter().filter(|(at, _)| is_export(root, *at));
        let exports = exported
            .filter_map(|(_, path)| Some((path.rsplit("::").next()?.to_owned(), this.target("", &path)?)));
        this.exports = exports.collect();
        this
    }

    /// The imports between modules. A re-export of the root is not an import: it defines the interface of the crate.
    fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for (from, (file, code)) in &self.modules {
            for (at, path) in
                paths(code).into_iter().filter(|(at, _)| !from.is_empty() || !is_export(code, *at))
            {
                let Some(to) = self.target(from, &path).filter(|to| to != from) else { continue };
                let line = 1 + code[..at].matches('\n').count();
                imports.push(Import { from: from.clone(), to, place: format!("{file}:{line}: {path}") });
            }
        }
        imports
    }

    /// The module that a path written in module `here` leads to, which is the longest prefix of the path that is a
    /// module. `None` for a path into another crate.
    fn target(&self, here: &str, path: &str) -> Option<String> {
        let first = path.split("::").next()?;
        let child = format!("{here}::{first}");
        let is_child = self.modules.contains_key(child.trim_start_matches(':'));
        if !is_child && !["crate", "super", "self"].contains(&first) {
            return None;
        }
        let mut parts: Vec<&str> = here.split("::").filter(|part| !part.is_empty()).collect();
        for part in path.split("::") {
            match part {
                "crate" => parts.clear(),
                "super" => parts.truncate(parts.len().saturating_sub(1)),
                "self" | "" => {}
                name => parts.push(name),
            }
        }
        let exported = parts.first().and_then(|name| self.exports.get(*name)).cloned();
        while !parts.is_empty() && !self.modules.contains_key(&parts.join("::")) {
            parts.pop();
        }
        if parts.is_empty() { exported.or_else(|| Some(String::new())) } else { Some(parts.join("::")) }
    }
}

/// All Rust files in a folder and its subfolders.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let sources = files.into_iter().filter(|path| path.extension().is_some_and(|is| is == "rs"));
    sources.chain(folders.iter().flat_map(|folder| self::files(folder))).collect()
}

/// The name of the module in a file: `voice::gate` for `voice/gate.rs`; `None` for tests.
fn module(file: &str) -> Option<String> {
    let parts: Vec<&str> = file.strip_suffix(".rs")?.split('/').collect();
    let is_test = parts.iter().any(|part| *part == "tests" || part.ends_with("_tests"));
    let named: Vec<&str> = parts.into_iter().filter(|part| !["lib", "mod"].contains(part)).collect();
    (!is_test).then(|| named.join("::"))
}

/// A text without its comments and without the tests at its end. Line numbers do not change.
fn code(text: &str) -> String {
    let untested = text.split("\nmod tests {").next().unwrap_or_default();
    let lines = untested.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn is_export(code: &str, at: usize) -> bool {
    code[..at].trim_end().ends_with("pub use")
}

fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Paths of two or more names, in `use` and elsewhere, with their positions. Groups are expanded.
fn paths(code: &str) -> Vec<(usize, String)> {
    let (mut paths, mut rest) = (Vec::new(), code);
    while let Some(start) = rest.find(is_in_name) {
        let (at, mut found) = (code.len() - rest.len() + start, Vec::new());
        rest = take_path(&rest[start..], "", &mut found);
        paths.extend(found.into_iter().filter(|path| path.contains("::")).map(|path| (at, path)));
    }
    paths
}

/// Collects what follows `before` in a path: names, or a group of paths in braces. Returns the rest of the code.
fn take_path<'c>(code: &'c str, before: &str, found: &mut Vec<String>) -> &'c str {
    if let Some(group) = code.strip_prefix('{') {
        let mut rest = group.trim_start();
        while !rest.is_empty() && !rest.starts_with('}') {
            // A path may be followed by `as` and another name.
            rest = take_path(rest, before, found).trim_start_matches(|c: char| c != ',' && c != '}');
            rest = rest.trim_start_matches(',').trim_start();
        }
        return rest.strip_prefix('}').unwrap_or(rest);
    }
    let (name, rest) = code.split_at(code.find(|c: char| !is_in_name(c)).unwrap_or(code.len()));
    let path = if before.is_empty() { name.to_owned() } else { format!("{before}::{name}") };
    let further =
        rest.strip_prefix("::").filter(|then| then.starts_with('{') || then.starts_with(is_in_name));
    if let Some(further) = further {
        return take_path(further, &path, found);
    }
    found.push(path);
    rest
}

/// The imports that are on cycles or between two cycles. Imports that no other leads to, or that lead to no other, are
/// removed until there are none.
fn circles(imports: &[Import]) -> Vec<&Import> {
    let mut left: Vec<&Import> = imports.iter().collect();
    loop {
        let all = left.clone();
        left.retain(|import| {
            all.iter().any(|next| next.from == import.to) && all.iter().any(|last| last.to == import.from)
        });
        if left.len() == all.len() {
            return left;
        }
    }
}

/// The folder of the library that contains a module, or the file beside the folders.
fn room(module: &str) -> &str {
    module.split("::").next().unwrap_or_default()
}

/// The imports of the library that lead upwards, or from queries to work.
fn upward(imports: &[Import]) -> Vec<&Import> {
    let depth = |room: &str| ROOMS.split_whitespace().position(|known| known == room).unwrap_or(usize::MAX);
    let is_wrong =
        |from: &str, to: &str| depth(to) < depth(from) || (ASKED.contains(&from) && AT_WORK.contains(&to));
    imports.iter().filter(|import| is_wrong(room(&import.from), room(&import.to))).collect()
}

/// The imports as text for a message, one per line.
fn listed(imports: &[&Import]) -> String {
    let lines = imports.iter().map(|Import { from, to, place }| format!("\n{from} -> {to}, in {place}"));
    lines.collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

#[test]
fn no_file_imports_one_that_leads_back_to_it() {
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    for folder in crates.chain([root().join("src-tauri"), root().join("tests/fuzz")]) {
        let imports = Crate::read(&folder.join("src")).imports();
        assert!(!imports.is_empty(), "{} was not read", folder.display());
        let circles = circles(&imports);
        assert!(circles.is_empty(), "{} has files in circles:{}", folder.display(), listed(&circles));
    }
}

#[test]
fn folders_of_the_library_import_only_those_below_them() {
    let library = Crate::read(&root().join("crates/reprise-library/src"));
    for room in library.modules.keys().map(|module| room(module)).filter(|room| !room.is_empty()) {
        let is_known = ROOMS.split_whitespace().chain(FLOOR.split_whitespace()).any(|known| known == room);
        assert!(is_known, "{room} has its place in this test");
    }
    let imports = library.imports();
    assert!(upward(&imports).is_empty(), "the library imports upwards:{}", listed(&upward(&imports)));
}

#[test]
fn what_is_wrong_is_found_and_nothing_else() {
    let sources = [
        ("lib.rs", "mod browse;\npub use scan::job::{Job, Summary as Told};\nmod tests {}"),
        ("browse/mod.rs", "pub(crate) mod list;"),
        ("browse/list.rs", "use crate::Job;\nuse std::fs;\n// use crate::library::Library;\n"),
        ("scan/mod.rs", "\nuse crate::{\n    database::{self, Rows}, error as e};\nfn scan() { job::run() }"),
        ("scan/job.rs", "use super::super::pace;\nuse super::Scan;\nmod tests {\n    use crate::library;\n}"),
        ("scan/tests.rs", "use crate::browse::list;"),
        ("database.rs", "fn rows() -> Result<crate::error::Error, std::io::Error> {}"),
        ("error.rs", "use self::crate_of_others::scan;"),
        ("pace.rs", ""),
    ];
    let sources = sources.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned()));
    let imports = Crate::of(sources).imports();
    let places = |of: Vec<&Import>| of.iter().map(|import| import.place.clone()).collect::<Vec<_>>();
    let read = [
        "browse/list.rs:1: crate::Job",
        "database.rs:1: crate::error::Error",
        "scan/mod.rs:2: crate::database::self",
        "scan/mod.rs:2: crate::database::Rows",
        "scan/mod.rs:2: crate::error",
        "scan/mod.rs:4: job::run",
        "scan/job.rs:1: super::super::pace",
        "scan/job.rs:2: super::Scan",
    ];
    assert_eq!(places(imports.iter().collect()), read);
    assert_eq!(places(circles(&imports)), ["scan/mod.rs:4: job::run", "scan/job.rs:2: super::Scan"]);
    assert_eq!(places(upward(&imports)), ["browse/list.rs:1: crate::Job"]);
}
