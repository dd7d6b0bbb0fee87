//! A copy of the library.

use std::path::Path;

use reprise_store::Store;

use crate::database::lock::refuse_part;
use crate::error::Error;

/// Writes the current state of the library at `path` to `copy`, which must be absent or an empty file. Others may read
/// and write the library meanwhile. Returns the number of tracks in the copy. A library that was itself copied without
/// its log is read as it is: the copy made from it can be used.
pub fn back_up(path: &Path, copy: &Path) -> Result<u64, Error> {
    let is_part = refuse_part(path).is_err();
    let store = Store::open_read_only(path)?;
    let n_tracks = store.back_up(copy);
    drop(store);
    if is_part {
        Store::leave(path);
    } else {
        Store::settle_closed(path);
    }
    Ok(n_tracks?)
}
