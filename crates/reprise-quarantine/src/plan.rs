//! The plan of a run as its journal keeps it: the steps, and the place of each file in the quarantine.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::layout;
use crate::run_id::RunId;
use crate::step::{Expected, Step};
use crate::{stored_hash, stored_path};

/// A run: what is to be done. It does not change after it was written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub run: RunId,
    /// Seconds since 1970.
    pub begun_s: i64,
    pub steps: Vec<Planned>,
}

/// A step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Planned {
    Move(PlannedMove),
    Rewrite(PlannedRewrite),
    Create(PlannedCreate),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlannedMove {
    #[serde(with = "stored_path")]
    pub file: PathBuf,
    #[serde(with = "stored_path")]
    pub root: PathBuf,
    #[serde(flatten)]
    pub expected: Expected,
    #[serde(with = "stored_path")]
    pub keeper: PathBuf,
    pub keeper_content: String,
    pub reason: String,
    /// The place in the quarantine.
    #[serde(with = "stored_path")]
    pub kept: PathBuf,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlannedRewrite {
    #[serde(with = "stored_path")]
    pub file: PathBuf,
    #[serde(with = "stored_path")]
    pub root: PathBuf,
    #[serde(flatten)]
    pub expected: Expected,
    #[serde(with = "stored_hash")]
    pub old: blake3::Hash,
    pub new: NewBytes,
    /// The place of the old file in the quarantine.
    #[serde(with = "stored_path")]
    pub kept: PathBuf,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlannedCreate {
    #[serde(with = "stored_path")]
    pub file: PathBuf,
    pub new: NewBytes,
}

/// Bytes that a run writes. They are in a file beside the journal: a Rekordbox library has tens of megabytes, and the
/// journals are read at each start.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct NewBytes {
    pub offset_bytes: u64,
    pub size_bytes: u64,
    #[serde(with = "stored_hash")]
    pub blake3: blake3::Hash,
}

impl Plan {
    /// Plans the steps. An error is the index of a step whose path in the quarantine would be too long.
    pub fn new(run: RunId, begun_s: i64, steps: &[Step]) -> Result<Self, usize> {
        let mut offset_bytes = 0;
        let mut planned = Vec::with_capacity(steps.len());
        for (n, step) in steps.iter().enumerate() {
            let kept = |root: &Path| {
                let folder = layout::run_folder(root, &run, begun_s);
                layout::kept(&folder, root, step.file(), n).ok_or(n)
            };
            let mut new = |bytes: &[u8]| {
                let size_bytes = bytes.len() as u64;
                offset_bytes += size_bytes;
                NewBytes { offset_bytes: offset_bytes - size_bytes, size_bytes, blake3: blake3::hash(bytes) }
            };
            planned.push(match step {
                Step::Move { file, root, expected, keeper, keeper_content, reason } => {
                    Planned::Move(PlannedMove {
                        file: file.clone(),
                        root: root.clone(),
                        expected: *expected,
                        keeper: keeper.clone(),
                        keeper_content: keeper_content.clone(),
                        reason: reason.clone(),
                        kept: kept(root)?,
                    })
                }
                Step::Rewrite { file, root, expected, old, new_bytes } => Planned::Rewrite(PlannedRewrite {
                    file: file.clone(),
                    root: root.clone(),
                    expected: *expected,
                    old: *old,
                    new: new(new_bytes),
                    kept: kept(root)?,
                }),
                Step::Create { file, bytes } => {
                    Planned::Create(PlannedCreate { file: file.clone(), new: new(bytes) })
                }
            });
        }
        Ok(Self { run, begun_s, steps: planned })
    }

    /// The folders whose quarantines the run uses, each once.
    pub fn roots(&self) -> BTreeSet<&Path> {
        self.steps.iter().filter_map(Planned::root).collect()
    }

    /// The folder of the run in the quarantine of a root.
    pub fn run_folder(&self, root: &Path) -> PathBuf {
        layout::run_folder(root, &self.run, self.begun_s)
    }
}

impl Planned {
    pub fn file(&self) -> &Path {
        match self {
            Self::Move(step) => &step.file,
            Self::Rewrite(step) => &step.file,
            Self::Create(step) => &step.file,
        }
    }

    pub fn root(&self) -> Option<&Path> {
        match self {
            Self::Move(step) => Some(&step.root),
            Self::Rewrite(step) => Some(&step.root),
            Self::Create(_) => None,
        }
    }

    /// The place in the quarantine.
    pub fn kept(&self) -> Option<&Path> {
        match self {
            Self::Move(step) => Some(&step.kept),
            Self::Rewrite(step) => Some(&step.kept),
            Self::Create(_) => None,
        }
    }

    /// What the file in the quarantine looks like.
    pub fn expected(&self) -> Option<Expected> {
        match self {
            Self::Move(step) => Some(step.expected),
            Self::Rewrite(step) => Some(step.expected),
            Self::Create(_) => None,
        }
    }

    /// The length of the file, for progress.
    pub fn size_bytes(&self) -> u64 {
        match self {
            Self::Move(step) => step.expected.size_bytes,
            Self::Rewrite(step) => step.new.size_bytes,
            Self::Create(step) => step.new.size_bytes,
        }
    }

    /// The bytes that the step writes.
    pub fn new_bytes(&self) -> Option<NewBytes> {
        match self {
            Self::Move(_) => None,
            Self::Rewrite(step) => Some(step.new),
            Self::Create(step) => Some(step.new),
        }
    }

    /// The step as the caller gave it.
    pub fn step(&self, new_bytes: Vec<u8>) -> Step {
        match self.clone() {
            Self::Move(step) => Step::Move {
                expected: step.expected,
                file: step.file,
                root: step.root,
                keeper: step.keeper,
                keeper_content: step.keeper_content,
                reason: step.reason,
            },
            Self::Rewrite(step) => Step::Rewrite {
                expected: step.expected,
                file: step.file,
                root: step.root,
                old: step.old,
                new_bytes,
            },
            Self::Create(step) => Step::Create { file: step.file, bytes: new_bytes },
        }
    }
}
