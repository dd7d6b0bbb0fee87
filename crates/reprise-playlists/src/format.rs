//! Which format a file has.

use std::path::Path;

/// A format of playlist files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// M3U or M3U8: one playlist, one line for each entry.
    M3u,
    /// The XML that rekordbox exports and imports (`DJ_PLAYLISTS`).
    Rekordbox,
    /// The XML that iTunes and Music export, a property list. It is read, and never written.
    ITunes,
}

impl Format {
    /// Tells the format of a file from its name and its first bytes, of which 4,096 are enough. Returns `None` for
    /// other files.
    ///
    /// An M3U file has no signature. Only its extension tells it.
    pub fn of(path: &Path, first_bytes: &[u8]) -> Option<Self> {
        let has = |word: &[u8]| first_bytes.windows(word.len()).any(|window| window == word);
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("m3u" | "m3u8") => Some(Self::M3u),
            Some("xml") if has(b"<DJ_PLAYLISTS") => Some(Self::Rekordbox),
            Some("xml") if has(b"<plist") => Some(Self::ITunes),
            _ => None,
        }
    }
}
