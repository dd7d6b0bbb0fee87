//! Which of several files that contain one recording stays, by rules in an order that the user chooses.

use std::cmp::Ordering;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::tidy::copies::Copy;
use crate::tidy::written_path::WrittenPath;

/// The bit rates that encoders offer, in thousands of bits per second; the last ones are those of lossless files.
const USUAL_KBIT_S: [u32; 19] =
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 450, 700, 1000, 1400, 2800];

/// A reason to prefer one file to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A file whose codec loses nothing.
    Lossless,
    /// The file with more cue points and loops in a DJ's library.
    Cues,
    /// The file that more playlist entries name.
    Playlists,
    /// A file in this folder, or below it.
    Folder(WrittenPath),
    /// The file with more bits per second.
    BitRate,
    /// The file with more tags, a picture among them.
    Tags,
    /// The file that changed longest ago.
    Oldest,
}

/// How files are chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeepRules {
    /// The rules, the most important one first.
    pub order: Vec<Rule>,
    /// Folders from which nothing goes.
    pub protected: Vec<WrittenPath>,
    /// One file stays for each album that the recording is on.
    pub one_per_album: bool,
    /// A lossy file beside a lossless one of the same name stays.
    pub companions: bool,
    /// Files whose titles say that they were mastered again may go in favour of others, and others in favour of them.
    pub remasters: bool,
}

impl Default for KeepRules {
    /// What is in doubt stays.
    fn default() -> Self {
        Self {
            order: [Rule::Lossless, Rule::Cues, Rule::Playlists, Rule::BitRate, Rule::Tags, Rule::Oldest]
                .into(),
            protected: Vec::new(),
            one_per_album: true,
            companions: true,
            remasters: false,
        }
    }
}

impl KeepRules {
    /// Whether a file that has these paths lies in a protected folder.
    pub(crate) fn protects<'a>(&self, mut paths: impl Iterator<Item = &'a Path>) -> bool {
        paths.any(|path| self.protected.iter().any(|folder| path.starts_with(folder)))
    }

    /// The same rules, each once.
    pub(crate) fn without_repetitions(mut self) -> Self {
        let mut order: Vec<Rule> = Vec::new();
        for rule in self.order {
            if !order.contains(&rule) {
                order.push(rule);
            }
        }
        self.order = order;
        self.protected.sort();
        self.protected.dedup();
        self
    }
}

/// Why a file stays although it is no keeper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stays {
    /// It is the keeper for another album.
    OtherAlbum,
    /// Its folder is protected.
    Protected,
    /// It is kept beside a lossless file of the same name on purpose.
    Companion,
    /// It was mastered again, or the keeper was.
    Remaster,
    /// It is another name of a file that has several: a hard link, or one folder mounted twice.
    SeveralNames,
    /// A CUE sheet names it.
    CueSheet(WrittenPath),
    /// Listened to from end to end, it is not the same as the keeper.
    OtherSound(OtherSound),
    /// The user wants it to stay.
    Wanted,
}

/// How two files of one recording differ when both are listened to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OtherSound {
    /// One is faster.
    Speed,
    /// A channel is missing, or in the other's place.
    Channels,
    /// They differ at these places of the first file, each given by start and length in seconds.
    Places(Vec<[f64; 2]>),
    /// It cannot be said that they are the same.
    Unclear,
}

/// Two files of a group, listened to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeardPair {
    /// The place of the first file in its group.
    pub a: usize,
    /// The place of the second, which is greater.
    pub b: usize,
    /// How they differ; `None` if they are the same.
    pub differ: Option<OtherSound>,
    /// How much later the same sound is in the second file, in seconds; `None` if it is not known to 10 ms.
    pub offset_s: Option<f64>,
}

/// What happens to a file of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is the file that others go in favour of.
    Keep,
    /// It goes to the quarantine; the rule says why.
    Go {
        /// The keeper's place in the group.
        keeper: usize,
        /// The first rule by which the keeper is better; `None` if the user chose the keeper.
        rule: Option<Rule>,
    },
    /// It stays.
    Stay(Stays),
    /// No rule distinguishes it from the keeper; the user decides.
    Undecided {
        /// The keeper's place in the group.
        keeper: usize,
    },
}

/// Decides about a group of files that contain one recording, each with each. `heard`: those that were listened to.
pub(crate) fn decide(files: &[Copy], heard: &[HeardPair], rules: &KeepRules) -> Vec<Fate> {
    let mut fates = vec![None; files.len()];
    for (place, file) in files.iter().enumerate() {
        fates[place] = stays_anyway(file, files, rules).map(Fate::Stay);
    }
    for (turn, album) in albums(files, rules).into_iter().enumerate() {
        let Some(keeper) = best(files, &album, rules) else { continue };
        for place in album {
            let fate = match () {
                () if place == keeper && turn == 0 => Fate::Keep,
                () if place == keeper => Fate::Stay(Stays::OtherAlbum),
                () if let Some(why) = unlike(files, heard, rules, place, keeper) => Fate::Stay(why),
                () => match better(&files[keeper], &files[place], rules) {
                    Some(rule) => Fate::Go { keeper, rule: Some(rule.clone()) },
                    None => Fate::Undecided { keeper },
                },
            };
            // A keeper that stays for a reason of its own is the keeper.
            if fates[place].is_none() || place == keeper && turn == 0 {
                fates[place] = Some(fate);
            }
        }
    }
    fates.into_iter().map(|fate| fate.unwrap_or(Fate::Stay(Stays::OtherAlbum))).collect()
}

/// Why a file cannot go in favour of this keeper although both contain one recording.
pub(crate) fn unlike(
    files: &[Copy],
    heard: &[HeardPair],
    rules: &KeepRules,
    place: usize,
    keeper: usize,
) -> Option<Stays> {
    if !rules.remasters && files[place].is_remaster != files[keeper].is_remaster {
        return Some(Stays::Remaster);
    }
    difference(files, heard, place, keeper).map(Stays::OtherSound)
}

/// How two files of a group differ when both are listened to; `None` if they are the same. What was not listened to
/// counts as unclear.
pub(crate) fn difference(
    files: &[Copy],
    heard: &[HeardPair],
    one: usize,
    other: usize,
) -> Option<OtherSound> {
    if files[one].payload == files[other].payload {
        return None;
    }
    let pair = pair_of(heard, one, other);
    pair.map_or(Some(OtherSound::Unclear), |pair| pair.differ.clone())
}

fn pair_of(heard: &[HeardPair], one: usize, other: usize) -> Option<&HeardPair> {
    heard.iter().find(|pair| (pair.a, pair.b) == (one.min(other), one.max(other)))
}

/// How much later the same sound is in `other`, in seconds; `None` if it is not known to 10 ms.
pub(crate) fn offset_s(files: &[Copy], heard: &[HeardPair], one: usize, other: usize) -> Option<f64> {
    if files[one].payload == files[other].payload {
        return Some(0.0);
    }
    let pair = pair_of(heard, one, other)?;
    pair.offset_s.map(|offset_s| if one < other { offset_s } else { -offset_s })
}

/// Why a file stays whatever the rules say.
pub(crate) fn stays_anyway(file: &Copy, files: &[Copy], rules: &KeepRules) -> Option<Stays> {
    if let Some(sheet) = &file.cue_sheet {
        return Some(Stays::CueSheet(sheet.clone()));
    }
    // To move one of several names frees nothing, and what the others are for is not known.
    if file.n_names > 1 {
        return Some(Stays::SeveralNames);
    }
    if rules.protects(file.paths()) {
        return Some(Stays::Protected);
    }
    let is_companion =
        |other: &Copy| other.is_lossless && !file.is_lossless && are_companions(&other.path.0, &file.path.0);
    (rules.companions && files.iter().any(is_companion)).then_some(Stays::Companion)
}

/// Whether two files have the same name but for their endings, and lie in one folder or in folders that differ in one
/// name only: `Song.flac` beside `Song.mp3`, or `FLAC/Album/Song.flac` and `MP3/Album/Song.mp3`.
fn are_companions(one: &Path, other: &Path) -> bool {
    let (Some(a), Some(b)) = (one.parent(), other.parent()) else { return false };
    let (a, b): (Vec<_>, Vec<_>) = (a.components().collect(), b.components().collect());
    let differing = a.iter().zip(&b).filter(|(a, b)| a != b).count();
    one.file_stem() == other.file_stem() && a.len() == b.len() && differing <= 1
}

/// The places of the files by album, the album of the best file first. Files without an album belong to the first.
fn albums(files: &[Copy], rules: &KeepRules) -> Vec<Vec<usize>> {
    let everything: Vec<usize> = (0..files.len()).collect();
    if !rules.one_per_album {
        return vec![everything];
    }
    let mut ranked = everything;
    ranked.sort_by(|a, b| compare(&files[*b], &files[*a], rules).then(a.cmp(b)));
    let mut albums: Vec<(Option<String>, Vec<usize>)> = Vec::new();
    for place in ranked {
        let key = files[place].album_key();
        let same = albums.iter_mut().find(|(known, _)| key.is_some() && (*known == key));
        match same {
            Some((_, album)) => album.push(place),
            None if key.is_some() => albums.push((key, vec![place])),
            None => {}
        }
    }
    let without: Vec<usize> = (0..files.len()).filter(|place| files[*place].album_key().is_none()).collect();
    match albums.first_mut() {
        Some((_, first)) => first.extend(without),
        None => albums.push((None, without)),
    }
    albums.into_iter().map(|(_, places)| places).collect()
}

/// The best of some files. Of equal ones the first in the order of paths, so that the result does not depend on chance.
fn best(files: &[Copy], places: &[usize], rules: &KeepRules) -> Option<usize> {
    let by_path = |a: usize, b: usize| files[b].path.cmp(&files[a].path);
    let by_rules = |a: &usize, b: &usize| compare(&files[*a], &files[*b], rules).then(by_path(*a, *b));
    places.iter().copied().max_by(by_rules)
}

fn compare(one: &Copy, other: &Copy, rules: &KeepRules) -> Ordering {
    distinguishing(one, other, rules).map_or(Ordering::Equal, |rule| rule.compare(one, other))
}

/// The first rule that distinguishes two files, if by it the first one is better.
fn better<'a>(one: &Copy, other: &Copy, rules: &'a KeepRules) -> Option<&'a Rule> {
    distinguishing(one, other, rules).filter(|rule| rule.compare(one, other).is_gt())
}

/// The first rule that distinguishes two files.
fn distinguishing<'a>(one: &Copy, other: &Copy, rules: &'a KeepRules) -> Option<&'a Rule> {
    rules.order.iter().find(|rule| rule.compare(one, other).is_ne())
}

/// How much detail the encoding of `one` keeps, for a comparison with `other`. Equal audio has equal detail, whatever
/// else is in the files. The bits of a lossless file say how well it is packed, so its sample rate counts instead. Lossy
/// files are compared by the usual rate next to theirs: pictures and tags make small differences.
fn detail(one: &Copy, other: &Copy) -> u32 {
    match () {
        () if one.payload == other.payload => 0,
        () if one.is_lossless && other.is_lossless => one.sample_rate_hz,
        () => USUAL_KBIT_S.into_iter().min_by_key(|usual| usual.abs_diff(one.kbit_s)).unwrap_or_default(),
    }
}

impl Rule {
    /// `Greater` if the first file is better by this rule.
    fn compare(&self, one: &Copy, other: &Copy) -> Ordering {
        match self {
            Self::Lossless => one.is_lossless.cmp(&other.is_lossless),
            Self::Cues => one.n_cues.cmp(&other.n_cues),
            Self::Playlists => one.in_playlists.cmp(&other.in_playlists),
            Self::Folder(folder) => one.is_in(folder).cmp(&other.is_in(folder)),
            Self::BitRate => detail(one, other).cmp(&detail(other, one)),
            Self::Tags => {
                let n_tags = |file: &Copy| file.tags.len() + usize::from(file.has_art);
                n_tags(one).cmp(&n_tags(other))
            }
            Self::Oldest => other.mtime_ns.cmp(&one.mtime_ns),
        }
    }
}
