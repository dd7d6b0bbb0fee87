//! M3U files: one entry in each line, beside comments, in whatever encoding and form.

mod encoding;
mod line;
mod list;

pub(crate) use list::M3u;
