//! A file of decisions, from another computer or of unknown origin.

use reprise_cli::saved_decisions::{read, write};
use reprise_library::{DecidedFiles, Decision};

pub(super) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let saved = match read(text) {
        Ok(saved) => saved,
        Err(reason) => return assert!(!reason.is_empty(), "every refusal says something"),
    };
    assert!(
        saved.iter().all(|one| one.question.b().is_none_or(|b| one.question.a() < b)),
        "a recording is not compared with itself: {saved:?}"
    );
    let written = written(&saved);
    assert!(
        !written.contains(|c: char| c.is_control() && c != '\n'),
        "nothing in it steers a terminal: {written:?}"
    );
    assert_eq!(read(&written).as_ref(), Ok(&saved), "what is exported is what was imported");
}

/// The same decisions as written by a library that has imported them.
fn written(saved: &[Decision]) -> String {
    let with_files = |decision: &Decision| DecidedFiles {
        decision: decision.clone(),
        files_a: Vec::new(),
        files_b: Vec::new(),
    };
    write(&saved.iter().map(with_files).collect::<Vec<_>>()).expect("all of it is text and numbers")
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let (one, other) = ["07".repeat(32), "b9".repeat(32)].into();
    let decision = format!(
        r#"{{"a":"{one}","b":"{other}","verdict":"same","at_s":1700000000,"files_a":[],"files_b":[]}}"#
    );
    let different = format!(r#"{{"a":"{other}","b":"{one}","verdict":"different","at_s":-1}}"#);
    let later = format!(r#"{{"question":"keep","a":"{one}","b":"{other}","is_yes":true,"at_s":2}}"#);
    let kind = format!(r#"{{"recording":"{one}","kind":"live","is_one":true,"at_s":1700000001,"files":[]}}"#);
    let file = |decisions: &str, kinds: &str| {
        format!(r#"{{"version":1,"decisions":[{decisions}],"kinds":[{kinds}]}}"#).into_bytes()
    };
    vec![
        file(&decision, &kind),
        file(&format!("{decision},{different}"), ""),
        file("", ""),
        br#"{"version":1,"decisions":[]}"#.to_vec(),
        format!(r#"{{"version":1,"decisions":[],"questions":[{later}]}}"#).into_bytes(),
    ]
}
