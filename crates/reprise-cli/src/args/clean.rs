//! What can be asked of `reprise clean`.

use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser as YesOrNo;
use clap::{Args, Subcommand, ValueEnum};
use reprise_library::{KeepRules, Rule, WrittenPath};

#[derive(Subcommand)]
pub enum Clean {
    /// Say which copies could go, and why. Changes nothing.
    Plan(Plan),
    /// Show the rules and playlists that the library remembers for every plan, here and in the window; with options,
    /// change them.
    Rules {
        #[command(flatten)]
        choices: RuleChoices,
        /// Forget them first: begin with the rules that Reprise comes with.
        #[arg(long)]
        forget: bool,
    },
    /// Show a saved plan, and the playlists after it. Changes nothing.
    Show {
        /// A plan that `clean plan --out` saved.
        #[arg(value_name = "PLAN")]
        plan: PathBuf,
    },
    /// Check every file of a saved plan again; with --yes, move the copies into the quarantine.
    Run {
        /// A plan that `clean plan --out` saved.
        #[arg(value_name = "PLAN")]
        plan: PathBuf,
        /// Do it. Without this nothing is changed.
        #[arg(long)]
        yes: bool,
        /// Move the files to the system's trash, from where Reprise cannot bring them back: you can, with the file
        /// manager, unless the system empties it. Some network drives have no trash.
        #[arg(long, requires = "yes")]
        trash: bool,
    },
    /// List the runs whose files are in the quarantine.
    Runs,
    /// Bring back every file of a run, and the playlists as they were.
    Undo(OfRun),
    /// Finish a run that was interrupted.
    Finish(OfRun),
    /// Say what of a run would be gone for good; with --yes, delete it.
    Empty {
        #[command(flatten)]
        run: OfRun,
        /// Delete it for good. Without this nothing is changed.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Args)]
pub struct OfRun {
    /// The run, as `clean runs` names it; without it the last one.
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
}

/// Changes to the rules that the library remembers.
#[derive(Args)]
pub struct RuleChoices {
    /// What makes a file the one that is kept, the most important first: lossless, cues, playlists, quality, tags,
    /// oldest, or folder:DIR.
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = rule)]
    pub keep: Vec<Rule>,
    /// A folder from which nothing goes, besides those that the library remembers.
    #[arg(long, value_name = "DIR")]
    pub protect: Vec<PathBuf>,
    /// Let copies go that are on different albums, too.
    #[arg(long, value_name = "YES", num_args = 0..=1, require_equals = true, default_missing_value = "yes", value_parser = YesOrNo::new())]
    pub across_albums: Option<bool>,
    /// Let a lossy file go that lies beside a lossless one of the same name.
    #[arg(long, value_name = "YES", num_args = 0..=1, require_equals = true, default_missing_value = "yes", value_parser = YesOrNo::new())]
    pub companions: Option<bool>,
    /// Let remasters go, and others in favour of them.
    #[arg(long, value_name = "YES", num_args = 0..=1, require_equals = true, default_missing_value = "yes", value_parser = YesOrNo::new())]
    pub remasters: Option<bool>,
    /// A playlist, Rekordbox XML or iTunes XML outside the library's folders that names files of the library, besides
    /// those that the library remembers.
    #[arg(long, value_name = "FILE")]
    pub playlist: Vec<PathBuf>,
}

#[derive(Args)]
pub struct Plan {
    #[command(flatten)]
    pub rules: RuleChoices,
    /// Keep this file of its group, whatever the rules say.
    #[arg(long, value_name = "FILE")]
    pub choose: Vec<PathBuf>,
    /// Leave the group of this file as it is.
    #[arg(long, value_name = "FILE")]
    pub leave: Vec<PathBuf>,
    /// File to save the plan in.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// As what it is saved. Only JSON can be run later.
    #[arg(long, value_enum, default_value_t = PlanFormat::Json)]
    pub format: PlanFormat,
    /// Write over a file that is there.
    #[arg(long)]
    pub force: bool,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum PlanFormat {
    /// A document that `clean run` takes.
    Json,
    /// A row for each file.
    Csv,
    /// A shell script that moves the files.
    Shell,
}

impl RuleChoices {
    /// The rules that the library remembers, with what the command line changes.
    pub fn applied_to(&self, remembered: KeepRules) -> std::io::Result<KeepRules> {
        let mut rules = remembered;
        if !self.keep.is_empty() {
            rules.order.clone_from(&self.keep);
        }
        for folder in &self.protect {
            let folder = rule_folder(folder)?;
            if !rules.protected.contains(&folder) {
                rules.protected.push(folder);
            }
        }
        rules.one_per_album = self.across_albums.map_or(rules.one_per_album, |across| !across);
        rules.companions = self.companions.map_or(rules.companions, |may_go| !may_go);
        rules.remasters = self.remasters.unwrap_or(rules.remasters);
        Ok(rules)
    }

    /// The playlists that the library remembers, and those that the command line names.
    pub fn added_to(&self, remembered: Vec<PathBuf>) -> std::io::Result<Vec<PathBuf>> {
        let mut playlists = remembered;
        for file in &self.playlist {
            let file = std::path::absolute(file)?;
            if !playlists.contains(&file) {
                playlists.push(file);
            }
        }
        Ok(playlists)
    }
}

fn rule(written: &str) -> Result<Rule, String> {
    if let Some(folder) = written.strip_prefix("folder:") {
        return Ok(Rule::Folder(rule_folder(Path::new(folder)).map_err(|error| error.to_string())?));
    }
    Ok(match written {
        "lossless" => Rule::Lossless,
        "cues" => Rule::Cues,
        "playlists" => Rule::Playlists,
        "quality" => Rule::BitRate,
        "tags" => Rule::Tags,
        "oldest" => Rule::Oldest,
        _ => return Err("expected lossless, cues, playlists, quality, tags, oldest or folder:DIR".into()),
    })
}

/// A folder as rules name it: it exists, and its path has neither links nor `..` in it.
fn rule_folder(folder: &Path) -> std::io::Result<WrittenPath> {
    let wrong = |error: std::io::Error| {
        std::io::Error::new(error.kind(), format!("the folder {} cannot be used: {error}", folder.display()))
    };
    let real = folder.canonicalize().map_err(wrong)?;
    match real.is_dir() {
        true => Ok(WrittenPath(real)),
        false => Err(wrong(std::io::ErrorKind::NotADirectory.into())),
    }
}
