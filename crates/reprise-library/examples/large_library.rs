//! Prints how quickly a large library answers:
//! `cargo run --release -p reprise-library --example large_library -- DIR [TRACKS]`.
//!
//! The library is invented: titles of common words, recordings that share a few patterns of harmony, one in three with
//! versions. It is written directly into the store in DIR, unless there is already one of that size.

#![allow(clippy::print_stdout)] // a benchmark prints its results

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use reprise_features::Versions;
use reprise_library::{Library, ListQuery, SortKey, TrackId, TrackQuestion};
use reprise_store::{
    Alignment, AnalysedFile, CohortStatistics, Features, FileStamp, PayloadHash, RecordingId, Sound, Store,
    Tags,
};

/// The value in reprise-library/src/recordings/mod.rs. With another value there would be no versions, which is
/// reported.
const ALIGNER: u32 = 1;

/// How many recordings each recording is aligned with. Real libraries have 350, which changes only the size of the
/// file.
const ALIGNED_WITH_EACH: u32 = 40;

/// Three minutes at 10.8 frames a second.
const N_FRAMES: usize = 1_938;

/// How many harmonies the recordings share.
const PATTERNS: usize = 12;

/// The number of recordings of the largest song.
const LARGEST_SONG: u32 = 40;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder to keep the library in")?);
    let tracks: u32 = arguments.next().map_or(Ok(100_000), |number| number.parse())?;
    let path = folder.join(format!("large-{tracks}.db"));
    if !path.exists() {
        timed("library made", || make(&path, tracks))?;
        timed("links derived, once", || Ok(Library::open(&path).map(drop)?))?;
    }
    println!("{:<44} {:>9.0} MB", "size", std::fs::metadata(&path)?.len() as f64 / 1e6);
    let library = timed("open", || Ok(Library::open(&path)?))?;
    let list = timed("first list", || Ok(library.track_ids(&ListQuery::default())?))?;
    if list.len() != tracks as usize {
        return Err(format!("{} lists {} tracks instead of {tracks}", path.display(), list.len()).into());
    }
    lists(&library)?;
    searches(&library)?;
    tracks_asked(&library, &list)?;
    decisions(&library)
}

/// Runs `work` and prints its duration.
fn timed<T>(what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let began = Instant::now();
    let outcome = work()?;
    println!("{what:<44} {:>9.1} ms", began.elapsed().as_secs_f64() * 1e3);
    Ok(outcome)
}

/// Runs `work` on each item and prints the longest duration.
fn longest<I, T>(
    what: &str,
    items: impl IntoIterator<Item = I>,
    work: impl Fn(I) -> Outcome<T>,
) -> Outcome<()> {
    let mut longest_ms = 0f64;
    for item in items {
        let began = Instant::now();
        work(item)?;
        longest_ms = longest_ms.max(began.elapsed().as_secs_f64() * 1e3);
    }
    println!("{what:<44} {longest_ms:>9.1} ms");
    Ok(())
}

fn lists(library: &Library) -> Outcome<()> {
    use SortKey::{Added, Album, Artist, Duration, Title, Versions, Year};
    let queries = [Title, Artist, Album, Year, Duration, Versions, Added].map(|sort| ListQuery {
        sort,
        descending: true,
        ..ListQuery::default()
    });
    longest("list in another order, first, longest of 7", &queries, |query| Ok(library.track_ids(query)?))?;
    longest("list again, longest of 7", &queries, |query| Ok(library.track_ids(query)?))
}

fn searches(library: &Library) -> Outcome<()> {
    let searches = ["a", "love", "the night", "cáfé del", "nothing 1999 like this"];
    longest("search, longest of 5", searches, |search| {
        Ok(library.track_ids(&ListQuery { search: search.into(), ..ListQuery::default() })?)
    })
}

/// Reads rows in every part of the list, and the versions of the tracks that have most.
fn tracks_asked(library: &Library, list: &[TrackId]) -> Outcome<()> {
    let pages = (0..10).map(|page| list.len() / 10 * page);
    longest("rows of 100, longest of 10", pages, |first| {
        Ok(library.rows(&list[first..(first + 100).min(list.len())])?)
    })?;
    let most = ListQuery {
        sort: SortKey::Versions,
        descending: true,
        only_with_versions: true,
        ..ListQuery::default()
    };
    let with_versions = library.track_ids(&most)?;
    let shown = library.versions(*with_versions.first().ok_or("no track has versions")?)?.covers.len();
    println!("{:<44} {shown:>9}", "versions of the track that has most");
    longest("versions, longest of the 10 that have most", &with_versions[..10], |id| {
        Ok(library.versions(*id)?)
    })?;
    let middle = &with_versions[with_versions.len() / 2..][..10];
    longest("versions, longest of 10 others", middle, |id| Ok(library.versions(*id)?))?;
    longest("waveform, longest of 10", middle, |id| Ok(library.waveform(*id)?))?;
    let songs = timed("songs", || Ok(library.songs()?))?;
    println!("{:<44} {:>9}", "songs with several recordings", songs.len());
    let song = songs.iter().find(|song| song.tracks.len() < 5).ok_or("every song is large")?;
    timed("one song", || Ok(library.song(song.tracks[0])?)).map(drop)
}

fn decisions(library: &Library) -> Outcome<()> {
    let query = ListQuery { sort: SortKey::Versions, ..ListQuery::default() };
    let ids = library.track_ids(&query)?;
    let (one, other) = (ids[0], ids[ids.len() / 3]);
    let before = timed("decide", || Ok(library.decide(TrackQuestion::OneSong(one, other), Some(true))?))?;
    timed("list after a decision", || Ok(library.track_ids(&query)?))?;
    Ok(library.decide(TrackQuestion::OneSong(one, other), before).map(drop)?)
}

fn make(path: &Path, tracks: u32) -> Outcome<()> {
    let mut store = Store::open(path)?;
    let music = path.with_extension("music");
    std::fs::create_dir_all(&music)?;
    std::fs::write(music.join("here.txt"), "This folder is there.")?;
    let folder = store.add_folder(&music, 0)?;
    let patterns: Vec<_> = (0..PATTERNS).map(|seed| pattern(seed as u32)).collect();
    let versions = Versions::CURRENT;
    for n in 0..tracks {
        let tags = tags(n);
        let title = tags.title.clone().unwrap_or_default();
        let file = music.join(format!("{:04}", n / 40)).join(format!("{n:06} {title}.mp3"));
        let nfc = file.to_string_lossy().into_owned();
        let frames = &patterns[song_of(n) as usize % PATTERNS];
        let features = [("crema", versions.crema), ("chroma", versions.chroma)]
            .map(|(kind, version)| Features { kind, version, frames });
        let size_bytes = 4_000_000 + u64::from(n);
        store.commit_analysis(&AnalysedFile {
            folder,
            stamp: FileStamp { path: &file, nfc: &nfc, size_bytes, mtime_ns: 0, file_id: None },
            tags: &tags,
            sound: &sound(n),
            features: &features,
            waveform: &[128; 600],
            fingerprint: None,
            warnings: &[],
            at_s: 0,
        })?;
    }
    for begin in (0..tracks).step_by(5_000) {
        let pairs: Vec<Alignment> =
            (begin..tracks.min(begin + 5_000)).flat_map(|n| alignments(n, tracks)).collect();
        store.put_alignments(ALIGNER, &pairs)?;
    }
    let statistics: Vec<CohortStatistics> = (0..tracks).map(cohort_statistics_of).collect();
    Ok(store.put_cohort_statistics(ALIGNER, &statistics)?)
}

/// A pseudo-random number for each pair of numbers.
fn mixed(n: u32, salt: u32) -> u32 {
    let mut x = (n ^ salt.wrapping_mul(0x9e37_79b9)).wrapping_add(0x7f4a_7c15);
    x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}

const WORDS: [&str; 40] = [
    "Love", "Night", "Blue", "Summer", "Café", "River", "Heart", "Moon", "Road", "Dream", "Été", "Rain",
    "Fire", "Home", "Time", "Angel", "Shadow", "Street", "Wind", "Gold", "Dancing", "Lonely", "Silent",
    "Über", "Morning", "Stars", "Tango", "Train", "Water", "Winter", "Lady", "Mañana", "Sugar", "Thunder",
    "Velvet", "Waltz", "Young", "Zone", "Echo", "Autumn",
];

fn words(n: u32, salt: u32, count: u32) -> String {
    let word = |place| WORDS[mixed(n, salt + place) as usize % WORDS.len()];
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

fn tags(n: u32) -> Tags {
    let (song, album) = (song_of(n), n / 12);
    let artist = mixed(album, 3) % 4_000;
    Tags {
        title: Some(format!("{} of the {}", words(song, 10, 1 + song % 3), words(song, 20, 1))),
        artist: (!n.is_multiple_of(50)).then(|| format!("The {} {artist}", words(artist, 30, 2))),
        album: (!n.is_multiple_of(40)).then(|| format!("{} {album}", words(album, 40, 2))),
        year: (!n.is_multiple_of(9)).then(|| 1950 + (mixed(album, 5) % 76) as i32),
        track_number: Some(1 + n % 12),
        ..Tags::default()
    }
}

/// The first song is large. After it, the first two of every six tracks are one song.
fn song_of(n: u32) -> u32 {
    match n {
        ..LARGEST_SONG => 0,
        _ if n % 6 == 1 => n - 1,
        _ => n,
    }
}

fn sound(n: u32) -> Sound {
    // Hashes of real files come in no order, so these must not either.
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
    Sound {
        payload: PayloadHash(hash),
        duration_s: 120.0 + f64::from(mixed(n, 7) % 300_000) / 1000.0,
        codec: "mp3".into(),
        sample_rate_hz: 44_100,
        channels: 2,
        tuning_cents: 0.0,
        refused: None,
        analysed_s: 0,
    }
}

/// The scores of recording `n` against later ones: those of its own song, and impostors.
fn alignments(n: u32, tracks: u32) -> Vec<Alignment> {
    let mut scores = std::collections::BTreeMap::new();
    for salt in 0..ALIGNED_WITH_EACH {
        let other = mixed(n, 100 + salt) % tracks;
        // One in a hundred impostors reaches a possible score.
        let score = (mixed(n, 200 + salt) % 1_000) as f32 / 1_000.0 * 5.25;
        if other > n {
            scores.insert(other, score);
        }
    }
    let until = if n < LARGEST_SONG { LARGEST_SONG } else { n + 2 };
    for other in (n + 1)..until.min(tracks) {
        if song_of(other) == song_of(n) {
            scores.insert(other, 14.0 + (mixed(n, other) % 100) as f32 / 10.0);
        }
    }
    let pair = |(other, score)| Alignment {
        a: row(n),
        b: row(other),
        score,
        key_shift: 0,
        voice: None,
        words: None,
    };
    scores.into_iter().map(pair).collect()
}

/// Row ids are assigned in order.
fn row(n: u32) -> RecordingId {
    RecordingId(n + 1)
}

fn cohort_statistics_of(n: u32) -> CohortStatistics {
    CohortStatistics {
        recording: row(n),
        mean: 0.0,
        deviation: 1.0,
        n_library: 150,
        n_bundled: 84,
        voice: None,
    }
}

/// Chords that last for some frames, with some noise: `[N_FRAMES, 12]`.
fn pattern(seed: u32) -> Vec<[f32; 12]> {
    let frame = |t: u32| {
        let root = mixed(t / 22, seed) % 12;
        let is_in_chord = |p: u32| [0, 4, 7].contains(&((p + 12 - root) % 12));
        std::array::from_fn(|p| {
            let noise = (mixed(t / 4 * 12 + p as u32, seed + 1_000) % 16) as f32 / 64.0;
            if is_in_chord(p as u32) { 0.7 + noise } else { noise }
        })
    };
    (0..N_FRAMES as u32).map(frame).collect()
}
