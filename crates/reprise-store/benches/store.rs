//! Prints the speed of the store and the sizes of its files: `cargo bench -p reprise-store`. Frames are smoothed noise,
//! unless `REPRISE_FRAMES` names a file of raw little-endian f32 frames `[n, 12]`. Only the size of features depends on
//! them.

#![allow(clippy::print_stdout)] // a benchmark prints its results

use std::path::{Path, PathBuf};
use std::time::Instant;

use reprise_store::{
    Alignment, AnalysedFile, Features, FileStamp, FolderId, PayloadHash, RecordingId, Sound, Store, Tags,
};

const N_TRACKS: u32 = 100_000;
const N_ALIGNED: u32 = 2_000;
/// Frames of a track of about four minutes.
const N_FRAMES: usize = 2_500;

fn main() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    tracks(&folder.path().join("tracks.db"));
    alignments(&folder.path().join("alignments.db"));
    features(&folder.path().join("features.db"));
}

fn report(what: &str, n: f64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!("{what:<58} {seconds:>7.3} s {:>12.0} per s", n / seconds);
}

fn payload(n: u32) -> PayloadHash {
    // Hashes come in no particular order; these must not either.
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
    PayloadHash(hash)
}

fn sound(n: u32) -> Sound {
    Sound {
        payload: payload(n),
        duration_s: 240.0,
        codec: "mp3".into(),
        sample_rate_hz: 44_100,
        channels: 2,
        tuning_cents: 0.0,
        refused: None,
        analysed_s: 0,
    }
}

fn commit(store: &mut Store, folder: FolderId, n: u32, features: &[Features<'_>]) {
    let name = format!("/music/Some Artist {}/An Album {}/{n:06} Title of the track.mp3", n / 100, n / 10);
    let tags = Tags {
        title: Some(format!("Title of the track {n}")),
        artist: Some(format!("Some Artist {}", n / 100)),
        album: Some(format!("An Album {}", n / 10)),
        ..Tags::default()
    };
    let file_id = u128::from(n).to_le_bytes();
    let (size_bytes, mtime_ns) = (4_000_000 + u64::from(n), i64::from(n));
    let stamp =
        FileStamp { path: Path::new(&name), nfc: &name, size_bytes, mtime_ns, file_id: Some(&file_id) };
    let sound = sound(n);
    let analysed = AnalysedFile {
        folder,
        stamp,
        tags: &tags,
        sound: &sound,
        features,
        waveform: &[],
        fingerprint: None,
        warnings: &[],
        at_s: 0,
    };
    store.commit_analysis(&analysed).expect("a new file can be written");
}

fn new_store(path: &Path) -> (Store, FolderId) {
    let mut store = Store::open(path).expect("a new library can be made");
    let folder = store.add_folder(Path::new("/music"), 0).expect("a folder can be added");
    (store, folder)
}

fn tracks(path: &Path) {
    let (mut store, folder) = new_store(path);
    let n = f64::from(N_TRACKS);
    let start = Instant::now();
    (0..N_TRACKS).for_each(|n| commit(&mut store, folder, n, &[]));
    report("100,000 tracks, a transaction each", n, start);
    let start = Instant::now();
    let listed = store.tracks().expect("tracks can be listed");
    report("list 100,000 tracks with tags", listed.len() as f64, start);
    let start = Instant::now();
    let known = store.files_under(Path::new("/music")).expect("files can be listed");
    report("map of 100,000 known files for a scan", known.len() as f64, start);
    let ids: Vec<_> = listed.iter().map(|track| track.id).collect();
    let start = Instant::now();
    store.mark_missing(Path::new("/music"), &ids, 1).expect("tracks can be marked");
    report("mark 100,000 tracks missing", n, start);
    let start = Instant::now();
    store.touch(&ids, 2).expect("tracks can be touched");
    report("mark 100,000 tracks present", n, start);
    let start = Instant::now();
    let owed = store.owed("crema", "crema-1").expect("what is owed can be listed");
    report("list 100,000 owed features", owed.len() as f64, start);
}

fn alignments(path: &Path) {
    let (mut store, _) = new_store(path);
    let pair = |a, b| {
        let score = (a * 31 + b * 17) as f32 / 1e5;
        Alignment {
            a: RecordingId(a),
            b: RecordingId(b),
            score,
            key_shift: (b % 12) as i8 - 5,
            voice: None,
            words: None,
        }
    };
    let pairs: Vec<_> = (0..N_ALIGNED).flat_map(|a| (a + 1..N_ALIGNED).map(move |b| pair(a, b))).collect();
    let n = pairs.len() as f64;
    let start = Instant::now();
    store.put_alignments(1, &pairs).expect("alignments can be written");
    report("all pairs of 2,000 recordings, in order, at once", n, start);
    println!("{:<58} {:>7.1} MB", "  on disk", size_of(path) as f64 / 1e6);
    let start = Instant::now();
    let read = store.alignments(1).expect("alignments can be read");
    report("read every score", read.len() as f64, start);
    let start = Instant::now();
    let of_one = store.alignments_of(RecordingId(N_ALIGNED / 2), 1).expect("alignments can be read");
    report("read the scores of one recording", of_one.len() as f64, start);
    let start = Instant::now();
    let one_more: Vec<_> = (0..N_ALIGNED).map(|a| pair(a, N_ALIGNED)).collect();
    store.put_alignments(1, &one_more).expect("alignments can be written");
    report("one recording more against 2,000", f64::from(N_ALIGNED), start);
    let start = Instant::now();
    let removed = store.remove_alignments(1).expect("alignments can be removed");
    report("remove every score of an aligner", removed as f64, start);
}

fn features(path: &Path) {
    let (mut store, folder) = new_store(path);
    let frames = frames();
    let one = Features { kind: "crema", version: "crema-1", frames: &frames };
    let start = Instant::now();
    (0..500).for_each(|n| commit(&mut store, folder, n, &[one]));
    report(&format!("write features of {} frames", frames.len()), 500.0, start);
    let start = Instant::now();
    let read =
        (0..500).filter(|n| matches!(store.features(&payload(*n), "crema", "crema-1"), Ok(Some(_)))).count();
    report("read them", read as f64, start);
    let bytes_per_frame = size_of(path) as f64 / 500.0 / frames.len() as f64;
    println!("{:<58} {bytes_per_frame:>7.2} bytes a frame", "  on disk, of 48 as f32 and 12 as bytes");
}

fn frames() -> Vec<[f32; 12]> {
    let Some(path) = std::env::var_os("REPRISE_FRAMES").map(PathBuf::from) else { return smoothed_noise() };
    let bytes = std::fs::read(&path).expect("the named file of frames can be read");
    let value = |four: &[u8]| f32::from_le_bytes([four[0], four[1], four[2], four[3]]);
    bytes.chunks_exact(48).map(|frame| std::array::from_fn(|p| value(&frame[4 * p..]))).collect()
}

fn smoothed_noise() -> Vec<[f32; 12]> {
    let mut state = 1u32;
    let mut frame = [0f32; 12];
    let mut next = || {
        for value in &mut frame {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *value = 0.9 * *value + 0.1 * (state >> 8) as f32 / 16_777_216.0;
        }
        frame
    };
    (0..N_FRAMES).map(|_| next()).collect()
}

/// Returns the size of the library with its write-ahead log.
fn size_of(path: &Path) -> u64 {
    let log = path.with_extension("db-wal");
    [path, &log].iter().filter_map(|file| std::fs::metadata(file).ok()).map(|file| file.len()).sum()
}
