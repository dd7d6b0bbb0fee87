//! What a picture is made of.

/// A frame of a track: how strongly each pitch class sounds, C first, 0..=1.
pub type PitchClasses = [f32; 12];

/// Two tracks and how they match. Track A lies along x, track B along y.
#[derive(Debug, Clone, PartialEq)]
pub struct PairPlot {
    /// The track along x.
    pub a: TrackPlot,
    /// The track along y, in its own key.
    pub b: TrackPlot,
    /// Semitones by which B is higher than A; B is drawn that much lower.
    pub key_shift: i8,
    /// How they relate, in words: "Same song, score 17.7".
    pub relation: String,
    /// Extent, key and tempo in words, of B beside A: "whole song, 1 semitone lower".
    pub reason: String,
    /// Which seconds match which.
    pub spans: Vec<Span>,
    /// How alike their moments are.
    pub likeness: Likeness,
}

/// One track of a picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrackPlot {
    /// What it is called.
    pub name: String,
    /// Its length in seconds.
    pub duration_s: f64,
    /// Frames in a second, of chroma and of melody.
    pub frame_rate_hz: f64,
    /// What sounds, `[n_frames, 12]`.
    pub chroma: Vec<PitchClasses>,
    /// What is sung, on the same grid; None where it is not known.
    pub melody: Option<Vec<PitchClasses>>,
}

/// A passage of A and the passage of B that follows it.
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

/// How alike every moment of A is with every moment of B.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Likeness {
    /// In what, in a word: "harmony".
    pub of: &'static str,
    /// `[n_a, n_b]`, from 0, which is unlike, to 1.
    pub values: Vec<f32>,
    /// Moments of A.
    pub n_a: usize,
    /// Moments of B.
    pub n_b: usize,
    /// Seconds from a moment to the next, in both.
    pub step_s: f64,
    /// Where the first moment begins, in seconds.
    pub start_s: f64,
}

impl Likeness {
    /// Half of the window that is compared at a moment: the first one begins at 0.
    pub(crate) fn half_window_s(&self) -> f64 {
        self.start_s + self.step_s / 2.0
    }
}

impl TrackPlot {
    /// Seconds its axis must reach: the last frame may end after the sound.
    pub(crate) fn length_s(&self) -> f64 {
        let frames_s = self.chroma.len() as f64 / self.frame_rate_hz;
        let length_s = if frames_s.is_finite() { self.duration_s.max(frames_s) } else { self.duration_s };
        if length_s.is_finite() { length_s } else { 0.0 }
    }
}
