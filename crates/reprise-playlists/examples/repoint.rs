//! Makes a playlist file name another file: `repoint FILE OUT LOSER KEEPER [OFFSET_S]`. It prints what changed.

use std::error::Error;
use std::path::{Path, PathBuf};

use reprise_playlists::{PlaylistFile, Replacement, Replacements};

#[allow(clippy::print_stdout, reason = "what a program prints is what it is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    let [file, out, loser, keeper, offset @ ..] = &arguments[..] else {
        return Err("usage: repoint FILE OUT LOSER KEEPER [OFFSET_S]".into());
    };
    let offset_s = match offset.first() {
        Some(text) => Some(text.to_string_lossy().parse()?),
        None => None,
    };
    let path = std::path::absolute(file)?;
    let playlists = PlaylistFile::read(&path, std::fs::read(&path)?)?;
    let mut replacements = Replacements::default();
    replacements.replace(Path::new(loser), Replacement { keeper: PathBuf::from(keeper), offset_s })?;
    let repointed = playlists.repointed(&replacements)?;
    std::fs::write(out, &repointed.bytes)?;
    println!("{} entries changed", repointed.changed.len());
    for left in &repointed.left {
        println!("playlist {}, entry {}: {}", left.playlist + 1, left.entry + 1, left.reason);
    }
    for relocated in &repointed.relocated {
        println!("track {}: now {}", relocated.track + 1, relocated.to.display());
    }
    for outcome in &repointed.marks {
        println!("{:?} at {:?} s: {:?}", outcome.mark.kind, outcome.mark.start_s, outcome.fate);
    }
    Ok(())
}
