//! A detuned band stays on its semitones.

use reprise_features::{chroma_frame, tuning};

use crate::signals::{RATE_HZ, frames_of_blocks, golden, loudest};

/// Plays `samples` faster or slower, by cubic interpolation between neighbours.
fn detuned(samples: &[f32], cents: f64) -> Vec<f32> {
    let ratio = 2f64.powf(cents / 1200.0);
    let n_samples = ((samples.len() - 4) as f64 / ratio) as usize;
    let at = |n: usize| {
        let position = 1.0 + n as f64 * ratio;
        let (whole, x) = (position as usize, position.fract() as f32);
        let [a, b, c, d] = [-1, 0, 1, 2].map(|k| samples[whole.saturating_add_signed(k)]);
        b + 0.5 * x * (c - a + x * (2.0 * a - 5.0 * b + 4.0 * c - d + x * (3.0 * (b - c) + d - a)))
    };
    (0..n_samples).map(at).collect()
}

/// Returns the sum of chroma over the track.
fn profile(samples: &[f32], cents: f32) -> [f32; 12] {
    let frames = frames_of_blocks(samples, cents, 8192);
    let loudest = loudest(&frames);
    let mut sum = [0f32; 12];
    for frame in &frames {
        chroma_frame(frame, &loudest).iter().zip(&mut sum).for_each(|(class, sum)| *sum += class);
    }
    sum
}

/// Returns the rotation of `b` that correlates best with `a`.
fn best_roll(a: &[f32; 12], b: &[f32; 12]) -> usize {
    let correlation = |roll: usize| (0..12).map(|class| a[class] * b[(class + roll) % 12]).sum::<f32>();
    (0..12).max_by(|&x, &y| correlation(x).total_cmp(&correlation(y))).unwrap()
}

#[test]
fn a_detuned_band_lands_on_the_semitones_it_was_played_on() {
    for name in ["midi_A_Fsm_D_E7.wav", "synth_C_Am_F_G.wav"] {
        let band = golden(name);
        let plain = profile(&band, 0.0);
        for cents in [-55.0, -50.0, -45.0, -30.0, 0.0, 30.0, 38.0] {
            let band = detuned(&band, cents);
            let estimate = tuning::estimate_cents(&band, RATE_HZ);
            assert!((f64::from(estimate) - cents).abs() < 8.0, "{name} at {cents} cents gave {estimate}");
            let rolled = best_roll(&plain, &profile(&band, estimate));
            assert_eq!(rolled, 0, "{name} at {cents} cents, estimated {estimate}");
        }
    }
}

#[test]
fn a_band_in_tune_is_left_alone() {
    for name in ["midi_A_Fsm_D_E7.wav", "synth_C_Am_F_G.wav"] {
        assert_eq!(tuning::estimate_cents(&golden(name), RATE_HZ), 0.0, "{name}");
    }
}
