//! The tools of the analysis: the program's own decode worker, the networks and their runtime.

use std::path::{Path, PathBuf};

use reprise_audio::worker::{Limits, Worker};
use reprise_inference::{
    Asimt, Crema, Embedder, Melody, Recogniser, Runtime, Vocals, VoiceActivity, find_words,
};

use crate::error::Error;
use crate::track::Analyser;
use crate::voice::VoiceAnalyser;
use crate::words::WordsAnalyser;

/// The hidden subcommand that every program with analysis must provide. It passes its arguments to
/// `reprise_audio::worker::serve`.
pub const DECODE_WORKER_COMMAND: &str = "decode-worker";

/// A worker that decodes in a child process of the same executable.
pub fn decode_worker() -> Result<Worker, Error> {
    let program = std::env::current_exe().map_err(Error::OwnProgram)?;
    Ok(Worker { program, args: vec![DECODE_WORKER_COMMAND.into()], limits: Limits::default() })
}

/// The tools, created once for a scan and shared by its threads.
pub struct Tools {
    worker: Worker,
    runtime: Runtime,
    models: PathBuf,
}

/// ONNX Runtime and the folder of the models.
fn networks() -> Result<(Runtime, PathBuf), reprise_inference::Error> {
    Ok((Runtime::load(&reprise_inference::find_runtime_library()?)?, reprise_inference::find_models()?))
}

impl Tools {
    /// Finds the models and ONNX Runtime. The same executable decodes.
    pub fn find() -> Result<Self, Error> {
        let worker = decode_worker()?;
        let (runtime, models) = networks().map_err(Error::Unavailable)?;
        Ok(Self { worker, runtime, models })
    }

    /// The folder of the models.
    pub fn models(&self) -> &Path {
        &self.models
    }

    /// ONNX Runtime, which determines the device of each network.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// An analyser of files, for use in one thread.
    pub fn analyser(&self) -> Result<Analyser<'_>, Error> {
        let crema = Crema::load(&self.runtime, &self.models).map_err(Error::Unavailable)?;
        Ok(Analyser { worker: &self.worker, crema })
    }

    /// The embedder of tracks in `folder`, for use in one thread.
    pub fn asimt(&self, folder: &Path, embedder: Embedder) -> Result<Asimt, Error> {
        Asimt::load(&self.runtime, folder, embedder).map_err(Error::Unavailable)
    }

    /// An analyser of voices, for use in one thread.
    pub fn voice_analyser(&self) -> Result<VoiceAnalyser<'_>, Error> {
        Ok(VoiceAnalyser {
            worker: &self.worker,
            vocals: Vocals::load(&self.runtime, &self.models).map_err(Error::Unavailable)?,
            activity: VoiceActivity::load(&self.runtime, &self.models).map_err(Error::Unavailable)?,
            melody: Melody::load(&self.runtime, &self.models).map_err(Error::Unavailable)?,
        })
    }

    /// An analyser of words, for use in one thread; `None` if the recogniser is not installed.
    pub fn words_analyser(&self) -> Result<Option<WordsAnalyser>, Error> {
        let Some(weights) = find_words(&self.models) else { return Ok(None) };
        let recogniser =
            Recogniser::load(&self.runtime, &self.models, &weights).map_err(Error::Unavailable)?;
        Ok(Some(WordsAnalyser::new(recogniser)))
    }
}
