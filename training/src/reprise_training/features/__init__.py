"""Readable reference of each feature stage, named as the stage is named in `crates/reprise-features`."""
