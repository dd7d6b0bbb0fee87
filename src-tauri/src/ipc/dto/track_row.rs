//! The list of tracks: its rows, and what can be asked for.

use reprise_wording::not_matched;
use serde::{Deserialize, Serialize};
use specta::Type;
use specta_typescript::Number;

use super::numbers::{Id, id, number};
use super::path::text;

/// A track in a list.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TrackRow {
    id: Id,
    /// The tag, else the file's name.
    title: String,
    artist: Option<String>,
    album: Option<String>,
    year: Option<i32>,
    #[specta(type = Option<Number>)]
    duration_s: Option<f64>,
    path: String,
    /// Other tracks that are copies or versions.
    versions: u32,
    is_missing: bool,
    /// Its folder is there now.
    is_reachable: bool,
    /// Why it has no versions, following "This track".
    not_matched: Option<String>,
}

impl From<reprise_library::TrackRow> for TrackRow {
    fn from(row: reprise_library::TrackRow) -> Self {
        let track = row.track;
        Self {
            id: track.id.map_or(0, id),
            title: title(&track),
            path: text(&track.path),
            artist: track.tags.artist,
            album: track.tags.album,
            year: track.tags.year,
            duration_s: track.duration_s,
            versions: number(row.versions),
            is_missing: track.is_missing,
            is_reachable: row.is_reachable,
            not_matched: row.not_matched.as_ref().map(not_matched),
        }
    }
}

/// What a track is called: by its tag, else by its file's name.
pub fn title(track: &reprise_library::TrackInfo) -> String {
    let file_name = || track.path.file_stem().map(|name| name.to_string_lossy().into_owned());
    track.tags.title.clone().or_else(file_name).unwrap_or_default()
}

/// What the list is ordered by.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SortKey {
    Title,
    Artist,
    Album,
    Year,
    Duration,
    Versions,
    Added,
}

/// Which tracks, in which order.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ListQuery {
    search: String,
    sort: SortKey,
    descending: bool,
    only_with_versions: bool,
}

impl From<ListQuery> for reprise_library::ListQuery {
    fn from(query: ListQuery) -> Self {
        use reprise_library::SortKey as Key;
        let sort = match query.sort {
            SortKey::Title => Key::Title,
            SortKey::Artist => Key::Artist,
            SortKey::Album => Key::Album,
            SortKey::Year => Key::Year,
            SortKey::Duration => Key::Duration,
            SortKey::Versions => Key::Versions,
            SortKey::Added => Key::Added,
        };
        let ListQuery { search, descending, only_with_versions, .. } = query;
        Self { search, sort, descending, only_with_versions }
    }
}

#[cfg(test)]
mod tests {
    use reprise_library::{Tags, TrackId};

    use super::*;

    fn row(title: Option<&str>) -> TrackRow {
        let track = reprise_library::TrackInfo {
            id: Some(TrackId(7)),
            path: "/music/03 Greensleeves.live.flac".into(),
            tags: Tags { title: title.map(str::to_owned), ..Tags::default() },
            duration_s: None,
            is_missing: false,
        };
        reprise_library::TrackRow { track, versions: 2, not_matched: None, is_reachable: true }.into()
    }

    #[test]
    fn a_track_without_a_title_is_called_by_its_file() {
        assert_eq!(row(Some("Greensleeves")).title, "Greensleeves");
        assert_eq!(row(None).title, "03 Greensleeves.live");
    }
}
