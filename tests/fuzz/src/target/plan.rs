//! Plans of a clean-up that somebody edited: each is refused with a sentence, or every file that goes does so in favour
//! of one that stays.

use reprise_library::{Fate, Plan};

pub(super) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let plan = match Plan::from_json(&text) {
        Ok(plan) => plan,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    for (gone, keeper) in plan.going() {
        assert!(matches!(keeper.fate, Fate::Keep | Fate::Stay(_)), "{:?} stays", keeper.path());
        assert!(!std::ptr::eq(gone, keeper));
    }
    assert_eq!(plan.summary().files, plan.going().count());
    let again = Plan::from_json(&plan.to_json()).expect("what was written can be read");
    assert_eq!(again.summary(), plan.summary());
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let file = |name: &str, fate: &str| {
        format!(
            r#"{{"path":"/music/{name}","root":"/music","title":null,"artist":"x","album":null,"duration_s":200.5,
            "size_bytes":5000,"mtime_ns":7,"payload":"00ff","codec":"mp3","is_lossless":false,"is_remaster":false,
            "sample_rate_hz":48000,"kbit_s":192,"in_playlists":1,"n_cues":0,"tags":["title"],"has_art":false,
            "n_names":1,"cue_sheet":null,"fate":{fate}}}"#
        )
    };
    let fates = [
        "\"keep\"",
        r#"{"go":{"keeper":0,"rule":"lossless"}}"#,
        r#"{"go":{"keeper":0,"rule":{"folder":"/music/a"}}}"#,
        r#"{"stay":"protected"}"#,
        r#"{"stay":{"other_sound":{"places":[[72.0,0.5]]}}}"#,
        r#"{"undecided":{"keeper":0}}"#,
    ];
    let files: Vec<String> = fates.iter().map(|fate| file("a.mp3", fate)).collect();
    let plan = format!(
        r#"{{"format":"reprise-clean-up-plan","version":1,"made_at_s":0,"rules":{{"order":["lossless","oldest"]}},
        "groups":[{{"files":[{}],"heard":[{{"a":0,"b":1,"differ":null,"offset_s":0.0}}]}}]}}"#,
        files.join(",")
    );
    vec![plan.into()]
}
