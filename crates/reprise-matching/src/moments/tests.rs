use super::*;

const LEN: usize = 8;

/// Numbers in -1..1, as good as random.
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

fn moments(seed: u64, n: usize) -> Moments {
    Moments::new(units(seed, n), LEN)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The definition, moment by moment.
fn plain_likeness(query: &[f32], candidate: &[f32]) -> f32 {
    let best =
        |moment: &[f32]| candidate.chunks_exact(LEN).map(|other| dot(moment, other)).fold(-1.0, f32::max);
    let all: Vec<f32> = query.chunks_exact(LEN).map(best).collect();
    all.iter().sum::<f32>() / all.len() as f32
}

#[test]
fn late_likeness_is_the_mean_of_best_cosines_whatever_the_lengths() {
    for (n, m) in [(1, 1), (1, 40), (3, 16), (4, 17), (5, 15), (81, 79)] {
        let (a, b) = (units(1, n), units(2, m));
        let fast = late_likeness(&Moments::new(a.clone(), LEN), &Moments::new(b.clone(), LEN));
        assert!((fast - plain_likeness(&a, &b)).abs() < 1e-5, "{n} moments against {m}");
    }
}

#[test]
fn a_track_is_most_like_itself_and_like_nothing_when_it_is_empty() {
    let (track, empty) = (moments(3, 20), Moments::new(Vec::new(), LEN));
    assert!((late_likeness(&track, &track) - 1.0).abs() < 1e-5);
    assert!(late_likeness(&track, &moments(4, 20)) < 0.95);
    assert_eq!(late_likeness(&track, &empty), -1.0);
    assert_eq!(late_likeness(&empty, &track), -1.0);
    assert_eq!(late_likeness(&track, &Moments::new(vec![1.0, 0.0], 2)), -1.0, "of another model");
}

#[test]
fn codes_are_those_of_the_nearest_centres() {
    let centres = units(5, 100);
    let codebook = Codebook::new(&centres, LEN).unwrap();
    assert_eq!(codebook.n_codes(), 100);
    let track = moments(6, 30);
    let nearest = |moment: &[f32]| {
        let by_cosine = |a: &u16, b: &u16| {
            let cosine = |code: u16| dot(moment, &centres[usize::from(code) * LEN..][..LEN]);
            cosine(*a).total_cmp(&cosine(*b))
        };
        (0..100u16).max_by(by_cosine).unwrap()
    };
    let each: Vec<u16> = track.vectors().chunks_exact(LEN).map(nearest).collect();
    assert_eq!(codebook.codes(&track), each);
    let nearby = codebook.nearby(&track, 7);
    for (nearby, code) in nearby.iter().zip(each) {
        assert_eq!((nearby.len(), nearby[0].code), (7, code));
        assert!(nearby.is_sorted_by(|a, b| a.weight >= b.weight) && nearby[6].weight >= 0.0);
    }
    assert_eq!(codebook.nearby(&track, 1000)[0].len(), 99, "the last one is the floor");
}

#[test]
fn a_codebook_that_is_none_is_refused() {
    assert_eq!(Codebook::new(&[], LEN), None);
    assert_eq!(Codebook::new(&[1.0; 9], LEN), None);
    assert_eq!(Codebook::new(&[], 0), None);
    assert!(Codebook::new(&[1.0], 1).unwrap().nearby(&Moments::new(vec![1.0], 1), 3)[0].is_empty());
}

fn distinct(mut codes: Vec<u16>) -> Vec<u16> {
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The definition of a search: every document, every moment, the nearest code that it holds.
fn plain_search(documents: &[(u32, Vec<u16>)], keys: &[Vec<Vec<Nearby>>]) -> Vec<(u32, f32)> {
    let n_tracks = documents.iter().map(|(track, _)| track + 1).max().unwrap_or(0);
    let score = |codes: &Vec<u16>, moments: &Vec<Vec<Nearby>>| {
        let held = |nearby: &Vec<Nearby>| {
            nearby.iter().find(|near| codes.contains(&near.code)).map_or(0.0, |n| n.weight)
        };
        let sum: f32 = moments.iter().map(held).sum();
        sum / moments.len() as f32 / (codes.len().max(8) as f32).powf(0.25)
    };
    let best = |track: u32| {
        let own = documents.iter().filter(|(of, _)| *of == track);
        own.flat_map(|(_, codes)| keys.iter().map(move |moments| score(codes, moments))).fold(0.0, f32::max)
    };
    let mut all: Vec<(u32, f32)> =
        (0..n_tracks).map(|track| (track, best(track))).filter(|one| one.1 > 0.0).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all
}

#[test]
fn a_search_is_what_its_definition_says() {
    let codebook = Codebook::new(&units(7, 200), LEN).unwrap();
    let track = |n: u32| moments(u64::from(n) + 10, 20 + n as usize % 9);
    // Two keys a track.
    let documents: Vec<(u32, Vec<u16>)> =
        (0..60).map(|n| (n / 2, distinct(codebook.codes(&track(n))))).collect();
    let index = Index::new(
        documents.iter().map(|(track, codes)| Document { track: *track, codes }),
        codebook.n_codes(),
    );
    let mut scratch = SearchScratch::default();
    for query in 0..10u32 {
        let keys = [0, 1].map(|key| codebook.nearby(&track(2 * query + key), 12));
        let expected = plain_search(&documents, &keys);
        let found = index.search(&keys, 100, &mut scratch);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found.1 - expected.1).abs() < 1e-6);
        }
        assert_eq!(index.search(&keys, 5, &mut scratch), found[..5], "fewer are the first ones");
        assert_eq!(found[0].0, query, "the track itself shares most");
    }
}

#[test]
fn an_index_of_nothing_finds_nothing() {
    let index = Index::new(std::iter::empty(), 10);
    let near = vec![vec![vec![Nearby { code: 3, weight: 1.0 }, Nearby { code: 99, weight: 1.0 }]]];
    assert!(index.search(&near, 5, &mut SearchScratch::default()).is_empty());
    let codes = [3, 99];
    let index = Index::new([Document { track: 4, codes: &codes }].into_iter(), 10);
    let found = index.search(&near, 5, &mut SearchScratch::default());
    assert_eq!(found.len(), 1, "codes of another codebook are passed over");
    assert_eq!(found[0].0, 4);
    assert!(index.search(&[], 5, &mut SearchScratch::default()).is_empty());
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
    let keyed = |key: usize, seed: u64| Keyed { key, moments: moments(seed, 12) };
    let (query, other) = ([keyed(0, 1), keyed(7, 2)], [keyed(3, 3), keyed(5, 2)]);
    assert!(
        (likeness_in_any_key(&query, &other) - 1.0).abs() < 1e-5,
        "raised by 7 and by 5 they are the same"
    );
    let pairs = query.iter().flat_map(|a| other.iter().map(|b| late_likeness(&a.moments, &b.moments)));
    assert_eq!(likeness_in_any_key(&query, &other), pairs.fold(-1.0, f32::max));
    assert_eq!(likeness_in_any_key(&query, &[]), -1.0);
    let again = [keyed(1, 1), keyed(8, 9)];
    assert_eq!(
        likeness_in_any_key(&query, &again),
        late_likeness(&query[0].moments, &again[0].moments)
            .max(late_likeness(&query[0].moments, &again[1].moments))
            .max(late_likeness(&query[1].moments, &again[0].moments)),
        "8 against 7 is what 1 is against 0"
    );
}
