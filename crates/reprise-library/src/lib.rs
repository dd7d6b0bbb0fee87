//! The application without a face: scan, listen, match, ask.
