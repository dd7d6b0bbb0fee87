//! A file to mono samples, tags and payload identity.
