//! Prints how well and how quickly words find versions among many strangers:
//! `cargo run --release -p reprise-library --example large_words -- DIR [TRACKS]`.
//!
//! The words are invented, in a vocabulary of 20,000 that are as frequent as those of a language; one track in fifty has
//! a second version, in which lines are left out and words misheard. They are written directly into the store in DIR,
//! unless there is already a library of that size.

#![allow(clippy::print_stdout)] // a benchmark prints its results

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use reprise_features::Versions;
use reprise_library::{Library, TrackId};
use reprise_matching::words::{Line, Text, sounds};
use reprise_store::{AnalysedFile, FileStamp, PayloadHash, Sound, Store, Tags, Words, WordsIndex, WordsLine};

const VOCABULARY: usize = 20_000;

/// Tracks from one with a second version to the next.
const ONE_IN: u32 = 50;

/// Lines of a song, and words of a line.
const LINES: u32 = 28;
const LINE_WORDS: u32 = 7;

/// How many tracks are asked about.
const ASKED: usize = 400;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder to keep the library in")?);
    let tracks: u32 = arguments.next().map_or(Ok(5_000), |number| number.parse())?;
    let path = folder.join(format!("words-{tracks}.db"));
    if !path.exists() {
        let began = Instant::now();
        make(&path, tracks)?;
        println!("made in {:.0} s", began.elapsed().as_secs_f64());
    }
    println!("{:.1} kB a track", std::fs::metadata(&path)?.len() as f64 / 1e3 / f64::from(tracks));
    let library = Library::open(&path)?;
    let began = Instant::now();
    library.alike_by_words(TrackId(1), 1)?;
    println!("terms counted, once: {:.1} s", began.elapsed().as_secs_f64());
    shortlists(&library, tracks)?;
    searches(&library, tracks)
}

/// Recall of second versions, and the time of a shortlist.
fn shortlists(library: &Library, tracks: u32) -> Outcome<()> {
    let asked: Vec<u32> = (0..tracks / ONE_IN).map(|n| n * ONE_IN).collect();
    let step = asked.len().div_ceil(ASKED).max(1);
    let (mut times_ms, mut ranks) = (Vec::new(), Vec::new());
    for first in asked.iter().step_by(step) {
        let began = Instant::now();
        let found = library.alike_by_words(TrackId(i64::from(first + 1)), 100)?;
        times_ms.push(began.elapsed().as_secs_f64() * 1e3);
        ranks.push(found.iter().position(|track| *track == TrackId(i64::from(first + 2))));
    }
    let within = |n: usize| {
        let found = ranks.iter().filter(|rank| rank.is_some_and(|rank| rank < n)).count();
        found as f64 / ranks.len() as f64
    };
    println!("second version within 1 / 50 / 100: {:.3} / {:.3} / {:.3}", within(1), within(50), within(100));
    println!("shortlist: {}", median_and_p99(times_ms));
    Ok(())
}

/// The time of a search by five words of a line.
fn searches(library: &Library, tracks: u32) -> Outcome<()> {
    let (mut times_ms, mut n_found) = (Vec::new(), 0);
    let step = (tracks as usize / ASKED).max(1);
    let asked: Vec<u32> = (0..tracks).step_by(step).collect();
    for track in &asked {
        let words = library.words(TrackId(i64::from(track + 1)))?.ok_or("a track without words")?;
        let line: Vec<&str> = words.lines[LINES as usize / 2].text.split(' ').take(5).collect();
        let began = Instant::now();
        let found = library.search_words(&line.join(" "), 8)?;
        times_ms.push(began.elapsed().as_secs_f64() * 1e3);
        n_found += usize::from(found.iter().any(|one| one.track.id == Some(TrackId(i64::from(track + 1)))));
    }
    println!("a line finds its song: {} of {}", n_found, asked.len());
    println!("search: {}", median_and_p99(times_ms));
    Ok(())
}

fn median_and_p99(mut times_ms: Vec<f64>) -> String {
    times_ms.sort_by(f64::total_cmp);
    let at = |share: f64| times_ms[(share * (times_ms.len() - 1) as f64) as usize];
    format!("median {:.1} ms, p99 {:.1} ms", at(0.5), at(0.99))
}

fn make(path: &Path, tracks: u32) -> Outcome<()> {
    let mut store = Store::open(path)?;
    let root = PathBuf::from("/music");
    let folder = store.add_folder(&root, 0)?;
    let vocabulary = vocabulary();
    for n in 0..tracks {
        let file = root.join(format!("{n}.flac"));
        let sound = Sound {
            payload: payload(n),
            duration_s: 200.0,
            codec: "flac".into(),
            sample_rate_hz: 44_100,
            channels: 2,
            tuning_cents: 0.0,
            refused: None,
            analysed_s: 0,
        };
        let nfc = file.to_string_lossy().into_owned();
        let analysed = AnalysedFile {
            folder,
            stamp: FileStamp { path: &file, nfc: &nfc, size_bytes: 1, mtime_ns: 1, file_id: None },
            tags: &Tags::default(),
            sound: &sound,
            features: &[],
            waveform: &[],
            fingerprint: None,
            warnings: &[],
            at_s: 0,
        };
        store.commit_analysis(&analysed)?;
        let words = words(n, &vocabulary);
        let lines: Vec<Line> = words
            .lines
            .iter()
            .map(|line| Line {
                start_s: line.start_s,
                end_s: line.end_s,
                text: &line.text,
                log_probability: line.log_probability,
            })
            .collect();
        let terms = Text::new(&lines, "en", 0.9).terms;
        let terms: Vec<u32> = terms.into_iter().map(|(term, _)| term).collect();
        let sounds = sounds(words.lines.iter().map(|line| line.text.as_str()));
        let index = WordsIndex { terms: &terms, sounds: &sounds };
        store.put_words(&payload(n), Versions::CURRENT.words, &words, &index)?;
    }
    Ok(())
}

/// The words of a track; the second of fifty is a version of the first, misheard.
fn words(n: u32, vocabulary: &[String]) -> Words {
    let is_second = n % ONE_IN == 1;
    let mut random = Random(u64::from(if is_second { n - 1 } else { n }) + 1);
    let mut mishearing = Random(u64::from(n) << 20);
    let mut lines = Vec::new();
    for line in 0..LINES {
        let mut text = Vec::new();
        for _ in 0..LINE_WORDS {
            let word = &vocabulary[random.frequent(vocabulary.len())];
            let is_misheard = is_second && mishearing.below(100) < 45;
            text.push(if is_misheard { &vocabulary[mishearing.frequent(vocabulary.len())] } else { word });
        }
        if is_second && mishearing.below(100) < 30 {
            continue;
        }
        let text = text.into_iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        let start_s = 6.0 * line as f32;
        lines.push(WordsLine { start_s, end_s: start_s + 5.0, log_probability: -0.4, text });
    }
    Words { language: "en".into(), language_probability: 0.9, lines }
}

/// Words of one to four syllables, the shorter ones first, as the frequent words of a language are.
fn vocabulary() -> Vec<String> {
    const SOUNDS: [&str; 24] = [
        "ba", "ro", "ti", "sen", "lo", "ma", "ke", "no", "vi", "sha", "tor", "el", "an", "di", "gre", "fu",
        "pa", "win", "ther", "ou", "che", "sto", "ly", "ing",
    ];
    let mut random = Random(77);
    let word = |n: usize| -> String {
        let syllables = 1 + usize::from(n > 20) + usize::from(n > 1_000) + usize::from(n > 9_000);
        (0..syllables).map(|_| SOUNDS[random.below(SOUNDS.len() as u64) as usize]).collect()
    };
    (0..VOCABULARY).map(word).collect()
}

fn payload(n: u32) -> PayloadHash {
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
    PayloadHash(hash)
}

/// A linear congruential generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// An index whose frequency falls with its rank, as words do (Zipf 1949).
    fn frequent(&mut self, n: usize) -> usize {
        let share = self.below(1 << 30) as f64 / (1u64 << 30) as f64;
        ((n as f64).powf(share) - 1.0) as usize
    }
}
