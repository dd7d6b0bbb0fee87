//! The public interface, compared with its definition and its properties.

// clippy.toml allows both in test functions; this also allows them in the functions that those call.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod activity;
mod definition;
mod properties;
mod signals;
mod tuning;
mod twin;
