use super::*;

const LEN: usize = 8;

/// Pseudo-random numbers in -1..1.
fn noise(seed: u64) -> impl Iterator<Item = f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    })
}

fn units(seed: u64, n: usize) -> Vec<f32> {
    let mut values: Vec<f32> = noise(seed).take(n * LEN).collect();
    for vector in values.chunks_exact_mut(LEN) {
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        vector.iter_mut().for_each(|value| *value /= length);
    }
    values
}

fn local(seed: u64, n: usize) -> LocalEmbeddings {
    LocalEmbeddings::new(units(seed, n), LEN)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Late interaction by definition: one local embedding after another.
fn plain_likeness(query: &[f32], candidate: &[f32]) -> f32 {
    let best = |one: &[f32]| candidate.chunks_exact(LEN).map(|other| dot(one, other)).fold(-1.0, f32::max);
    let all: Vec<f32> = query.chunks_exact(LEN).map(best).collect();
    all.iter().sum::<f32>() / all.len() as f32
}

#[test]
fn late_interaction_is_the_mean_of_best_cosines_whatever_the_lengths() {
    for (n, m) in [(1, 1), (1, 40), (3, 16), (4, 17), (5, 15), (81, 79)] {
        let (a, b) = (units(1, n), units(2, m));
        let fast =
            late_interaction(&LocalEmbeddings::new(a.clone(), LEN), &LocalEmbeddings::new(b.clone(), LEN));
        assert!((fast - plain_likeness(&a, &b)).abs() < 1e-5, "{n} local embeddings against {m}");
    }
}

#[test]
fn a_candidate_with_the_moments_of_two_is_less_like_either_than_it_alone() {
    let (query, other) = (units(1, 20), units(2, 20));
    let both: Vec<f32> = query.iter().chain(&other).copied().collect();
    let [query, other, both] = [query, other, both].map(|vectors| LocalEmbeddings::new(vectors, LEN));
    assert_eq!(late_interaction(&query, &both), late_interaction(&query, &query));
    let lost = similarity_above_chance(&query, &query) - similarity_above_chance(&query, &both);
    assert!((lost - 0.05 * 2.0_f32.ln()).abs() < 1e-5, "twice as many local embeddings cost {lost}");
    assert!(similarity_above_chance(&query, &both) > similarity_above_chance(&query, &other));
    assert!(similarity_above_chance(&query, &LocalEmbeddings::new(Vec::new(), LEN)) <= -1.0);
}

#[test]
fn a_track_is_most_like_itself_and_like_nothing_when_it_is_empty() {
    let (track, empty) = (local(3, 20), LocalEmbeddings::new(Vec::new(), LEN));
    assert!((late_interaction(&track, &track) - 1.0).abs() < 1e-5);
    assert!(late_interaction(&track, &local(4, 20)) < 0.95);
    assert_eq!(late_interaction(&track, &empty), -1.0);
    assert_eq!(late_interaction(&empty, &track), -1.0);
    assert_eq!(late_interaction(&track, &LocalEmbeddings::new(vec![1.0, 0.0], 2)), -1.0, "of another model");
}

#[test]
fn codes_are_those_of_the_nearest_centres() {
    let centres = units(5, 100);
    let codebook = Codebook::new(&centres, LEN).unwrap();
    assert_eq!(codebook.n_codewords(), 100);
    let track = local(6, 30);
    let nearest = |one: &[f32]| {
        let by_cosine = |a: &u16, b: &u16| {
            let cosine = |codeword: u16| dot(one, &centres[usize::from(codeword) * LEN..][..LEN]);
            cosine(*a).total_cmp(&cosine(*b))
        };
        (0..100u16).max_by(by_cosine).unwrap()
    };
    let each: Vec<u16> = track.vectors().chunks_exact(LEN).map(nearest).collect();
    assert_eq!(codebook.codewords(&track, 1), each);
    let two = codebook.codewords(&track, 2);
    assert_eq!(
        two.iter().step_by(2).collect::<Vec<_>>(),
        each.iter().collect::<Vec<_>>(),
        "the nearest first"
    );
    let (nearby, seconds) = (codebook.nearby(&track, 2), two.iter().skip(1).step_by(2));
    assert!(nearby.iter().zip(seconds).all(|(nearby, second)| nearby[1].codeword == *second));
    assert_eq!(codebook.codewords(&track, 1000).len(), 30 * 100, "all that there are");
    let nearby = codebook.nearby(&track, 7);
    for (nearby, codeword) in nearby.iter().zip(each) {
        assert_eq!((nearby.len(), nearby[0].codeword), (7, codeword));
        assert!(nearby.is_sorted_by(|a, b| a.weight >= b.weight) && nearby[6].weight >= 0.0);
    }
    assert_eq!(codebook.nearby(&track, 1000)[0].len(), 99, "the last one is the floor");
}

#[test]
fn a_codebook_that_is_none_is_refused() {
    assert_eq!(Codebook::new(&[], LEN), None);
    assert_eq!(Codebook::new(&[1.0; 9], LEN), None);
    assert_eq!(Codebook::new(&[], 0), None);
    assert!(Codebook::new(&[1.0], 1).unwrap().nearby(&LocalEmbeddings::new(vec![1.0], 1), 3)[0].is_empty());
}

/// Codewords of tracks in two keys each, and an index of them.
struct Shelved {
    codebook: Codebook,
    documents: Vec<Vec<u16>>,
}

impl Shelved {
    fn new(n_tracks: u64) -> Self {
        let codebook = Codebook::new(&units(7, 200), LEN).unwrap();
        let documents = (0..2 * n_tracks).map(|n| distinct(codebook.codewords(&keyed(n), 1))).collect();
        Self { codebook, documents }
    }

    fn documents(&self) -> impl Iterator<Item = Document<'_>> {
        (0..).zip(&self.documents).map(|(n, codewords)| Document {
            track: n / 2,
            key: (n % 2) as u8,
            codewords,
        })
    }

    fn index(&self) -> Index {
        Index::new(self.documents(), self.codebook.n_codewords())
    }

    /// Returns the query codewords of a track in its two keys.
    fn asked(&self, track: u64) -> [Vec<Nearby>; 2] {
        [0, 1].map(|key| self.codebook.asked(&keyed(2 * track + key), 12))
    }

    /// Search by definition: every document and every query codeword; the results are by track.
    fn plain_search(&self, keys: &[Vec<Nearby>]) -> Vec<Found> {
        let n = self.documents.len() as f32;
        let worth = |near: &Nearby| {
            let holders =
                self.documents.iter().filter(|codewords| codewords.contains(&near.codeword)).count();
            near.weight * (1.0 + n / holders.max(1) as f32).ln()
        };
        let shared = |codewords: &[u16], asked: &[Nearby]| {
            let held = asked.iter().filter(|near| codewords.contains(&near.codeword)).map(worth).sum::<f32>();
            let length = asked.iter().map(|near| worth(near).powi(2)).sum::<f32>().sqrt();
            held / length / (codewords.len().max(8) as f32).powf(0.4)
        };
        let mut best: Vec<Found> = Vec::new();
        for document in self.documents() {
            if document.key == 0 {
                best.push(Found { track: document.track, shared: 0.0, asked_in: 0, held_in: 0 });
            }
            for (asked_in, asked) in (0..).zip(keys) {
                let (shared, so_far) = (shared(document.codewords, asked), best.last_mut().unwrap());
                if shared > so_far.shared {
                    *so_far = Found { shared, asked_in, held_in: document.key, ..*so_far };
                }
            }
        }
        best
    }
}

fn keyed(n: u64) -> LocalEmbeddings {
    local(n + 10, 20 + n as usize % 9)
}

fn distinct(mut codewords: Vec<u16>) -> Vec<u16> {
    codewords.sort_unstable();
    codewords.dedup();
    codewords
}

#[test]
fn a_search_is_what_its_definition_says() {
    let shelved = Shelved::new(30);
    let (index, mut scratch) = (shelved.index(), SearchScratch::default());
    for query in 0..10 {
        let keys = shelved.asked(query);
        let all = shelved.plain_search(&keys);
        let mean = all.iter().map(|one| one.shared).sum::<f32>() / all.len() as f32;
        let square = all.iter().map(|one| (one.shared - mean).powi(2)).sum::<f32>() / all.len() as f32;
        let mut expected = all;
        expected.retain(|one| one.shared > 0.0);
        expected.sort_by(|a, b| b.shared.total_cmp(&a.shared).then(a.track.cmp(&b.track)));

        let search = index.search(&keys, 100, &mut scratch);
        assert_eq!(search.found.len(), expected.len());
        for (found, expected) in search.found.iter().zip(&expected) {
            assert!((found.shared - expected.shared).abs() < 1e-5);
        }
        assert!((search.mean - mean).abs() < 1e-5 && (search.deviation - square.sqrt()).abs() < 1e-5);
        assert_eq!(index.search(&keys, 5, &mut scratch).found, search.found[..5], "fewer are the first ones");
        let first = search.found[0];
        assert_eq!(u64::from(first.track), query, "the track itself shares most");
        assert_eq!((first.asked_in, first.held_in), (expected[0].asked_in, expected[0].held_in));
        assert!(index.search(&keys, 0, &mut scratch).found.is_empty());
    }
}

#[test]
fn an_index_that_grew_is_the_index_made_at_once() {
    let shelved = Shelved::new(30);
    let mut grown = Index::new(shelved.documents().take(2), shelved.codebook.n_codewords());
    for begin in (2..60).step_by(20) {
        grown.add(shelved.documents().skip(begin).take(20));
    }
    let keys = shelved.asked(3);
    let search = |index: &Index| index.search(&keys, 100, &mut SearchScratch::default());
    assert_eq!(search(&grown), search(&shelved.index()));
}

#[test]
fn tracks_beyond_a_shard_are_found_like_any_other() {
    let codewords: Vec<[u16; 2]> = (0..70_000).map(|n| [(n % 500) as u16, 500 + (n / 500) as u16]).collect();
    let documents = (0..).zip(&codewords).map(|(track, codewords)| Document { track, key: 0, codewords });
    let index = Index::new(documents, 640);
    let asked = |codeword| Nearby { codeword, weight: 1.0 };
    for track in [0, 65_535, 65_536, 69_999] {
        let keys = [codewords[track].map(asked).to_vec()];
        let found = index.search(&keys, 1, &mut SearchScratch::default()).found;
        assert_eq!(found[0].track as usize, track);
    }
}

#[test]
fn a_code_that_more_than_one_of_fifty_documents_holds_says_nothing() {
    // Of 60,000 documents, 1,200 contain the first codeword and 1,201 the second.
    let codewords: Vec<Vec<u16>> = (0..60_000)
        .map(|n| {
            [(0, 1200), (1, 1201)]
                .iter()
                .filter(|(_, holders)| n < *holders)
                .map(|(codeword, _)| *codeword)
                .collect()
        })
        .collect();
    let documents = (0..).zip(&codewords).map(|(track, codewords)| Document { track, key: 0, codewords });
    let index = Index::new(documents, 2);
    let found = |codeword| {
        let keys = [vec![Nearby { codeword, weight: 1.0 }]];
        index.search(&keys, 2000, &mut SearchScratch::default()).found.len()
    };
    assert_eq!([0, 1].map(found), [1200, 0]);
}

#[test]
fn what_is_asked_by_codes_is_what_their_centres_ask_each_once() {
    let centres = units(5, 300);
    let codebook = Codebook::new(&centres, LEN).unwrap();
    let asked = codebook.asked_by_codewords(&[7, 3, 7, 7, 299, 400], 12);
    let centre = |codeword: usize| LocalEmbeddings::new(centres[codeword * LEN..][..LEN].to_vec(), LEN);
    let near = [3, 7, 299]
        .map(|codeword| codebook.nearby(&centre(codeword), NEAR_A_CODEWORD)[0][..12].to_vec())
        .concat();
    for one in &near {
        let same = near.iter().filter(|other| other.codeword == one.codeword).map(|other| other.weight);
        let nearest = Nearby { weight: same.fold(0.0, f32::max), ..*one };
        assert_eq!(
            asked.iter().filter(|other| other.codeword == one.codeword).collect::<Vec<_>>(),
            [&nearest]
        );
    }
    assert!(asked.iter().all(|one| near.iter().any(|other| other.codeword == one.codeword)), "and no others");
    assert_eq!(asked, codebook.asked_by_codewords(&[3, 7, 299, 7, 7], 12), "what is kept is what was found");
    let looked_around = Codebook::new(&centres, LEN).unwrap();
    looked_around.look_around_everywhere();
    assert_eq!(asked, looked_around.asked_by_codewords(&[3, 7, 7, 7, 299], 12), "whoever found it");
    assert!(codebook.asked_by_codewords(&[], 12).is_empty());
}

#[test]
fn an_index_of_nothing_finds_nothing() {
    let index = Index::new(std::iter::empty(), 10);
    let near = [vec![Nearby { codeword: 3, weight: 1.0 }, Nearby { codeword: 99, weight: 1.0 }]];
    let search =
        |index: &Index, keys: &[Vec<Nearby>]| index.search(keys, 5, &mut SearchScratch::default()).found;
    assert!(search(&index, &near).is_empty());
    let codewords = [3, 99];
    let index = Index::new([Document { track: 4, key: 0, codewords: &codewords }].into_iter(), 10);
    let found = search(&index, &near);
    assert_eq!(found.len(), 1, "codewords of another codebook are passed over");
    assert_eq!(found[0].track, 4);
    assert!(search(&index, &[]).is_empty());
    assert!(search(&index, &[vec![]]).is_empty());
}

#[test]
fn a_track_in_another_key_is_raised_to_the_same_one() {
    let template = [0.20, 0.05, 0.44, 0.04, 0.41, 0.03, 0.24, 0.48, 0.04, 0.29, 0.02, 0.47];
    let here: Vec<[f32; 12]> = vec![template, template.map(|value| value * 0.5)];
    assert_eq!(likely_keys(&here, &template, 3)[0], 0);
    for up in 0..12 {
        let higher: Vec<[f32; 12]> = here.iter().map(|frame| crate::transpose::rolled(frame, up)).collect();
        let (lower, keys) = (likely_keys(&here, &template, 3), likely_keys(&higher, &template, 3));
        let back: Vec<usize> = keys.iter().map(|key| (key + up) % 12).collect();
        assert_eq!(back, lower, "{up} semitones higher");
    }
    assert_eq!(likely_keys(&[], &template, 2), [0, 1], "silence is in any key");
}

#[test]
fn tracks_are_as_alike_as_in_their_best_pair_of_keys() {
    let keyed = |key: usize, seed: u64| Keyed { key, local: local(seed, 12) };
    let (query, other) = ([keyed(0, 1), keyed(7, 2)], [keyed(3, 3), keyed(5, 2)]);
    assert!(
        (similarity_in_any_key(&query, &other) - (1.0 - 0.05 * 12.0_f32.ln())).abs() < 1e-5,
        "raised by 7 and by 5 they are the same"
    );
    let pairs = query.iter().flat_map(|a| other.iter().map(|b| similarity_above_chance(&a.local, &b.local)));
    assert_eq!(similarity_in_any_key(&query, &other), pairs.fold(-1.0, f32::max));
    assert_eq!(similarity_in_any_key(&query, &[]), -1.0);
    let again = [keyed(1, 1), keyed(8, 9)];
    assert_eq!(
        similarity_in_any_key(&query, &again),
        similarity_above_chance(&query[0].local, &again[0].local)
            .max(similarity_above_chance(&query[0].local, &again[1].local))
            .max(similarity_above_chance(&query[1].local, &again[0].local)),
        "8 against 7 is what 1 is against 0"
    );
}
