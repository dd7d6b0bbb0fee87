//! The complete player with simulated loudspeakers and real workers. The worker program is `examples/play.rs`.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

mod support;

use std::path::Path;
use std::time::Duration;

use reprise_playback::State;
use support::{Frame, RATE_HZ, Room, heard, song};

const FADE: usize = RATE_HZ as usize / 100;

/// The pulled frames, without the silence at the beginning and the fade-in.
fn after_fade_in(pulled: &[Frame]) -> &[Frame] {
    let first = pulled.iter().position(|frame| *frame != [0.0; 2]).expect("something sounds");
    &pulled[first + FADE..]
}

#[test]
fn it_plays_a_track_from_a_second_on() {
    let (room, player) = Room::with_player();
    let path = song(&room.folder, "one.wav", 4, 440.0);
    player.play(&path, 1.5);
    room.wait_for(|state| state.position_s > 3.0);
    let expected = heard(&path, 1.5);
    let tape = room.tape();
    let sound = after_fade_in(&tape);
    assert!(sound.len() > RATE_HZ as usize);
    assert!(sound == &expected[FADE..FADE + sound.len()], "the frames are those of the worker");
}

#[test]
fn it_tells_the_position_about_ten_times_a_second_and_the_end_at_the_end() {
    let (room, player) = Room::with_player();
    let path = song(&room.folder, "one.wav", 3, 440.0);
    player.play(&path, 1.0);
    let last = room.wait_for(|state| !state.is_playing);
    assert_eq!(last, State { path: Some(path), position_s: 3.0, is_playing: false, problem: None });
    let positions: Vec<f64> = room.reports().iter().map(|state| state.position_s).collect();
    assert!(positions.len() > 4 && positions.is_sorted(), "{positions:?}");
    assert_eq!(positions[0], 1.0);
}

#[test]
fn a_pause_keeps_the_place_and_resume_goes_on_there() {
    let (room, player) = Room::with_player();
    let path = song(&room.folder, "one.wav", 4, 440.0);
    player.play(&path, 0.0);
    room.wait_for(|state| state.position_s > 0.5);
    player.pause();
    let paused = room.wait_for(|state| !state.is_playing);
    room.pull_s(0.1);
    let silent = room.pull_s(0.5);
    assert!(silent.iter().all(|frame| *frame == [0.0; 2]));
    player.resume();
    let resumed = room.wait_for(|state| state.is_playing);
    assert!(resumed.position_s - paused.position_s < 0.2, "{paused:?} {resumed:?}");
    room.wait_for(|state| state.position_s > 1.5);
    // Nothing is lost while the gate is closed: without silence and fades, the sound is one contiguous part of the
    // track.
    let expected = heard(&path, 0.0);
    let sound: Vec<Frame> = room.tape().into_iter().filter(|frame| *frame != [0.0; 2]).collect();
    let n_same = sound.iter().zip(&expected[..sound.len()]).filter(|(one, other)| one == other).count();
    assert!(n_same + 4 * FADE > sound.len(), "{n_same} of {} frames", sound.len());
}

#[test]
fn a_seek_moves_the_place() {
    let (room, player) = Room::with_player();
    let path = song(&room.folder, "one.wav", 8, 440.0);
    player.play(&path, 0.0);
    room.wait_for(|state| state.position_s > 0.1);
    for to_s in [2.0, 3.0, 4.0, 5.0] {
        player.seek(to_s);
    }
    room.wait_for(|state| state.position_s > 5.2);
    let pulled = room.pull_s(0.2);
    let expected = heard(&path, 5.0);
    let place = expected.windows(100).position(|frames| frames == &pulled[..100]);
    assert!(place.is_some(), "the sound is of that place");
    player.pause();
    player.seek(1.25);
    let state = room.wait_for(|state| state.position_s == 1.25);
    assert!(!state.is_playing, "a seek does not start what is paused");
    room.pull_s(0.1);
    player.resume();
    let n_before = room.tape().len();
    room.wait_for(|state| state.position_s > 1.4);
    let expected = heard(&path, 1.25);
    assert!(
        after_fade_in(&room.tape()[n_before..])[..200] == expected[FADE..FADE + 200],
        "it resumes at the new place"
    );
}

#[test]
fn a_swap_leaves_no_gap() {
    let (room, player) = Room::with_player();
    let (one, other) = (song(&room.folder, "one.wav", 8, 300.0), song(&room.folder, "other.wav", 8, 500.0));
    player.play(&one, 0.0);
    room.wait_for(|state| state.position_s > 0.3);
    let n_before = room.tape().len();
    player.play(&other, 2.0);
    room.wait_for(|state| state.position_s > 2.5);
    let pulled = room.tape().split_off(n_before);
    let longest = pulled.split(|frame| frame[0].abs() > 1e-3).map(<[Frame]>::len).max().unwrap();
    assert!(longest < 12, "{longest} frames of silence; at a zero crossing it is silent for a few");
    let steepest = pulled.windows(2).map(|pair| (pair[0][0] - pair[1][0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.06, "{steepest}: a sine of 500 Hz moves 0.033 a frame, two in a crossfade no more");
    let end = &pulled[pulled.len() - 200..];
    assert!(heard(&other, 2.0).windows(200).any(|frames| frames == end), "the new one sounds at last");
    assert_eq!(room.reports().last().unwrap().path.as_deref(), Some(other.as_path()));
}

#[test]
fn a_file_that_cannot_be_played_is_named_in_a_sentence() {
    let (room, player) = Room::with_player();
    player.play(Path::new("/nonexistent/gone.mp3"), 0.0);
    let state = room.wait_for(|state| state.problem.is_some());
    let problem = state.problem.unwrap();
    assert!(problem.starts_with("gone.mp3 cannot be played: the file cannot be read: No such"), "{problem}");
    assert!(problem.ends_with('.') && !state.is_playing);
    let path = room.folder.path().join("letter.flac");
    std::fs::write(&path, "Dear reader, this is not music.\n".repeat(500)).unwrap();
    player.play(&path, 3.0);
    let state = room.wait_for(|state| state.problem.as_ref().is_some_and(|said| said.contains("letter")));
    assert!(!state.is_playing, "{state:?}");
    let path = song(&room.folder, "one.wav", 2, 440.0);
    player.play(&path, 0.0);
    let state = room.wait_for(|state| state.position_s > 0.2);
    assert!(state.is_playing && state.problem.is_none(), "a later play is not held up: {state:?}");
}

#[test]
fn a_machine_without_a_device_says_so_and_a_later_play_tries_again() {
    let (room, player) = Room::with_player();
    let path = song(&room.folder, "one.wav", 2, 440.0);
    room.unplug();
    player.play(&path, 0.5);
    let state = room.wait_for(|state| state.problem.is_some());
    assert_eq!((state.problem.as_deref(), state.is_playing), (Some("There is nothing to hear with."), false));
    assert_eq!(state.position_s, 0.5);
    room.plug_in();
    player.resume();
    let state = room.wait_for(|state| state.position_s > 0.7);
    assert!(state.is_playing && state.problem.is_none());
}

#[test]
fn a_device_that_is_lost_soon_is_a_sentence_and_resume_goes_on() {
    let (room, player) = Room::with_player();
    let path = song(&room.folder, "one.wav", 8, 440.0);
    player.play(&path, 0.0);
    room.wait_for(|state| state.position_s > 0.1);
    room.lose();
    let state = room.wait_for(|state| state.problem.is_some());
    assert!(state.problem.unwrap().starts_with("The audio device stopped working"));
    player.resume();
    let later = room.wait_for(|later| later.is_playing && later.position_s > state.position_s);
    assert_eq!(later.problem, None);
}

#[test]
fn a_device_that_is_lost_later_is_replaced_by_the_next_one() {
    let (room, player) = Room::with_player();
    let path = song(&room.folder, "one.wav", 8, 440.0);
    player.play(&path, 0.0);
    room.wait_for(|state| state.position_s > 0.1);
    std::thread::sleep(Duration::from_millis(2100));
    let before = room.reports().last().unwrap().position_s;
    room.lose();
    let later = room.wait_for(|state| state.position_s > before + 0.2);
    assert!(later.is_playing && later.problem.is_none(), "{later:?}");
    assert_eq!(room.n_opened(), 2);
}

#[test]
fn stop_forgets_the_track_and_volume_scales_it() {
    let (room, player) = Room::with_player();
    let path = song(&room.folder, "one.wav", 4, 440.0);
    player.set_volume(0.5);
    player.play(&path, 0.0);
    room.wait_for(|state| state.position_s > 0.3);
    let expected = heard(&path, 0.0);
    assert_eq!(after_fade_in(&room.tape())[0], expected[FADE].map(|sample| 0.5 * sample));
    player.stop();
    assert_eq!(room.wait_for(|state| state.path.is_none()), State::default());
    let silent = room.pull_s(0.5).split_off(2 * FADE + RATE_HZ as usize / 10);
    assert!(silent.iter().all(|frame| *frame == [0.0; 2]));
    player.resume();
    player.seek(1.0);
    assert_eq!(room.reports().last(), Some(&State::default()), "there is nothing to resume");
}

#[cfg(target_os = "linux")]
#[test]
fn a_dropped_player_leaves_no_worker() {
    let (room, player) = Room::with_player();
    let path = song(&room.folder, "long one.wav", 60, 440.0);
    player.play(&path, 0.0);
    room.wait_for(|state| state.position_s > 0.1);
    let worker = || support::processes_with(path.to_str().unwrap());
    assert_eq!(worker(), 1, "it waits for the ring");
    drop(player);
    let is_gone = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        worker() == 0
    });
    assert!(is_gone && room.is_closed());
}
