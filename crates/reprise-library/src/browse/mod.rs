//! What user interfaces list: tracks, songs, copies, folders and counts.

pub(crate) mod devices;
pub(crate) mod duplicates;
pub(crate) mod folders;
pub(crate) mod list;
pub(crate) mod order;
pub(crate) mod songs;
pub(crate) mod status;
pub(crate) mod waveform;
pub(crate) mod words;
