//! The files that contain one recording, with what the rules of keeping need to know about each.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use reprise_audio::read_cover_art;
use reprise_store::{KnownFile, PayloadHash, Recording, Tags};
use serde::{Deserialize, Serialize};

use crate::browse::duplicates::duplicates;
use crate::database::Database;
use crate::error::Error;
use crate::progress::Progress;
use crate::recordings::track_info::TrackInfo;
use crate::renditions::title_words::{Kind, kinds_in};
use crate::text::name_key;
use crate::tidy::cue_sheets::CueSheets;
use crate::tidy::playlists::Playlists;
use crate::tidy::written_path::WrittenPath;

/// Beginnings of the names of codecs that lose nothing.
const LOSSLESS: [&str; 7] = ["flac", "alac", "pcm", "wavpack", "ape", "tta", "mlp"];

/// A file that contains the same recording as others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Copy {
    /// Absolute path.
    pub path: WrittenPath,
    /// Its path without links, where that is another: rules name folders without links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real_path: Option<WrittenPath>,
    /// The folder of the library in which it lies.
    pub root: WrittenPath,
    /// Title, artist and album of its tags.
    pub title: Option<String>,
    /// See `title`.
    pub artist: Option<String>,
    /// See `title`.
    pub album: Option<String>,
    /// Length of the audio, in seconds.
    pub duration_s: f64,
    /// Length of the file.
    pub size_bytes: u64,
    /// Time of its last change, in Unix nanoseconds.
    pub mtime_ns: i64,
    /// Identity of its audio, hexadecimal.
    pub payload: String,
    /// Short name of its codec.
    pub codec: String,
    /// Whether the codec loses nothing. The audio may have lost something before.
    pub is_lossless: bool,
    /// Whether its title says that it was mastered again.
    pub is_remaster: bool,
    /// Samples per second.
    pub sample_rate_hz: u32,
    /// Bits of the file per second, in thousands.
    pub kbit_s: u32,
    /// The frequency in Hz above which a lossless file contains nothing, although its sample rate has room for more: its
    /// audio may have been lossy before. Only looked for beside files of other audio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling_hz: Option<u32>,
    /// How many playlist entries name it.
    pub in_playlists: usize,
    /// How many cue points and loops a DJ's library has for it.
    pub n_cues: usize,
    /// The names of the tags that it has.
    pub tags: BTreeSet<String>,
    /// Whether a picture is in the file.
    pub has_art: bool,
    /// How many names the file has, as far as is known; hard links have several.
    pub n_names: u64,
    /// The CUE sheet that names the file.
    pub cue_sheet: Option<WrittenPath>,
}

impl Copy {
    /// The album in a form for comparison; `None` if the tags name none.
    pub(crate) fn album_key(&self) -> Option<String> {
        name_key(self.album.as_deref()?)
    }

    /// Identity of its audio; `None` if a document was edited so that it is none.
    pub(crate) fn hash(&self) -> Option<PayloadHash> {
        PayloadHash::parse(&self.payload)
    }

    /// Whether it lies in a folder of a rule, or below it.
    pub(crate) fn is_in(&self, folder: &WrittenPath) -> bool {
        self.paths().any(|path| path.starts_with(folder))
    }

    /// Its path as the library knows it, and without links where that is another.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        [Some(&self.path), self.real_path.as_ref()].into_iter().flatten().map(AsRef::as_ref)
    }

    /// The title, or else the name of the file.
    pub fn name(&self) -> String {
        let file = || self.path.0.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.title.clone().unwrap_or_else(file)
    }
}

/// The groups of present files that contain one recording from end to end, each with each.
pub(crate) fn copies(
    database: &Database,
    playlists: &Playlists,
    progress: &Progress,
) -> Result<Vec<Vec<Copy>>, Error> {
    let reader = database.reader()?;
    let folders = reader.folders()?;
    let mut known: HashMap<PathBuf, KnownFile> = HashMap::new();
    for folder in &folders {
        known.extend(reader.files_under(&folder.path)?);
    }
    let mut sheets = CueSheets::default();
    let mut groups = Vec::new();
    for group in duplicates(database)? {
        let (mut copies, mut ids) = (Vec::new(), Vec::new());
        for file in group.into_iter().filter(|file| !file.track.is_missing) {
            if progress.stopped() {
                return Err(Error::Stopped);
            }
            let Some((stamp, payload)) =
                known.get(&file.track.path).and_then(|one| Some((one, one.payload?)))
            else {
                continue;
            };
            let Some(recording) = reader.recording(&payload)? else { continue };
            let below = folders.iter().filter(|folder| file.track.path.starts_with(&folder.path));
            let Some(root) = below.min_by_key(|folder| folder.path.as_os_str().len()) else { continue };
            let mut copy = described(&file.track, stamp, &recording, &root.path);
            copy.in_playlists = playlists.n_entries(&file.track.path);
            copy.n_cues = playlists.n_cues(&file.track.path);
            copy.cue_sheet = sheets.naming(&file.track.path).map(WrittenPath);
            copies.push(copy);
            ids.push(stamp.file_id.clone());
        }
        if copies.len() > 1 {
            note_names(&mut copies, &ids);
            groups.push(copies);
        }
    }
    Ok(groups)
}

fn described(track: &TrackInfo, stamp: &KnownFile, recording: &Recording, root: &Path) -> Copy {
    let sound = &recording.sound;
    let Tags { title, artist, album, .. } = &track.tags;
    let stem = track.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Copy {
        path: track.path.as_path().into(),
        real_path: track.path.canonicalize().ok().filter(|real| *real != track.path).map(WrittenPath),
        root: root.into(),
        title: title.clone(),
        artist: artist.clone(),
        album: album.clone(),
        duration_s: sound.duration_s,
        size_bytes: stamp.size_bytes,
        mtime_ns: stamp.mtime_ns,
        payload: sound.payload.to_string(),
        codec: sound.codec.clone(),
        is_lossless: LOSSLESS.iter().any(|lossless| sound.codec.starts_with(lossless)),
        is_remaster: kinds_in(title.as_deref(), &stem, album.as_deref()).contains(&Kind::Remaster),
        sample_rate_hz: sound.sample_rate_hz,
        kbit_s: (stamp.size_bytes as f64 * 8.0 / sound.duration_s.max(0.1) / 1000.0).round() as u32,
        ceiling_hz: None,
        in_playlists: 0,
        n_cues: 0,
        tags: filled(&track.tags),
        has_art: read_cover_art(&track.path).is_ok_and(|art| art.is_some()),
        n_names: n_names(&track.path),
        cue_sheet: None,
    }
}

/// Two paths of one file on its disk are two of its names, also where the system counts one: a folder that is mounted
/// twice.
fn note_names(copies: &mut [Copy], ids: &[Option<Vec<u8>>]) {
    for (copy, id) in copies.iter_mut().zip(ids) {
        let same = ids.iter().filter(|other| other.is_some() && *other == id).count();
        copy.n_names = copy.n_names.max(same as u64);
    }
}

/// The names of the tags that have a value.
fn filled(tags: &Tags) -> BTreeSet<String> {
    let Tags {
        title,
        artist,
        album,
        album_artist,
        genre,
        year,
        track_number,
        compilation: _,
        recording_mbid,
        work_mbids,
    } = tags;
    let all = [
        ("title", title.is_some()),
        ("artist", artist.is_some()),
        ("album", album.is_some()),
        ("album artist", album_artist.is_some()),
        ("genre", genre.is_some()),
        ("year", year.is_some()),
        ("track number", track_number.is_some()),
        ("MusicBrainz recording", recording_mbid.is_some()),
        ("MusicBrainz works", !work_mbids.is_empty()),
    ];
    all.into_iter().filter(|(_, is_filled)| *is_filled).map(|(name, _)| name.into()).collect()
}

/// How many names a file has. 1 where the system does not say.
#[cfg(unix)]
fn n_names(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).map_or(1, |metadata| metadata.nlink())
}

#[cfg(not(unix))]
fn n_names(_: &Path) -> u64 {
    1
}
