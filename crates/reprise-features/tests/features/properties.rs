//! Properties that must hold for any signal.

use reprise_features::{Loudest, Spec, chroma_frame, hcqt_frame};

use crate::signals::{bin_hz, frames, frames_of_blocks, golden, loudest, of_time, scaled, tone};

fn levels(frames: &[Vec<f32>], loudest: &Loudest) -> Vec<Vec<f32>> {
    let crema = &Spec::v1().crema;
    let level = |frame: &Vec<f32>| {
        let mut out = vec![f32::NAN; crema.n_bins * crema.harmonics.len()];
        hcqt_frame(frame, loudest, &mut out);
        out
    };
    frames.iter().map(level).collect()
}

fn chroma(frames: &[Vec<f32>]) -> Vec<[f32; 12]> {
    let loudest = loudest(frames);
    frames.iter().map(|frame| chroma_frame(frame, &loudest)).collect()
}

fn largest_difference<'a>(a: impl Iterator<Item = &'a f32>, b: impl Iterator<Item = &'a f32>) -> f32 {
    a.zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn a_tone_sounds_in_its_bin_with_the_stated_magnitude() {
    for bin in [0, 3, 50, 107, 144, 200, 251] {
        let frames = frames(&tone(4.0, 0.5, bin_hz(f64::from(bin))));
        let frame = &frames[frames.len() / 2];
        let loudest = (0..frame.len()).max_by(|&a, &b| frame[a].total_cmp(&frame[b])).unwrap();
        assert_eq!(loudest as i32, bin);
        // Half the amplitude times the root of the window's length at 44,100 Hz.
        let window = Spec::v1().quality() * 44_100.0 / bin_hz(f64::from(bin));
        let expected = 0.25 * window.sqrt();
        // The dropped coefficients contribute up to 2 %.
        assert!((f64::from(frame[loudest]) / expected - 1.0).abs() < 0.02, "{} at {bin}", frame[loudest]);
    }
}

#[test]
fn transposing_by_k_bins_moves_the_frames_by_k_bins() {
    let original = frames(&tone(4.0, 0.5, bin_hz(60.0)));
    for k in [-36i32, -24, 1, 3, 21, 36, 108] {
        let moved = frames(&tone(4.0, 0.5, bin_hz(60.0 + f64::from(k))));
        let t = original.len() / 2;
        for bin in 59..=61 {
            let there = moved[t][(bin + k) as usize] * 2f32.powf(k as f32 / 72.0);
            let ratio = there / original[t][bin as usize];
            // Windows have whole numbers of samples, and different coefficients are dropped.
            assert!((ratio - 1.0).abs() < 0.05, "bin {bin} moved by {k}: {ratio}");
        }
    }
}

#[test]
fn tuning_the_transform_undoes_detuning_the_music() {
    let plain = frames(&tone(4.0, 0.5, bin_hz(100.0)));
    for cents in [-55.0f32, -20.0, 35.0] {
        let detuned = tone(4.0, 0.5, bin_hz(100.0 + f64::from(cents) * 36.0 / 1200.0));
        let tuned = frames_of_blocks(&detuned, cents, 4096);
        let t = plain.len() / 2;
        for bin in 99..=101 {
            assert!((tuned[t][bin] / plain[t][bin] - 1.0).abs() < 0.05, "{cents} cents, bin {bin}");
        }
    }
}

#[test]
fn a_shift_by_one_hop_is_a_shift_by_one_frame() {
    let hop = Spec::v1().cqt.hop_samples;
    // Silence at both ends, so that the reflections are silent too.
    let music = of_time(3.0, |t| (700.0 * t * (1.0 + t)).sin() * 0.3 * (1.0 - t / 3.0) * t);
    let padded = |before: usize| [vec![0.0; before], music.clone(), vec![0.0; 30 * hop]].concat();
    let early = frames(&padded(20 * hop));
    let late = frames(&padded(21 * hop));
    assert_eq!(late.len(), early.len() + 1);
    let difference = largest_difference(late[1..].iter().flatten(), early.iter().flatten());
    assert_eq!(difference, 0.0, "the same samples pass through the same sums");
}

#[test]
fn gain_changes_neither_levels_nor_chroma() {
    let music = golden("midi_A_Fsm_D_E7.wav");
    let plain = frames(&music);
    for gain in [3.0, 0.3, 0.05] {
        let changed = frames(&scaled(&music, gain));
        let (a, b) = (levels(&plain, &loudest(&plain)), levels(&changed, &loudest(&changed)));
        // Quiet cells contain the rounding of loud ones; the golden test allows for this too.
        assert!(largest_difference(a.iter().flatten(), b.iter().flatten()) < 1e-2, "levels at gain {gain}");
        let (a, b) = (chroma(&plain), chroma(&changed));
        assert!(largest_difference(a.iter().flatten(), b.iter().flatten()) < 1e-4, "chroma at gain {gain}");
    }
}

#[test]
fn levels_and_chroma_stay_within_their_ranges() {
    let frames = frames(&golden("synth_C_Am_F_G.wav"));
    let levels = levels(&frames, &loudest(&frames));
    assert!(levels.iter().flatten().all(|level| (-80.0..=0.0).contains(level)));
    assert_eq!(levels.iter().flatten().copied().fold(f32::MIN, f32::max), 0.0);
    for chroma in chroma(&frames) {
        assert!(chroma.iter().all(|class| (0.0..=1.0).contains(class)));
        assert_eq!(chroma.iter().copied().fold(0.0, f32::max), 1.0);
    }
}

#[test]
fn silence_is_at_the_floor_and_without_chroma() {
    let frames = frames(&vec![0.0; 200_000]);
    assert!(frames.iter().flatten().all(|&magnitude| magnitude == 0.0));
    assert!(levels(&frames, &loudest(&frames)).iter().flatten().all(|&level| level == -80.0));
    assert!(chroma(&frames).iter().flatten().all(|&class| class == 0.0));
}
