//! Works named in tags, and the kinds of rendition of a track.

use reprise_store::{NewSharedAudio, Tags, TrackId};

use super::{TestLibrary, TestTrack, titled};
use crate::{Confidence, Kind, Reason, Relation, Source, TrackQuestion};

fn of_work(work: &str, title: &str, artist: &str) -> Tags {
    Tags { work_mbids: vec![work.into()], artist: Some(artist.into()), ..titled(title) }
}

fn relations(home: &TestLibrary, track: TrackId) -> Vec<(Option<TrackId>, Relation)> {
    let covers = home.library.versions(track).unwrap().covers;
    covers.iter().map(|cover| (cover.track.id, cover.relation)).collect()
}

#[test]
fn tracks_that_name_one_work_are_versions_unless_the_user_says_no() {
    let home = TestLibrary::new();
    let add = |name, payload, tags| home.add(&TestTrack { name, payload, tags, ..TestTrack::default() });
    let one = add("1", 1, of_work("yesterday", "Yesterday", "The Beatles"));
    let other = add("2", 2, of_work("yesterday", "Yesterday", "Joan Baez"));
    let medley = add("3", 3, Tags { work_mbids: vec!["yesterday".into(), "help".into()], ..titled("Both") });
    home.relate(&[(1, 2, 0.5), (1, 3, 0.5)]);
    assert_eq!(relations(&home, one), [(Some(other), Relation::Tagged)]);
    let cover = &home.library.versions(one).unwrap().covers[0];
    assert_eq!(cover.reason, Reason::TagsAlone);
    assert_eq!(cover.confidence, Confidence::Likely, "the audio does not speak for it");
    let claims: Vec<_> = cover.kinds.iter().map(|claim| (claim.kind, claim.basis)).collect();
    assert_eq!(claims, [(Kind::Cover, Source::Tags)]);
    assert_eq!(home.library.songs().unwrap().len(), 1);
    assert_eq!(
        home.library.rows(&[one, medley]).unwrap().iter().map(|row| row.versions).collect::<Vec<_>>(),
        [1, 0]
    );
    home.library.decide(TrackQuestion::OneSong(one, other), Some(false)).unwrap();
    assert_eq!(relations(&home, one), [(Some(other), Relation::Rejected)]);
    assert!(home.library.songs().unwrap().is_empty());
}

#[test]
fn what_is_said_of_a_track_is_above_its_tags_outlives_it_and_can_be_imported() {
    let home = TestLibrary::new();
    let live =
        home.add(&TestTrack { name: "a", payload: 1, tags: titled("Help! (Live)"), ..TestTrack::default() });
    let kinds = |home: &TestLibrary, track| {
        let kinds = home.library.versions(track).unwrap().kinds;
        kinds.iter().map(|claim| (claim.kind, claim.basis)).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&home, live), [(Kind::Live, Source::Tags)]);
    assert_eq!(home.library.decide(TrackQuestion::Rendition(live, Kind::Live), Some(false)).unwrap(), None);
    assert_eq!(home.library.decide(TrackQuestion::Rendition(live, Kind::Demo), Some(true)).unwrap(), None);
    assert_eq!(kinds(&home, live), [(Kind::Demo, Source::User)]);
    let said = home.library.decisions().unwrap();
    assert_eq!((said.len(), said[0].files_a.len()), (2, 1));

    let elsewhere = TestLibrary::new();
    let same = elsewhere.add(&TestTrack {
        name: "b",
        payload: 1,
        tags: titled("Help! (Live)"),
        ..TestTrack::default()
    });
    let said: Vec<_> = said.into_iter().map(|one| one.decision).collect();
    assert_eq!(elsewhere.library.import_decisions(&said).unwrap(), 2);
    assert_eq!(elsewhere.library.import_decisions(&said).unwrap(), 0, "nothing is new");
    assert_eq!(kinds(&elsewhere, same), [(Kind::Demo, Source::User)]);

    assert_eq!(
        home.library.decide(TrackQuestion::Rendition(live, Kind::Live), None).unwrap(),
        Some(false),
        "undo"
    );
    assert_eq!(kinds(&home, live), [(Kind::Live, Source::Tags), (Kind::Demo, Source::User)]);
}

#[test]
fn a_song_holds_recordings_and_a_recording_its_files() {
    let home = TestLibrary::new();
    let [one, encoded, version, _stranger] = [1, 2, 3, 4].map(|n| home.song(&n.to_string(), n));
    let copy = home.song("1 again", 1);
    home.relate(&[(1, 2, 30.0), (1, 3, 30.0), (2, 3, 30.0)]);
    let (a, b) = (home.recording(1), home.recording(2));
    let shared = NewSharedAudio {
        a: a.min(b),
        b: a.max(b),
        sameness: "whole",
        stretches: vec![[0.0, 0.0, 30.0, 1.0]],
    };
    home.library.database.store().put_shared_audio(&[], &[shared]).unwrap();
    let members = home.library.clusters().unwrap().remove(0).members;
    let recording_of = |track| members.iter().find(|m| m.track.id == Some(track)).unwrap().recording;
    assert_eq!(members.len(), 4);
    assert_eq!((recording_of(one), recording_of(copy)), (recording_of(encoded), recording_of(encoded)));
    assert_ne!(recording_of(version), recording_of(one));
    let numbers: Vec<usize> = members.iter().map(|member| member.recording).collect();
    assert!(numbers.is_sorted() && numbers[0] == 0, "files of one recording follow each other: {numbers:?}");
}

#[test]
fn one_recording_by_its_tags_and_another_by_its_audio_is_a_conflict() {
    let home = TestLibrary::new();
    let take = |take: &str| Tags { recording_mbid: Some(take.into()), ..Tags::default() };
    let add = |payload: u32, tags| {
        home.add(&TestTrack { name: &payload.to_string(), tags, payload, ..TestTrack::default() })
    };
    let [one, _wrong, _right] = [1, 2, 3].map(|payload| add(payload, take("take 1")));
    let work = Tags { work_mbids: vec!["yesterday".into()], ..Tags::default() };
    let [song, _cover] = [4, 5].map(|payload| add(payload, work.clone()));
    home.relate(&[(1, 2, 0.5), (1, 3, 30.0), (2, 3, 0.5), (4, 5, 0.5)]);
    let covers = home.library.versions(one).unwrap().covers;
    let relation = |cover: &crate::Cover| (cover.relation, cover.confidence);
    assert_eq!(
        covers.iter().map(relation).collect::<Vec<_>>(),
        [(Relation::Tagged, Confidence::Certain), (Relation::Conflict, Confidence::Unlikely)]
    );
    assert_eq!(covers[1].reason, Reason::Conflict);
    let clusters = home.library.clusters().unwrap();
    let sizes: Vec<usize> = clusters.iter().map(|cluster| cluster.members.len()).collect();
    assert_eq!(sizes, [2, 2], "the one whose tags are wrong is in no song");
    let cover = home.library.versions(song).unwrap().covers.remove(0);
    assert_eq!(relation(&cover), (Relation::Tagged, Confidence::Likely));
    assert_eq!(cover.reason, Reason::TagsAlone);
    let counted = home.library.versions(one).unwrap();
    assert_eq!(counted.covers.iter().filter(|cover| cover.relation.is_one_song()).count(), 1);
}
