//! What ASimT sees of a track: chords, and what its chroma has more or less of than on the whole.

use crate::asimt::Harmony;
use crate::crema::N_PITCH_CLASSES;
use crate::error::Error;
use crate::network::first_not_finite;

/// The views, in the order of their rows.
pub(crate) const VIEWS: [&str; 2] = ["crema", "chroma"];

/// Rows of all views, a pitch class each.
pub(crate) const N_ROWS: usize = N_PITCH_CLASSES * VIEWS.len();

/// Of chroma against chords; as in the alignment.
const CHROMA_WEIGHT: f32 = 0.7;

/// Below this a frame is silent.
const SILENCE: f32 = 1e-6;

/// The views of a track, `[N_ROWS][n_frames]`.
pub(crate) struct Views {
    rows: Vec<Vec<f32>>,
}

impl Views {
    /// Those of a track; no frames where it has none.
    pub fn of(track: &Harmony) -> Result<Self, Error> {
        let (crema, chroma) = (track.crema, track.chroma);
        let n_frames = if chroma.is_empty() { crema.len() } else { crema.len().min(chroma.len()) };
        let (crema, chroma) = (&crema[..n_frames], &chroma[..n_frames.min(chroma.len())]);
        for view in [crema, chroma] {
            if let Some(frame) = first_not_finite(view.as_flattened(), N_PITCH_CLASSES) {
                return Err(Error::InputNotFinite { frame });
            }
        }
        Ok(Self { rows: rows(crema, &centred(chroma)) })
    }

    /// Frames of the track.
    pub fn n_frames(&self) -> usize {
        self.rows[0].len()
    }

    /// A row of the track raised by `key` semitones.
    pub fn row(&self, row: usize, key: usize) -> &[f32] {
        let (view, class) = (row / N_PITCH_CLASSES, row % N_PITCH_CLASSES);
        let own = (class + N_PITCH_CLASSES - key % N_PITCH_CLASSES) % N_PITCH_CLASSES;
        &self.rows[view * N_PITCH_CLASSES + own]
    }
}

/// What each frame has more or less of than the track on the whole. `chroma` in any scale; silent frames stay silent.
fn centred(chroma: &[[f32; N_PITCH_CLASSES]]) -> Vec<[f32; N_PITCH_CLASSES]> {
    let shares: Vec<[f32; N_PITCH_CLASSES]> = chroma
        .iter()
        .map(|frame| {
            let total: f32 = frame.iter().sum();
            frame.map(|value| if total > SILENCE { value / total } else { 0.0 })
        })
        .collect();
    let mut mean = [0.0_f64; N_PITCH_CLASSES];
    for frame in &shares {
        mean.iter_mut().zip(frame).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    let mean = mean.map(|sum| (sum / shares.len().max(1) as f64) as f32);
    let is_silent = |frame: &[f32; N_PITCH_CLASSES]| frame.iter().all(|value| *value == 0.0);
    shares
        .iter()
        .map(|frame| {
            let mut centred = *frame;
            if !is_silent(frame) {
                centred.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
            }
            let length = centred.iter().map(|value| value * value).sum::<f32>().sqrt().max(SILENCE);
            centred.map(|value| CHROMA_WEIGHT * value / length)
        })
        .collect()
}

/// `[N_ROWS][n_frames]`; a view that is absent is silent.
fn rows(crema: &[[f32; N_PITCH_CLASSES]], chroma: &[[f32; N_PITCH_CLASSES]]) -> Vec<Vec<f32>> {
    let row = |view: &[[f32; N_PITCH_CLASSES]], class: usize| -> Vec<f32> {
        if view.is_empty() { vec![0.0; crema.len()] } else { view.iter().map(|frame| frame[class]).collect() }
    };
    [crema, chroma].iter().flat_map(|view| (0..N_PITCH_CLASSES).map(|class| row(view, class))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_loud_all_the_time_is_no_chroma_and_silence_stays_silent() {
        assert_eq!(centred(&[[1.0; 12]; 5]), [[0.0; 12]; 5]);
        let mut chroma: Vec<[f32; 12]> =
            (0..40).map(|t| std::array::from_fn(|class| ((class * 5 + t / 15 * 7) % 12) as f32)).collect();
        chroma[3] = [0.0; 12];
        let centred_once = centred(&chroma);
        assert_eq!(centred_once[3], [0.0; 12]);
        let louder: Vec<_> = chroma.iter().map(|frame| frame.map(|value| 3.0 * value)).collect();
        for (a, b) in centred(&louder).iter().zip(&centred_once) {
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5));
        }
        let length: f32 = centred_once[0].iter().map(|value| value * value).sum();
        assert!((length.sqrt() - CHROMA_WEIGHT).abs() < 1e-5);
    }
}
