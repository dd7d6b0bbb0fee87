//! Listens to the copies of a recording in pairs, both channels from end to end: the last look before one is offered to
//! go. Fingerprints and chroma have called them one recording already, by their mono mix.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_analysis::{decode_worker, spectral_ceiling, stereo_sketch};
use reprise_audio::worker::Worker;
use reprise_fingerprint::stereo::{StereoSketch, Verdict, compare};
use reprise_store::Store;

use crate::database::Database;
use crate::error::Error;
use crate::progress::{Event, Progress};
use crate::relations::same_audio::same_audio_of;
use crate::threads::{Effort, on_each};
use crate::tidy::copies::Copy;
use crate::tidy::keep::{HeardPair, OtherSound};

/// Listens to the files of each group whose audio is not equal packet for packet. Returns what is heard of their pairs,
/// and notes the spectral ceilings of lossless files.
pub(crate) fn listened(
    database: &Database,
    groups: &mut [Vec<Copy>],
    progress: &Progress,
) -> Result<Vec<Vec<HeardPair>>, Error> {
    let (worker, done) = (decode_worker()?, AtomicUsize::new(0));
    let total = groups.iter().map(|files| payloads(files).len()).filter(|n| *n > 1).sum();
    let numbered: Vec<(usize, &Vec<Copy>)> = groups.iter().enumerate().collect();
    let heard = on_each(
        Effort::default().threads,
        &numbered,
        progress,
        || Ok(()),
        |(number, files), ()| {
            let tick = || {
                let done = 1 + done.fetch_add(1, Ordering::Relaxed);
                progress.report(Event::ListeningToCopies { done, total });
            };
            let pairs = pairs(&*database.reader()?, &worker, files, progress, &tick)?;
            Ok((*number, pairs, ceilings(&worker, files, progress)))
        },
    )?;
    if progress.stopped() {
        return Err(Error::Stopped);
    }
    let mut all = vec![Vec::new(); groups.len()];
    for (number, pairs, ceilings) in heard {
        all[number] = pairs;
        groups[number].iter_mut().zip(ceilings).for_each(|(file, ceiling_hz)| file.ceiling_hz = ceiling_hz);
    }
    Ok(all)
}

/// The spectral ceiling of each lossless file, in Hz, if there are files with other audio to compare it with. It is a
/// hint only, so that a file that cannot be decoded now has none.
fn ceilings(worker: &Worker, files: &[Copy], progress: &Progress) -> Vec<Option<u32>> {
    if payloads(files).len() < 2 {
        return vec![None; files.len()];
    }
    let ceiling = |file: &Copy| {
        let (path, stop) = (&file.path.0, progress.stop_flag());
        let ceiling = spectral_ceiling(worker, path, file.sample_rate_hz, file.duration_s, stop);
        ceiling.ok().flatten().map(|hz| hz.round() as u32)
    };
    files.iter().map(|file| file.is_lossless.then(|| ceiling(file)).flatten()).collect()
}

/// A file for each different audio in a group, by the audio's hash.
fn payloads(files: &[Copy]) -> HashMap<&str, &Copy> {
    files.iter().map(|file| (file.payload.as_str(), file)).collect()
}

fn pairs(
    reader: &Store,
    worker: &Worker,
    files: &[Copy],
    progress: &Progress,
    tick: &impl Fn(),
) -> Result<Vec<HeardPair>, Error> {
    let different = payloads(files);
    if different.len() < 2 {
        return Ok(Vec::new());
    }
    let mut sketches: HashMap<&str, Option<StereoSketch>> = HashMap::new();
    for (payload, file) in different {
        // A file that cannot be decoded now stays: nothing can be said about it.
        sketches.insert(payload, stereo_sketch(worker, &file.path.0, progress.stop_flag()).ok());
        tick();
    }
    let mut heard = Vec::new();
    for (b, of_b) in files.iter().enumerate() {
        for (a, of_a) in files[..b].iter().enumerate().filter(|(_, of_a)| of_a.payload != of_b.payload) {
            let sketch = |file: &Copy| sketches.get(file.payload.as_str()).and_then(Option::as_ref);
            let near_s = offset_near_s(reader, of_a, of_b)?;
            let pair = sketch(of_a).zip(sketch(of_b)).zip(near_s);
            heard.push(match pair {
                Some(((of_a, of_b), near_s)) => judged(a, b, of_a, of_b, near_s),
                None => HeardPair { a, b, differ: Some(OtherSound::Unclear), offset_s: None },
            });
        }
    }
    Ok(heard)
}

fn judged(a: usize, b: usize, of_a: &StereoSketch, of_b: &StereoSketch, near_s: f64) -> HeardPair {
    let heard = compare(of_a, of_b, near_s);
    let differ = match heard.verdict {
        Verdict::Same => None,
        Verdict::Speed { .. } => Some(OtherSound::Speed),
        Verdict::Channels(_) => Some(OtherSound::Channels),
        Verdict::Different { places } => Some(OtherSound::Places(
            places.into_iter().map(|(start_s, length_s)| [start_s, length_s]).collect(),
        )),
        Verdict::Unclear => Some(OtherSound::Unclear),
    };
    HeardPair { a, b, differ, offset_s: heard.offset_is_sure.then_some(heard.offset_s) }
}

/// How much later the same audio is in the second file, in seconds, by the fingerprints; `None` if they share none.
fn offset_near_s(reader: &Store, one: &Copy, other: &Copy) -> Result<Option<f64>, Error> {
    let id = |file: &Copy| match file.hash() {
        Some(hash) => Ok(reader.recording(&hash)?.map(|recording| recording.id)),
        None => Ok::<_, Error>(None),
    };
    let (Some(one), Some(other)) = (id(one)?, id(other)?) else { return Ok(None) };
    let Some(same) = same_audio_of(reader, one)?.remove(&other) else { return Ok(None) };
    let longest = same.stretches.iter().max_by(|x, y| x.length_s.total_cmp(&y.length_s));
    Ok(longest.map(|stretch| stretch.b_start_s - stretch.a_start_s))
}
