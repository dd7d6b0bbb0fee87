//! What can be asked of the program.

pub mod clean;
mod review;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use reprise_library::Kind;

pub use review::{Calibration, Review};

/// Hears which of your tracks are the same song.
///
/// Audio files are only ever read. Nothing leaves this computer.
///
/// Exit codes: 0 done (files that could not be used are problems, not failures); 1 the command failed;
/// 2 the command line was wrong; 3 a named file is not in the library; 130 interrupted, the library is consistent.
#[derive(Parser)]
#[command(name = "reprise", version, max_term_width = 100)]
pub struct Arguments {
    /// The library; without it the one the app uses.
    #[arg(long, global = true, value_name = "FILE")]
    pub library: Option<PathBuf>,
    /// Embed tracks with the model in this folder, as `training` exports it, or again with the one that ships:
    /// `shipped`. The library remembers it; the next `scan` or `listen` embeds its tracks anew.
    #[arg(long, global = true, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// Print JSON (schema: docs/json.md) instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Add folders, hear what is new in them and find versions.
    Scan(Scan),
    /// Do the analysis that is still owed: what an interrupted scan left, then the voices.
    Listen(Effort),
    /// Rank the versions of one track.
    Covers(Covers),
    /// Compare two tracks with each other, in words or as a picture.
    Compare(Compare),
    /// Show the songs of which there are several versions.
    Clusters,
    /// Show the files that hold the very same audio.
    Duplicates {
        /// Say what each file has in common with the first of its group.
        #[arg(long)]
        why: bool,
    },
    /// Plan which copies go, move them into a quarantine, and take it back.
    Clean {
        #[command(subcommand)]
        action: clean::Clean,
    },
    /// Say of two tracks whether they are one song, or take it back.
    Decide(Decide),
    /// Say of a track whether it is live, a cover, a remix, or take it back.
    Kind(KindOf),
    /// Answer about the pairs of tracks that Reprise is in doubt about, one after another.
    Review(Review),
    /// List what was said of tracks, save it, or take over what was said elsewhere.
    Decisions {
        #[command(subcommand)]
        action: Decisions,
    },
    /// Write the songs of which there are several versions for other programs.
    Export(Export),
    /// Copy the library, as it is at this moment, into a file that is a library by itself.
    Backup(Backup),
    /// Find tracks by title, artist, album or path, or by a line that is sung in them.
    Search(Search),
    /// Show the words of a track as they were heard, or those of two tracks side by side.
    Words {
        /// A track of the library.
        file: PathBuf,
        /// Another one, to see which lines say the same.
        other: Option<PathBuf>,
    },
    /// Say how far the library is.
    Status,
    /// Show the files that could not be used, and why.
    Problems,
    /// Write the features of files as .npy (the voice as .wav), one a file.
    Features(Features),
    /// Measure rankings and clusters against a list of works.
    Eval(Eval),
    /// Make the demo library: public-domain songs in several renditions.
    Demo {
        /// Folder for the audio files; made if absent.
        dir: PathBuf,
    },
    /// Decode one file for another process of this program.
    #[command(hide = true)]
    DecodeWorker {
        /// Passed on unread: see reprise_audio::worker.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

#[derive(Args)]
pub struct Effort {
    /// Files heard at a time; without it one for each processor core.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

#[derive(Args)]
pub struct Scan {
    /// Folders of music.
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Try files again that were a problem last time and have not changed.
    #[arg(long)]
    pub retry: bool,
    /// When voices are heard, which finds versions with other chords under the same tune. Without it: later, unless
    /// this library was once told never.
    #[arg(long, value_enum, value_name = "WHEN")]
    pub voice: Option<When>,
    /// When the words in voices are heard, which finds versions with other chords and another tune, and songs by a line.
    /// Without it: with the voices, unless this library was once told never.
    #[arg(long, value_enum, value_name = "WHEN")]
    pub words: Option<When>,
    #[command(flatten)]
    pub effort: Effort,
}

#[derive(Args)]
pub struct Search {
    /// Words or beginnings of words, all of which must occur.
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,
    /// TEXT is a line as somebody remembers it. It is looked for by its sound in what was heard, which has mistakes.
    #[arg(long)]
    pub words: bool,
    /// At most so many answers.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub limit: usize,
}

/// When something is heard that takes a second pass.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In this command, once versions by harmony are known: some seconds of one core a track.
    Now,
    /// By `reprise listen`, or while the app is open.
    Later,
    /// Not at all, until asked for; neither by `listen` nor by the app.
    Never,
}

#[derive(Args)]
pub struct Covers {
    /// A track of the library, or any audio file.
    pub file: PathBuf,
    /// At most so many answers.
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub limit: usize,
}

#[derive(Args)]
pub struct Compare {
    /// A track of the library, or any audio file.
    pub a: PathBuf,
    /// Another.
    pub b: PathBuf,
    /// Draw both into this file, .svg or .png.
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
}

#[derive(Args)]
pub struct Decide {
    /// A track of the library.
    pub a: PathBuf,
    /// Another.
    pub b: PathBuf,
    /// Whether they are versions of one song.
    #[arg(value_enum)]
    pub answer: Answer,
}

#[derive(Args)]
pub struct KindOf {
    /// A track of the library.
    pub file: PathBuf,
    /// What it is or is not.
    #[arg(value_parser = kinds())]
    pub kind: Kind,
    /// Whether it is.
    #[arg(value_enum)]
    pub answer: Answer,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    let words = PossibleValuesParser::new(Kind::ALL.map(Kind::word));
    words.try_map(|word| Kind::from_word(&word).ok_or("no such kind"))
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// So it is.
    Yes,
    /// So it is not; what is not one song is never joined.
    No,
    /// Forget what was said.
    Undo,
}

impl Answer {
    /// None to withdraw an earlier one.
    pub fn is_yes(self) -> Option<bool> {
        match self {
            Self::Yes => Some(true),
            Self::No => Some(false),
            Self::Undo => None,
        }
    }
}

#[derive(Subcommand)]
pub enum Decisions {
    /// Show everything that was said, newest first.
    List {
        /// Only what concerns files with all these words, or beginnings of words, in title, artist, album or path.
        #[arg(value_name = "SEARCH")]
        search: Vec<String>,
    },
    /// Write all of them as JSON.
    Export {
        /// File to write; without it they are printed.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Write over a file that is there.
        #[arg(long)]
        force: bool,
    },
    /// Take over those of a file that `export` wrote; of two about one pair the later one counts.
    Import {
        /// File to read.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Args)]
pub struct Backup {
    /// File to write.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Write over a file that is there.
    #[arg(long)]
    pub force: bool,
}

#[derive(Args)]
pub struct Export {
    /// For whom.
    #[arg(long, value_enum)]
    pub format: Format,
    /// File to write; without it the answer is printed.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write over a file that is there.
    #[arg(long)]
    pub force: bool,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As `clusters --json`.
    Json,
    /// A row for each track: song, path, title, artist, album, year, seconds, reason.
    Csv,
    /// A playlist for players, song after song; absent tracks are left out, and names that it cannot hold.
    M3u8,
}

#[derive(Args)]
pub struct Features {
    /// Audio files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Which feature.
    #[arg(long, value_enum, required = true)]
    pub stage: Vec<Stage>,
    /// Folder for what is written; made if absent.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Follow the tune of whatever leads, whether a voice is detected or not.
    #[arg(long)]
    pub as_if_sung: bool,
    #[command(flatten)]
    pub effort: Effort,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// CREMA's input: dB below the loudest cell, [frames, 216, 2].
    Hcqt,
    /// Chord-pitch probabilities, [frames, 12].
    Crema,
    /// Chroma, [frames, 12].
    Chroma,
    /// The separated singing voice as .wav, mono, 44,100 Hz, silent where nobody sings.
    Vocals,
    /// The pitch classes of the sung melody, [frames, 12].
    Melody,
    /// The words as heard, with times and how sure each line is, as JSON.
    Words,
    /// From what it is told whether anybody sings: of each of some excerpts the shares of moments in which a voice is
    /// near, and in which a pitch is salient besides, the mean probability of a voice, and the share that counts as
    /// sung, [excerpts, 4].
    Excerpts,
}

#[derive(Args)]
pub struct Eval {
    /// CSV with columns `file` (or `path`) and `work` (or `work_id`).
    #[arg(long, value_name = "CSV")]
    pub truth: PathBuf,
    /// How tracks are compared.
    #[arg(long, value_enum, default_value = "soft")]
    pub method: Method,
    /// How what is sung counts (method soft).
    #[arg(long, value_enum, default_value = "on")]
    pub voice: Views,
    /// Judge recordings of which only features are at hand: `NAME.crema.npy`, `NAME.chroma.npy` and, where somebody
    /// sings, `NAME.melody.npy`, as `features` writes them. The library that --library names is made of them; without
    /// it nothing is kept.
    #[arg(long, value_name = "DIR")]
    pub features: Option<PathBuf>,
    /// Also write the best-scoring pairs with their works as CSV, to fit thresholds from.
    #[arg(long, value_name = "CSV")]
    pub pairs: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum Views {
    /// Beside the harmony.
    On,
    /// Not at all.
    Off,
    /// Without the harmony.
    Alone,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The soft two-feature aligner, centred: what the library uses.
    Soft,
    /// Its scores before centring.
    SoftRaw,
    /// Vectors of moments, everything compared with everything.
    Embedding,
    /// The same among what the index of a large library gives.
    Shortlist,
    /// The same by what is sung, among the tracks in which somebody sings.
    VoiceShortlist,
    /// Plain Qmax on CREMA.
    Qmax,
    /// Two-dimensional Fourier magnitudes of CREMA, one vector a track.
    #[value(name = "2dftm")]
    TwoDftm,
    /// Mean CREMA over 12 rotations.
    Mean,
}
