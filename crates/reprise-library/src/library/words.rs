//! The words of tracks, as heard.

use reprise_store::TrackId;

use crate::browse::words::{self, FoundLine};
use crate::candidates;
use crate::error::Error;
use crate::library::Library;
use crate::recordings::words as recorded;
use crate::versions::words::{HeardWords, WordsBeside, words_beside};

impl Library {
    /// Sets whether words are heard. The default is yes.
    pub fn want_words(&self, wanted: bool) -> Result<(), Error> {
        recorded::want_words(&self.database, wanted)
    }

    /// Whether words are heard where the recogniser is installed.
    pub fn wants_words(&self) -> Result<bool, Error> {
        recorded::wants_words(&self.database)
    }

    /// The words of a track, as heard, without lines if it has none; `None` if nobody listened to it for words yet.
    pub fn words(&self, track: TrackId) -> Result<Option<HeardWords>, Error> {
        words::words(&self.database, track)
    }

    /// Whether words are heard in a track.
    pub fn has_words(&self, track: TrackId) -> Result<bool, Error> {
        words::has_words(&self.database, track)
    }

    /// The words of two tracks, and which lines say the same; `None` unless words are known of both.
    pub fn words_beside(&self, track: TrackId, other: TrackId) -> Result<Option<WordsBeside>, Error> {
        words_beside(&self.database, track, other)
    }

    /// The tracks in which a line is sung, best first, at most `limit`. It may be misheard, and remembered with mistakes.
    pub fn search_words(&self, line: &str, limit: usize) -> Result<Vec<FoundLine>, Error> {
        words::search_words(&self.database, line, limit)
    }

    /// The `wanted` tracks whose words are most alike, best first, compared exactly or not. In any library, words are
    /// compared with these.
    pub fn alike_by_words(&self, track: TrackId, wanted: usize) -> Result<Vec<TrackId>, Error> {
        candidates::words::alike_by_words(&self.database, track, wanted)
    }
}
