//! From the separated voice of a track to the words that are heard in it.

mod lines;
mod recording;

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use reprise_features::words::{WordsLogMel, WordsSpec, passages, segments};
use reprise_inference::{Heard, Opening, Recogniser, Said};

use crate::error::Error;

pub use lines::Line;
use lines::lines;
pub use recording::VoiceRecording;

/// The words of one track as heard: approximate, with mistakes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Words {
    /// Code of the language (ISO 639); empty if no words are heard.
    pub language: String,
    /// How sure the recogniser is of the language, 0..=1.
    pub language_probability: f32,
    /// What is sung, in order.
    pub lines: Vec<Line>,
}

/// Hears the words in voices, one track after another. Each thread has its own.
pub struct WordsAnalyser {
    recogniser: Recogniser,
    log_mel: WordsLogMel,
}

impl WordsAnalyser {
    pub(crate) fn new(recogniser: Recogniser) -> Self {
        Self { recogniser, log_mel: WordsLogMel::new(WordsSpec::v1()) }
    }

    /// Returns the words in a voice. `weights`: how much the voice counts in each frame of the grid of the other
    /// features, 0..=1. No language is expected more than another: the words of a file do not depend on its library.
    pub fn words(
        &mut self,
        voice: &VoiceRecording,
        weights: &[f32],
        stop: &AtomicBool,
    ) -> Result<Words, Error> {
        let spec = WordsSpec::v1();
        let segments = segments(&passages(weights, voice.samples().len(), spec), spec);
        if segments.is_empty() {
            return Ok(Words::default());
        }
        let first = self.hear(&voice.excerpt(&segments[0]), stop)?;
        let (language, language_probability) = self.language(&first.1, voice, &segments, stop)?;
        let (mut found, mut first) = (Vec::new(), Some(first));
        for passages in &segments {
            let (heard, opening) = match first.take() {
                Some(first) => first,
                None => self.hear(&voice.excerpt(passages), stop)?,
            };
            let said = self.recogniser.say(&heard, language)?;
            if !is_silence(&said, &opening, spec) {
                found.extend(lines(&said, passages, spec));
            }
        }
        let language = self.recogniser.languages()[language].clone();
        Ok(if found.is_empty() {
            Words::default()
        } else {
            Words { language, language_probability, lines: found }
        })
    }

    /// The language of a voice, as an index, and its probability: from the first segment if that leaves no doubt, otherwise
    /// from the first few together. Those are heard again later, as what is heard takes 37 MB a segment.
    fn language(
        &mut self,
        first: &Opening,
        voice: &VoiceRecording,
        segments: &[Vec<Range<usize>>],
        stop: &AtomicBool,
    ) -> Result<(usize, f32), Error> {
        let decoding = &WordsSpec::v1().decoding;
        let of_first = likeliest([first].into_iter());
        if of_first.1 >= decoding.sure_language {
            return Ok(of_first);
        }
        let mut openings = vec![first.clone()];
        for passages in segments.iter().take(decoding.language_segments).skip(1) {
            openings.push(self.hear(&voice.excerpt(passages), stop)?.1);
        }
        Ok(likeliest(openings.iter()))
    }

    fn hear(&mut self, samples: &[f32], stop: &AtomicBool) -> Result<(Heard, Opening), Error> {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        let heard = self.recogniser.hear(&self.log_mel.segment(samples))?;
        let opening = self.recogniser.opening(&heard)?;
        Ok((heard, opening))
    }
}

/// Whisper's own rule for a segment in which nobody speaks.
fn is_silence(said: &Said, opening: &Opening, spec: &WordsSpec) -> bool {
    opening.no_speech > spec.decoding.no_speech && said.log_probability < spec.decoding.log_probability
}

/// The index of the likeliest language and its probability, as the mean over segments.
fn likeliest<'a>(openings: impl Iterator<Item = &'a Opening>) -> (usize, f32) {
    let mut sums: Vec<f32> = Vec::new();
    for opening in openings {
        sums.resize(opening.languages.len(), 0.0);
        sums.iter_mut().zip(&opening.languages).for_each(|(sum, probability)| *sum += probability);
    }
    let total: f32 = sums.iter().sum();
    let best = (0..sums.len()).fold(0, |best, index| if sums[index] > sums[best] { index } else { best });
    (best, sums.get(best).map_or(0.0, |sum| sum / total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_of_all_first_segments_together() {
        let opening = |first: f32| Opening { languages: vec![first, 0.9 - first, 0.1], no_speech: 0.0 };
        let openings = [opening(0.5), opening(0.2), opening(0.3)];
        let (language, probability) = likeliest(openings.iter());
        assert_eq!(language, 1);
        assert!((probability - 1.7 / 3.0).abs() < 1e-6);
        assert_eq!(likeliest([].iter()), (0, 0.0));
    }
}
