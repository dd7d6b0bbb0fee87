//! Paths that cross the border, for display.

use std::path::Path;

/// A path as well as it can be shown.
pub fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
