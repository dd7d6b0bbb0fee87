//! The public interface against its definition and its properties.

// clippy.toml allows both inside of test functions; here also what those call.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod activity;
mod definition;
mod properties;
mod signals;
mod tuning;
mod twin;
