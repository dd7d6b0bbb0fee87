//! Inputs that once caused a crash, one test each; see tests/fixtures/crashes/README.md.

use std::path::PathBuf;

use reprise_audio::read_tags;

fn crash(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/crashes", name].iter().collect()
}

#[test]
fn id3_title_cut_at_a_space() {
    let tags = read_tags(&crash("id3_title_cut_at_a_space.mp3")).unwrap();
    assert_eq!(tags.title, Some("x".repeat(999)), "a title that is cut ends in no space");
}
