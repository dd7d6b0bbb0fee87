//! The queue of pairs in doubt: which pairs, in which order, and what an answer does to it.

use std::collections::{BTreeMap, BTreeSet};

use reprise_store::{NewSharedAudio, RecordingId, Tags, TrackId};

use super::{TestLibrary, TestTrack, payload, titled, twins};
use crate::database::Changed;
use crate::recordings::ALIGNER;
use crate::relations::normalisation::ScoreNormalisation;
use crate::{Confidence, Heading, Relation, ReviewQueue, TrackQuestion};

fn queue(home: &TestLibrary) -> ReviewQueue {
    home.library.review_queue().unwrap()
}

/// The pairs of the queue, by the names of their tracks.
fn names(home: &TestLibrary) -> Vec<String> {
    let name = |track| {
        let path = home.library.track_path(track).unwrap().unwrap();
        path.file_name().unwrap().to_string_lossy().into_owned()
    };
    queue(home).pairs.iter().map(|pair| format!("{} {}", name(pair.a), name(pair.b))).collect()
}

fn songs(home: &TestLibrary, numbers: std::ops::RangeInclusive<u32>) -> Vec<TrackId> {
    numbers.map(|n| home.song(&n.to_string(), n)).collect()
}

fn share(home: &TestLibrary, pairs: &[(u32, u32, &'static str)]) {
    let shared = |(one, other, sameness): &(u32, u32, &'static str)| {
        let (one, other): (RecordingId, RecordingId) = (home.recording(*one), home.recording(*other));
        let stretches = vec![[0.0, 0.0, 20.0, 1.0]];
        NewSharedAudio { a: one.min(other), b: one.max(other), sameness, stretches }
    };
    let shared: Vec<_> = pairs.iter().map(shared).collect();
    home.library.database.change(Changed::Relations, |store| store.put_shared_audio(&[], &shared)).unwrap();
}

fn lose(home: &TestLibrary, tracks: &[TrackId]) {
    let folder = home.path("");
    home.library.database.change(Changed::Tracks, |store| store.mark_missing(&folder, tracks, 5)).unwrap();
}

#[test]
fn pairs_in_doubt_are_asked_first_the_one_that_says_most() {
    let home = TestLibrary::new();
    let ids = songs(&home, 1..=15);
    home.relate(&[
        (1, 2, 5.4),
        (3, 4, 7.9),
        // Certain, and hardly in doubt.
        (5, 6, 20.0),
        (12, 13, 8.6),
        (7, 8, 6.0),
        // In doubt as much as the first pair, but with a song of two.
        (9, 10, 20.0),
        (9, 11, 5.4),
        (10, 11, 5.2),
    ]);
    assert_eq!(names(&home), ["10 11", "9 11", "1 2", "7 8", "3 4"]);
    let ReviewQueue { pairs, answered, total } = queue(&home);
    assert_eq!((answered, total, pairs[0].tracks, pairs[2].tracks), (0, 5, 3, 2));
    assert!(pairs.iter().all(|pair| (0.1..=0.97).contains(&pair.probability)));
    for pair in &pairs {
        let covers = home.library.versions(pair.a).unwrap().covers;
        let cover = covers.iter().find(|cover| cover.track.id == Some(pair.b)).unwrap();
        let is_likely = cover.relation == Relation::Version && cover.confidence == Confidence::Likely;
        assert!(is_likely || cover.relation == Relation::Possible, "{:?}", cover.relation);
    }
    assert_eq!(queue(&home), queue(&home));
    assert_eq!(ids.len(), 15);
}

#[test]
fn an_answer_leaves_the_queue_counts_and_comes_back_when_it_is_withdrawn() {
    let home = TestLibrary::new();
    let ids = songs(&home, 1..=6);
    home.relate(&[(1, 2, 5.4), (3, 4, 6.5), (5, 6, 7.0)]);
    let before = queue(&home);
    assert_eq!((before.answered, before.total), (0, 3));
    let question = TrackQuestion::OneSong(ids[1], ids[0]);
    home.library.decide(question, Some(false)).unwrap();
    assert_eq!(names(&home), ["3 4", "5 6"]);
    assert_eq!((queue(&home).answered, queue(&home).total), (1, 3));
    // An answer about a pair that nobody would have asked about is no part of the progress.
    home.library.decide(TrackQuestion::OneSong(ids[0], ids[5]), Some(false)).unwrap();
    assert_eq!((queue(&home).answered, queue(&home).total), (1, 3));
    home.library.decide(TrackQuestion::OneSong(ids[2], ids[3]), Some(true)).unwrap();
    home.library.decide(TrackQuestion::OneSong(ids[4], ids[5]), Some(true)).unwrap();
    assert_eq!((queue(&home).answered, queue(&home).total, queue(&home).pairs.len()), (3, 3, 0));
    for (a, b) in [(0, 1), (2, 3), (4, 5), (0, 5)] {
        home.library.decide(TrackQuestion::OneSong(ids[a], ids[b]), None).unwrap();
    }
    assert_eq!(queue(&home), before);
}

#[test]
fn what_something_else_than_the_score_decides_is_not_asked() {
    let home = TestLibrary::new();
    songs(&home, 1..=8);
    let of_work = |name, payload| {
        let tags = Tags { work_mbids: vec!["yesterday".into()], ..titled(name) };
        home.add(&TestTrack { name, payload, tags, ..TestTrack::default() })
    };
    of_work("9", 9);
    of_work("10", 10);
    home.relate(&[(1, 2, 6.0), (3, 4, 6.0), (5, 6, 6.0), (7, 8, 6.0), (9, 10, 6.0)]);
    share(&home, &[(1, 2, "whole"), (3, 4, "inside"), (5, 6, "part")]);
    assert_eq!(names(&home), ["7 8"]);
}

#[test]
fn one_answer_settles_what_follows_from_it() {
    let home = TestLibrary::new();
    let ids = songs(&home, 1..=5);
    // 2 and 3 are one recording in two encodings; everything is linked, so that there are no rivals.
    home.relate(&[(1, 2, 6.0), (1, 3, 6.2), (2, 3, 30.0), (1, 4, 6.5), (2, 4, 7.0), (3, 4, 7.0)]);
    share(&home, &[(2, 3, "whole")]);
    assert_eq!(queue(&home).total, 3, "1 with 2 or 3, 1 with 4, 4 with 2 or 3: {:?}", names(&home));
    home.library.decide(TrackQuestion::OneSong(ids[0], ids[1]), Some(true)).unwrap();
    assert_eq!(queue(&home).pairs.len(), 1, "1, 2 and 3 are one: {:?}", names(&home));
    home.library.decide(TrackQuestion::OneSong(ids[2], ids[3]), Some(false)).unwrap();
    assert_eq!(names(&home), Vec::<String>::new());
    assert_eq!((queue(&home).answered, queue(&home).total), (2, 2));
    home.library.decide(TrackQuestion::OneSong(ids[0], ids[1]), None).unwrap();
    assert_eq!(
        queue(&home).pairs.len(),
        2,
        "now only 4 and the two encodings are settled: {:?}",
        names(&home)
    );
}

/// The pairs of groups that are in doubt, from what the versions of every track show. A group is named by its least
/// track.
fn slow_queue(home: &TestLibrary, tracks: &[TrackId], group: &mut BTreeMap<TrackId, TrackId>) -> Groups {
    let thresholds = ScoreNormalisation::thresholds(&home.library.database.reader().unwrap()).unwrap();
    let shown: Vec<_> = tracks.iter().map(|id| (*id, home.library.versions(*id).unwrap().covers)).collect();
    let pairs: Vec<_> = shown.iter().flat_map(|(id, covers)| covers.iter().map(move |c| (*id, c))).collect();
    group.extend(tracks.iter().map(|id| (*id, *id)));
    // Names spread until nothing changes.
    while let Some((one, other)) = pairs.iter().find_map(|(id, cover)| {
        use Relation::{Confirmed, Copy, Edit, Recording, Tagged};
        let is_known = matches!(cover.relation, Copy | Recording | Edit | Confirmed | Tagged);
        let (one, other) = (group[id], group[&cover.track.id.unwrap()]);
        (is_known && one != other).then_some((one.min(other), one.max(other)))
    }) {
        group.values_mut().filter(|name| **name == other).for_each(|name| *name = one);
    }
    let (mut doubts, mut rejected) = (Groups::new(), Groups::new());
    for (id, cover) in pairs {
        let (one, other) = (group[&id], group[&cover.track.id.unwrap()]);
        let ends = (one.min(other), one.max(other));
        let is_in_doubt = |score| (0.1..=0.97).contains(&thresholds.probability(score));
        match cover.relation {
            Relation::Rejected => drop(rejected.insert(ends)),
            Relation::Possible | Relation::Version
                if cover.score.is_some_and(is_in_doubt) && one != other =>
            {
                doubts.insert(ends);
            }
            _ => {}
        }
    }
    &doubts - &rejected
}

type Groups = BTreeSet<(TrackId, TrackId)>;

#[test]
fn the_queue_is_what_the_versions_of_all_tracks_leave_in_doubt() {
    let home = twins::home();
    let reader = home.library.database.reader().unwrap();
    // In place of its links, complete groups of three and four, so that rivals take little of the doubt away.
    let is_music =
        |n: &u32| reader.recording(&payload(*n)).unwrap().is_some_and(|one| one.sound.refused.is_none());
    let music: Vec<u32> = (0..60).filter(is_music).collect();
    let mut pairs = Vec::new();
    for (a, b) in music.iter().flat_map(|a| music.iter().map(move |b| (*a, *b))).filter(|(a, b)| a < b) {
        if a % 17 == b % 17 {
            pairs.push((a, b, 5.2 + ((a * 13 + b * 7) % 30) as f32 / 10.0));
        }
    }
    home.library.database.store().remove_alignments(ALIGNER).unwrap();
    home.relate(&pairs);
    let tracks: Vec<TrackId> = reader.tracks().unwrap().iter().map(|track| track.id).collect();
    let mut group = BTreeMap::new();
    let expected = slow_queue(&home, &tracks, &mut group);
    let queue = queue(&home);
    let ends = queue.pairs.iter().map(|pair| {
        let (one, other) = (group[&pair.a], group[&pair.b]);
        (one.min(other), one.max(other))
    });
    let found: Groups = ends.collect();
    assert_eq!(found, expected);
    assert!(found.len() == queue.pairs.len() && found.len() > 3, "none is asked twice: {}", found.len());
}

#[test]
fn only_tracks_that_can_be_listened_to_are_asked_about() {
    let home = TestLibrary::new();
    let ids = songs(&home, 1..=4);
    let copy = home.song("copy of 1", 1);
    home.relate(&[(1, 2, 6.0), (3, 4, 6.0)]);
    lose(&home, &[ids[0], ids[2]]);
    assert_eq!(names(&home), ["copy of 1 2"]);
    assert_eq!(queue(&home).pairs[0].tracks, 3, "an absent copy belongs to the song");
    lose(&home, &[copy]);
    assert_eq!(queue(&home), ReviewQueue::default());
}

#[test]
fn a_pair_is_shown_with_what_explains_it() {
    let home = TestLibrary::new();
    let ids = songs(&home, 1..=4);
    home.relate(&[(1, 2, 6.0), (3, 4, 7.5)]);
    let pair = home.library.review_pair(ids[0], ids[1]).unwrap();
    assert_eq!((pair.a.id, pair.b.id, pair.heading()), (Some(ids[0]), Some(ids[1]), Some(Heading::Possible)));
    let cover = home.library.versions(ids[0]).unwrap().covers.remove(0);
    let matching = pair.matching.unwrap();
    assert_eq!((&matching.reason, &matching.spans), (&cover.reason, &cover.spans));
    assert_eq!((matching.score, matching.key_shift), (cover.score, cover.key_shift));
    assert_eq!(pair.probability, Some(queue(&home).pairs[0].probability));
    let likely = home.library.review_pair(ids[2], ids[3]).unwrap();
    assert_eq!(likely.heading(), Some(Heading::LikelySameSong));
    assert!(home.library.review_pair(ids[0], TrackId(99)).is_err());
}

#[test]
fn decisions_are_found_by_the_words_of_either_file_newest_first() {
    let home = TestLibrary::new();
    let add = |name, payload, title: &str, artist: &str| {
        let tags = Tags { artist: Some(artist.into()), ..titled(title) };
        home.add(&TestTrack { name, payload, tags, ..TestTrack::default() })
    };
    let one = add("a.mp3", 1, "Élan", "The Band");
    let other = add("b.mp3", 2, "Zebra", "Cher");
    let third = add("c.mp3", 3, "Help", "The Band");
    home.library.decide(TrackQuestion::OneSong(one, other), Some(true)).unwrap();
    home.library.decide(TrackQuestion::OneSong(other, third), Some(false)).unwrap();
    home.library.decide(TrackQuestion::Rendition(third, crate::Kind::Live), Some(true)).unwrap();
    let count = |search: &str| home.library.find_decisions(search).unwrap().len();
    assert_eq!(
        ["", " ", "elan", "band", "cher band", "help", "help live", "\"", "zeb"].map(count),
        [3, 3, 1, 3, 2, 2, 0, 3, 2]
    );
    let mut said = home.library.decisions().unwrap();
    for (place, one) in said.iter_mut().enumerate() {
        one.decision.at_s = 10 + 7 * (place as i64 % 2) + place as i64;
        one.decision.is_yes = !one.decision.is_yes;
    }
    // What an import changes has its time.
    let later = |mut one: reprise_store::Decision| {
        one.at_s += 4_000_000_000;
        one
    };
    let imported: Vec<_> = said.into_iter().map(|one| later(one.decision)).collect();
    assert_eq!(home.library.import_decisions(&imported).unwrap(), 3);
    let times: Vec<i64> = home
        .library
        .find_decisions("")
        .unwrap()
        .iter()
        .map(|one| one.decision.at_s - 4_000_000_000)
        .collect();
    assert_eq!(times, [18, 12, 10]);
}
