//! Creates the audio files of the demo library from melodies in the public domain.
//!
//! [`write()`] makes twelve works in three renditions each, with our own arrangements and sounds. Renditions differ in
//! key, tempo, instruments and structure. Twenty are sung by one of two synthetic voices. Some have other chords; two
//! keep only the tune and nothing of the harmony. This crate uses no other part of Reprise, so that the demo is an
//! independent test, like any folder of music.

mod arrange;
mod encode;
mod error;
mod formants;
mod glottis;
mod notation;
mod phrasing;
mod score;
mod signal;
mod songs;
mod styles;
mod synth;
mod voice;

use std::path::{Path, PathBuf};

pub use error::Error;

use encode::Labels;
use songs::SONGS;
use styles::{RENDITIONS, style};

/// The beginning of the comment in every demo file.
const MARKER: &str = "Reprise demo library";

/// Increases whenever a rendition changes, so that old files are made again.
const EDITION: u32 = 4;

/// A file of the demo library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// The path of the file.
    pub path: PathBuf,
    /// The work that it is a version of.
    pub work: &'static str,
}

/// Writes the missing files of the demo library into `dir`, and `labels.csv` (`file,work`) beside them. `progress`
/// receives the number of files done, the total number, and the name of the last file.
pub fn write(dir: &Path, progress: &mut dyn FnMut(usize, usize, &str)) -> Result<Vec<Rendition>, Error> {
    std::fs::create_dir_all(dir).map_err(|source| Error::Io { path: dir.to_path_buf(), source })?;
    // This comes first, so that a foreign list is refused before the work and not after it.
    write_labels(&dir.join("labels.csv"))?;
    let mut renditions = Vec::new();
    for (song, rendition) in all_renditions() {
        let name = file_name(song, rendition);
        let path = dir.join(&name);
        write_rendition(&path, song, rendition)?;
        renditions.push(Rendition { path, work: SONGS[song].title });
        progress(renditions.len(), SONGS.len() * RENDITIONS, &name);
    }
    Ok(renditions)
}

/// The numbers of song and rendition of every file, in order.
fn all_renditions() -> impl Iterator<Item = (usize, usize)> {
    (0..SONGS.len()).flat_map(|song| (0..RENDITIONS).map(move |rendition| (song, rendition)))
}

/// Writes the list of works. A list with other lines is kept: somebody added to it, or it is another list.
fn write_labels(path: &Path) -> Result<(), Error> {
    let lines: Vec<String> = std::iter::once("file,work".to_owned())
        .chain(
            all_renditions()
                .map(|(song, rendition)| format!("\"{}\",{}", file_name(song, rendition), SONGS[song].title)),
        )
        .collect();
    let current = lines.join("\n") + "\n";
    match std::fs::read(path) {
        Ok(found) if found == current.as_bytes() => Ok(()),
        Ok(found)
            if !String::from_utf8_lossy(&found).lines().all(|line| lines.iter().any(|ours| ours == line)) =>
        {
            Err(Error::Foreign(path.to_path_buf()))
        }
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Io { path: path.to_path_buf(), source })
        }
        _ => encode::put(path, current.as_bytes()),
    }
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
            let seconds = samples.len() as f64 / f64::from(signal::SAMPLE_RATE_HZ);
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

    #[test]
    fn a_list_of_works_with_lines_of_another_origin_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.csv");
        std::fs::write(&path, "file,work\nmine.mp3,Mine\n").unwrap();
        assert!(
            matches!(write(folder.path(), &mut |_, _, _| {}), Err(Error::Foreign(named)) if named == path)
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"file,work\nmine.mp3,Mine\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "refused before any work");
    }

    #[test]
    fn a_list_of_works_cut_short_is_completed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.csv");
        std::fs::write(&path, "file,work\n").unwrap();
        write_labels(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 37);
    }

    #[test]
    fn a_finished_file_is_left_alone_and_nothing_half_made_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file_name(0, 0));
        write_rendition(&path, 0, 0).unwrap();
        let modified = || std::fs::metadata(&path).unwrap().modified().unwrap();
        let first = modified();
        write_rendition(&path, 0, 0).unwrap();
        assert_eq!(modified(), first);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
