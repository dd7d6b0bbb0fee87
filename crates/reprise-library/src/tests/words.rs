//! Words that were heard: what they find, add and limit, and how they are searched.

use reprise_matching::words::{BY_CHANCE, Text, Vector};
use reprise_store::{Words, WordsLikeness, WordsLine};

use super::*;
use crate::candidates::words::words_shortlist;
use crate::linking::link_by_words;
use crate::linking::run::{Linking, LinkingRun};
use crate::recordings::prepared::PreparedTracks;
use crate::recordings::words::{WordVectors, put_words, text_of};
use crate::relations::thresholds::LINKED;
use crate::{Confidence, Effort, Progress, Reason, Relation, SharedWords};

const VERSE: [&str; 8] = [
    "the river runs down to the sea tonight",
    "and i will follow it wherever it may go",
    "seven white horses were standing in the rain",
    "nobody knew where the summer had gone",
    "put another log upon the dying fire",
    "tell me the story of the lighthouse man",
    "who counted every vessel passing by",
    "until the morning took the stars away",
];
const MISHEARD: [&str; 8] = [
    "the reefer runs down to the sea to night",
    "and i will follow at where ever it may go",
    "seven wide horses where standing in the rain",
    "nobody new where the summer had gone",
    "put another lock upon the dying fire",
    "tell me the story of the light house men",
    "who counted every whistle passing by",
    "until the morning took this does away",
];
const OTHER: [&str; 8] = [
    "give me the morning and give me the bread",
    "a mountain of sugar to put in my head",
    "the baker is sleeping the windows are blue",
    "the cat on the chimney has nothing to do",
    "my uncle has purchased a yellow canoe",
    "with paddles of copper and cushions of glue",
    "we travelled to dublin and danced with a bear",
    "and left all our money and shoes on the stair",
];

impl TestLibrary {
    /// Stores the words of a recording: a line every three seconds.
    fn hear(&self, n: u32, lines: &[&str]) {
        let line = |(index, text): (usize, &&str)| WordsLine {
            start_s: 3.0 * index as f32,
            end_s: 3.0 * (index + 1) as f32,
            log_probability: -0.3,
            text: (*text).to_owned(),
        };
        let lines: Vec<WordsLine> = lines.iter().enumerate().map(line).collect();
        let words = Words { language: "en".into(), language_probability: 0.9, lines };
        put_words(&self.library.database, &payload(n), &words).unwrap();
    }

    fn link_words(&self) {
        let database = &self.library.database;
        let recordings = matchable(database).unwrap();
        let tracks = PreparedTracks::new(database, &recordings);
        let progress = Progress::unseen();
        let (recordings, tracks) = (recordings.as_slice(), &tracks);
        let linking =
            Linking { database, recordings, tracks, effort: Effort { threads: 1 }, progress: &progress };
        link_by_words(&linking, &mut LinkingRun::at_last()).unwrap();
    }
}

fn shared_words(reason: &Reason) -> Option<SharedWords> {
    match reason {
        Reason::Aligned { words, .. } => *words,
        _ => None,
    }
}

#[test]
fn the_same_words_find_a_version_that_nothing_else_finds() {
    let home = TestLibrary::new();
    let (punk, folk) = (home.song("punk.flac", 1), home.song("folk.flac", 2));
    home.song("stranger.flac", 3);
    home.relate(&[(1, 2, 0.5), (1, 3, 0.5), (2, 3, 0.5)]);
    assert!(home.library.versions(punk).unwrap().covers.is_empty());
    home.hear(1, &VERSE);
    home.hear(2, &MISHEARD);
    home.hear(3, &OTHER);
    home.link_words();
    let covers = home.library.versions(punk).unwrap().covers;
    assert_eq!(covers.iter().map(|cover| cover.track.id).collect::<Vec<_>>(), [Some(folk)]);
    assert!(covers[0].confidence != Confidence::Certain, "words by themselves are never certain");
    let Some(SharedWords::Same { span: Some(span), is_alone: true }) = shared_words(&covers[0].reason) else {
        panic!("{:?}", covers[0].reason)
    };
    assert!(span.query_start_s < 3.0 && span.query_end_s > 15.0, "{span:?}");
    assert_eq!(covers[0].spans, [span], "it is played from where the words are the same");
    let beside = home.library.words_beside(punk, folk).unwrap().unwrap();
    assert_eq!(beside.matched.len(), 8);
    assert!(beside.matched.iter().all(|pair| pair.line == pair.other));
}

#[test]
fn one_tune_under_clearly_other_words_is_not_certain_and_says_so() {
    let home = TestLibrary::new();
    let (hymn, anthem) = (home.song("hymn.flac", 1), home.song("anthem.flac", 2));
    home.song("instrumental.flac", 3);
    home.relate(&[(1, 2, 20.0), (1, 3, 20.0)]);
    let confidence = |other| {
        let covers = home.library.versions(hymn).unwrap().covers;
        covers.iter().find(|cover| cover.track.path == home.path(other)).map(|cover| cover.confidence)
    };
    let before = confidence("instrumental.flac");
    home.hear(1, &VERSE);
    home.hear(2, &OTHER);
    home.link_words();
    assert_ne!(confidence("anthem.flac"), Some(Confidence::Certain));
    assert!(confidence("anthem.flac").is_some(), "it stays in sight");
    assert_eq!(confidence("instrumental.flac"), before, "an instrumental has no other words");
    let covers = home.library.versions(hymn).unwrap().covers;
    let of_anthem = covers.iter().find(|cover| cover.track.id == Some(anthem)).unwrap();
    assert_eq!(shared_words(&of_anthem.reason), Some(SharedWords::Others));
    assert_ne!(of_anthem.relation, Relation::Unlikely);
}

/// A library with a pair that only words relate, both heard and not compared.
fn heard_pair() -> TestLibrary {
    let home = TestLibrary::new();
    home.song("a.flac", 1);
    home.song("b.flac", 2);
    home.relate(&[(1, 2, 3.0)]);
    home.hear(1, &VERSE);
    home.hear(2, &MISHEARD);
    home
}

fn links(home: &TestLibrary) -> Vec<reprise_store::Link> {
    home.library.database.reader().unwrap().links().unwrap()
}

#[test]
fn words_compared_before_a_kill_are_compared_again_and_give_the_same() {
    let undisturbed = heard_pair();
    undisturbed.link_words();
    let killed = heard_pair();
    // All that is written before the links are: the rows of the pair, and that links are in doubt.
    let database = &killed.library.database;
    database.store().doubt_links().unwrap();
    let likeness = WordsLikeness { cosine: 0.2, n_shared: 90.0, otherness: 0.0 };
    database.store().put_word_pairs(killed.recording(1), &[(killed.recording(2), likeness)]).unwrap();
    crate::linking::links::complete_links(database).unwrap();
    killed.link_words();
    assert_eq!(links(&killed), links(&undisturbed));
    assert!(links(&killed).len() == 1 && links(&killed)[0].score > LINKED);
    let owed = database.reader().unwrap().recordings_with_words(Versions::CURRENT.words, true).unwrap();
    assert!(owed.is_empty());
}

#[test]
fn words_heard_again_replace_those_before_and_what_was_found_by_them() {
    let home = heard_pair();
    home.link_words();
    home.hear(2, &OTHER);
    home.link_words();
    assert!(links(&home).is_empty(), "other words relate nothing");
    assert!(home.library.search_words("seven wide horses where standing", 5).unwrap().len() == 1);
    assert_eq!(home.library.search_words("a yellow canoe", 5).unwrap().len(), 1);
}

#[test]
fn the_words_of_a_shared_passage_say_nothing_of_the_rest() {
    let home = heard_pair();
    let stretches = vec![[0.0, 0.0, 20.0, 1.0]];
    let (a, b) = (home.recording(1), home.recording(2));
    let shared = reprise_store::NewSharedAudio { a, b, sameness: "part", stretches };
    home.library.database.store().put_shared_audio(&[a, b], &[shared]).unwrap();
    home.link_words();
    assert!(links(&home).is_empty(), "one jingle in two programmes");
}

#[test]
fn a_line_is_found_by_its_sound_in_the_file_that_is_there() {
    let home = TestLibrary::new();
    let folk = home.song("folk.flac", 2);
    home.song("stranger.flac", 3);
    home.hear(2, &MISHEARD);
    home.hear(3, &OTHER);
    let found = home.library.search_words("Seven white horses, standing", 5).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].track.id, found[0].line.start_s), (Some(folk), 6.0));
    assert!(home.library.search_words("a yellow canoe", 5).unwrap()[0].share > 0.9);
    assert!(home.library.search_words("purple elephants", 5).unwrap().is_empty());
    for text in ["", "\" OR", "'", "NEAR(", "*"] {
        home.library.search_words(text, 5).unwrap();
    }
    assert_eq!(home.library.words(folk).unwrap().unwrap().lines.len(), 8);
}

#[test]
fn the_shortlist_has_those_that_are_most_alike_as_the_slow_twin_ranks_them() {
    let home = TestLibrary::new();
    let mut state = 5_u32;
    let mut random = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize % n
    };
    let pool: Vec<&str> = [VERSE, MISHEARD, OTHER].concat();
    for n in 1..=40 {
        home.song(&format!("{n}.flac"), n);
        let lines: Vec<&str> = (0..3 + random(6)).map(|_| pool[random(pool.len())]).collect();
        home.hear(n, &lines);
    }
    let reader = home.library.database.reader().unwrap();
    let mut vectors = WordVectors::of(&home.library.database, &reader).unwrap();
    let asked = home.recording(7);
    let vector = vectors.get(asked).unwrap().unwrap();
    let shortlist = words_shortlist(&reader, asked, &vector, 10).unwrap();
    let mut slow = Vec::new();
    for n in (1..=40).filter(|n| *n != 7) {
        let other = home.recording(n);
        slow.push((vector.likeness(&vectors.get(other).unwrap().unwrap()).cosine, other));
    }
    slow.sort_by(|one, other| other.0.total_cmp(&one.0));
    let best: Vec<_> = slow[..5].iter().map(|(_, other)| *other).collect();
    assert!(best.iter().all(|other| shortlist.contains(other)), "{shortlist:?} {best:?}");
    assert!(!shortlist.contains(&asked));
}

#[test]
fn a_transcript_is_stored_as_it_was_heard() {
    let home = TestLibrary::new();
    home.song("a.flac", 1);
    home.hear(1, &VERSE);
    let reader = home.library.database.reader().unwrap();
    let words = crate::recordings::words::stored_words(&reader, home.recording(1)).unwrap().unwrap();
    assert_eq!(words.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), VERSE);
    let text: Text = text_of(&words);
    assert_eq!(reader.term_count(home.recording(1)).unwrap() as usize, text.terms.len());
    let rarity = reprise_matching::words::Rarity::default();
    let vector = Vector::new(&text, &rarity);
    assert!(vector.likeness(&vector).cosine > BY_CHANCE);
}
