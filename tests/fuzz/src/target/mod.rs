//! The targets, one module each.

mod container;
mod decisions;
mod fingerprint;
mod manifest;
mod ogg;
mod plan;
mod playlist;
mod playlist_files;
mod sound;
mod tags;
mod worker_protocol;

use crate::{own_panics, seeds};

/// A reader, and its inputs.
pub struct Target {
    /// The name of its module, and of its binary in `libfuzzer/`.
    pub name: &'static str,
    /// Panics when a promise is broken.
    check: fn(&[u8]),
    /// Folders below `tests/fixtures`, or files below the repository root, whose bytes are seeds.
    folders: &'static [&'static str],
    /// Further seeds, for formats without files.
    made: fn() -> Vec<Vec<u8>>,
    /// How many mutations the smoke test tries: some seconds of them in a test build.
    pub smoke_inputs: u64,
}

/// All targets.
pub static TARGETS: [Target; 11] = [
    Target {
        name: "container",
        check: container::check,
        folders: &["audio", "odd", "tags", "crashes"],
        made: none,
        smoke_inputs: 600,
    },
    Target {
        name: "ogg",
        check: ogg::check,
        folders: &[
            "audio/sweep.ogg",
            "audio/sweep.opus",
            "odd/speex.spx",
            "tags/artists.oga",
            "tags/artists.ogg",
        ],
        made: none,
        smoke_inputs: 600,
    },
    Target {
        name: "tags",
        check: tags::check,
        folders: &["tags", "audio", "crashes"],
        made: none,
        smoke_inputs: 5000,
    },
    Target {
        name: "worker_protocol",
        check: worker_protocol::check,
        folders: &[],
        made: worker_protocol::seeds,
        smoke_inputs: 20_000,
    },
    Target {
        name: "fingerprint",
        check: fingerprint::check,
        folders: &[],
        made: fingerprint::seeds,
        smoke_inputs: 5000,
    },
    Target { name: "sound", check: sound::check, folders: &[], made: sound::seeds, smoke_inputs: 200 },
    Target {
        name: "manifest",
        check: manifest::check,
        folders: &[
            "../../models/asimt/manifest.toml",
            "../../models/crema/manifest.toml",
            "crashes/manifest_names_a_device.toml",
        ],
        made: none,
        smoke_inputs: 5000,
    },
    Target {
        name: "decisions",
        check: decisions::check,
        folders: &[],
        made: decisions::seeds,
        smoke_inputs: 5000,
    },
    Target {
        name: "playlist",
        check: playlist::check,
        folders: &[],
        made: playlist::seeds,
        smoke_inputs: 5000,
    },
    Target {
        name: "playlist_files",
        check: playlist_files::check,
        folders: &[],
        made: playlist_files::seeds,
        smoke_inputs: 5000,
    },
    Target { name: "plan", check: plan::check, folders: &[], made: plan::seeds, smoke_inputs: 5000 },
];

impl Target {
    /// The target with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// Runs the check with these bytes.
    ///
    /// # Panics
    ///
    /// If a promise of the target is broken, or if our own code panicked, even if a caller caught the panic.
    pub fn run(&self, bytes: &[u8]) {
        own_panics::heeded(|| (self.check)(bytes));
    }

    /// The seeds, in the same order everywhere.
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        let files = self.folders.iter().flat_map(|folder| seeds::below(folder));
        files.chain((self.made)()).collect()
    }
}

fn none() -> Vec<Vec<u8>> {
    Vec::new()
}
