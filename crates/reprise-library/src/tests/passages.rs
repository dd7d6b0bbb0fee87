//! Songs inside medleys and sets.

use super::{TestLibrary, TestTrack};
use crate::linking::link;
use crate::linking::medleys::complete_medleys;
use crate::linking::run::LinkingRun;
use crate::{Confidence, Control, Effort, Kind, NotMatched, Progress, Reason, Relation, TrackQuestion};

/// How many frames a chord lasts.
const CHORD: usize = 20;

/// Triads of one key in pseudo-random order.
fn chords(seed: u32, n_chords: usize) -> Vec<[f32; 12]> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut frames = Vec::new();
    for _ in 0..n_chords {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (root, third) =
            [(0, 4), (0, 4), (2, 3), (4, 3), (5, 4), (7, 4), (9, 3)][(state >> 24) as usize % 7];
        let chord = [0, third, 7].map(|interval| (root + interval + seed as usize * 5) % 12);
        frames.extend([std::array::from_fn(|p| if chord.contains(&p) { 0.95 } else { 0.02 }); CHORD]);
    }
    frames
}

/// Only the first chord of a song's key.
fn drone(seed: usize, n_chords: usize) -> Vec<[f32; 12]> {
    let chord = [0, 4, 7].map(|interval| (interval + seed * 5) % 12);
    vec![std::array::from_fn(|p| if chord.contains(&p) { 0.95 } else { 0.02 }); n_chords * CHORD]
}

fn complete(home: &TestLibrary) {
    let control = Control::new();
    complete_medleys(&home.library.database, &Progress::new(&|_| {}, &control)).unwrap();
}

fn relate(home: &TestLibrary) {
    let (mut run, control) = (LinkingRun::at_last(), Control::new());
    let progress = Progress::new(&|_| {}, &control);
    link(&home.library.database, &mut run, Effort { threads: 2 }, &progress).unwrap();
}

/// Songs of 111 s. The payload number of a track determines its length, see [`TestLibrary::add_analysed`].
fn add_songs(home: &TestLibrary, songs: std::ops::Range<u32>) -> Vec<reprise_store::TrackId> {
    let song = |n| {
        let name = format!("song {n}");
        home.add_analysed(&TestTrack { name: &name, payload: 81 + n, ..TestTrack::default() }, &chords(n, 60))
    };
    songs.map(song).collect()
}

#[test]
fn a_medley_holds_its_songs_and_is_no_version_of_them() {
    let home = TestLibrary::new();
    let songs = add_songs(&home, 0..20);
    let frames: Vec<_> = [3, 7].iter().flat_map(|n| chords(*n, 50)).collect();
    // The medley lasts 186 s.
    let medley =
        home.add_analysed(&TestTrack { name: "medley", payload: 156, ..TestTrack::default() }, &frames);
    home.relate(&[(84, 156, 16.0), (88, 156, 9.0), (100, 156, 6.0)]);
    complete(&home);
    let answer = home.library.versions(medley).unwrap();
    let held: Vec<_> = answer.covers.iter().filter(|cover| cover.relation == Relation::Part).collect();
    let mut ids: Vec<_> = held.iter().map(|cover| cover.track.id.unwrap()).collect();
    ids.sort();
    assert_eq!(ids, [songs[3], songs[7]], "{:?}", answer.covers);
    assert!(answer.covers.iter().all(|cover| !cover.relation.is_one_song()));
    assert!(answer.kinds.iter().any(|claim| claim.kind == Kind::Medley));
    let second = held.iter().find(|cover| cover.track.id == Some(songs[7])).unwrap();
    let span = second.spans[0];
    assert!((span.query_start_s - 93.0).abs() < 6.0 && span.candidate_start_s < 6.0, "{span:?}");
    assert!(home.library.songs().unwrap().is_empty());
    let of_song = home.library.versions(songs[7]).unwrap().covers;
    let reason = &of_song[0].reason;
    assert!(
        matches!(reason, Reason::Passage { is_container: false, key_shift: 0, .. }),
        "it is the other that contains the song: {reason:?}"
    );
    assert_eq!(home.library.rows(&[medley]).unwrap()[0].versions, 0);
    home.library.decide(TrackQuestion::OneSong(medley, songs[7]), Some(true)).unwrap();
    assert_eq!(home.library.songs().unwrap().len(), 1, "the user's word is above it");
}

#[test]
fn a_medley_of_which_one_song_is_known_is_no_version_of_it() {
    let home = TestLibrary::new();
    let songs = add_songs(&home, 0..20);
    // The passage is a third of the medley's 195 s, and less than half of the song.
    let frames = [chords(3, 25), drone(3, 80)].concat();
    let medley =
        home.add_analysed(&TestTrack { name: "medley", payload: 165, ..TestTrack::default() }, &frames);
    // The whole song, followed by twice as much of something else.
    let frames = [chords(5, 60), drone(5, 110)].concat();
    let long_take =
        home.add_analysed(&TestTrack { name: "long take", payload: 286, ..TestTrack::default() }, &frames);
    home.relate(&[(84, 165, 30.0), (86, 286, 30.0)]);
    complete(&home);
    let related = |track| {
        let covers = home.library.versions(track).unwrap().covers;
        covers.iter().map(|cover| (cover.track.id, cover.relation, cover.confidence)).collect::<Vec<_>>()
    };
    assert_eq!(related(medley), [(Some(songs[3]), Relation::Part, Confidence::Likely)]);
    assert_eq!(related(songs[3]), [(Some(medley), Relation::Part, Confidence::Likely)]);
    assert_eq!(related(long_take), [(Some(songs[5]), Relation::Version, Confidence::Certain)]);
    let compared = home.library.compare(&home.path("medley"), &home.path("song 3")).unwrap();
    assert_eq!(compared.matching.unwrap().relation, Relation::Part);
    let answer = home.library.versions(medley).unwrap();
    assert_eq!(answer.kinds, [], "one song makes no medley");
    let grouped = home.library.songs().unwrap();
    assert_eq!(grouped.len(), 1, "{grouped:?}");
    assert_eq!(
        home.library.rows(&[medley, long_take]).unwrap().iter().map(|row| row.versions).collect::<Vec<_>>(),
        [0, 1]
    );
    home.library.decide(TrackQuestion::OneSong(medley, songs[3]), Some(true)).unwrap();
    assert_eq!(home.library.songs().unwrap().len(), 2, "the user's word is above it");
}

#[test]
fn a_long_set_is_searched_for_songs_old_and_new() {
    let home = TestLibrary::new();
    let songs = add_songs(&home, 0..20);
    let frames: Vec<_> = (40..52).chain([5, 21]).flat_map(|n| chords(n, 60)).collect();
    // The set consists of 14 songs of 111 s each.
    let set = home.add_analysed(&TestTrack { name: "set", payload: 1530, ..TestTrack::default() }, &frames);
    let held = || {
        let answer = home.library.versions(set).unwrap();
        assert_eq!(answer.not_matched, Some(NotMatched::TooLong { longest_s: 1200.0, has_sections: true }));
        answer
            .covers
            .iter()
            .map(|cover| (cover.track.id, cover.relation, cover.confidence))
            .collect::<Vec<_>>()
    };
    relate(&home);
    let found = |song| (Some(song), Relation::Part, Confidence::Possible);
    assert_eq!(held(), [found(songs[5])]);
    let cover = &home.library.versions(set).unwrap().covers[0];
    let span = cover.spans[0];
    assert!((span.query_start_s - 12.0 * 111.4).abs() < 8.0, "{span:?}");
    let Reason::Passage { is_container: true, range: Some(range), .. } = cover.reason else {
        panic!("{:?}", cover.reason)
    };
    assert_eq!(range.start_s, span.query_start_s);
    let compared = home.library.compare(&home.path("song 5"), &home.path("set")).unwrap();
    assert_eq!(compared.matching.unwrap().relation, Relation::Part);

    let new = add_songs(&home, 20..23);
    relate(&home);
    let mut now = held();
    now.sort_by_key(|(id, ..)| *id);
    assert_eq!(now, [found(songs[5]), found(new[1])]);
}
