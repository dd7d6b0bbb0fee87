//! The input of ASimT's networks: either chord-pitch and the deviation of chroma from the track's mean, or the sung
//! melody.

use crate::crema::N_PITCH_CLASSES;
use crate::error::Error;
use crate::network::first_not_finite;

/// The view that is read as the deviation of a frame from the track's mean. Other views are read as they are.
const CENTRED: &str = "chroma";

/// The networks that embed tracks. They differ in their input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embedder {
    /// Reads chord-pitch and chroma.
    Harmony,
    /// Reads the sung melody without its silence.
    Voice,
}

impl Embedder {
    /// All networks.
    pub const ALL: [Self; 2] = [Self::Harmony, Self::Voice];

    /// Returns the folder inside the folder of models that has the network which ships.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Harmony => "asimt",
            Self::Voice => "asimt-voice",
        }
    }

    /// Returns the name of its input, in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Harmony => "harmony",
            Self::Voice => "voice",
        }
    }

    /// Returns the embedder that offers these views, if one offers them all.
    pub(crate) fn offering(views: &[String]) -> Option<Self> {
        let is_repeated = |(n, view): (usize, &String)| views[..n].contains(view);
        if views.is_empty() || views.iter().enumerate().any(is_repeated) {
            return None;
        }
        Self::ALL.into_iter().find(|one| views.iter().all(|view| one.views().contains(&view.as_str())))
    }

    /// Returns the place of a view among those that its embedder offers.
    pub(crate) fn place_of(view: Option<&String>) -> Option<usize> {
        let place = |one: Self| one.views().iter().position(|known| Some(*known) == view.map(String::as_str));
        Self::ALL.into_iter().find_map(place)
    }

    /// Returns the views that it offers to a network, in the order in which tracks are given. The networks that ship
    /// read all of them.
    pub(crate) fn views(self) -> &'static [&'static str] {
        match self {
            Self::Harmony => &["crema", CENTRED],
            Self::Voice => &["melody"],
        }
    }
}

/// Weight of chroma relative to chord-pitch, the same as in the alignment.
const CHROMA_WEIGHT: f32 = 0.7;

/// A frame whose sum is below this is silent.
const SILENCE: f32 = 1e-6;

/// The views of a track, `[n_rows][n_frames]`.
pub(crate) struct Views {
    rows: Vec<Vec<f32>>,
}

impl Views {
    /// Prepares the views that a network reads, in its order, from those that a track has. Without the first of them
    /// there are no frames. Any other absent view is silent.
    pub fn of(
        embedder: Embedder,
        read: &[String],
        offered: &[&[[f32; N_PITCH_CLASSES]]],
    ) -> Result<Self, Error> {
        let place = |name: &String| embedder.views().iter().position(|view| view == name);
        let view_of = |name| place(name).and_then(|place| offered.get(place)).copied().unwrap_or_default();
        let present = read.iter().map(view_of).enumerate().filter(|(n, view)| *n == 0 || !view.is_empty());
        let n_frames = present.map(|(_, view)| view.len()).min().unwrap_or(0);
        let mut rows = Vec::with_capacity(read.len() * N_PITCH_CLASSES);
        for name in read {
            let view = view_of(name);
            let view = &view[..n_frames.min(view.len())];
            if let Some(frame) = first_not_finite(view.as_flattened(), N_PITCH_CLASSES) {
                return Err(Error::InputNotFinite { frame });
            }
            if name == CENTRED {
                rows.extend(rows_of(&centred(view), n_frames));
            } else {
                rows.extend(rows_of(view, n_frames));
            }
        }
        Ok(Self { rows })
    }

    /// Number of frames of the track.
    pub fn n_frames(&self) -> usize {
        self.rows[0].len()
    }

    /// Returns a row of the track raised by `key` semitones.
    pub fn row(&self, row: usize, key: usize) -> &[f32] {
        let (view, class) = (row / N_PITCH_CLASSES, row % N_PITCH_CLASSES);
        let own = (class + N_PITCH_CLASSES - key % N_PITCH_CLASSES) % N_PITCH_CLASSES;
        &self.rows[view * N_PITCH_CLASSES + own]
    }
}

/// Returns the deviation of each frame from the mean of the track. `chroma` may have any scale; silent frames stay
/// silent.
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

/// Returns a view as `[N_PITCH_CLASSES][n_frames]`; zeros for an absent view.
fn rows_of(view: &[[f32; N_PITCH_CLASSES]], n_frames: usize) -> impl Iterator<Item = Vec<f32>> {
    (0..N_PITCH_CLASSES).map(move |class| match view {
        [] => vec![0.0; n_frames],
        view => view.iter().map(|frame| frame[class]).collect(),
    })
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
