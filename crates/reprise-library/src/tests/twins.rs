//! Values kept in memory or derived agree with the obvious way to compute them from all rows.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use reprise_matching::{cliques, cluster};
use reprise_store::{
    Decision, Link, NewSharedAudio, PayloadHash, Recording, RecordingId, Store, Tags, Track, TrackId,
};

use super::{TestLibrary, TestTrack, payload};
use crate::browse::songs::{Grounds, grouped};
use crate::linking::links::renew_links;
use crate::recordings::{ALIGNER, matchable};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::thresholds::Thresholds;
use crate::text::{artist_key, folded, name_key};
use crate::{Library, ListQuery, Relation, SortKey, TrackQuestion};

/// Pseudo-random numbers.
struct Dice(u32);

impl Dice {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % n
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> Option<&'a str> {
        let pick = self.below(from.len() as u32) as usize;
        Some(from[pick]).filter(|text| !text.is_empty())
    }
}

const SONGS: u32 = 90;

/// Most tracks name no work.
const WORKS: [&str; 16] = ["", "", "", "", "", "", "", "", "", "", "", "one", "two", "three", "four", "five"];

/// Tracks that share artists, albums, years, works and audio, with links of all strengths and decisions of both kinds.
pub(super) fn home() -> TestLibrary {
    let (home, mut dice) = (TestLibrary::new(), Dice(7));
    for n in 0..SONGS {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let tags = Tags {
            title: text(dice.pick(&["", "Élan", "elan", "Zebra", "a B", "Don't \"Stop\""])),
            artist: text(dice.pick(&["", "The Band", "band", "Ångström", "zz top", "  "])),
            album: text(dice.pick(&["", "One", "two", "Ünder"])),
            year: dice.pick(&["", "1999", "2001"]).and_then(|year| year.parse().ok()),
            track_number: dice.pick(&["", "1", "2", "12"]).and_then(|number| number.parse().ok()),
            work_mbids: text(dice.pick(&WORKS)).into_iter().collect(),
            ..Tags::default()
        };
        let name = format!("dir {}/{n:02} name.flac", n % 4);
        let refused = (n % 17 == 5).then_some("silence");
        home.add(&TestTrack { name: &name, tags, payload: dice.below(60), refused });
    }
    let recordings = matchable(&home.library.database).unwrap();
    let number_of =
        |n: u32| home.library.database.reader().unwrap().recording(&payload(n)).unwrap().map(|r| r.id);
    let known: Vec<u32> =
        (0..60).filter(|n| number_of(*n).is_some_and(|id| recordings.iter().any(|r| r.id == id))).collect();
    let mut edges = Vec::new();
    for (place, a) in known.iter().enumerate() {
        for b in &known[place + 1..] {
            if dice.below(6) == 0 {
                edges.push((*a, *b, dice.below(180) as f32 / 10.0));
            }
        }
    }
    home.relate(&edges);
    let shared = (0..20).filter_map(|_| {
        let [one, other] = [0, 1].map(|_| known[dice.below(known.len() as u32) as usize]);
        let [a, b] = [number_of(one)?.min(number_of(other)?), number_of(one)?.max(number_of(other)?)];
        let sameness = ["whole", "edit", "inside"][dice.below(3) as usize];
        (a != b).then(|| NewSharedAudio { a, b, sameness, stretches: vec![[0.0, 0.0, 30.0, 1.0]] })
    });
    let shared: Vec<_> = shared.collect();
    home.library.database.store().put_shared_audio(&[], &shared).unwrap();
    let tracks = home.library.database.reader().unwrap().tracks().unwrap();
    for _ in 0..25 {
        let [one, other] = [0, 1].map(|_| tracks[dice.below(SONGS) as usize].id);
        let is_one_song = dice.below(2) == 0;
        // Two tracks with the same audio leave nothing to decide.
        let _ = home.library.decide(TrackQuestion::OneSong(one, other), Some(is_one_song));
    }
    home
}

/// Pairs that are one recording by their fingerprints, and whether the match is whole or cut.
fn one_recordings(reader: &Store) -> Vec<(RecordingId, RecordingId, bool)> {
    let pairs = reader.shared_audio().unwrap().into_iter();
    let one_recording = pairs.filter(|pair| pair.sameness == "whole" || pair.sameness == "edit");
    one_recording.map(|pair| (pair.a, pair.b, pair.sameness == "whole")).collect()
}

/// Pairs of recordings whose tracks name the same work.
fn tagged(reader: &Store) -> Vec<(RecordingId, RecordingId)> {
    let tracks = reader.tracks().unwrap();
    let mut pairs = Vec::new();
    for one in tracks.iter().filter(|track| is_matched(track) && !track.tags.work_mbids.is_empty()) {
        for other in tracks.iter().filter(|other| is_matched(other)) {
            if one.recording < other.recording && one.tags.work_mbids == other.tags.work_mbids {
                pairs.extend(one.recording.zip(other.recording));
            }
        }
    }
    pairs
}

fn is_matched(track: &Track) -> bool {
    track.recording.is_some() && track.refused.is_none()
}

/// Links computed from every alignment and all cohort statistics; the rivals of both recordings are searched anew for
/// each pair.
fn slow_links(library: &crate::Library) -> Vec<Link> {
    let normalisation = ScoreNormalisation::of(&library.database).unwrap();
    let pairs = library.database.reader().unwrap().alignments(ALIGNER).unwrap();
    let links: Vec<Link> = pairs.iter().filter_map(|pair| normalisation.link(pair)).collect();
    let edge = |one: RecordingId, other: RecordingId| {
        let ends = (one.min(other), one.max(other));
        links.iter().find(|link| (link.a, link.b) == ends).map(|link| link.score)
    };
    let everyone: HashSet<RecordingId> = links.iter().flat_map(|link| [link.a, link.b]).collect();
    let rival = |of: RecordingId, beside: RecordingId| {
        let rivals = everyone.iter().filter(|third| **third != beside && edge(**third, beside).is_none());
        rivals.filter_map(|third| edge(*third, of)).fold(0.0, f32::max).min(15.0)
    };
    let stands = |link: &Link| link.score - 0.25 * (rival(link.a, link.b) + rival(link.b, link.a));
    links.iter().map(|link| Link { standing: stands(link), ..*link }).collect()
}

/// Counts computed from every alignment, all cohort statistics and every decision.
fn slow_counts(home: &TestLibrary, tracks: &[Track]) -> HashMap<TrackId, usize> {
    let library = &home.library;
    let (normalisation, reader) =
        (ScoreNormalisation::of(&library.database).unwrap(), library.database.reader().unwrap());
    let thresholds = Thresholds::among(normalisation.len());
    let mut pairs: HashSet<(RecordingId, RecordingId)> = HashSet::new();
    let versions = slow_links(&home.library).into_iter();
    let versions = versions.filter(|link| thresholds.relation(link.standing) == Relation::Version);
    pairs.extend(versions.map(|link| (link.a, link.b)));
    pairs.extend(one_recordings(&reader).into_iter().map(|(a, b, _)| (a, b)));
    pairs.extend(tagged(&reader));
    for decision in reader.decisions().unwrap() {
        let id = |payload| reader.recording(&payload).unwrap().unwrap().id;
        let (a, b) = (id(decision.question.a()), id(decision.question.b().unwrap()));
        match decision.is_yes {
            true => pairs.insert((a.min(b), a.max(b))),
            false => pairs.remove(&(a.min(b), a.max(b))),
        };
    }
    let are_related = |one: &Track, other: &Track| {
        let (Some(a), Some(b)) = (one.recording, other.recording) else { return false };
        a == b || pairs.contains(&(a.min(b), a.max(b)))
    };
    let count = |one: &Track| {
        let others = tracks.iter().filter(|other| other.id != one.id && is_matched(one) && is_matched(other));
        others.filter(|other| are_related(one, other)).count()
    };
    tracks.iter().map(|track| (track.id, count(track))).collect()
}

fn shown_title(track: &Track) -> String {
    let name = || track.path.file_stem().unwrap().to_string_lossy().into_owned();
    folded(&track.tags.title.clone().unwrap_or_else(name))
}

fn words(of: &str) -> Vec<String> {
    let folded = folded(of);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn fits(track: &Track, wanted: &[String]) -> bool {
    let tags = [&track.tags.title, &track.tags.artist, &track.tags.album];
    let mut said: Vec<String> = tags.into_iter().flatten().flat_map(|tag| words(tag)).collect();
    said.extend(words(&track.nfc));
    wanted.iter().all(|wanted| said.iter().any(|word| word.starts_with(wanted)))
}

/// Compares in the given direction; missing values come last.
fn either<T: Ord>(descending: bool, a: Option<T>, b: Option<T>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

fn compare(query: &ListQuery, a: &Track, b: &Track, counts: &HashMap<TrackId, usize>) -> Ordering {
    let artist = |track: &Track| track.tags.artist.as_deref().and_then(artist_key);
    let album = |track: &Track| track.tags.album.as_deref().and_then(name_key);
    let down = query.descending;
    let by_title = || shown_title(a).cmp(&shown_title(b)).then(a.id.cmp(&b.id));
    let by_album = || {
        let by_number = either(false, a.tags.track_number, b.tags.track_number);
        either(false, album(a), album(b)).then(by_number).then_with(by_title)
    };
    match query.sort {
        SortKey::Title if down => by_title().reverse(),
        SortKey::Title => by_title(),
        SortKey::Artist => either(down, artist(a), artist(b)).then_with(by_album),
        SortKey::Album => either(down, album(a), album(b)).then_with(by_album),
        SortKey::Year => either(down, a.tags.year, b.tags.year).then_with(by_album),
        SortKey::Duration => {
            either(down, a.duration_s.map(|s| s as i64), b.duration_s.map(|s| s as i64)).then_with(by_title)
        }
        SortKey::Versions => either(down, Some(counts[&a.id]), Some(counts[&b.id])).then_with(by_title),
        SortKey::Added => either(down, Some(a.id), Some(b.id)),
    }
}

fn slow_list(query: &ListQuery, tracks: &[Track], counts: &HashMap<TrackId, usize>) -> Vec<TrackId> {
    let words = words(&query.search);
    let is_wanted =
        |track: &&Track| fits(track, &words) && (!query.only_with_versions || counts[&track.id] > 0);
    let mut listed: Vec<&Track> = tracks.iter().filter(is_wanted).collect();
    listed.sort_by(|a, b| compare(query, a, b, counts));
    listed.into_iter().map(|track| track.id).collect()
}

#[test]
fn the_list_from_memory_is_the_list_from_all_rows() {
    use SortKey::*;
    let home = home();
    let tracks = home.library.database.reader().unwrap().tracks().unwrap();
    let counts = slow_counts(&home, &tracks);
    assert!(counts.values().filter(|count| **count > 0).count() > 20, "the library has versions to count");
    for search in ["", "elan", "band", "dir 2", "angs", "STOP don", "nothing like it"] {
        for sort in [Title, Artist, Album, Year, Duration, Versions, Added] {
            for (descending, only_with_versions) in [(false, false), (true, false), (true, true)] {
                let query = ListQuery { search: search.into(), sort, descending, only_with_versions };
                let listed = home.library.track_ids(&query).unwrap();
                assert_eq!(listed, slow_list(&query, &tracks, &counts), "{query:?}");
            }
        }
    }
}

#[test]
fn counts_from_links_are_counts_from_all_alignments_in_rows_and_versions() {
    let home = home();
    let tracks = home.library.database.reader().unwrap().tracks().unwrap();
    let counts = slow_counts(&home, &tracks);
    let ids: Vec<TrackId> = tracks.iter().map(|track| track.id).collect();
    let rows = home.library.rows(&ids).unwrap();
    home.library.track_ids(&ListQuery::default()).unwrap();
    assert_eq!(home.library.rows(&ids).unwrap(), rows, "counts from memory are counts from the store");
    for row in rows {
        let id = row.track.id.unwrap();
        assert_eq!(row.versions, counts[&id], "{id:?}");
        let covers = home.library.versions(id).unwrap().covers;
        let counted = covers.iter().filter(|cover| cover.relation.is_one_song()).count();
        assert_eq!(counted, counts[&id], "what is counted is what is shown for {id:?}");
    }
}

/// Pairs of indices.
type Pairs = Vec<(usize, usize)>;

/// Songs computed from all alignments and all other evidence, as indices of `recordings`; and the pairs that are the
/// same recording from end to end.
fn slow_songs(library: &Library, recordings: &[Recording]) -> (Vec<Vec<usize>>, Pairs) {
    let index = |id: RecordingId| recordings.iter().position(|recording| recording.id == id);
    let reader = library.database.reader().unwrap();
    let mut edges = Vec::new();
    for link in slow_links(library) {
        if let Some((a, b)) = index(link.a).zip(index(link.b)) {
            edges.push(cluster::Edge { a, b, weight: link.standing });
        }
    }
    let said = |is_one_song| {
        let decisions = reader.decisions().unwrap().into_iter().filter(move |d| d.is_yes == is_one_song);
        let id = |payload: PayloadHash| reader.recording(&payload).unwrap().unwrap().id;
        let ends = |d: Decision| index(id(d.question.a())).zip(index(id(d.question.b().unwrap())));
        decisions.filter_map(ends).collect::<Vec<_>>()
    };
    let (same, mut different) = (said(true), said(false));
    let tagged: Vec<_> = tagged(&reader).iter().filter_map(|(a, b)| index(*a).zip(index(*b))).collect();
    let (mut one_recording, mut whole) = (Vec::new(), Vec::new());
    let one_recordings = one_recordings(&reader);
    for pair in reader.shared_audio().unwrap() {
        let Some((c, d)) = index(pair.a).zip(index(pair.b)) else { continue };
        let mut confirmed = same.iter().chain(&tagged);
        let is_confirmed = confirmed.any(|(a, b)| (*a, *b) == (c, d) || (*b, *a) == (c, d));
        match one_recordings.iter().find(|(a, b, _)| (*a, *b) == (pair.a, pair.b)) {
            Some((_, _, is_whole)) => {
                one_recording.push((c, d));
                whole.extend(is_whole.then_some((c, d)));
            }
            None if !is_confirmed => different.push((c, d)),
            None => {}
        }
    }
    let songs = cluster::clusters(
        recordings.len(),
        &edges,
        &[&same, &one_recording, &tagged],
        &different,
        Thresholds::among(recordings.len()).linkage(),
    );
    (songs, whole)
}

#[test]
fn songs_from_links_are_songs_from_all_alignments_and_agree_with_covers() {
    let home = home();
    let library = &home.library;
    let recordings = matchable(&library.database).unwrap();
    let reader = library.database.reader().unwrap();
    let (expected, whole) = slow_songs(library, &recordings);
    assert_eq!(grouped(&Grounds::read(&reader).unwrap(), &recordings), expected);
    let recorded = cliques(recordings.len(), &whole);
    let are_one_recording = |one: usize, other: usize| {
        recorded.iter().any(|files| files.contains(&one) && files.contains(&other))
    };
    let tracks_of = |members: &Vec<usize>| -> Vec<TrackId> {
        let mut by_recording: Vec<usize> = Vec::new();
        for one in members {
            let rest: Vec<usize> = members.iter().copied().filter(|i| !by_recording.contains(i)).collect();
            if rest.contains(one) {
                by_recording.extend(rest.into_iter().filter(|other| are_one_recording(*one, *other)));
            }
        }
        let files =
            by_recording.iter().flat_map(|i| reader.tracks_of(&recordings[*i].sound.payload).unwrap());
        files.map(|file| file.id).collect()
    };
    let mut slow: Vec<Vec<TrackId>> = expected.iter().filter(|m| m.len() > 1).map(tracks_of).collect();
    slow.sort_by_key(|tracks| std::cmp::Reverse(tracks.len()));
    let songs: Vec<Vec<TrackId>> = library.songs().unwrap().into_iter().map(|song| song.tracks).collect();
    assert_eq!(songs, slow);
    assert!(songs.len() > 3);
    for (song, cluster) in songs.iter().zip(library.clusters().unwrap()) {
        let members = |c: &crate::Cluster| c.members.iter().map(|m| m.track.id.unwrap()).collect::<Vec<_>>();
        assert_eq!(&members(&cluster), song);
        assert_eq!(&members(&library.song(song[0]).unwrap().unwrap()), song);
    }
}

#[test]
fn links_renewed_one_by_one_are_links_derived_at_once() {
    let home = home();
    let slow = |home: &TestLibrary| slow_links(&home.library);
    let links = |home: &TestLibrary| home.library.database.reader().unwrap().links().unwrap();
    assert_eq!(links(&home), slow(&home));
    let recordings = matchable(&home.library.database).unwrap();
    for (n, recording) in recordings.iter().enumerate().step_by(9) {
        let id = recording.id;
        let statistics =
            home.library.database.reader().unwrap().cohort_statistics_of(id, ALIGNER).unwrap().unwrap();
        let wider = reprise_store::CohortStatistics { deviation: 0.5 + n as f32 / 30.0, ..statistics };
        home.library.database.store().put_cohort_statistics(ALIGNER, &[wider]).unwrap();
        renew_links(&home.library.database, &HashSet::from([id])).unwrap();
        assert_eq!(links(&home), slow(&home), "after recording {n}");
    }
}

#[test]
fn links_of_an_interrupted_program_are_derived_when_it_is_opened_again() {
    let home = home();
    let before = home.library.database.reader().unwrap().links().unwrap();
    home.library.database.store().replace_links("another rule", &[]).unwrap();
    let TestLibrary { folder, library, .. } = home;
    drop(library);
    let library = crate::Library::open(&folder.path().join("library.db")).unwrap();
    assert_eq!(library.database.reader().unwrap().links().unwrap(), before);
}
