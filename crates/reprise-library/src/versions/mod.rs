//! The versions of a track or file, explained. This is the read side, which never waits for linking.

pub(crate) mod compare;
pub(crate) mod cover;
pub(crate) mod explain;
pub(crate) mod external_file;
pub(crate) mod of_file;
pub(crate) mod of_track;
pub(crate) mod unlinked;
pub(crate) mod words;
