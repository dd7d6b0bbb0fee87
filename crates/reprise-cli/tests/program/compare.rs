//! One pair, in words, as JSON and as a picture.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::{Home, write_song};

/// A library of two songs and a copy, and a folder for pictures.
fn home() -> Home {
    let home = Home::new();
    fs::create_dir_all(home.path("music")).unwrap();
    fs::create_dir_all(home.path("out")).unwrap();
    write_song(&home.path("music/R&B <one>.wav"), 1, 40);
    write_song(&home.path("music/two.wav"), 2, 30);
    write_song(&home.path("music/jingle.wav"), 5, 6);
    fs::copy(home.path("music/R&B <one>.wav"), home.path("visitor.wav")).unwrap();
    home.scan(&home.path("music"));
    home
}

fn compare(home: &Home, a: &str, b: &str, plot: &str) -> Output {
    let [a, b, plot] = [a, b, plot].map(|name| home.path(name));
    home.run(&["compare", a.to_str().unwrap(), b.to_str().unwrap(), "--plot", plot.to_str().unwrap()])
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_pair_is_explained_and_drawn() {
    let home = home();
    let (one, two) = (home.path("music/R&B <one>.wav"), home.path("music/two.wav"));
    let (one, two) = (one.to_str().unwrap(), two.to_str().unwrap());
    let pair = home.json(&["compare", one, two]);
    let covers = home.json(&["covers", one]);
    let cover = covers["covers"].as_array().unwrap().iter().find(|cover| cover["path"] == two).unwrap();
    for field in ["relation", "score", "key_shift", "tempo_ratio", "spans", "reason"] {
        assert_eq!(pair[field], cover[field], "{field} is what covers says");
    }
    assert_eq!((&pair["query"]["path"], &pair["candidate"]["path"]), (&one.into(), &two.into()));
    assert_eq!(pair["candidate"]["in_library"], true);
    a_visitor_is_a_copy_too(&home, one);

    let said = compare(&home, "music/R&B <one>.wav", "visitor.wav", "out/pair.svg");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.starts_with("R&B <one>.wav\nvisitor.wav\n  Same recording, score "), "{said}");
    assert!(said.contains("matches 0:00-0:"), "{said}");
    let svg = fs::read_to_string(home.path("out/pair.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("R&amp;B &lt;one&gt;.wav"));

    fs::write(home.path("out/pair.PNG"), "an older picture").unwrap();
    assert!(compare(&home, "music/R&B <one>.wav", "music/two.wav", "out/pair.PNG").status.success());
    let png = fs::read(home.path("out/pair.PNG")).unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n", "what was there is overwritten");
    assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 2000);
    assert_eq!(names(&home.path("out")), ["pair.PNG", "pair.svg"], "nothing else is left");
}

fn a_visitor_is_a_copy_too(home: &Home, one: &str) {
    let pair = home.json(&["compare", one, home.path("visitor.wav").to_str().unwrap()]);
    assert_eq!((&pair["relation"], &pair["key_shift"]), (&"copy".into(), &0.into()));
    assert_eq!(pair["candidate"]["in_library"], false);
    assert_eq!(home.json(&["status"])["tracks"], 3, "asking adds nothing");
}

#[test]
fn what_cannot_be_drawn_leaves_nothing_behind() {
    let home = home();
    let fails = |a: &str, b: &str, plot: &str, code: i32, sentence: &str| {
        let failed = compare(&home, a, b, plot);
        let complaint = String::from_utf8_lossy(&failed.stderr).into_owned();
        assert_eq!(failed.status.code(), Some(code), "{complaint}");
        assert!(complaint.contains(sentence), "{complaint:?} does not say {sentence:?}");
    };
    let (one, two) = ("music/R&B <one>.wav", "music/two.wav");
    fails(one, two, "out/pair.gif", 1, "must end in .svg or .png");
    fails(one, two, "out/pair", 1, "must end in .svg or .png");
    fails(one, "music/gone.wav", "out/pair.svg", 3, "is not in the library and cannot be heard");
    fails(one, "music/jingle.wav", "out/pair.svg", 1, "jingle.wav is shorter than 15 seconds");
    fails(one, two, "nowhere/pair.svg", 1, "nowhere/pair.svg: ");
    assert!(names(&home.path("out")).is_empty());
    fs::create_dir(home.path("out/folder.svg")).unwrap();
    fails(one, two, "out/folder.svg", 1, "is no regular file");
    #[cfg(unix)]
    {
        fs::write(home.path("precious"), "precious").unwrap();
        std::os::unix::fs::symlink(home.path("precious"), home.path("out/link.png")).unwrap();
        fails(one, two, "out/link.png", 1, "is no regular file");
        assert_eq!(fs::read_to_string(home.path("precious")).unwrap(), "precious");
    }
    let refused = home.json(&[
        "compare",
        home.path(one).to_str().unwrap(),
        home.path("music/jingle.wav").to_str().unwrap(),
    ]);
    assert_eq!(refused["candidate"]["not_matched"], "is shorter than 15 seconds, so it is not matched");
    assert!(refused["score"].is_null() && refused["spans"].as_array().unwrap().is_empty());
}
