//! Tests of the mixer alone, with voices whose samples are known.

use rtrb::Producer;

use super::*;

const RATE_HZ: u32 = 1000;
/// A fade of ten milliseconds.
const FADE: usize = 10;

/// A voice with `n` frames of `value`, and the producer of its ring. Dropping the producer ends the voice.
fn voice(value: f32, n: usize) -> (Voice, Producer<f32>) {
    let (voice, mut ring) = Voice::new(RATE_HZ);
    ring.push_entire_slice(&vec![value; 2 * n]).unwrap();
    (voice, ring)
}

fn filled(mixer: &mut Mixer, n: usize) -> Vec<f32> {
    let mut samples = vec![9.0; 2 * n];
    mixer.fill(&mut samples);
    samples.as_chunks::<2>().0.iter().map(|[left, right]| 0.5 * (left + right)).collect()
}

/// A mixer whose first voice has faded in.
fn sounding(value: f32) -> (Mixer, Desk, Producer<f32>) {
    let (mut mixer, mut desk) = Mixer::new(RATE_HZ, 1.0);
    let (first, ring) = voice(value, 1000);
    assert!(desk.order(Order::Swap(first)));
    assert_eq!(filled(&mut mixer, 2 * FADE)[FADE + 1..], [value; FADE - 1]);
    (mixer, desk, ring)
}

#[test]
fn a_swap_waits_for_the_new_voice_and_never_dips() {
    let (mut mixer, mut desk, _ring) = sounding(0.5);
    let (late, mut late_ring) = voice(0.5, 5);
    desk.order(Order::Swap(late));
    assert_eq!(filled(&mut mixer, 50), [0.5; 50], "five frames are too few to begin with");
    late_ring.push_entire_slice(&[0.5; 400]).unwrap();
    for sample in filled(&mut mixer, 2 * FADE) {
        assert!((sample - 0.5).abs() < 1e-6, "{sample}: what one loses the other gains");
    }
    desk.clear();
}

#[test]
fn a_swap_takes_ten_milliseconds_and_jumps_nowhere() {
    let (mut mixer, mut desk, _ring) = sounding(0.5);
    let (other, _other_ring) = voice(-0.5, 500);
    desk.order(Order::Swap(other));
    let samples = filled(&mut mixer, 2 * FADE);
    assert_eq!(samples[FADE..], [-0.5; FADE]);
    for pair in samples.windows(2) {
        assert!((pair[0] - pair[1]).abs() < 0.11, "{pair:?}: a tenth of the way a millisecond");
    }
}

#[test]
fn a_pause_fades_and_loses_nothing() {
    let (mut mixer, mut desk, _ring) = sounding(0.5);
    let progress = mixer.current.as_ref().unwrap().progress.clone();
    desk.order(Order::Pause);
    let samples = filled(&mut mixer, 50);
    assert!(samples[0] > 0.4 && samples[FADE..] == [0.0; 40]);
    let played_s = progress.played_s(RATE_HZ);
    filled(&mut mixer, 500);
    assert_eq!(progress.played_s(RATE_HZ), played_s);
    desk.order(Order::Resume);
    assert_eq!(filled(&mut mixer, 2 * FADE)[FADE..], [0.5; FADE]);
    assert!(progress.played_s(RATE_HZ) > played_s);
}

#[test]
fn what_was_paused_is_not_heard_again_by_a_swap() {
    let (mut mixer, mut desk, _ring) = sounding(0.5);
    desk.order(Order::Pause);
    filled(&mut mixer, 50);
    let (late, mut late_ring) = voice(-0.5, 0);
    desk.order(Order::Swap(late));
    desk.order(Order::Resume);
    assert_eq!(filled(&mut mixer, 50), [0.0; 50]);
    late_ring.push_entire_slice(&[-0.5; 400]).unwrap();
    assert_eq!(filled(&mut mixer, 2 * FADE)[FADE..], [-0.5; FADE]);
}

#[test]
fn a_voice_is_over_when_its_decoder_and_its_ring_are() {
    let (mut mixer, _desk, ring) = sounding(0.5);
    let progress = mixer.current.as_ref().unwrap().progress.clone();
    drop(ring);
    filled(&mut mixer, 900);
    assert!(!progress.is_over());
    assert_eq!(filled(&mut mixer, 200)[100..], [0.0; 100]);
    assert!(progress.is_over());
    assert_eq!(progress.played_s(RATE_HZ), 1.0, "every frame was played");
}

#[test]
fn a_ring_that_runs_dry_fades_out_and_in_and_loses_nothing() {
    let (mut mixer, _desk, mut ring) = sounding(0.5);
    let progress = mixer.current.as_ref().unwrap().progress.clone();
    let dry = filled(&mut mixer, 1100);
    assert!(dry.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.06), "no jump to silence");
    assert_eq!(dry[1000..], [0.0; 100]);
    assert!(!progress.is_over());
    ring.push_entire_slice(&[0.5; 1000]).unwrap();
    drop(ring);
    assert!(filled(&mut mixer, 2 * FADE)[FADE..].iter().all(|&sample| sample == 0.5));
    filled(&mut mixer, 1000);
    assert_eq!(progress.played_s(RATE_HZ), 1.5);
}

#[test]
fn many_swaps_before_the_device_calls_cost_only_their_voices() {
    let (mut mixer, mut desk, _ring) = sounding(0.5);
    let mut rings = Vec::new();
    for _ in 0..40 {
        let (next, ring) = voice(0.25, 200);
        rings.push(ring);
        assert!(desk.order(Order::Swap(next)));
    }
    assert_eq!(filled(&mut mixer, 2 * FADE)[FADE..], [0.25; FADE]);
    desk.clear();
    let n_left = rings.iter().filter(|ring| !ring.is_abandoned()).count();
    assert_eq!(n_left, 1, "all but the last were dropped");
}

#[test]
fn the_volume_moves_smoothly() {
    let (mut mixer, desk, _ring) = sounding(1.0);
    desk.set_volume(0.25);
    let samples = filled(&mut mixer, 2 * FADE);
    assert_eq!(samples[FADE..], [0.25; FADE]);
    assert!(samples.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.11));
}

#[test]
fn hush_fades_out_and_a_later_voice_sounds() {
    let (mut mixer, mut desk, _ring) = sounding(0.5);
    desk.order(Order::Hush);
    assert_eq!(filled(&mut mixer, 50)[FADE..], [0.0; 40]);
    let (other, _other_ring) = voice(0.25, 500);
    desk.order(Order::Swap(other));
    assert_eq!(filled(&mut mixer, 2 * FADE)[FADE..], [0.25; FADE]);
}
