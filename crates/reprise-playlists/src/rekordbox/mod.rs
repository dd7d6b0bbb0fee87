//! The XML of rekordbox: a collection of tracks with their marks, and a tree of playlists.
//!
//! A new document is the old one with other bytes in a few places. It is never written anew from what was read, so that
//! what this crate does not know passes unchanged.

mod collection;
mod marks;
mod read;
mod repoint;

pub(crate) use collection::Rekordbox;
pub(crate) use repoint::repointed;
