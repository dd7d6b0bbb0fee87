//! What user interfaces query: the list, versions, songs, decisions, folders.

use reprise_store::{Tags, TrackId};

use super::{TestLibrary, TestTrack, titled};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::thresholds::Thresholds;
use crate::{Error, ListQuery, NotMatched, Relation, SortKey, TrackQuestion};

fn listed(home: &TestLibrary, search: &str) -> Vec<TrackId> {
    home.library.track_ids(&ListQuery { search: search.into(), ..ListQuery::default() }).unwrap()
}

fn sorted(home: &TestLibrary, sort: SortKey, descending: bool) -> Vec<TrackId> {
    home.library.track_ids(&ListQuery { sort, descending, ..ListQuery::default() }).unwrap()
}

#[test]
fn the_list_is_ordered_without_case_accents_and_the_and_what_is_missing_comes_last() {
    let home = TestLibrary::new();
    let track = |name, payload, artist: Option<&str>, year| {
        let tags = Tags { artist: artist.map(Into::into), year, ..titled(name) };
        home.add(&TestTrack { name, payload, tags, ..TestTrack::default() })
    };
    let beatles = track("ähnlich", 1, Some("The Beatles"), Some(1965));
    let abba = track("Zoo", 2, Some("abba"), None);
    let nobody = track("bar", 3, None, Some(1801));
    assert_eq!(sorted(&home, SortKey::Title, false), [beatles, nobody, abba]);
    assert_eq!(sorted(&home, SortKey::Title, true), [abba, nobody, beatles]);
    assert_eq!(sorted(&home, SortKey::Artist, false), [abba, beatles, nobody]);
    assert_eq!(sorted(&home, SortKey::Artist, true), [beatles, abba, nobody]);
    assert_eq!(sorted(&home, SortKey::Year, false), [nobody, beatles, abba]);
    assert_eq!(sorted(&home, SortKey::Year, true), [beatles, nobody, abba]);
    assert_eq!(sorted(&home, SortKey::Duration, true), [nobody, abba, beatles]);
    assert_eq!(sorted(&home, SortKey::Added, true), [nobody, abba, beatles]);
}

#[test]
fn a_search_finds_beginnings_of_words_and_means_no_syntax() {
    let home = TestLibrary::new();
    let tags = Tags { artist: Some("Café Tacvba".into()), ..titled("Ring-Ring: \"Live\"") };
    let ring = home.add(&TestTrack { name: "1.mp3", payload: 1, tags, ..TestTrack::default() });
    let tags = Tags { album: Some("Salt AND Pepper".into()), ..titled("Wasp") };
    let wasp = home.add(&TestTrack { name: "2.mp3", payload: 2, tags, ..TestTrack::default() });
    for search in
        ["ring", "RIN", "cafe", "CAFÉ tac", "ring: live", "\"ring", "rin*", "-ring", "ring-ring", "^ring"]
    {
        assert_eq!(listed(&home, search), [ring], "search {search:?}");
    }
    for search in ["salt AND pep", "and", "title:wasp NOT", "NEAR(wasp)", "(wasp OR"] {
        let found = listed(&home, search);
        assert!(found.iter().all(|id| *id == wasp), "search {search:?} means words only, found {found:?}");
    }
    assert_eq!(listed(&home, "AND"), [wasp]);
    assert_eq!(listed(&home, "ing"), [], "words are found by their beginnings");
    assert_eq!(listed(&home, " \" * "), [ring, wasp], "signs alone ask for nothing");
}

#[test]
fn versions_are_counted_listed_and_decided_alike() {
    let home = TestLibrary::new();
    let [one, copy, version, possible, unlikely] =
        [("1", 1), ("2", 1), ("3", 3), ("4", 4), ("5", 5)].map(|(name, payload)| home.song(name, payload));
    home.relate(&[(1, 3, 20.0), (1, 4, 6.0), (1, 5, 1.0), (3, 4, 6.0)]);
    let relations = || {
        let covers = home.library.versions(one).unwrap().covers;
        covers.iter().map(|cover| (cover.track.id.unwrap(), cover.relation)).collect::<Vec<_>>()
    };
    let count = || home.library.rows(&[one]).unwrap()[0].versions;
    let counted = || {
        let by_score = [Relation::Copy, Relation::Confirmed, Relation::Version];
        relations().iter().filter(|(_, relation)| by_score.contains(relation)).count()
    };
    let first = [(copy, Relation::Copy), (version, Relation::Version), (possible, Relation::Possible)];
    assert_eq!(relations(), first);
    assert_eq!((count(), counted()), (2, 2));

    let revision = home.library.revision();
    assert_eq!(home.library.decide(TrackQuestion::OneSong(possible, one), Some(true)).unwrap(), None);
    assert_eq!(home.library.decide(TrackQuestion::OneSong(one, version), Some(false)).unwrap(), None);
    assert!(home.library.revision() > revision, "faces must learn that something changed");
    let decided = [(copy, Relation::Copy), (possible, Relation::Confirmed), (version, Relation::Rejected)];
    assert_eq!(relations(), decided);
    assert_eq!((count(), counted()), (2, 2));
    assert_eq!(home.library.songs().unwrap().len(), 1);
    let song = home.library.song(possible).unwrap().unwrap();
    let mut members: Vec<_> = song.members.iter().map(|member| member.track.id.unwrap()).collect();
    members.sort();
    assert_eq!(members, [one, copy, possible]);

    assert_eq!(
        home.library.decide(TrackQuestion::OneSong(copy, version), None).unwrap(),
        Some(false),
        "undo"
    );
    assert_eq!(home.library.decide(TrackQuestion::OneSong(one, possible), None).unwrap(), Some(true));
    assert_eq!(relations(), first);
    assert!(matches!(
        home.library.decide(TrackQuestion::OneSong(one, copy), Some(true)),
        Err(Error::SameAudio(..))
    ));
    assert!(matches!(home.library.versions(TrackId(99)), Err(Error::NoSuchTrack(_))));
    assert_eq!(home.library.song(unlikely).unwrap().map(|song| song.members.len()), None);
}

#[test]
fn only_tracks_with_versions_are_listed_when_asked_and_most_versions_first() {
    let home = TestLibrary::new();
    let [a, b, c, _alone] = [1, 2, 3, 4].map(|n| home.song(&n.to_string(), n));
    home.relate(&[(1, 2, 20.0), (2, 3, 20.0), (1, 3, 6.0)]);
    let query = ListQuery {
        sort: SortKey::Versions,
        descending: true,
        only_with_versions: true,
        ..ListQuery::default()
    };
    assert_eq!(home.library.track_ids(&query).unwrap(), [b, a, c]);
}

#[test]
fn rows_come_in_the_order_asked_and_say_why_a_track_is_not_matched() {
    let home = TestLibrary::new();
    let plain = home.song("plain", 1);
    let silent =
        home.add(&TestTrack { name: "silent", payload: 2, refused: Some("silence"), ..TestTrack::default() });
    let rows = home.library.rows(&[silent, TrackId(77), plain]).unwrap();
    assert_eq!(rows.iter().map(|row| row.track.id).collect::<Vec<_>>(), [Some(silent), Some(plain)]);
    assert_eq!(rows[0].not_matched, Some(NotMatched::Silence));
    assert_eq!(rows[1].not_matched, None);
    assert!(rows.iter().all(|row| row.is_reachable && row.versions == 0));
    std::fs::remove_file(home.path("a file")).unwrap();
    assert!(!home.library.folders().unwrap()[0].is_reachable);
}

#[test]
fn a_removed_folder_takes_its_tracks_along_and_nothing_else() {
    let home = TestLibrary::new();
    let track = home.song("a.flac", 1);
    let folders = home.library.folders().unwrap();
    assert_eq!((folders.len(), folders[0].tracks), (1, 1));
    assert_eq!(home.library.track_path(track).unwrap(), Some(home.path("a.flac")));
    home.library.remove_folder(folders[0].id).unwrap();
    assert_eq!(listed(&home, ""), []);
    assert_eq!(home.library.track_path(track).unwrap(), None);
    assert!(home.library.folders().unwrap().is_empty());
}

#[test]
fn a_removed_folder_no_longer_counts_in_what_a_score_means() {
    let home = TestLibrary::new();
    for n in 0..200 {
        home.song(&n.to_string(), n);
    }
    home.relate(&[(1, 2, 20.0)]);
    let thresholds = || ScoreNormalisation::thresholds(&home.library.database.reader().unwrap()).unwrap();
    assert_eq!(thresholds(), Thresholds::among(200));
    home.library.remove_folder(home.root).unwrap();
    assert_eq!(thresholds(), Thresholds::among(0));
}

#[test]
fn no_question_waits_for_a_scan_s_transaction() {
    let home = TestLibrary::new();
    let [one, _other] = [1, 2].map(|n| home.song(&n.to_string(), n));
    home.relate(&[(1, 2, 20.0)]);
    let ask = || {
        let library = &home.library;
        let counted = (listed(&home, "").len(), library.rows(&[one]).unwrap()[0].versions);
        (counted, library.versions(one).unwrap().covers.len(), library.songs().unwrap().len())
    };
    std::thread::scope(|scope| {
        let writing = home.library.database.store();
        let (say, hear) = std::sync::mpsc::channel();
        scope.spawn(move || say.send(ask()));
        let answer = hear.recv_timeout(std::time::Duration::from_secs(20));
        drop(writing);
        assert_eq!(answer, Ok(((2, 1), 1, 1)));
    });
}

#[test]
fn the_list_may_lag_behind_a_scan_for_a_moment_but_not_behind_the_user() {
    let home = TestLibrary::new();
    let one = home.song("1", 1);
    let at_work = home.library.database.at_work();
    assert_eq!(listed(&home, ""), [one]);
    let two = home.song("2", 2);
    let revision = home.library.revision();
    assert_eq!(listed(&home, ""), [one], "the list is not made anew for every track");
    drop(at_work);
    assert!(home.library.revision() > revision, "faces ask again when the scan is over");
    assert_eq!(listed(&home, ""), [one, two]);
    let _at_work = home.library.database.at_work();
    home.library.remove_folder(home.root).unwrap();
    assert_eq!(listed(&home, ""), [], "what the user removes is gone at once");
}

#[test]
fn a_library_opened_to_read_answers_and_takes_no_decision() {
    let home = TestLibrary::new();
    let [one, other] = [1, 2].map(|n| home.song(&n.to_string(), n));
    let reading = crate::Library::open_to_read(&home.folder.path().join("library.db")).unwrap();
    assert!(home.library.can_write() && !reading.can_write());
    assert_eq!(reading.track_ids(&ListQuery::default()).unwrap(), [one, other]);
    assert!(reading.decide(TrackQuestion::OneSong(one, other), Some(true)).is_err());
}
