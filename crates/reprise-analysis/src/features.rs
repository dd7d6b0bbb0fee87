//! The feature matrices of single files, for research and training. They are computed as in the application, but not
//! stored.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use reprise_features::Spec;

use crate::error::Error;
use crate::tools::Tools;
use crate::track::Analyser;
use crate::voice::{Excerpt, Singing, Sung, VoiceAnalyser, gate};
use crate::words::{VoiceRecording, Words, WordsAnalyser};

/// All features of one file.
#[derive(Debug, Clone)]
pub struct FeatureSet {
    /// The input of CREMA in dB, flattened; empty unless it was requested.
    pub hcqt: Vec<f32>,
    /// The shape of `hcqt`: `[n_frames, n_bins, n_harmonics]`.
    pub hcqt_shape: (usize, usize, usize),
    /// Chord-pitch probabilities, `[n_frames, 12]`.
    pub crema: Vec<[f32; 12]>,
    /// Chroma, `[n_frames, 12]`.
    pub chroma: Vec<[f32; 12]>,
}

/// Analyses the voice in files, one file after another.
pub struct MelodyAnalyser<'a> {
    track: Analyser<'a>,
    voice: VoiceAnalyser<'a>,
    words: Option<WordsAnalyser>,
}

/// Computes the features of files, one file after another.
pub struct FeatureAnalyser<'a>(Analyser<'a>);

impl Tools {
    /// An analyser for feature matrices, for use in one thread.
    pub fn feature_analyser(&self) -> Result<FeatureAnalyser<'_>, Error> {
        Ok(FeatureAnalyser(self.analyser()?))
    }

    /// An analyser for vocals and melodies, for use in one thread.
    pub fn melody_analyser(&self) -> Result<MelodyAnalyser<'_>, Error> {
        Ok(MelodyAnalyser { track: self.analyser()?, voice: self.voice_analyser()?, words: None })
    }

    /// The same for words besides; `None` if the recogniser is not installed.
    pub fn melody_and_words_analyser(&self) -> Result<Option<MelodyAnalyser<'_>>, Error> {
        let Some(words) = self.words_analyser()? else { return Ok(None) };
        Ok(Some(MelodyAnalyser { words: Some(words), ..self.melody_analyser()? }))
    }
}

impl MelodyAnalyser<'_> {
    /// The sample rate of the vocals that it returns.
    pub fn vocals_rate_hz(&self) -> u32 {
        Spec::v1().audio.sample_rate_hz
    }

    /// The measurements of excerpts of one file, which together are a third of it. They determine whether anybody
    /// sings. An error is returned as a sentence.
    pub fn excerpts(&mut self, path: &Path, stop: &AtomicBool) -> Result<Vec<Excerpt>, String> {
        let tuning_cents = self.track.tuning_cents(path, stop).map_err(|error| error.to_string())?;
        self.voice.excerpts(path, tuning_cents, stop, &|_| false).map_err(|error| error.to_string())
    }

    /// The voice of one file; empty if nobody sings. `keep` receives the separated vocals in pieces, mono at
    /// [`MelodyAnalyser::vocals_rate_hz`]; none if nobody sings. An error is returned as a sentence.
    pub fn sung(
        &mut self,
        path: &Path,
        singing: Singing,
        stop: &AtomicBool,
        keep: &mut dyn FnMut(&[f32]),
    ) -> Result<Sung, String> {
        let tuning_cents = self.track.tuning_cents(path, stop).map_err(|error| error.to_string())?;
        let is_sung = |voice: &mut VoiceAnalyser| {
            let excerpts = voice.excerpts(path, tuning_cents, stop, &|_| false);
            excerpts.map(|excerpts| gate::is_sung(&excerpts)).map_err(|error| error.to_string())
        };
        let sung = match singing == Singing::Assumed || is_sung(&mut self.voice)? {
            true => self.voice.sung(path, tuning_cents, singing, stop, keep),
            false => Ok(Sung::default()),
        };
        sung.map_err(|error| error.to_string())
    }

    /// The words in a voice whose weights are those of [`Sung`]. An error is returned as a sentence.
    pub fn words(
        &mut self,
        recording: VoiceRecording,
        weights: &[f32],
        stop: &AtomicBool,
    ) -> Result<Words, String> {
        let Some(words) = &mut self.words else { return Ok(Words::default()) };
        words.words(&recording.finished(), weights, stop).map_err(|error| error.to_string())
    }
}

impl FeatureAnalyser<'_> {
    /// The features of one file, whatever it contains. An error is returned as a sentence.
    pub fn features(
        &mut self,
        path: &Path,
        with_hcqt: bool,
        stop: &AtomicBool,
    ) -> Result<FeatureSet, String> {
        let spec = Spec::v1();
        let mut hcqt = Vec::new();
        let mut keep = |frame: &[f32]| hcqt.extend_from_slice(frame);
        let keep: &mut dyn FnMut(&[f32]) = if with_hcqt { &mut keep } else { &mut |_| {} };
        let (crema, chroma) = self.0.frames(path, stop, keep).map_err(|error| error.to_string())?;
        let hcqt_shape = (chroma.len(), spec.crema.n_bins, spec.crema.harmonics.len());
        Ok(FeatureSet { hcqt, hcqt_shape, crema, chroma })
    }
}
