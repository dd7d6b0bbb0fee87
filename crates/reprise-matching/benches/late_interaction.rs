//! Processor time of a shortlist among many tracks, compared with the plain definitions.
//!
//! `cargo bench -p reprise-matching --bench late_interaction -- [TRACKS]`; the default is 100,000 tracks. The vectors
//! are synthetic: each local embedding lies near one of several thousand places, as chords do. Every track has 80 local
//! embeddings in each of three keys.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use reprise_matching::local_embeddings::{
    Codebook, Document, Index, Keyed, LocalEmbeddings, NEAR_A_CODEWORD, SearchScratch, late_interaction,
    similarity_in_any_key,
};

const LEN: usize = 64;
const EMBEDDINGS: usize = 80;
const CODEWORDS: usize = 16_384;
/// As in reprise-library/src/candidates/nearest.rs.
const NEARBY_BY_CODEWORDS: usize = 8;
const COMPARED: usize = 800;
/// Places near which local embeddings lie.
const PLACES: usize = 6000;
const QUERIES: usize = 100;

struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn below(&mut self, n: usize) -> usize {
        self.next() as usize % n
    }

    fn value(&mut self) -> f32 {
        self.below(20_001) as f32 / 1e4 - 1.0
    }
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
    vector
}

fn near(places: &[Vec<f32>], noise: &mut Noise) -> Vec<f32> {
    let place = &places[noise.below(places.len())];
    unit(place.iter().map(|value| value + 0.06 * noise.value()).collect())
}

fn track(places: &[Vec<f32>], noise: &mut Noise) -> Vec<Keyed> {
    let local = |noise: &mut Noise| (0..EMBEDDINGS).flat_map(|_| near(places, noise)).collect();
    [0, 5, 7].map(|key| Keyed { key, local: LocalEmbeddings::new(local(noise), LEN) }).into()
}

fn plain_interaction(query: &LocalEmbeddings, candidate: &LocalEmbeddings) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let best =
        |one: &[f32]| candidate.vectors().chunks_exact(LEN).map(|other| dot(one, other)).fold(-1.0, f32::max);
    query.vectors().chunks_exact(LEN).map(best).sum::<f32>() / query.len() as f32
}

/// Returns the seconds that a processor has worked for this thread, so that other load of the machine matters little.
/// Returns seconds on the clock if the system does not report them.
fn busy_s(began: Instant) -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat");
    let busy_ns = stat.ok().and_then(|stat| stat.split(' ').next()?.parse::<f64>().ok());
    busy_ns.map_or_else(|| began.elapsed().as_secs_f64(), |ns| ns * 1e-9)
}

fn milliseconds(times: usize, mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    let start = busy_s(began);
    (0..times).for_each(|_| work());
    (busy_s(began) - start) * 1e3 / times as f64
}

fn main() {
    let n_tracks = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(100_000);
    let mut noise = Noise(88_172_645_463_325_252);
    let places: Vec<Vec<f32>> =
        (0..PLACES).map(|_| unit((0..LEN).map(|_| noise.value()).collect())).collect();
    let centres: Vec<f32> = (0..CODEWORDS).flat_map(|_| near(&places, &mut noise)).collect();
    let Some(codebook) = Codebook::new(&centres, LEN) else { return };
    time_pairs(&codebook, &track(&places, &mut noise), &track(&places, &mut noise));
    let index = timed_index(n_tracks, &mut noise);
    let queries: Vec<Vec<Keyed>> = (0..QUERIES).map(|_| track(&places, &mut noise)).collect();
    time_searches(&codebook, &index, &queries);
}

/// Times late interaction and its plain form, a pair in all keys, and the computation of a track's codewords.
fn time_pairs(codebook: &Codebook, a: &[Keyed], b: &[Keyed]) {
    let fast = milliseconds(2000, || {
        black_box(late_interaction(black_box(&a[0].local), &b[0].local));
    });
    let plain = milliseconds(200, || {
        black_box(plain_interaction(black_box(&a[0].local), &b[0].local));
    });
    println!(
        "late interaction of {EMBEDDINGS} x {EMBEDDINGS}: {:.1} us, plain {:.1} us",
        fast * 1e3,
        plain * 1e3
    );
    let pair = milliseconds(500, || {
        black_box(similarity_in_any_key(black_box(a), b));
    });
    println!("a pair in 3 x 3 keys: {:.1} us", pair * 1e3);
    let coding = milliseconds(20, || {
        a.iter().for_each(|key| drop(black_box(codebook.codewords(&key.local, 1))));
    });
    println!("codewords of a track: {coding:.1} ms");
}

/// Creates and times an index of synthetic tracks. Their codewords are distributed like real ones: a few are in most
/// tracks.
fn timed_index(n_tracks: usize, noise: &mut Noise) -> Index {
    let mut drawn = || noise.below(CODEWORDS).min(noise.below(CODEWORDS)) as u16;
    let mut documents = Vec::with_capacity(3 * n_tracks);
    for number in 0..3 * n_tracks {
        let mut codewords: Vec<u16> = (0..EMBEDDINGS).map(|_| drawn()).collect();
        codewords.sort_unstable();
        codewords.dedup();
        documents.push(((number / 3) as u32, (number % 3) as u8, codewords));
    }
    let mut index = Index::default();
    let making = milliseconds(1, || {
        index = Index::new(
            documents.iter().map(|(track, key, codewords)| Document { track: *track, key: *key, codewords }),
            CODEWORDS,
        );
    });
    println!("index of {n_tracks} tracks: {making:.0} ms");
    index
}

fn time_searches(codebook: &Codebook, index: &Index, queries: &[Vec<Keyed>]) {
    let mut scratch = SearchScratch::default();
    for (what, n_keys, nearby) in
        [("a search", 3, NEAR_A_CODEWORD), ("a search for a provisional match", 1, NEARBY_BY_CODEWORDS)]
    {
        let [mut new, mut known, mut search] = [const { Vec::new() }; 3];
        for query in queries {
            let codewords: Vec<Vec<u16>> =
                query[..n_keys].iter().map(|key| codebook.codewords(&key.local, 1)).collect();
            let mut asked = Vec::new();
            let mut ask = || {
                asked = codewords
                    .iter()
                    .map(|codewords| codebook.asked_by_codewords(codewords, nearby))
                    .collect();
            };
            new.push(milliseconds(1, &mut ask));
            known.push(milliseconds(1, &mut ask));
            search.push(milliseconds(1, || {
                black_box(index.search(&asked, COMPARED, &mut scratch));
            }));
        }
        println!(
            "{what}: codewords near it {:.1} ms at first, {:.2} ms when known; the index {:.1} ms, slowest of {QUERIES} {:.1} ms",
            mean(&new),
            mean(&known),
            mean(&search),
            search.iter().copied().fold(0.0, f64::max),
        );
    }
}

fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / times.len() as f64
}
