//! A library of invented tracks: passages of real ones, each played a little differently.

use std::error::Error;
use std::path::Path;

use reprise_features::Versions;
use reprise_store::{
    AnalysedFile, CohortStatistics, Embeddings, Features, FileStamp, FolderId, NewFingerprint, PayloadHash,
    RecordingId, Sound, Store, Tags,
};

use crate::pieces::{FRAMES_A_MOMENT, Piece, Pieces};

/// The value in reprise-library/src/recordings/mod.rs.
const ALIGNER: u32 = 1;

/// How many passages a song has.
const PASSAGES: u32 = 6;

/// How many local embeddings a passage has: half a minute.
const PASSAGE: usize = 14;

/// How many of a hundred passages are replaced in another version.
const REPLACED: u32 = 20;

/// How far a local embedding is moved towards the codeword that it gets.
const TOWARDS: f32 = 0.5;

/// How many numbers of the fingerprint of a three-minute track are used to find it.
const SKETCH: u32 = 90;

/// A library with more tracks than this has no fingerprints: they are not searched here, and they would be most of the
/// data written.
const MOST_WITH_FINGERPRINTS: u32 = 200_000;

/// How many recordings are between two commits of vectors.
const VECTORS_A_COMMIT: u32 = 500;

/// The song that track `n` plays. Of every six tracks two are one song; of every sixty, five are.
pub fn song_of(n: u32) -> u32 {
    match (n % 60, n % 6) {
        (0..5, _) => n - n % 60,
        (_, 1) => n - 1,
        _ => n,
    }
}

/// Writes tracks `from..to` into the library at `path`. Tracks without vectors are embedded when they are linked.
pub fn make(
    path: &Path,
    pieces: &Pieces,
    from: u32,
    to: u32,
    with_embeddings: bool,
) -> Result<(), Box<dyn Error>> {
    let mut store = Store::open(path)?;
    let music = path.with_extension("music");
    std::fs::create_dir_all(&music)?;
    std::fs::write(music.join("here.txt"), "This folder is there.")?;
    let folder = store.add_folder(&music, 0)?;
    let mut waiting = Vec::new();
    for n in from..to {
        let track = Made::new(n, pieces);
        let recording = track.put(&mut store, folder, &music, n, to <= MOST_WITH_FINGERPRINTS)?;
        if with_embeddings {
            waiting.push((recording, track.vectors));
        }
        if n + 1 == to || n % VECTORS_A_COMMIT == 0 {
            store.put_embeddings(pieces.made_by(), &waiting)?;
            waiting.clear();
        }
    }
    Ok(())
}

/// Marks every recording as linked, so that only what is added afterwards is owed.
pub fn pretend_related(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut store = Store::open(path)?;
    let statistics = |recording| CohortStatistics {
        recording,
        mean: 7.0,
        deviation: 1.5,
        n_library: 150,
        n_bundled: 84,
        voice: None,
    };
    let all: Vec<CohortStatistics> = store.recordings()?.iter().map(|one| statistics(one.id)).collect();
    store.replace_provisional_matches(&[])?;
    Ok(store.put_cohort_statistics(ALIGNER, &all)?)
}

/// A track in the form in which it is stored.
struct Made {
    crema: Vec<[f32; 12]>,
    chroma: Vec<[f32; 12]>,
    vectors: Embeddings,
}

impl Made {
    fn new(n: u32, pieces: &Pieces) -> Self {
        let song = song_of(n);
        let n_keys = pieces.all.iter().map(|piece| piece.keys.len()).min().unwrap_or(0);
        // By how many semitones this rendition is lower than the one in the likeliest key.
        let lower = (mixed(n, 1) % 12) as usize;
        let (mut crema, mut chroma) = (Vec::new(), Vec::new());
        let (mut codewords, mut local) = (vec![Vec::new(); n_keys], vec![Vec::new(); n_keys]);
        let mut first = None;
        for passage in 0..PASSAGES {
            let whose = if mixed(n, 10 + passage) % 100 < REPLACED { n } else { song };
            let draw = |salt: u32| mixed(whose, 100 * (passage + 1) + salt) as usize;
            // Some passages occur in many songs.
            let piece = &pieces.all[(draw(0) % pieces.all.len()).min(draw(1) % pieces.all.len())];
            first = first.or(Some(piece));
            let begin = draw(2) % piece.local[0].len().saturating_sub(PASSAGE).max(1);
            let end = (begin + PASSAGE).min(piece.local[0].len());
            let up = usize::from(piece.keys[0]) + 12 - lower;
            for (to, from) in [(&mut crema, &piece.crema), (&mut chroma, &piece.chroma)] {
                let frames = from.iter().skip(begin * FRAMES_A_MOMENT).take((end - begin) * FRAMES_A_MOMENT);
                to.extend(frames.map(|frame| raised(frame, up)));
            }
            for key in 0..n_keys {
                for place in begin..end {
                    let salt = mixed(n, (passage * 3 + key as u32) * 1000 + place as u32);
                    let (held, vector) = played(piece, key, place, salt, pieces);
                    codewords[key].extend(held);
                    local[key].extend(vector);
                }
            }
        }
        let keys = first.map_or_else(Vec::new, |piece| {
            let key = |key: usize| {
                ((usize::from(piece.keys[key]) + 12 - usize::from(piece.keys[0]) + lower) % 12) as u8
            };
            (0..n_keys).map(key).collect()
        });
        let vectors = Embeddings { keys, codewords: codewords.concat(), local: local.concat() };
        Self { crema, chroma, vectors }
    }

    fn put(
        &self,
        store: &mut Store,
        folder: FolderId,
        music: &Path,
        n: u32,
        has_fingerprint: bool,
    ) -> Result<RecordingId, Box<dyn Error>> {
        let file = music.join(format!("{:04}", n / 40)).join(format!("{n:07} of {}.mp3", song_of(n)));
        let nfc = file.to_string_lossy().into_owned();
        let Versions { crema, chroma, .. } = Versions::CURRENT;
        let features = [
            Features { kind: "crema", version: crema, frames: &self.crema },
            Features { kind: "chroma", version: chroma, frames: &self.chroma },
        ];
        let mut sketch: Vec<u32> = (0..SKETCH).map(|place| mixed(n, 5000 + place)).collect();
        sketch.sort_unstable();
        let fingerprint =
            NewFingerprint { version: reprise_fingerprint::VERSION, sketch: &sketch, items: &[0; 5600] };
        let track = store.commit_analysis(&AnalysedFile {
            folder,
            stamp: FileStamp {
                path: &file,
                nfc: &nfc,
                size_bytes: 4_000_000 + u64::from(n),
                mtime_ns: 0,
                file_id: None,
            },
            tags: &Tags { title: Some(format!("Song {}", song_of(n))), ..Tags::default() },
            sound: &sound(n, self.crema.len()),
            features: &features,
            waveform: &[128; 600],
            fingerprint: has_fingerprint.then_some(fingerprint),
            warnings: &[],
            at_s: 0,
        })?;
        let known = store.track(track)?.and_then(|track| track.recording);
        known.ok_or_else(|| "what was heard has a recording".into())
    }
}

/// A local embedding as it sounds in this rendition: the codewords that are held for it, and its bytes.
fn played(piece: &Piece, key: usize, place: usize, salt: u32, pieces: &Pieces) -> (Vec<u16>, Vec<i8>) {
    let one = &piece.local[key][place];
    // The nearest codeword is drawn half of the time, the next one a quarter of the time, and so on.
    let drawn = (salt.trailing_zeros() as usize).min(one.nearby.len() - 1);
    let codeword = one.nearby[drawn].codeword;
    let centre = pieces.centre(codeword);
    let vector: Vec<f32> =
        one.vector.iter().zip(centre).map(|(own, centre)| own + TOWARDS * (centre - own)).collect();
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    let others = one.nearby.iter().map(|near| near.codeword).filter(|near| *near != codeword);
    let held = [codeword].into_iter().chain(others).take(pieces.space.n_held).collect();
    (held, vector.iter().map(|value| (value / length * 127.0).round() as i8).collect())
}

fn raised(frame: &[f32; 12], semitones: usize) -> [f32; 12] {
    std::array::from_fn(|p| frame[(p + 24 - semitones % 12) % 12])
}

fn sound(n: u32, n_frames: usize) -> Sound {
    // Hashes of real files come in no order, so these must not either.
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
    Sound {
        payload: PayloadHash(hash),
        duration_s: n_frames as f64 / reprise_features::Spec::v1().frame_rate_hz(),
        codec: "mp3".into(),
        sample_rate_hz: 44_100,
        channels: 2,
        tuning_cents: 0.0,
        refused: None,
        analysed_s: 0,
    }
}

/// A pseudo-random number for each pair of numbers.
fn mixed(n: u32, salt: u32) -> u32 {
    let mut x = (n ^ salt.wrapping_mul(0x9e37_79b9)).wrapping_add(0x7f4a_7c15);
    x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}
