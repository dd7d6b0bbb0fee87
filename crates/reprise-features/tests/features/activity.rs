//! Which signals count as music and which do not.

use std::f64::consts::TAU;

use reprise_features::{Activity, Spec, Verdict};

use crate::signals::{frames, golden, mixed, of_time, scaled, tone, white};

fn judged(what: &str, samples: &[f32]) -> Verdict {
    let mut activity = Activity::new(Spec::v1());
    frames(samples).iter().for_each(|frame| activity.observe(frame));
    println!("{what}: {:?}, tonal share {:.3}", activity.verdict(), activity.tonal_share());
    activity.verdict()
}

fn noise(seconds: f64, seed: u64) -> Vec<f32> {
    white((seconds * 44_100.0) as usize, seed)
}

/// First-order low-pass: `keep` 0 gives white noise, near 1 it gives brown noise.
fn low_passed(samples: &[f32], keep: f32) -> Vec<f32> {
    let mut state = 0.0;
    samples
        .iter()
        .map(|sample| {
            state = keep * state + (1.0 - keep) * sample;
            state
        })
        .collect()
}

/// Makes pink noise by three low-passes that are an octave or two apart.
fn pink(samples: &[f32]) -> Vec<f32> {
    let slow = mixed(&scaled(&low_passed(samples, 0.99765), 42.0), &scaled(&low_passed(samples, 0.963), 8.0));
    scaled(&mixed(&slow, &scaled(&low_passed(samples, 0.57), 2.5)), 0.02)
}

/// Makes notes of half a second with six partials.
fn melody(amplitude: f64) -> Vec<f32> {
    let notes = [0, 2, 4, 5, 7, 4, 0, -5];
    of_time(12.0, |t| {
        let f_hz = 261.63 * 2f64.powf(f64::from(notes[(t * 2.0) as usize % notes.len()]) / 12.0);
        let decay = (-3.0 * (t * 2.0).fract()).exp();
        (1..=6).map(|k| (TAU * f_hz * f64::from(k) * t).sin() / f64::from(k)).sum::<f64>() * decay * amplitude
    })
}

/// Makes a kick and a hi-hat of decaying sweeps and noise, and a bass of four notes.
fn drums_and_bass() -> Vec<f32> {
    let hiss = noise(12.0, 9);
    let notes = [41.2, 49.0, 55.0, 36.7];
    let bass = of_time(12.0, |t| {
        let f_hz = notes[t as usize % 4];
        (1..=3).map(|k| (TAU * f_hz * f64::from(k) * t).sin() / f64::from(k * k)).sum::<f64>() * 0.2
    });
    let kick = of_time(12.0, |t| {
        let since = (t * 2.0).fract() / 2.0;
        (TAU * (50.0 * since - 4.0 * (-since * 30.0).exp())).sin() * (-since * 12.0).exp() * 0.6
    });
    let hat: Vec<f32> = hiss
        .iter()
        .enumerate()
        .map(|(n, x)| {
            let since = (n % 11_025) as f32 / 44_100.0;
            x * (-since * 30.0).exp() * 0.3
        })
        .collect();
    mixed(&mixed(&bass, &kick), &hat)
}

#[test]
fn noise_of_any_colour_is_noise() {
    for seed in 0..3 {
        let white = noise(20.0, seed);
        assert_eq!(judged("white", &scaled(&white, 0.3)), Verdict::Noise);
        assert_eq!(judged("hiss at -60 dB", &scaled(&white, 1e-3)), Verdict::Noise);
        assert_eq!(judged("pink", &pink(&white)), Verdict::Noise);
        assert_eq!(judged("brown", &scaled(&low_passed(&white, 0.999), 3.0)), Verdict::Noise);
        assert_eq!(judged("low-passed", &low_passed(&white, 0.8)), Verdict::Noise);
    }
}

#[test]
fn silence_and_what_a_quantiser_leaves_are_silent() {
    assert_eq!(judged("nothing", &[]), Verdict::Silence);
    assert_eq!(judged("digital silence", &vec![0.0; 900_000]), Verdict::Silence);
    let one_bit: Vec<f32> = noise(60.0, 5).iter().map(|x| (x * 1.5).round() / 32768.0).collect();
    assert_eq!(judged("dither of 1 LSB", &one_bit), Verdict::Silence);
    assert_eq!(judged("an offset", &vec![0.5; 900_000]), Verdict::Silence);
}

#[test]
fn quiet_music_is_music() {
    for gain in [1.0, 0.1, 0.01] {
        assert_eq!(judged("band", &scaled(&golden("midi_A_Fsm_D_E7.wav"), gain)), Verdict::Music);
        assert_eq!(judged("chords", &scaled(&golden("synth_C_Am_F_G.wav"), gain)), Verdict::Music);
        assert_eq!(judged("melody", &melody(0.3 * f64::from(gain))), Verdict::Music);
    }
}

#[test]
fn thin_music_is_music() {
    assert_eq!(judged("drums and bass", &drums_and_bass()), Verdict::Music);
    let voice = of_time(12.0, |t| {
        let phase = TAU * (180.0 * t + 0.9 * (TAU * 5.5 * t).sin() + 6.0 * (t * 0.8).sin());
        (1..=12).map(|k| (phase * f64::from(k)).sin() / f64::from(k)).sum::<f64>() * 0.1
    });
    assert_eq!(judged("voice", &voice), Verdict::Music);
    let sweep =
        of_time(20.0, |t| 0.3 * (TAU * 40.0 * 20.0 / 4f64.ln() * ((t / 20.0 * 4f64.ln()).exp() - 1.0)).sin());
    assert_eq!(judged("sweep", &sweep), Verdict::Music);
    assert_eq!(judged("a single tone", &tone(10.0, 0.1, 440.0)), Verdict::Music);
}

#[test]
fn music_in_noise_is_music() {
    let band = golden("midi_A_Fsm_D_E7.wav");
    let hiss = scaled(&white(band.len(), 6), 0.1);
    assert_eq!(judged("band as loud as its noise", &mixed(&band, &hiss)), Verdict::Music);
    let mostly_silent = [vec![0.0; 60 * 44_100], band].concat();
    assert_eq!(judged("a band after a minute of silence", &mostly_silent), Verdict::Music);
}

#[test]
fn a_short_clip_of_music_is_music() {
    assert_eq!(judged("two seconds", &golden("midi_A_Fsm_D_E7.wav")[..88_200]), Verdict::Music);
}
