//! A plan: which files go and which stay, with the reason for each. It is the only way to change anything. A plan changes
//! nothing by itself; it can be read, edited, saved and carried out later.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::tidy::copies::Copy;
use crate::tidy::keep::{Fate, HeardPair, KeepRules, OtherSound, Stays, decide, difference, offset_s};
use crate::tidy::written_path::WrittenPath;

/// What the document calls itself.
const FORMAT: &str = "reprise-clean-up-plan";

/// The version of the document. Later ones may not be understood.
const VERSION: u32 = 1;

/// A plan for some groups of files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    format: String,
    version: u32,
    /// When the library was read, in Unix seconds.
    pub made_at_s: i64,
    /// The rules that decided.
    pub rules: KeepRules,
    /// Playlists outside the library's folders that the user named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub playlists: Vec<WrittenPath>,
    /// The groups, in the order of their first files.
    pub groups: Vec<Group>,
}

/// Files that contain one recording, and what happens to each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Which files these are, in which order: pairs and choices name them by their places.
    #[serde(default)]
    pub(super) lines: String,
    /// The files.
    pub files: Vec<PlannedFile>,
    /// Those of them that were listened to in pairs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<HeardPair>,
    /// What the user chose, whatever the rules say.
    #[serde(default, skip_serializing_if = "Choices::is_empty")]
    pub chosen: Choices,
}

/// The user's choices for a group, by the places of files. They are kept apart from the fates, so that no change of rules
/// forgets them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The file that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper: Option<usize>,
    /// Files that stay.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub staying: BTreeSet<usize>,
}

/// A file and what happens to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedFile {
    /// The file, as the library knows it.
    #[serde(flatten)]
    pub file: Copy,
    /// What happens to it.
    pub fate: Fate,
}

/// What a plan comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PlanSummary {
    /// Files that go.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Groups of which a file goes.
    pub groups: usize,
    /// Groups that wait for the user.
    pub undecided: usize,
    /// Files that only stay because of a protected folder, a companion, another album or the like.
    pub staying: usize,
}

/// Why a document is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It is no JSON, or lacks something.
    #[error("this is not a plan that Reprise saved: {0}")]
    NotAPlan(#[from] serde_json::Error),
    /// It is another document.
    #[error("this is not a plan that Reprise saved: it calls itself {0:?}")]
    OtherFormat(String),
    /// It is of a later program.
    #[error("this plan was saved by a later Reprise (version {0} of the document); update Reprise to use it")]
    TooNew(u32),
    /// Lines of a group were moved or taken out.
    #[error("in the group of {0}, lines were moved or taken out; change only what happens to a file")]
    OtherLines(String),
    /// A keeper is none, or goes itself.
    #[error("the plan would remove {0} in favour of a file that does not stay")]
    NoKeeper(String),
}

impl PlannedFile {
    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.file.path.0
    }
}

impl Group {
    /// The place of the file that others go in favour of.
    pub fn kept(&self) -> Option<usize> {
        self.files.iter().position(|planned| planned.fate == Fate::Keep)
    }

    /// Whether no rule decides about one of the files.
    pub fn needs_user(&self) -> bool {
        self.files.iter().any(|planned| matches!(planned.fate, Fate::Undecided { .. }))
    }

    /// The place of the file with which the one at `place` was compared: in whose favour it goes, or from which it sounds
    /// different. Otherwise the kept one; `None` for that itself.
    pub fn partner(&self, place: usize) -> Option<usize> {
        let partner = match &self.files.get(place)?.fate {
            Fate::Go { keeper, .. } | Fate::Undecided { keeper } => Some(*keeper),
            Fate::Stay(Stays::OtherSound(differ)) => {
                let copies = self.copies();
                let differs = |other: &usize| {
                    *other != place
                        && difference(&copies, &self.heard, place, *other).as_ref() == Some(differ)
                };
                self.kept().filter(differs).or_else(|| (0..self.files.len()).find(differs))
            }
            _ => self.kept(),
        };
        partner.filter(|partner| *partner != place && *partner < self.files.len())
    }

    /// How much later the sound of the file at `place` is in its partner, in seconds; `None` if it is not known.
    pub fn partner_offset_s(&self, place: usize) -> Option<f64> {
        offset_s(&self.copies(), &self.heard, place, self.partner(place)?)
    }

    /// Where the file at `place` differs from its partner, if it stays for that reason: start and length, in seconds of
    /// this file.
    pub fn differences(&self, place: usize) -> Vec<[f64; 2]> {
        let fate = self.files.get(place).map(|planned| &planned.fate);
        let Some(Fate::Stay(Stays::OtherSound(OtherSound::Places(places)))) = fate else { return Vec::new() };
        // The places are those of the first of the two files.
        let is_second = self.partner(place).is_some_and(|partner| partner < place);
        let earlier_s = if is_second { self.partner_offset_s(place).unwrap_or_default() } else { 0.0 };
        places.iter().map(|[start_s, length_s]| [(start_s - earlier_s).max(0.0), *length_s]).collect()
    }

    /// The fate of the file at `place`, with differences in seconds of this file.
    pub fn own_fate(&self, place: usize) -> Fate {
        match &self.files[place].fate {
            Fate::Stay(Stays::OtherSound(OtherSound::Places(_))) => {
                Fate::Stay(Stays::OtherSound(OtherSound::Places(self.differences(place))))
            }
            fate => fate.clone(),
        }
    }

    /// A short hash of the paths and the audio of the files, in order.
    fn lines_now(&self) -> String {
        let mut hash = blake3::Hasher::new();
        for planned in &self.files {
            hash.update(planned.path().as_os_str().as_encoded_bytes())
                .update(planned.file.payload.as_bytes());
        }
        hash.finalize().to_hex()[..16].to_owned()
    }

    pub(super) fn copies(&self) -> Vec<Copy> {
        self.files.iter().map(|planned| planned.file.clone()).collect()
    }
}

impl Plan {
    /// A plan for groups of files that contain one recording each.
    pub(crate) fn new(groups: Vec<(Vec<Copy>, Vec<HeardPair>)>, rules: KeepRules, made_at_s: i64) -> Self {
        let planned = |(files, heard): (Vec<Copy>, Vec<HeardPair>)| {
            let fates = decide(&files, &heard, &rules);
            let files = files.into_iter().zip(fates).map(|(file, fate)| PlannedFile { file, fate });
            let mut group =
                Group { lines: String::new(), files: files.collect(), heard, chosen: Choices::default() };
            group.lines = group.lines_now();
            group
        };
        let mut groups: Vec<Group> = groups.into_iter().map(planned).collect();
        groups.sort_by(|a, b| a.files[0].file.path.cmp(&b.files[0].file.path));
        let (format, playlists) = (FORMAT.into(), Vec::new());
        Self { format, version: VERSION, made_at_s, rules, playlists, groups }
    }

    /// Reads a plan that [`Plan::to_json`] wrote, perhaps edited since.
    pub fn from_json(text: &str) -> Result<Self, PlanError> {
        let head: serde_json::Value = serde_json::from_str(text)?;
        match (head["format"].as_str(), head["version"].as_u64()) {
            (Some(FORMAT), Some(version)) if version > u64::from(VERSION) => {
                return Err(PlanError::TooNew(version.try_into().unwrap_or(u32::MAX)));
            }
            (Some(FORMAT), _) => {}
            (other, _) => return Err(PlanError::OtherFormat(other.unwrap_or_default().into())),
        }
        let mut plan: Self = serde_json::from_value(head)?;
        // An editor may have emptied one.
        plan.groups.retain(|group| !group.files.is_empty());
        plan.check()?;
        plan.adopt_edits();
        Ok(plan)
    }

    /// The plan as a document that people can read and edit.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The files that go, each with the file in whose favour, in order.
    pub fn going(&self) -> impl Iterator<Item = (&PlannedFile, &PlannedFile)> {
        self.groups.iter().flat_map(|group| {
            group.files.iter().filter_map(|planned| match planned.fate {
                Fate::Go { keeper, .. } => Some((planned, group.files.get(keeper)?)),
                _ => None,
            })
        })
    }

    /// What the plan comes to.
    pub fn summary(&self) -> PlanSummary {
        let mut summary = PlanSummary::default();
        for group in &self.groups {
            let fates = || group.files.iter().map(|planned| &planned.fate);
            summary.groups += usize::from(fates().any(|fate| matches!(fate, Fate::Go { .. })));
            summary.undecided += usize::from(group.needs_user());
            summary.staying += fates().filter(|fate| matches!(fate, Fate::Stay(_))).count();
        }
        for (gone, _) in self.going() {
            summary.files += 1;
            summary.bytes += gone.file.size_bytes;
        }
        summary
    }

    /// Returns an error if a file would go in favour of one that does not stay: a document may have been edited.
    fn check(&self) -> Result<(), PlanError> {
        for group in &self.groups {
            if group.lines != group.lines_now() {
                return Err(PlanError::OtherLines(group.files[0].path().display().to_string()));
            }
            for (place, planned) in group.files.iter().enumerate() {
                let (Fate::Go { keeper, .. } | Fate::Undecided { keeper }) = planned.fate else { continue };
                let kept = group.files.get(keeper).map(|kept| &kept.fate);
                if keeper == place || !matches!(kept, Some(Fate::Keep | Fate::Stay(_))) {
                    return Err(PlanError::NoKeeper(planned.path().display().to_string()));
                }
            }
        }
        Ok(())
    }
}

/// The names of the tags, and "picture", that are only in a file that goes and not in its keeper.
pub fn only_in(gone: &Copy, keeper: &Copy) -> Vec<String> {
    let picture = (gone.has_art && !keeper.has_art).then(|| "picture".to_owned());
    gone.tags.difference(&keeper.tags).cloned().chain(picture).collect()
}
