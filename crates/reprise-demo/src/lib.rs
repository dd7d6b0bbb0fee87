//! Public-domain melodies to the audio files of the demo library.
//!
//! [`write`] makes twelve works in three renditions each, in our own arrangements and sounds: other keys, tempi,
//! instruments, structures, some with other chords. Nothing of the rest of Reprise is used here, so that the demo
//! is as foreign to it as any folder of music.

mod arrange;
mod encode;
mod error;
mod notation;
mod songs;
mod styles;
mod synth;

use std::path::{Path, PathBuf};

pub use error::Error;

use encode::Labels;
use songs::SONGS;
use styles::{RENDITIONS, style};

/// Begins the comment of every demo file.
const MARKER: &str = "Reprise demo library";

/// Changes whenever any rendition sounds different, so that old files are made anew.
const EDITION: u32 = 1;

/// A file of the demo library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Where it is.
    pub path: PathBuf,
    /// Which work it is a version of.
    pub work: &'static str,
}

/// Writes what is missing of the demo library into `dir`, and `labels.csv` (`file,work`) beside it. `progress` hears
/// how many files are done, how many there are, and the name of the last.
pub fn write(dir: &Path, progress: &mut dyn FnMut(usize, usize, &str)) -> Result<Vec<Rendition>, Error> {
    std::fs::create_dir_all(dir).map_err(|source| Error::Io { path: dir.to_path_buf(), source })?;
    let mut renditions = Vec::new();
    let mut labels = String::from("file,work\n");
    let total = SONGS.len() * RENDITIONS;
    for (song, rendition) in (0..SONGS.len()).flat_map(|song| (0..RENDITIONS).map(move |r| (song, r))) {
        let name = file_name(song, rendition);
        let path = dir.join(&name);
        write_rendition(&path, song, rendition)?;
        labels += &format!("\"{name}\",{}\n", SONGS[song].title);
        renditions.push(Rendition { path, work: SONGS[song].title });
        progress(renditions.len(), total, &name);
    }
    let path = dir.join("labels.csv");
    std::fs::write(&path, labels).map_err(|source| Error::Io { path, source })?;
    Ok(renditions)
}

fn write_rendition(path: &Path, song: usize, rendition: usize) -> Result<(), Error> {
    let current = format!("{MARKER}, edition {EDITION}");
    if path.exists() {
        let found = encode::marker(path);
        if found == current {
            return Ok(());
        }
        if !found.starts_with(MARKER) {
            return Err(Error::Foreign(path.to_path_buf()));
        }
    }
    let style = style(song, rendition);
    let samples = synth::render(&arrange::arrange(&SONGS[song], &style)?);
    let title = title(song, rendition);
    encode::write(
        path,
        &samples,
        &Labels { title: &title, artist: style.artist, year: style.year, marker: &current },
    )
}

fn title(song: usize, rendition: usize) -> String {
    let title = SONGS[song].title;
    style(song, rendition).remark.map_or_else(|| title.to_owned(), |remark| format!("{title} ({remark})"))
}

fn file_name(song: usize, rendition: usize) -> String {
    format!("{} - {}.flac", title(song, rendition), style(song, rendition).artist)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_differ_and_the_renditions_of_a_song_differ_in_key_and_tempo() {
        let mut names = HashSet::new();
        for (song, written) in SONGS.iter().enumerate() {
            let styles: Vec<_> = (0..RENDITIONS).map(|rendition| style(song, rendition)).collect();
            let keys: HashSet<i32> = styles.iter().map(|style| style.transposition.rem_euclid(12)).collect();
            let tempi: HashSet<u64> = styles.iter().map(|style| style.tempo.to_bits()).collect();
            assert_eq!((keys.len(), tempi.len()), (RENDITIONS, RENDITIONS), "{}", written.title);
            (0..RENDITIONS).for_each(|rendition| assert!(names.insert(file_name(song, rendition))));
        }
        assert_eq!(names.len(), 36);
    }

    #[test]
    fn a_rendition_sounds_does_not_clip_has_its_length_and_is_the_same_every_time() {
        for rendition in 0..RENDITIONS {
            let render = || synth::render(&arrange::arrange(&SONGS[4], &style(4, rendition)).unwrap());
            let samples = render();
            let seconds = samples.len() as f64 / f64::from(synth::SAMPLE_RATE_HZ);
            assert!((30.0..110.0).contains(&seconds), "{seconds} s");
            let loudest = samples.iter().fold(0.0f32, |loudest, sample| loudest.max(sample.abs()));
            assert!((0.89..=0.91).contains(&loudest), "{loudest}");
            let mean = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32;
            assert!(mean.sqrt() > 0.02, "too quiet on the whole");
            assert!(samples == render(), "two renderings of one rendition differ");
        }
    }

    #[test]
    fn a_file_of_another_origin_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file_name(0, 0));
        std::fs::write(&path, "somebody's file").unwrap();
        assert!(
            matches!(write(folder.path(), &mut |_, _, _| {}), Err(Error::Foreign(named)) if named == path)
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"somebody's file");
    }
}
