//! Cues, loops and beat grids that go with a recording from one track to another.

use super::repointed;
use crate::{Fate, Obstacle, Repointed};

/// Makes a library of a loser, `/m/a.mp3`, and a keeper, `/m/b.mp3`, with what is inside each.
fn library(loser: &str, keeper: &str) -> String {
    format!(
        "<DJ_PLAYLISTS>\n  <COLLECTION Entries=\"2\">\n    \
         <TRACK TrackID=\"1\" TotalTime=\"100\" Location=\"file://localhost/m/a.mp3\">{loser}</TRACK>\n    \
         <TRACK TrackID=\"2\" TotalTime=\"100\" Location=\"file://localhost/m/b.mp3\"{keeper}\n  \
         </COLLECTION>\n  <PLAYLISTS><NODE Type=\"0\" Name=\"ROOT\"><NODE Name=\"L\" Type=\"1\" KeyType=\"0\" Entries=\"1\">\
         <TRACK Key=\"1\"/></NODE></NODE></PLAYLISTS>\n</DJ_PLAYLISTS>\n"
    )
}

fn mark(kind: u8, start: &str, more: &str) -> String {
    format!("<POSITION_MARK Name=\"x\" Type=\"{kind}\" Start=\"{start}\"{more}/>")
}

fn carried(loser: &str, keeper: &str, offset_s: Option<f64>) -> (String, Repointed) {
    let xml = library(loser, keeper);
    let done = repointed("/x/rb.xml", xml.as_bytes(), &[("/m/a.mp3", "/m/b.mp3", offset_s)]);
    (String::from_utf8(done.bytes.clone()).unwrap(), done)
}

fn fates(done: &Repointed) -> Vec<Fate> {
    done.marks.iter().map(|outcome| outcome.fate).collect()
}

fn at(at_s: f64) -> Fate {
    Fate::Carried { at_s, is_now_memory_cue: false }
}

#[test]
fn a_track_that_closes_itself_is_opened() {
    let loser = format!("\n      {}\n    ", mark(0, "12.5", " Num=\"2\" Red=\"40\" Green=\"1\""));
    let (text, done) = carried(&loser, " />", Some(0.0261));
    assert_eq!(fates(&done), [at(12.526)]);
    let inside =
        format!(" >\n      {}\n    </TRACK>", mark(0, "12.526", " Num=\"2\" Red=\"40\" Green=\"1\""));
    let expected = library(&loser, &inside).replace("Key=\"1\"", "Key=\"2\"");
    assert_eq!(text, expected);
}

#[test]
fn an_open_track_gets_them_after_its_own() {
    let own = ">\r\n\t<TEMPO Inizio=\"0.1\" Bpm=\"120\" Metro=\"4/4\" Battito=\"1\"></TEMPO>\r\n    </TRACK>";
    let (text, _) = carried(&mark(0, "1.000", " Num='-1'"), own, Some(0.0));
    let expected = own
        .replace("</TEMPO>", "</TEMPO>\r\n\t<POSITION_MARK Name=\"x\" Type=\"0\" Start=\"1.000\" Num='-1'/>");
    assert!(text.contains(&expected), "{text}");
    let (text, _) = carried(&mark(0, "1", ""), "></TRACK>", Some(0.0));
    assert!(text.contains(&format!("b.mp3\">{}\n    </TRACK>", mark(0, "1.000", ""))), "{text}");
    let (text, _) = carried(&mark(0, "1", ""), ">\n    </TRACK>", Some(0.0));
    assert!(text.contains(&format!("b.mp3\">{}\n    </TRACK>", mark(0, "1.000", ""))), "{text}");
    let (text, _) = carried("<POSITION_MARK Start='1' Type='0'>\n<X/></POSITION_MARK>", "/>", Some(1.0));
    assert!(
        text.contains("\"><POSITION_MARK Start='2.000' Type='0'>\n<X/></POSITION_MARK>\n    </TRACK>"),
        "{text}"
    );
}

#[test]
fn a_hot_cue_whose_number_is_taken_becomes_a_memory_cue() {
    let keeper = format!(">{}</TRACK>", mark(0, "50", " Num=\"0\""));
    let loser =
        [mark(0, "1", " Num=\"0\""), mark(0, "2", " Num=\"1\""), mark(0, "3", " Num=\"-1\"")].concat();
    let (text, done) = carried(&loser, &keeper, Some(0.0));
    assert_eq!(fates(&done), [Fate::Carried { at_s: 1.0, is_now_memory_cue: true }, at(2.0), at(3.0)]);
    assert!(
        text.contains(&mark(0, "1.000", " Num=\"-1\"")) && text.contains(&mark(0, "2.000", " Num=\"1\""))
    );
    let twice = [mark(0, "1", " Num=\"4\""), mark(0, "2", " Num=\"4\"")].concat();
    assert_eq!(
        fates(&carried(&twice, "/>", Some(0.0)).1)[1],
        Fate::Carried { at_s: 2.0, is_now_memory_cue: true }
    );
}

#[test]
fn a_loop_moves_with_its_end() {
    let (text, done) = carried(&mark(4, "10.000", " End=\"14.000\" Num=\"-1\""), "/>", Some(-0.5));
    assert_eq!(fates(&done), [at(9.5)]);
    assert!(text.contains(&mark(4, "9.500", " End=\"13.500\" Num=\"-1\"")), "{text}");
}

#[test]
fn what_the_keeper_has_within_10_ms_is_not_added() {
    let keeper = format!(">{}</TRACK>", mark(0, "10.000", " Num=\"0\""));
    for (start, expected) in [
        ("9.990", Fate::NotCarried(Obstacle::AlreadyThere)),
        ("10.010", Fate::NotCarried(Obstacle::AlreadyThere)),
        ("9.989", at(9.989)),
        ("10.011", at(10.011)),
    ] {
        assert_eq!(fates(&carried(&mark(0, start, ""), &keeper, Some(0.0)).1), [expected], "{start}");
    }
    let shifted = carried(&mark(0, "9.500", ""), &keeper, Some(0.495)).1;
    assert_eq!(fates(&shifted), [Fate::NotCarried(Obstacle::AlreadyThere)]);
    let looped = carried(&mark(4, "10.000", " End=\"12\""), &keeper, Some(0.0)).1;
    assert_eq!(fates(&looped), [at(10.0)], "another kind");
    let both = [mark(0, "20", " Num=\"3\""), mark(0, "20", " Num=\"-1\"")].concat();
    assert_eq!(fates(&carried(&both, &keeper, Some(0.0)).1), [at(20.0), at(20.0)], "one track's own pair");
}

#[test]
fn nothing_goes_beyond_the_keeper_s_ends() {
    let loser = [
        mark(0, "0.020", ""),
        mark(0, "0.026", ""),
        mark(0, "100.026", ""),
        mark(0, "100.027", ""),
        mark(4, "99.0", " End=\"101\""),
        mark(0, "NaN", ""),
        mark(4, "5", " End=\"soon\""),
    ]
    .concat();
    let (text, done) = carried(&loser, "/>", Some(-0.026));
    let no = Fate::NotCarried;
    let expected = [
        no(Obstacle::BeforeStart),
        at(0.0),
        at(100.0),
        no(Obstacle::AfterEnd),
        no(Obstacle::AfterEnd),
        no(Obstacle::Unreadable),
        no(Obstacle::Unreadable),
    ];
    assert_eq!(fates(&done), expected);
    assert!(text.contains(&mark(0, "0.000", "")) && !text.contains("-0.0"), "{text}");
}

#[test]
fn without_a_sure_offset_nothing_is_carried() {
    for offset_s in [None, Some(f64::NAN), Some(f64::INFINITY)] {
        let (text, done) = carried(&mark(0, "1", ""), "/>", offset_s);
        assert_eq!(fates(&done), [Fate::NotCarried(Obstacle::OffsetUnknown)]);
        assert_eq!(text, library(&mark(0, "1", ""), "/>").replace("Key=\"1\"", "Key=\"2\""));
    }
}

/// Gives the loser of a library a location that no track has.
fn relocated(inside: &str, offset_s: Option<f64>) -> (String, Repointed) {
    let xml = library(inside, "/>");
    let done = repointed("/x/rb.xml", xml.as_bytes(), &[("/m/a.mp3", "/m/c.mp3", offset_s)]);
    (String::from_utf8(done.bytes.clone()).unwrap(), done)
}

#[test]
fn a_track_with_a_new_file_has_its_own_marks_moved() {
    let tempo =
        |inizio: &str| format!("<TEMPO Inizio=\"{inizio}\" Bpm=\"120.00\" Metro=\"4/4\" Battito=\"1\"/>");
    let inside = |tempos: [&str; 2], cue: &str, from: &str, to: &str| {
        let loops = mark(4, from, &format!(" End=\"{to}\""));
        [tempo(tempos[0]), tempo(tempos[1]), mark(0, cue, " Num=\"0\""), loops].concat()
    };
    let old = inside(["0.010", "30.5"], "0.020", "8", "16");
    let (text, done) = relocated(&old, Some(-0.026));
    // The cue would be before the beginning. The grid begins one bar of two seconds later.
    let new = inside(["1.984", "30.474"], "0.020", "7.974", "15.974");
    assert_eq!(text, library(&new, "/>").replace("/m/a.mp3", "/m/c.mp3"));
    assert_eq!(fates(&done), [Fate::NotCarried(Obstacle::BeforeStart), at(7.974), at(1.984), at(30.474)]);
    for offset_s in [Some(0.0), Some(0.0004), None] {
        let (text, done) = relocated(&old, offset_s);
        assert_eq!(text, library(&old, "/>").replace("/m/a.mp3", "/m/c.mp3"));
        let unsure = fates(&done).iter().all(|fate| *fate == Fate::NotCarried(Obstacle::OffsetUnknown));
        assert_eq!(unsure, offset_s.is_none());
    }
}

#[test]
fn a_grid_that_would_fall_out_of_order_stays_whole() {
    let tempos =
        "<TEMPO Inizio=\"0.5\" Bpm=\"60\" Metro=\"4/4\"/><TEMPO Inizio=\"1.2\" Bpm=\"61\" Metro=\"4/4\"/>";
    let (text, done) = relocated(tempos, Some(-1.0));
    assert_eq!(text, library(tempos, "/>").replace("/m/a.mp3", "/m/c.mp3"));
    assert_eq!(fates(&done), [Fate::NotCarried(Obstacle::BeforeStart); 2]);
}

#[test]
fn two_losers_share_a_track_with_a_new_file() {
    let xml = library(&mark(0, "10", ""), &format!(">{}{}</TRACK>", mark(0, "11", ""), mark(0, "20", "")));
    let done = |first: Option<f64>| {
        let pairs = [("/m/a.mp3", "/m/c.mp3", first), ("/m/b.mp3", "/m/c.mp3", Some(0.5))];
        repointed("/x/rb.xml", xml.as_bytes(), &pairs)
    };
    let sure = done(Some(1.5));
    assert_eq!(fates(&sure), [at(11.5), Fate::NotCarried(Obstacle::AlreadyThere), at(20.5)]);
    let unsure = Fate::NotCarried(Obstacle::OffsetUnknown);
    assert_eq!(fates(&done(None)), [unsure; 3], "nobody knows where the track's own marks are");
}
