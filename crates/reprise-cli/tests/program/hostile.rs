//! Files that are malicious, incomplete or something else: each is a problem with a name, and the scan continues.

use std::fs;
use std::path::Path;

use crate::support::{Home, write_song};

/// The audio fixtures of the repository, one for each codec.
fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/audio")
}

#[test]
fn every_unusable_file_is_named_with_a_reason_and_the_good_one_is_heard() {
    let home = Home::new();
    let music = home.path("music");
    fs::create_dir_all(&music).unwrap();
    write_song(&music.join("good.wav"), 1, 20);
    fs::write(music.join("empty.mp3"), b"").unwrap();
    fs::write(music.join("letter.mp3"), "Dear reader, this is not music.\n".repeat(500)).unwrap();
    fs::write(music.join("zeros.flac"), vec![0u8; 100_000]).unwrap();
    fs::write(music.join("wavpack.wv"), b"wvpk\x18\0\0\0\x10\x04\0\0 and so on").unwrap();
    lying_header(&music.join("lying.wav"));
    let summary = home.scan(&music);
    assert_eq!(summary["heard"], 2, "the good one, and the second that the lying header holds");
    let problems = home.problems();
    for name in ["empty.mp3", "letter.mp3", "zeros.flac", "wavpack.wv"] {
        let message = problems.iter().find(|(file, _)| file == name).map(|(_, message)| message.as_str());
        let message = message.unwrap_or_else(|| panic!("{name} must be named; named were {problems:?}"));
        assert!(message.len() > 10, "{name} must have a reason, not {message:?}");
    }
}

/// A WAV header that states four gigabytes, followed by one second of silence.
fn lying_header(path: &Path) {
    write_song(path, 3, 1);
    let mut bytes = fs::read(path).unwrap();
    bytes[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let data = bytes.windows(4).position(|four| four == b"data").unwrap();
    bytes[data + 4..data + 8].copy_from_slice(&(u32::MAX - 36).to_le_bytes());
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_truncated_file_keeps_what_decodes_and_says_so() {
    let home = Home::new();
    let music = home.path("music");
    fs::create_dir_all(&music).unwrap();
    let whole = home.path("whole.wav");
    write_song(&whole, 2, 40);
    let bytes = fs::read(&whole).unwrap();
    fs::write(music.join("half.wav"), &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(home.scan(&music)["heard"], 1, "half a song is a song");
    let problems = home.problems();
    assert_eq!(problems.len(), 1, "and a warning says that it is half: {problems:?}");
}

#[test]
fn every_fixture_cut_anywhere_leaves_the_scan_standing() {
    let home = Home::new();
    let music = home.path("music");
    fs::create_dir_all(&music).unwrap();
    let mut made = 0;
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for eighth in 1..8 {
            fs::write(music.join(format!("{eighth} {name}")), &bytes[..bytes.len() * eighth / 8]).unwrap();
            let mut damaged = bytes.clone();
            let at = bytes.len() * eighth / 8;
            damaged[at..(at + 16).min(bytes.len())].fill(0xff);
            fs::write(music.join(format!("damaged {eighth} {name}")), damaged).unwrap();
            made += 2;
        }
    }
    assert!(made > 50, "there must be fixtures to damage");
    home.scan(&music);
}

#[test]
fn silence_and_short_tracks_are_refused_with_a_reason() {
    let home = Home::new();
    let music = home.path("music");
    fs::create_dir_all(&music).unwrap();
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut silence = hound::WavWriter::create(music.join("silence.wav"), format).unwrap();
    (0..8_000 * 30).for_each(|_| silence.write_sample(0i16).unwrap());
    silence.finalize().unwrap();
    write_song(&music.join("jingle.wav"), 5, 6);
    assert_eq!(home.scan(&music)["not_matched"], 2);
    let covers = home.run(&["covers", music.join("silence.wav").to_str().unwrap()]);
    assert!(
        String::from_utf8_lossy(&covers.stdout).contains("silent"),
        "the reason is said where it is missed"
    );
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_scan_like_any_other() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    let music = home.path("music");
    fs::create_dir_all(&music).unwrap();
    write_song(&music.join(std::ffi::OsStr::from_bytes(b"caf\xe9.wav")), 1, 20);
    write_song(&music.join("-dash 'quote\" \n.wav"), 2, 20);
    assert_eq!(home.scan(&music)["heard"], 2);
    assert!(home.problems().is_empty());
    assert_eq!(home.scan(&music)["unchanged"], 2);
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_a_problem_and_not_a_crash() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let music = home.path("music");
    fs::create_dir_all(&music).unwrap();
    write_song(&music.join("locked.wav"), 1, 20);
    fs::set_permissions(music.join("locked.wav"), fs::Permissions::from_mode(0o0)).unwrap();
    let summary = home.scan(&music);
    // The superuser can read it nevertheless.
    assert_eq!(summary["heard"].as_u64().unwrap() + summary["problems"].as_u64().unwrap(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn six_hours_of_silence_stay_within_memory() {
    let home = Home::new();
    let music = home.path("music");
    fs::create_dir_all(&music).unwrap();
    sparse_silence(&music.join("night.wav"), 6 * 3600);
    let mut scan = home.command(&["scan".as_ref(), music.as_os_str()]).spawn().unwrap();
    let mut peak_mib = 0;
    while scan.try_wait().unwrap().is_none() {
        peak_mib = peak_mib.max(memory_of_tree_mib(scan.id()));
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(scan.wait().unwrap().success());
    assert!(peak_mib > 0, "the scan must have been watched");
    assert!(peak_mib < 400, "memory must not grow with the length of a file: {peak_mib} MiB");
}

/// The resident memory of a process and its children.
#[cfg(target_os = "linux")]
fn memory_of_tree_mib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let own =
        resident.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024;
    let children = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let children = children.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let children: Vec<u32> = children
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect();
    own + children.into_iter().map(memory_of_tree_mib).sum::<u64>()
}

#[cfg(target_os = "linux")]
/// A WAV of zeros whose samples need no space on disk.
fn sparse_silence(path: &Path, seconds: u32) {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    hound::WavWriter::create(path, format).unwrap().finalize().unwrap();
    let mut bytes = fs::read(path).unwrap();
    let length = seconds * 8_000 * 2;
    let header = u32::try_from(bytes.len()).unwrap();
    bytes[4..8].copy_from_slice(&(header - 8 + length).to_le_bytes());
    let data = bytes.windows(4).position(|four| four == b"data").unwrap();
    bytes[data + 4..data + 8].copy_from_slice(&length.to_le_bytes());
    fs::write(path, bytes).unwrap();
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(u64::from(header + length)).unwrap();
}
