//! What the second pass does with one track: its melody, and the words in its voice.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use reprise_analysis::{Singing, Sung, Tools, VoiceAnalyser, VoiceRecording, WordsAnalyser};
use reprise_features::Versions;
use reprise_matching::sung_share;
use reprise_store::{Features, PayloadHash, Recording, RecordingId, Words, WordsLine};

use crate::database::{Changed, Database};
use crate::error::Error;
use crate::progress::Progress;
use crate::recordings::words::put_words;

/// A recording and what of its voice is owed.
#[derive(Debug, Clone)]
pub(super) struct OwedVoice {
    pub recording: RecordingId,
    pub payload: PayloadHash,
    /// A file that is present.
    pub path: PathBuf,
    /// Whether its melody is owed. Otherwise it is known that somebody sings, and its words are owed.
    pub owes_melody: bool,
}

/// What became of one track.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome {
    /// Whether somebody sings; `None` if that was known.
    pub is_sung: Option<bool>,
    /// Whether words were heard; `None` if it was not listened to for words.
    pub has_words: Option<bool>,
    /// The file could not be read again.
    pub is_unreadable: bool,
}

/// The analysers of one thread.
pub(super) struct VoiceAnalysers<'a> {
    voice: VoiceAnalyser<'a>,
    words: Option<WordsAnalyser>,
}

impl<'a> VoiceAnalysers<'a> {
    pub fn find(tools: &'a Tools, with_words: bool) -> Result<Self, Error> {
        let words = if with_words { tools.words_analyser()? } else { None };
        Ok(Self { voice: tools.voice_analyser()?, words })
    }

    /// Analyses one track and commits what it finds, each part as soon as it is complete.
    pub fn analyse(
        &mut self,
        database: &Database,
        owed: &OwedVoice,
        progress: &Progress,
    ) -> Result<Outcome, Error> {
        let unreadable = Outcome { is_unreadable: true, ..Outcome::default() };
        let Some(recording) = database.reader()?.recording(&owed.payload)? else { return Ok(unreadable) };
        let stop = progress.stop_flag();
        let mut heard = VoiceRecording::default();
        // A panic in a transform or a network must affect only this track, not the pass. The file was decoded before, so
        // the next scan reports what is wrong with it now.
        let sung = catch_unwind(AssertUnwindSafe(|| self.sung(owed, &recording, &mut heard, stop)));
        let sung = match sung {
            Ok(Ok(sung)) => sung,
            Ok(Err(error)) if error.is_stop() => return Ok(Outcome::default()),
            Ok(Err(_)) | Err(_) => return Ok(unreadable),
        };
        let mut outcome = Outcome::default();
        if owed.owes_melody {
            let share = sung_share(&sung.melody);
            let melody = Features { kind: "melody", version: Versions::CURRENT.melody, frames: &sung.melody };
            database.change(Changed::Relations, |store| store.put_voice(&owed.payload, &melody, share))?;
            outcome.is_sung = Some(share > 0.0);
        }
        // Also of a voice that only speaks: a rap has words and no tune.
        let Some(analyser) = self.words.as_mut().filter(|_| !sung.weights.is_empty()) else {
            return Ok(outcome);
        };
        let words = catch_unwind(AssertUnwindSafe(|| analyser.words(&heard.finished(), &sung.weights, stop)));
        let words = match words {
            Ok(Ok(words)) => stored(words),
            // Stopped, or the recogniser failed: the words stay owed.
            Ok(Err(_)) | Err(_) => return Ok(outcome),
        };
        put_words(database, &owed.payload, &words)?;
        Ok(Outcome { has_words: Some(!words.lines.is_empty()), ..outcome })
    }

    /// The voice of a track; without melody and weights if nobody sings.
    fn sung(
        &mut self,
        owed: &OwedVoice,
        recording: &Recording,
        heard: &mut VoiceRecording,
        stop: &AtomicBool,
    ) -> Result<Sung, reprise_analysis::Error> {
        let (tuning_cents, duration_s) = (recording.sound.tuning_cents, recording.sound.duration_s);
        if owed.owes_melody && !self.voice.is_sung(&owed.path, tuning_cents, duration_s, stop)? {
            return Ok(Sung::default());
        }
        let singing = if owed.owes_melody { Singing::Detected } else { Singing::Ignored };
        let with_words = self.words.is_some();
        let mut keep = |vocals: &[f32]| {
            if with_words {
                heard.push(vocals);
            }
        };
        self.voice.sung(&owed.path, tuning_cents, singing, stop, &mut keep)
    }
}

fn stored(words: reprise_analysis::Words) -> Words {
    let line = |line: reprise_analysis::Line| WordsLine {
        start_s: line.start_s,
        end_s: line.end_s,
        log_probability: line.log_probability,
        text: line.text,
    };
    Words {
        language: words.language,
        language_probability: words.language_probability,
        lines: words.lines.into_iter().map(line).collect(),
    }
}
