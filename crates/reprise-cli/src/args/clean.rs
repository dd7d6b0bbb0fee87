//! What can be asked of `reprise clean`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use reprise_library::{KeepRules, Rule, WrittenPath};

#[derive(Subcommand)]
pub enum Clean {
    /// Say which copies could go, and why. Changes nothing.
    Plan(Plan),
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

#[derive(Args)]
pub struct Plan {
    /// What makes a file the one that is kept, the most important first: lossless, cues, playlists, quality, tags,
    /// oldest, or folder:DIR.
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = rule)]
    pub keep: Vec<Rule>,
    /// A folder from which nothing goes.
    #[arg(long, value_name = "DIR")]
    pub protect: Vec<PathBuf>,
    /// Let copies go that are on different albums, too.
    #[arg(long)]
    pub across_albums: bool,
    /// Let a lossy file go that lies beside a lossless one of the same name.
    #[arg(long)]
    pub companions: bool,
    /// Let remasters go, and others in favour of them.
    #[arg(long)]
    pub remasters: bool,
    /// A playlist, Rekordbox XML or iTunes XML outside the library's folders that names files of the library.
    #[arg(long, value_name = "FILE")]
    pub playlist: Vec<PathBuf>,
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

impl Plan {
    /// The rules that the command line names; what it does not name is as it is by default.
    pub fn rules(&self) -> std::io::Result<KeepRules> {
        let defaults = KeepRules::default();
        let absolute = |path: &PathBuf| Ok(WrittenPath(std::path::absolute(path)?));
        Ok(KeepRules {
            order: if self.keep.is_empty() { defaults.order } else { self.keep.clone() },
            protected: self.protect.iter().map(absolute).collect::<std::io::Result<_>>()?,
            one_per_album: !self.across_albums,
            companions: !self.companions,
            remasters: self.remasters,
        })
    }
}

fn rule(written: &str) -> Result<Rule, String> {
    if let Some(folder) = written.strip_prefix("folder:") {
        let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
        return Ok(Rule::Folder(WrittenPath::from(Path::new(&folder))));
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
