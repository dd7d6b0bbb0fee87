use super::*;

const RATE_HZ: u32 = 11_025;

/// Makes chords of three partials that change twice a second. Each seed gives another piece.
fn piece(seed: u64, seconds: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u32 << 24) as f32
    };
    let mut samples = Vec::new();
    while samples.len() < seconds * RATE_HZ as usize {
        let notes: Vec<f32> = (0..3).map(|_| 110.0 * 2f32.powf((random() * 36.0).floor() / 12.0)).collect();
        samples.extend((0..RATE_HZ as usize / 2).map(|n| {
            let t = n as f32 / RATE_HZ as f32;
            notes.iter().map(|hz| 0.2 * (std::f32::consts::TAU * hz * t).sin()).sum::<f32>()
        }));
    }
    samples.truncate(seconds * RATE_HZ as usize);
    samples
}

fn fingerprint(samples: &[f32]) -> Fingerprint {
    let mut maker = Fingerprinter::new(RATE_HZ);
    samples.chunks(1000).for_each(|chunk| maker.push(chunk));
    maker.finish()
}

fn seconds(samples: &[f32]) -> f64 {
    samples.len() as f64 / f64::from(RATE_HZ)
}

/// Returns the chroma of a signal of sines: the strength of each note in each tenth of a second.
fn chroma(samples: &[f32]) -> Vec<[f32; 12]> {
    let frame = |samples: &[f32]| {
        let strength = |note: usize| {
            let hz = 110.0 * 2f32.powf(note as f32 / 12.0);
            let turn = std::f32::consts::TAU * hz / RATE_HZ as f32;
            let (re, im) = samples.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, x)| {
                (re + x * (turn * n as f32).cos(), im + x * (turn * n as f32).sin())
            });
            re.hypot(im)
        };
        let strengths: [f32; 36] = std::array::from_fn(strength);
        let most = strengths.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let loud = |note: usize| (1.0 + 100.0 * strengths[note] / most).ln();
        let pitches: [f32; 12] = std::array::from_fn(|p| (0..3).map(|octave| loud(p + 12 * octave)).sum());
        let loudest = pitches.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        pitches.map(|pitch| pitch / loudest)
    };
    let frames: Vec<[f32; 12]> = samples.chunks(RATE_HZ as usize / 10).map(frame).collect();
    // Smoothed like the frames of a transform, whose windows are longer than a frame.
    let smooth = |n: usize| -> [f32; 12] {
        let window = &frames[n.saturating_sub(2)..(n + 3).min(frames.len())];
        std::array::from_fn(|p| window.iter().map(|frame| frame[p]).sum::<f32>() / window.len() as f32)
    };
    (0..frames.len()).map(smooth).collect()
}

fn peaks(samples: &[f32]) -> Vec<u8> {
    let loudest = |part: &[f32]| part.iter().fold(f32::MIN_POSITIVE, |most, x| x.abs().max(most));
    let whole = loudest(samples);
    samples.chunks(samples.len() / 300 + 1).map(|part| (loudest(part) / whole * 255.0) as u8).collect()
}

fn compared(a: &[f32], b: &[f32]) -> Option<(Sameness, Vec<Stretch>)> {
    let parts =
        [a, b].map(|samples| (fingerprint(samples), chroma(samples), peaks(samples), seconds(samples)));
    let [one, other] = [0, 1].map(|n| {
        let (fingerprint, chroma, peaks, duration_s) = &parts[n];
        let sounding = Some(Sounding { chroma, frame_rate_hz: 10.0, peaks });
        Side { fingerprint, duration_s: *duration_s, sounding }
    });
    let answer = compare(&one, &other);
    let back = compare(&other, &one).map(|(sameness, _)| sameness);
    assert_eq!(answer.as_ref().map(|(sameness, _)| *sameness), back, "whichever is asked first");
    let unheard =
        |side: Side<'_>| compare(&Side { sounding: None, ..side }, &other).map(|(sameness, _)| sameness);
    assert_ne!(unheard(one), Some(Sameness::Whole), "nobody looked");
    answer
}

fn sameness(a: &[f32], b: &[f32]) -> Option<Sameness> {
    compared(a, b).map(|(sameness, _)| sameness)
}

fn cut(samples: &[f32], from_s: usize, to_s: usize) -> Vec<f32> {
    let rate = RATE_HZ as usize;
    [&samples[..from_s * rate], &samples[to_s * rate..]].concat()
}

#[test]
fn a_fingerprint_does_not_depend_on_how_samples_come() {
    let samples = piece(1, 30);
    let mut at_once = Fingerprinter::new(RATE_HZ);
    at_once.push(&samples);
    let whole = at_once.finish();
    assert_eq!(fingerprint(&samples), whole);
    assert!((whole.duration_s() - 30.0).abs() < 3.0, "{} s", whole.duration_s());
    assert_eq!(Fingerprint::from_bytes(&whole.to_bytes()), Some(whole));
    assert_eq!(Fingerprint::from_bytes(&[1, 2, 3]), None);
    let mut too_low = Fingerprinter::new(500);
    too_low.push(&samples);
    assert_eq!(too_low.finish(), Fingerprint(Vec::new()), "what cannot be resampled has none");
}

#[test]
fn louder_filtered_clipped_or_a_little_shorter_is_the_same_recording() {
    let plain = piece(2, 60);
    let loud: Vec<f32> = plain.iter().map(|sample| (sample * 3.0).clamp(-1.0, 1.0)).collect();
    let mut last = 0.0;
    let dull: Vec<f32> = plain
        .iter()
        .map(|sample| {
            last += 0.3 * (sample - last);
            last
        })
        .collect();
    let late = [vec![0.0; 3 * RATE_HZ as usize], plain.clone()].concat();
    let others = [
        ("as it is", plain.clone()),
        ("loud", loud),
        ("dull", dull),
        ("late", late),
        ("shorter", cut(&plain, 58, 60)),
    ];
    for (name, other) in others {
        assert_eq!(sameness(&plain, &other), Some(Sameness::Whole), "{name}");
    }
    assert_eq!(
        sameness(&plain, &cut(&plain, 0, 5)),
        Some(Sameness::Edit),
        "five seconds of music are missing"
    );
}

#[test]
fn the_worst_second_counts_and_is_named() {
    let plain = piece(2, 60);
    let changed = |from_s: f32, to_s: f32, other: &dyn Fn(usize) -> f32| {
        let at = |second: f32| (second * RATE_HZ as f32) as usize;
        let mut changed = plain.clone();
        (at(from_s)..at(to_s)).for_each(|n| changed[n] = other(n));
        changed
    };
    let stranger = piece(9, 60);
    let mute = changed(20.0, 20.5, &|_| 0.0);
    let bleep =
        changed(30.0, 30.6, &|n| 0.5 * (std::f32::consts::TAU * 987.8 * n as f32 / RATE_HZ as f32).sin());
    let other_intro = changed(0.0, 8.0, &|n| stranger[n]);
    let mixed = changed(25.0, 31.0, &|n| plain[n] + 0.5 * stranger[n]);
    for (other, from_s, to_s) in
        [(mute, 20.0, 20.5), (bleep, 30.0, 30.6), (other_intro, 0.0, 8.0), (mixed, 25.0, 31.0)]
    {
        let (sameness, stretches) = compared(&plain, &other).unwrap();
        assert_eq!(sameness, Sameness::Edit);
        let ends = stretches.iter().map(|one| one.a_start_s + one.length_s).find(|end_s| *end_s < 59.0);
        let starts = stretches.iter().map(|one| one.a_start_s).find(|start_s| *start_s > 0.0);
        assert!((ends.unwrap_or(0.0) - from_s).abs() < 1.0, "{stretches:?}");
        assert!((starts.unwrap() - to_s).abs() < 1.0, "{stretches:?}");
    }
    let throughout = changed(0.0, 60.0, &|n| plain[n] + 0.5 * stranger[n]);
    assert_ne!(sameness(&plain, &throughout), Some(Sameness::Whole));
}

#[test]
fn a_jingle_is_found_wherever_it_stands_and_however_often() {
    let [jingle, ad] = [piece(40, 12), piece(41, 15)];
    let one = [jingle.clone(), piece(42, 40), ad.clone(), piece(43, 40), jingle.clone()].concat();
    let other = [ad, piece(44, 40), jingle, piece(45, 40)].concat();
    let found = shared_anywhere(&fingerprint(&one), &fingerprint(&other));
    let holds = |at_s: f64| {
        found.iter().any(|stretch| (stretch.a_start_s..stretch.a_start_s + stretch.length_s).contains(&at_s))
    };
    assert!(holds(6.0) && holds(59.0) && holds(113.0), "{found:?}");
    assert!(!holds(30.0) && !holds(90.0), "{found:?}");
}

#[test]
fn a_cut_is_an_edit_and_both_sides_of_it_are_found() {
    let plain = piece(3, 120);
    let edit = cut(&plain, 50, 80);
    assert_eq!(sameness(&plain, &edit), Some(Sameness::Edit));
    let stretches = shared(&fingerprint(&plain), &fingerprint(&edit));
    let [before, after] = stretches[..] else { panic!("{stretches:?}") };
    assert!(before.a_start_s < 1.0 && (before.length_s - 50.0).abs() < 4.0, "{before:?}");
    assert!((after.a_start_s - after.b_start_s - 30.0).abs() < 0.3, "{after:?}");
    assert!(after.length_s > 34.0, "{after:?}");
}

#[test]
fn a_song_in_a_set_is_inside_it() {
    let songs: Vec<Vec<f32>> = (10..16).map(|seed| piece(seed, 60)).collect();
    let set = songs.concat();
    assert_eq!(sameness(&songs[3], &set), Some(Sameness::Inside));
    let stretches = shared(&fingerprint(&songs[3]), &fingerprint(&set));
    assert!((stretches[0].b_start_s - 180.0).abs() < 0.5, "{stretches:?}");
    let sample = [piece(30, 50), cut(&songs[3], 20, 60), piece(31, 50)].concat();
    assert_eq!(sameness(&songs[3], &sample), Some(Sameness::Part));
}

#[test]
fn strangers_silence_and_a_held_tone_have_nothing_in_common() {
    let silence = vec![0.0; 60 * RATE_HZ as usize];
    let tone = |hz: f32| -> Vec<f32> {
        let sample = |n: usize| 0.3 * (std::f32::consts::TAU * hz * n as f32 / RATE_HZ as f32).sin();
        (0..60 * RATE_HZ as usize).map(sample).collect()
    };
    let others = [piece(4, 60), piece(5, 60), silence.clone(), tone(220.0), tone(330.0)];
    for (number, other) in others.iter().enumerate() {
        for another in &others[number + 1..] {
            assert_eq!(sameness(other, another), None);
        }
    }
    assert_eq!(sameness(&silence, &silence), None, "two silences are not one recording");
    assert_eq!(sameness(&tone(220.0), &tone(220.0)), None);
    assert_eq!(sameness(&[], &others[0]), None);
}

#[test]
fn sketches_find_what_is_worth_comparing() {
    let plain = piece(6, 120);
    let many = [piece(7, 120), cut(&plain, 30, 70), piece(8, 120), plain.clone()];
    let sketches: Vec<Vec<u32>> = many.iter().map(|one| fingerprint(one).sketch()).collect();
    let mut index = Sketches::new(sketches.iter().map(Vec::as_slice));
    assert_eq!(index.near(&fingerprint(&plain).sketch()), [1, 3]);
    assert_eq!(index.near(&fingerprint(&piece(9, 120)).sketch()), [0usize; 0]);
    assert_eq!(index.near(&fingerprint(&many[0]).sketch()), [0], "nothing is left of earlier questions");
    let set = [piece(20, 60), plain, piece(21, 60)].concat();
    assert_eq!(index.near(&fingerprint(&set).sketch()), [1, 3], "however much else there is");
}
