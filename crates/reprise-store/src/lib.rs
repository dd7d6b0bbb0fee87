//! The library in SQLite: tracks, features, alignments, decisions.
