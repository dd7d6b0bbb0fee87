//! The program as users see it: processes, files, exit codes.

#![allow(clippy::unwrap_used)] // a test that unwraps fails with the place and the reason

mod clean;
mod compare;
mod decide;
mod demo;
mod devices;
mod hostile;
mod model;
mod names;
mod resume;
mod review;
mod same_audio;
mod support;
mod voice;
mod whole;
mod words;
