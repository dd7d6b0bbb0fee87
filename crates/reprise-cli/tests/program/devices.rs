//! The device of the networks, on a computer that may have a graphics processor that its ONNX Runtime cannot use.

use std::ffi::OsStr;

use serde_json::Value;

use crate::support::{Home, write_song};

/// Runs `reprise` with this device, on a library of one track.
fn with_device(home: &Home, device: &str, arguments: &[&str]) -> std::process::Output {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    home.command(&arguments).env("REPRISE_DEVICE", device).output().unwrap()
}

fn json(output: &std::process::Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn home() -> Home {
    let home = Home::new();
    std::fs::create_dir(home.path("music")).unwrap();
    write_song(&home.path("music/one.wav"), 1, 20);
    home
}

#[test]
fn a_graphics_processor_that_cannot_be_used_is_named_and_the_track_is_heard_and_embedded() {
    let home = home();
    let music = home.path("music");
    let scanned = with_device(&home, "cuda", &["--json", "scan", music.to_str().unwrap()]);
    let scanned = json(&scanned);
    assert_eq!((&scanned["heard"], &scanned["device"]), (&1.into(), &"processor".into()), "{scanned}");
    assert_eq!(scanned["unused_devices"][0]["device"], "cuda");
    assert!(!scanned["unused_devices"][0]["reason"].as_str().unwrap().is_empty());

    let status = with_device(&home, "cuda", &["status"]);
    let told = String::from_utf8(status.stdout).unwrap();
    assert!(told.contains("\nLarge networks run on the processor.\n"), "{told}");
    assert!(told.contains("\nNot on the graphics processor (CUDA): "), "{told}");
}

#[test]
fn the_processor_alone_is_told_by_status_and_no_news_after_a_scan() {
    let home = home();
    let music = home.path("music");
    let scanned = with_device(&home, "processor", &["scan", music.to_str().unwrap()]);
    assert!(!String::from_utf8(scanned.stdout).unwrap().contains("Large networks"));
    let status = json(&with_device(&home, "processor", &["--json", "status"]));
    assert_eq!((&status["device"], &status["tracks"]), (&"processor".into(), &1.into()));
    assert_eq!(status["unused_devices"], Value::Array(Vec::new()));
    assert!(status["device_problem"].is_null());
}

#[test]
fn a_device_that_there_is_not_is_an_error_of_the_scan_and_part_of_the_status() {
    let home = home();
    let music = home.path("music");
    let scan = with_device(&home, "gpu", &["scan", music.to_str().unwrap()]);
    assert_eq!(scan.status.code(), Some(1));
    assert!(
        String::from_utf8(scan.stderr).unwrap().contains("REPRISE_DEVICE is gpu; it can be processor, cuda")
    );
    let status = json(&with_device(&home, "gpu", &["--json", "status"]));
    assert!(status["device"].is_null());
    assert!(status["device_problem"].as_str().unwrap().contains("REPRISE_DEVICE is gpu"), "{status}");
}
