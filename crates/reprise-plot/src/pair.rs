//! The input of a picture.

/// A frame of a track: how strongly each pitch class sounds, C first, 0..=1.
pub type PitchClasses = [f32; 12];

/// Two tracks and how they match. Track A is on the x axis, track B on the y axis.
#[derive(Debug, Clone, PartialEq)]
pub struct PairPlot {
    /// The track on the x axis.
    pub a: TrackPlot,
    /// The track on the y axis, in its own key.
    pub b: TrackPlot,
    /// By how many semitones B is higher than A. B is drawn that much lower.
    pub key_shift: i8,
    /// Their relation in words: "Same song, score 17.7".
    pub relation: String,
    /// The extent, key and tempo of B relative to A in words: "whole song, 1 semitone lower".
    pub reason: String,
    /// The seconds that match.
    pub spans: Vec<Span>,
    /// How similar their windows are.
    pub likeness: Likeness,
}

/// One track of a picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrackPlot {
    /// The name of the track.
    pub name: String,
    /// Its length in seconds.
    pub duration_s: f64,
    /// The frame rate of chroma and melody.
    pub frame_rate_hz: f64,
    /// The chroma, `[n_frames, 12]`.
    pub chroma: Vec<PitchClasses>,
    /// The melody on the same time grid; `None` where it is not known.
    pub melody: Option<Vec<PitchClasses>>,
}

/// A passage of A and the passage of B that matches it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Where it begins in A, in seconds.
    pub a_start_s: f64,
    /// Where it ends in A.
    pub a_end_s: f64,
    /// Where it begins in B.
    pub b_start_s: f64,
    /// Where it ends in B.
    pub b_end_s: f64,
}

/// How similar every window of A is to every window of B.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Likeness {
    /// What is compared, in a word: "harmony".
    pub of: &'static str,
    /// The similarities `[n_a, n_b]`, from 0 (not similar) to 1.
    pub values: Vec<f32>,
    /// The number of windows of A.
    pub n_a: usize,
    /// The number of windows of B.
    pub n_b: usize,
    /// The time from one window to the next in both tracks, in seconds.
    pub step_s: f64,
    /// Where the cell of the first window begins, in seconds.
    pub start_s: f64,
}

impl Likeness {
    /// Half the length of the windows that are compared: the first one begins at 0.
    pub(crate) fn half_window_s(&self) -> f64 {
        self.start_s + self.step_s / 2.0
    }
}

impl TrackPlot {
    /// The length that the axis must have, in seconds: the last frame may end after the sound.
    pub(crate) fn length_s(&self) -> f64 {
        let frames_s = self.chroma.len() as f64 / self.frame_rate_hz;
        let length_s = if frames_s.is_finite() { self.duration_s.max(frames_s) } else { self.duration_s };
        if length_s.is_finite() { length_s } else { 0.0 }
    }
}
