//! Which copies stay and which go.

use std::path::Path;

use crate::tidy::copies::Copy;
use crate::tidy::keep::{self, Fate, HeardPair, KeepRules, OtherSound, Rule, Stays};
use crate::tidy::plan::{Plan, PlanError, only_in};
use crate::tidy::written_path::WrittenPath;

/// A lossy file of one album, in a library of one folder.
pub(super) fn copy(path: &str) -> Copy {
    Copy {
        path: Path::new(path).into(),
        real_path: None,
        root: Path::new("/music").into(),
        title: Some("A Song".into()),
        artist: None,
        album: Some("An Album".into()),
        duration_s: 200.0,
        size_bytes: 5_000_000,
        mtime_ns: 1_000,
        payload: path.into(),
        codec: "mp3".into(),
        is_lossless: false,
        is_remaster: false,
        sample_rate_hz: 48_000,
        kbit_s: 192,
        ceiling_hz: None,
        in_playlists: 0,
        n_cues: 0,
        tags: ["title".to_owned(), "album".to_owned()].into(),
        has_art: false,
        n_names: 1,
        cue_sheet: None,
    }
}

fn flac(path: &str) -> Copy {
    Copy { codec: "flac".into(), is_lossless: true, kbit_s: 900, ..copy(path) }
}

/// All pairs of files, and nothing that differs.
fn same(n_files: usize) -> Vec<HeardPair> {
    let pairs = (0..n_files).flat_map(|b| (0..b).map(move |a| (a, b)));
    pairs.map(|(a, b)| HeardPair { a, b, differ: None, offset_s: Some(0.0) }).collect()
}

fn decide(files: &[Copy], rules: &KeepRules) -> Vec<Fate> {
    keep::decide(files, &same(files.len()), rules)
}

fn goes(keeper: usize, rule: Rule) -> Fate {
    Fate::Go { keeper, rule: Some(rule) }
}

fn by(order: &[Rule]) -> KeepRules {
    KeepRules { order: order.to_vec(), ..KeepRules::default() }
}

#[test]
fn the_first_rule_that_distinguishes_decides_and_is_said() {
    let rules = KeepRules::default();
    let files = [copy("/music/a.mp3"), flac("/music/b.flac"), Copy { n_cues: 3, ..flac("/music/c.flac") }];
    let fates = decide(&files, &rules);
    assert_eq!(fates, [goes(2, Rule::Lossless), goes(2, Rule::Cues), Fate::Keep]);
    let folder = Rule::Folder(WrittenPath::from(Path::new("/music/masters")));
    let files = [copy("/music/masters/a.mp3"), flac("/music/b.flac")];
    assert_eq!(decide(&files, &by(&[folder.clone(), Rule::Lossless])), [Fate::Keep, goes(0, folder.clone())]);
    assert_eq!(decide(&files, &by(&[Rule::Lossless, folder])), [goes(1, Rule::Lossless), Fate::Keep]);
    let files = [Copy { mtime_ns: 5, ..copy("/music/a.mp3") }, copy("/music/b.mp3")];
    assert_eq!(decide(&files, &rules), [Fate::Keep, goes(0, Rule::Oldest)]);
    let files =
        [Copy { in_playlists: 2, ..copy("/music/a.mp3") }, Copy { has_art: true, ..copy("/music/b.mp3") }];
    assert_eq!(decide(&files, &rules), [Fate::Keep, goes(0, Rule::Playlists)]);
    assert_eq!(decide(&files, &by(&[Rule::Tags])), [goes(1, Rule::Tags), Fate::Keep]);
}

#[test]
fn what_no_rule_distinguishes_waits_for_the_user() {
    let files = [copy("/music/b.mp3"), copy("/music/a.mp3"), Copy { kbit_s: 128, ..copy("/music/c.mp3") }];
    let fates = decide(&files, &KeepRules::default());
    assert_eq!(fates, [Fate::Undecided { keeper: 1 }, Fate::Keep, goes(1, Rule::BitRate)]);
    assert_eq!(decide(&files, &by(&[]))[2], Fate::Undecided { keeper: 1 });
}

#[test]
fn equal_audio_has_equal_detail_and_a_well_packed_file_is_not_worse() {
    let same = |path: &str, kbit_s| Copy { payload: "one".into(), kbit_s, ..copy(path) };
    let files = [same("/music/a.mp3", 192), same("/music/b.mp3", 240)];
    assert_eq!(
        decide(&files, &KeepRules::default())[1],
        Fate::Undecided { keeper: 0 },
        "a picture is no detail"
    );
    let files =
        [Copy { kbit_s: 1100, ..flac("/music/a.flac") }, Copy { kbit_s: 700, ..flac("/music/b.flac") }];
    assert!(matches!(decide(&files, &KeepRules::default())[1], Fate::Undecided { .. }));
    let files = [flac("/music/a.flac"), Copy { sample_rate_hz: 96_000, ..flac("/music/b.flac") }];
    assert_eq!(decide(&files, &KeepRules::default())[0], goes(1, Rule::BitRate));
    let files = [Copy { kbit_s: 193, ..copy("/music/a.mp3") }, Copy { kbit_s: 190, ..copy("/music/b.mp3") }];
    assert!(
        matches!(decide(&files, &KeepRules::default())[1], Fate::Undecided { .. }),
        "tags make that difference"
    );
}

#[test]
fn what_is_in_doubt_stays() {
    let rules = KeepRules::default();
    let on = |album: &str, file: Copy| Copy { album: Some(album.into()), ..file };
    // One stays for each album; a file without an album belongs to the best one's.
    let files = [
        on("An Album", flac("/music/album/a.flac")),
        on("Greatest Hits", Copy { kbit_s: 320, ..copy("/music/hits/b.mp3") }),
        on("GREATEST HITS", copy("/music/hits 2/c.mp3")),
        Copy { album: None, ..copy("/music/downloads/x.mp3") },
    ];
    let fates = decide(&files, &rules);
    assert_eq!(fates[..2], [Fate::Keep, Fate::Stay(Stays::OtherAlbum)]);
    assert_eq!(fates[2..], [goes(1, Rule::BitRate), goes(0, Rule::Lossless)]);
    let all = decide(&files, &KeepRules { one_per_album: false, ..rules.clone() });
    assert!(all[1..].iter().all(|fate| matches!(fate, Fate::Go { keeper: 0, .. })));
    // An MP3 beside its FLAC is there on purpose, in the same folder or in a parallel one.
    for beside in ["/music/x/Song.mp3", "/music/mp3/Song.mp3"] {
        let files = [flac("/music/x/Song.flac"), copy(beside)];
        assert_eq!(decide(&files, &rules)[1], Fate::Stay(Stays::Companion), "{beside}");
        let without = KeepRules { companions: false, ..rules.clone() };
        assert_eq!(decide(&files, &without)[1], goes(0, Rule::Lossless));
    }
    let files = [flac("/music/x/Song.flac"), copy("/music/y/Other name.mp3"), copy("/music/y/z/Song.mp3")];
    assert!(decide(&files, &rules)[1..].iter().all(|fate| *fate == goes(0, Rule::Lossless)));
    // A remaster is another sound on purpose.
    let files = [flac("/music/a.flac"), Copy { is_remaster: true, ..copy("/music/b.mp3") }];
    assert_eq!(decide(&files, &rules)[1], Fate::Stay(Stays::Remaster));
    assert_eq!(decide(&files, &KeepRules { remasters: true, ..rules.clone() })[1], goes(0, Rule::Lossless));
}

#[test]
fn protected_files_images_of_albums_and_files_of_several_names_never_go() {
    let protected = KeepRules { protected: vec![Path::new("/music/masters").into()], ..KeepRules::default() };
    let files = [flac("/music/a.flac"), copy("/music/masters/a.mp3"), copy("/music/masters 2/b.mp3")];
    let fates = decide(&files, &protected);
    assert_eq!(fates, [Fate::Keep, Fate::Stay(Stays::Protected), goes(0, Rule::Lossless)]);
    let files = [copy("/music/a.mp3"), flac("/music/masters/a.flac")];
    assert_eq!(decide(&files, &protected), [goes(1, Rule::Lossless), Fate::Keep]);
    let sheet = WrittenPath::from(Path::new("/music/b.cue"));
    let files = [flac("/music/a.flac"), Copy { cue_sheet: Some(sheet.clone()), ..copy("/music/b.mp3") }];
    assert_eq!(decide(&files, &KeepRules::default())[1], Fate::Stay(Stays::CueSheet(sheet)));
    let one = |path: &str| Copy { n_names: 2, ..copy(path) };
    let fates = decide(&[one("/music/a.mp3"), one("/music/b.mp3")], &KeepRules::default());
    assert_eq!(fates, [Fate::Keep, Fate::Stay(Stays::SeveralNames)]);
    let files = [flac("/music/a.flac"), Copy { n_names: 2, ..copy("/music/b.mp3") }];
    assert_eq!(decide(&files, &KeepRules::default())[1], Fate::Stay(Stays::SeveralNames));
}

#[test]
fn what_sounds_different_or_was_not_listened_to_stays() {
    let files = [flac("/music/a.flac"), copy("/music/b.mp3"), copy("/music/c.mp3"), copy("/music/d.mp3")];
    let mut heard = same(3);
    heard[0].differ = Some(OtherSound::Places(vec![[72.0, 0.5]]));
    let fates = keep::decide(&files, &heard, &KeepRules::default());
    let places = Stays::OtherSound(OtherSound::Places(vec![[72.0, 0.5]]));
    assert_eq!(fates[1..3], [Fate::Stay(places), goes(0, Rule::Lossless)]);
    assert_eq!(fates[3], Fate::Stay(Stays::OtherSound(OtherSound::Unclear)));
    let one = |path: &str| Copy { payload: "one".into(), ..copy(path) };
    let files = [Copy { mtime_ns: 1, ..one("/music/a.mp3") }, one("/music/b.mp3")];
    assert_eq!(keep::decide(&files, &[], &KeepRules::default())[1], goes(0, Rule::Oldest), "equal packets");
    let mut plan = Plan::new(
        vec![([flac("/music/a.flac"), copy("/music/b.mp3")].into(), vec![])],
        KeepRules::default(),
        0,
    );
    plan.keep(0, 1);
    assert_eq!(plan.summary().files, 0, "another keeper does not make them the same");
    assert_eq!(keep::offset_s(&files, &[], 0, 1), Some(0.0));
    let late = [HeardPair { a: 0, b: 1, differ: None, offset_s: Some(0.25) }];
    let files = [flac("/music/a.flac"), copy("/music/b.mp3")];
    assert_eq!(keep::offset_s(&files, &late, 0, 1), Some(0.25));
    assert_eq!(keep::offset_s(&files, &late, 1, 0), Some(-0.25));
}

fn plan() -> Plan {
    let groups = vec![
        vec![copy("/music/b.mp3"), flac("/music/b.flac"), copy("/music/deep/c.mp3")],
        vec![copy("/music/a.mp3"), copy("/music/a 2.mp3")],
    ];
    let groups = groups.into_iter().map(|files| (files.clone(), same(files.len()))).collect();
    Plan::new(groups, KeepRules { companions: false, ..KeepRules::default() }, 7)
}

#[test]
fn a_plan_is_edited_line_by_line_and_keeps_one_of_each() {
    let mut plan = plan();
    let summary = plan.summary();
    assert_eq!((summary.files, summary.bytes, summary.groups, summary.undecided), (2, 10_000_000, 1, 1));
    plan.keep(0, 0);
    assert_eq!(plan.summary().files, 3, "the group that waited is decided");
    assert_eq!(plan.groups[0].files[1].fate, Fate::Go { keeper: 0, rule: None });
    plan.stay(1, 0);
    plan.keep(1, 2);
    assert_eq!(plan.groups[1].files[0].fate, Fate::Stay(Stays::Wanted), "what the user let stay stays");
    assert_eq!(plan.groups[1].files[1].fate, Fate::Go { keeper: 2, rule: None });
    plan.leave(1);
    assert_eq!(plan.summary().files, 1);
    assert!(plan.groups.iter().all(|group| group.files.iter().any(|one| one.fate == Fate::Keep)));
    plan.keep(9, 9);
    plan.stay(1, 9);
}

fn fates(plan: &Plan, group: usize) -> Vec<Fate> {
    plan.groups[group].files.iter().map(|planned| planned.fate.clone()).collect()
}

fn chosen(keeper: usize) -> Fate {
    Fate::Go { keeper, rule: None }
}

#[test]
fn other_rules_decide_again_and_what_the_user_chose_still_holds() {
    let mut plan = plan();
    plan.keep(1, 2);
    plan.stay(0, 0);
    let companions = KeepRules { companions: true, ..KeepRules::default() };
    plan.decide_again(companions.clone());
    assert_eq!(plan.rules, companions);
    assert_eq!(fates(&plan, 1), [Fate::Stay(Stays::Companion), chosen(2), Fate::Keep]);
    assert_eq!(fates(&plan, 0), [Fate::Stay(Stays::Wanted), Fate::Keep]);
    let protected = KeepRules { protected: vec![Path::new("/music").into()], ..KeepRules::default() };
    plan.decide_again(protected);
    assert_eq!(plan.summary().files, 0, "nothing goes from a protected folder, whatever was chosen");
    plan.decide_again(KeepRules { companions: false, ..KeepRules::default() });
    assert_eq!(fates(&plan, 1), [chosen(2), chosen(2), Fate::Keep], "the choice outlasts rules that hide it");
}

#[test]
fn a_group_that_was_left_alone_loses_nothing_by_any_rules() {
    let files = || vec![flac("/music/a.flac"), Copy { mtime_ns: 1, ..copy("/music/b.mp3") }];
    let mut plan = Plan::new(vec![(files(), same(2))], by(&[Rule::Lossless]), 0);
    plan.leave(0);
    for order in [[Rule::Oldest], [Rule::Lossless]] {
        plan.decide_again(by(&order));
        assert_eq!(plan.summary().files, 0);
    }
    let mut plan = Plan::new(vec![(files(), same(2))], by(&[Rule::Lossless]), 0);
    plan.stay(0, 1);
    plan.decide_again(by(&[Rule::Oldest]));
    plan.decide_again(by(&[Rule::Lossless]));
    assert_eq!(fates(&plan, 0), [Fate::Keep, Fate::Stay(Stays::Wanted)], "being kept is no second thought");
}

#[test]
fn what_was_edited_in_a_document_holds_and_choices_go_over_to_a_new_plan() {
    let mut plan = plan();
    plan.keep(1, 2);
    let mut read = Plan::from_json(&plan.to_json()).unwrap();
    assert_eq!(read, plan);
    read.decide_again(KeepRules { companions: false, ..KeepRules::default() });
    assert_eq!(fates(&read, 1)[2], Fate::Keep);
    let mut document: serde_json::Value = serde_json::from_str(&plan.to_json()).unwrap();
    let line = document["groups"][1]["files"].as_array_mut().unwrap();
    line[1]["fate"] = serde_json::json!({ "stay": "wanted" });
    let mut edited = Plan::from_json(&document.to_string()).unwrap();
    let expected = plan.summary().files - 1;
    assert_eq!(edited.summary().files, expected);
    edited.decide_again(KeepRules { companions: false, ..KeepRules::default() });
    assert_eq!(edited.summary().files, expected, "a line that was edited by hand");
    let mut shuffled = document.clone();
    shuffled["groups"][1]["files"].as_array_mut().unwrap().remove(0);
    assert!(matches!(Plan::from_json(&shuffled.to_string()), Err(PlanError::OtherLines(_))));
    let mut by_hand: serde_json::Value = serde_json::from_str(&self::plan().to_json()).unwrap();
    by_hand["groups"][0]["files"][0]["fate"] = serde_json::json!("keep");
    by_hand["groups"][0]["files"][1]["fate"] = serde_json::json!({ "stay": "wanted" });
    let mut by_hand = Plan::from_json(&by_hand.to_string()).unwrap();
    by_hand.decide_again(KeepRules { companions: false, ..KeepRules::default() });
    assert_eq!(fates(&by_hand, 0), [Fate::Keep, Fate::Stay(Stays::Wanted)], "both stay, as was written");
    document["groups"][0]["files"] = serde_json::json!([]);
    document["groups"][1]["chosen"] = serde_json::json!({ "keeper": 77, "staying": [78] });
    let mut odd = Plan::from_json(&document.to_string()).unwrap();
    odd.decide_again(KeepRules::default());
    assert_eq!(odd.groups.len(), 1, "what is no group, and places that are none, are passed over");
    let mut new = self::plan();
    new.adopt_choices(&plan);
    assert_eq!(fates(&new, 1), fates(&plan, 1));
}

#[test]
fn another_keeper_lets_the_former_one_stay_where_the_rules_do() {
    let on = |album: &str, path: &str| Copy { album: Some(album.into()), ..copy(path) };
    let kept = |files: Vec<Copy>, rules: KeepRules, place: usize| -> Vec<Fate> {
        let heard = same(files.len());
        let mut plan = Plan::new(vec![(files, heard)], rules, 0);
        plan.keep(0, place);
        assert!(Plan::from_json(&plan.to_json()).is_ok(), "every keeper stays");
        plan.groups[0].files.iter().map(|planned| planned.fate.clone()).collect()
    };
    let pair = || vec![flac("/music/masters/a.flac"), copy("/music/b.mp3")];
    let protected = KeepRules { protected: vec![Path::new("/music/masters").into()], ..KeepRules::default() };
    assert_eq!(kept(pair(), protected, 1), [Fate::Stay(Stays::Protected), Fate::Keep]);
    assert_eq!(kept(pair(), KeepRules::default(), 1), [chosen(1), Fate::Keep]);
    let remaster = vec![Copy { is_remaster: true, ..flac("/music/a.flac") }, copy("/music/b.mp3")];
    assert_eq!(kept(remaster, KeepRules::default(), 1)[0], Fate::Stay(Stays::Remaster));

    // Two albums with two files each: the choice of one album's file changes that album only.
    let albums = || {
        vec![
            Copy { kbit_s: 320, ..on("A", "/music/a/1.mp3") },
            on("A", "/music/a/2.mp3"),
            Copy { kbit_s: 256, ..on("B", "/music/b/1.mp3") },
            on("B", "/music/b/2.mp3"),
        ]
    };
    let other_album = || Fate::Stay(Stays::OtherAlbum);
    let (a_goes, b_goes) = (goes(0, Rule::BitRate), goes(2, Rule::BitRate));
    assert_eq!(
        kept(albums(), KeepRules::default(), 0),
        [Fate::Keep, a_goes.clone(), other_album(), b_goes.clone()]
    );
    assert_eq!(kept(albums(), KeepRules::default(), 1), [chosen(1), Fate::Keep, other_album(), b_goes]);
    assert_eq!(kept(albums(), KeepRules::default(), 3), [other_album(), a_goes, chosen(3), Fate::Keep]);
    let without = vec![
        Copy { album: None, kbit_s: 320, ..copy("/music/k.mp3") },
        on("B", "/music/b.mp3"),
        on("A", "/music/a.mp3"),
    ];
    assert_eq!(
        kept(without, KeepRules::default(), 2),
        [chosen(2), other_album(), Fate::Keep],
        "album B keeps its file though what it would have gone for goes"
    );
    let across = KeepRules { one_per_album: false, ..KeepRules::default() };
    assert_eq!(kept(albums(), across, 3), [chosen(3), chosen(3), chosen(3), Fate::Keep]);
}

#[test]
fn a_difference_is_found_in_the_file_that_stays_for_it() {
    let files = vec![copy("/music/a.mp3"), flac("/music/b.flac")];
    let differ = Some(OtherSound::Places(vec![[72.0, 0.5]]));
    let heard = vec![HeardPair { a: 0, b: 1, differ, offset_s: Some(2.0) }];
    let plan = Plan::new(vec![(files, heard.clone())], KeepRules::default(), 0);
    let group = &plan.groups[0];
    assert_eq!((group.partner(0), group.partner_offset_s(0)), (Some(1), Some(2.0)));
    assert_eq!(group.partner(1), None, "the kept file is compared with none");
    assert_eq!(group.differences(0), [[72.0, 0.5]], "the places are those of the first file");
    assert!(group.differences(1).is_empty());
    let files = vec![flac("/music/a.flac"), copy("/music/b.mp3")];
    let plan = Plan::new(vec![(files, heard)], KeepRules::default(), 0);
    assert_eq!(plan.groups[0].differences(1), [[74.0, 0.5]], "two seconds later in the second");
}

#[test]
fn a_plan_comes_back_from_its_document_and_no_other_document_is_one() {
    let plan = plan();
    let text = plan.to_json();
    assert_eq!(Plan::from_json(&text).unwrap(), plan);
    let gone: Vec<_> = plan.going().map(|(gone, keeper)| (&gone.file.path, &keeper.file.path)).collect();
    assert_eq!(gone.len(), 2);
    assert!(gone.iter().all(|(_, keeper)| keeper.0 == Path::new("/music/b.flac")));
    for (from, to, refusal) in [
        ("reprise-clean-up-plan", "shopping-list", "calls itself \"shopping-list\""),
        ("\"version\": 1", "\"version\": 2", "later Reprise (version 2"),
        ("\"size_bytes\"", "\"size\"", "not a plan"),
        ("\"keep\"", "{\"go\": {\"keeper\": 0, \"rule\": null}}", "in favour of a file that does not stay"),
        ("\"keeper\": 1", "\"keeper\": 8", "in favour of a file that does not stay"),
    ] {
        let error = Plan::from_json(&text.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(refusal), "{from}: {error}");
    }
    assert!(matches!(Plan::from_json("[]"), Err(PlanError::OtherFormat(_))));
    assert!(matches!(Plan::from_json("{"), Err(PlanError::NotAPlan(_))));
}

#[test]
fn what_only_a_file_that_goes_has_is_named() {
    let gone = Copy { tags: ["title".to_owned(), "year".to_owned()].into(), has_art: true, ..copy("/a") };
    assert_eq!(only_in(&gone, &copy("/b")), ["year", "picture"]);
    assert!(only_in(&gone, &gone.clone()).is_empty());
}
