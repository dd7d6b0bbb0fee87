//! The JSON that this program prints. Fields are only added, never renamed or removed: docs/json.md promises this.

use std::path::Path;

use reprise_library::{
    Claim, Confidence, Cover, Devices, Relation, Source, Span, TrackInfo, percent_encoded,
};
use serde::Serialize;

/// A path as text, with its exact bytes if text cannot represent it.
#[derive(Serialize)]
pub struct PathJson {
    pub path: String,
    /// Percent-encoded bytes; only for paths that are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_bytes: Option<String>,
}

impl From<&Path> for PathJson {
    fn from(path: &Path) -> Self {
        let encoded = || percent_encoded(path);
        Self { path: path.to_string_lossy().into_owned(), path_bytes: path.to_str().is_none().then(encoded) }
    }
}

#[derive(Serialize)]
pub struct TrackJson {
    #[serde(flatten)]
    pub path: PathJson,
    pub title: Option<String>,
    pub artist: Option<String>,
    pub album: Option<String>,
    pub year: Option<i32>,
    pub duration_s: Option<f64>,
    pub missing: bool,
}

impl From<&TrackInfo> for TrackJson {
    fn from(track: &TrackInfo) -> Self {
        Self {
            path: track.path.as_path().into(),
            title: track.tags.title.clone(),
            artist: track.tags.artist.clone(),
            album: track.tags.album.clone(),
            year: track.tags.year,
            duration_s: track.duration_s.map(|s| rounded(s, 3)),
            missing: track.is_missing,
        }
    }
}

#[derive(Serialize)]
pub struct SpanJson {
    pub query_start_s: f64,
    pub query_end_s: f64,
    pub candidate_start_s: f64,
    pub candidate_end_s: f64,
}

impl From<&Span> for SpanJson {
    fn from(span: &Span) -> Self {
        Self {
            query_start_s: rounded(span.query_start_s, 2),
            query_end_s: rounded(span.query_end_s, 2),
            candidate_start_s: rounded(span.candidate_start_s, 2),
            candidate_end_s: rounded(span.candidate_end_s, 2),
        }
    }
}

#[derive(Serialize)]
pub struct ClaimJson {
    pub kind: &'static str,
    pub basis: &'static str,
    pub confidence: &'static str,
}

impl From<&Claim> for ClaimJson {
    fn from(claim: &Claim) -> Self {
        let basis = match claim.basis {
            Source::Audio => "audio",
            Source::Tags => "tags",
            Source::User => "user",
        };
        Self { kind: claim.kind.word(), basis, confidence: confidence(claim.confidence) }
    }
}

#[derive(Serialize)]
pub struct CoverJson {
    #[serde(flatten)]
    pub track: TrackJson,
    pub relation: &'static str,
    pub confidence: &'static str,
    pub score: Option<f64>,
    pub key_shift: i8,
    pub tempo_ratio: f64,
    pub spans: Vec<SpanJson>,
    pub reason: String,
    pub kinds: Vec<ClaimJson>,
}

impl From<&Cover> for CoverJson {
    fn from(cover: &Cover) -> Self {
        Self {
            track: (&cover.track).into(),
            relation: relation(cover.relation),
            confidence: confidence(cover.confidence),
            score: cover.score.map(|score| rounded(f64::from(score), 4)),
            key_shift: cover.key_shift,
            tempo_ratio: rounded(f64::from(cover.tempo_ratio), 4),
            spans: cover.spans.iter().map(Into::into).collect(),
            reason: reprise_wording::reason(&cover.reason),
            kinds: cover.kinds.iter().map(Into::into).collect(),
        }
    }
}

/// The device that networks run on.
#[derive(Serialize, Default)]
pub struct DevicesJson {
    pub device: Option<&'static str>,
    pub unused_devices: Vec<UnusedDeviceJson>,
}

#[derive(Serialize)]
pub struct UnusedDeviceJson {
    pub device: &'static str,
    pub reason: String,
}

impl From<Devices> for DevicesJson {
    fn from(devices: Devices) -> Self {
        let unused = devices.unused.into_iter();
        let unused = unused.map(|one| UnusedDeviceJson { device: one.device.code(), reason: one.reason });
        Self { device: Some(devices.in_use.code()), unused_devices: unused.collect() }
    }
}

/// The word for a relation.
pub fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Copy => "copy",
        Relation::Recording => "recording",
        Relation::Edit => "edit",
        Relation::Confirmed => "confirmed",
        Relation::Tagged => "tagged",
        Relation::Version => "version",
        Relation::Part => "part",
        Relation::Conflict => "conflict",
        Relation::Possible => "possible",
        Relation::Unlikely => "unlikely",
        Relation::Rejected => "rejected",
    }
}

/// The word for a confidence.
pub fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
        Confidence::Unlikely => "unlikely",
    }
}

/// The word for the user's decision about two recordings.
pub fn verdict(is_one_song: bool) -> &'static str {
    match is_one_song {
        true => "same",
        false => "different",
    }
}

/// Rounds to `digits` decimals, so that the output does not suggest a precision that it lacks.
pub fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_utf8_is_given_lossily_and_exactly() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/music/caf\xe9 100%.mp3"));
        let json = PathJson::from(path);
        assert_eq!(json.path, "/music/caf\u{fffd} 100%.mp3");
        assert_eq!(json.path_bytes.as_deref(), Some("/music/caf%E9%20100%25.mp3"));
        assert!(PathJson::from(Path::new("/music/ä.mp3")).path_bytes.is_none());
    }
}
