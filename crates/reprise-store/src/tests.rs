//! Rules of the store as a whole.
