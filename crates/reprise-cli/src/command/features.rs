//! `features`: the feature matrices of files as .npy and the separated voice as .wav, for research and for training on
//! exactly what the application computes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hound::{SampleFormat, WavSpec, WavWriter};
use ndarray::{Array2, Array3};
use ndarray_npy::WriteNpyExt;
use reprise_analysis::{
    Excerpt, FeatureAnalyser, FeatureSet, Line, MelodyAnalyser, Singing, Tools, VoiceRecording, Words,
};
use serde_json::json;

use crate::args::{Features, Stage};
use crate::command::scan::{effort, stop_on_interrupt};
use crate::failure::Failure;
use crate::print;

pub fn features(wanted: &Features) -> Result<(), Failure> {
    std::fs::create_dir_all(&wanted.out).map_err(|error| Failure::file(&wanted.out, error))?;
    let tools = Tools::find()?;
    let control = stop_on_interrupt();
    let next = AtomicUsize::new(0);
    let failed = AtomicUsize::new(0);
    let write_some = || -> Result<(), Failure> {
        let mut analysers = Analysers::find(&tools, &wanted.stage)?;
        while let Some(file) = wanted.files.get(next.fetch_add(1, Ordering::Relaxed)) {
            if control.is_stopped() {
                return Err(Failure::Interrupted);
            }
            if let Err(reason) = analysers.write(wanted, file, control.stop_flag())? {
                failed.fetch_add(1, Ordering::Relaxed);
                print::failure(&Failure::file(file, reason));
            }
        }
        Ok(())
    };
    let threads = effort(&wanted.effort).threads.min(wanted.files.len());
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(write_some)).collect();
        running.into_iter().try_for_each(|thread| match thread.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    match failed.into_inner() {
        0 => Ok(()),
        n => Err(Failure::Other(format!("{} could not be heard", print::count(n, "file")))),
    }
}

/// The analysers that the requested stages need.
struct Analysers<'a> {
    harmony: Option<FeatureAnalyser<'a>>,
    voice: Option<MelodyAnalyser<'a>>,
}

impl<'a> Analysers<'a> {
    fn find(tools: &'a Tools, stages: &[Stage]) -> Result<Self, Failure> {
        let is_voice =
            |stage: &Stage| matches!(stage, Stage::Vocals | Stage::Melody | Stage::Words | Stage::Excerpts);
        let harmony = if stages.iter().all(is_voice) { None } else { Some(tools.feature_analyser()?) };
        let voice = match stages.contains(&Stage::Words) {
            true => Some(tools.melody_and_words_analyser()?.ok_or(Failure::NoWords)?),
            false if stages.iter().any(is_voice) => Some(tools.melody_analyser()?),
            false => None,
        };
        Ok(Self { harmony, voice })
    }

    /// Writes the requested features of one file. The inner error is a sentence about the file; it does not affect
    /// other files.
    fn write(
        &mut self,
        wanted: &Features,
        file: &Path,
        stop: &AtomicBool,
    ) -> Result<Result<(), String>, Failure> {
        if let Some(analyser) = &mut self.harmony {
            match analyser.features(file, wanted.stage.contains(&Stage::Hcqt), stop) {
                Ok(features) => write(wanted, file, &features)?,
                Err(reason) => return Ok(Err(reason)),
            }
        }
        let Some(analyser) = &mut self.voice else { return Ok(Ok(())) };
        if wanted.stage.contains(&Stage::Excerpts)
            && let Err(reason) = write_excerpts(wanted, file, analyser, stop)?
        {
            return Ok(Err(reason));
        }
        let is_whole = |stage: &Stage| matches!(stage, Stage::Vocals | Stage::Melody | Stage::Words);
        match wanted.stage.iter().any(is_whole) {
            true => write_voice(wanted, file, analyser, stop),
            false => Ok(Ok(())),
        }
    }
}

fn write_excerpts(
    wanted: &Features,
    file: &Path,
    analyser: &mut MelodyAnalyser,
    stop: &AtomicBool,
) -> Result<Result<(), String>, Failure> {
    let excerpts = match analyser.excerpts(file, stop) {
        Ok(excerpts) => excerpts,
        Err(reason) => return Ok(Err(reason)),
    };
    let values = |row: usize| {
        let Excerpt { near, tuned, activity, sung } = excerpts[row];
        [near, tuned, activity, sung]
    };
    let array = Array2::from_shape_fn((excerpts.len(), 4), |(row, column)| values(row)[column]);
    let npy = path(wanted, file, "excerpts.npy");
    save(&npy, &array).map_err(|error| Failure::file(&npy, error))?;
    Ok(Ok(()))
}

/// Writes the voice while it is separated, because the voice of a long track may not fit in memory.
fn write_voice(
    wanted: &Features,
    file: &Path,
    analyser: &mut MelodyAnalyser,
    stop: &AtomicBool,
) -> Result<Result<(), String>, Failure> {
    let wav = path(wanted, file, "vocals.wav");
    let spec = WavSpec {
        channels: 1,
        sample_rate: analyser.vocals_rate_hz(),
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let wants_vocals = wanted.stage.contains(&Stage::Vocals);
    let failed = |error: hound::Error| Failure::file(&wav, error);
    let mut vocals = if wants_vocals { Some(WavWriter::create(&wav, spec).map_err(failed)?) } else { None };
    let mut written = Ok(());
    let mut recording = wanted.stage.contains(&Stage::Words).then(VoiceRecording::default);
    let mut keep = |samples: &[f32]| {
        if let Some(recording) = &mut recording {
            recording.push(samples);
        }
        if let (Some(vocals), Ok(())) = (&mut vocals, &written) {
            written = samples.iter().try_for_each(|sample| vocals.write_sample(*sample));
        }
    };
    let singing = if wanted.as_if_sung { Singing::Assumed } else { Singing::Detected };
    let sung = match analyser.sung(file, singing, stop, &mut keep) {
        Ok(sung) => sung,
        Err(reason) => {
            drop(vocals);
            // An incomplete voice is useless.
            if wants_vocals {
                std::fs::remove_file(&wav).map_err(|error| Failure::file(&wav, error))?;
            }
            return Ok(Err(reason));
        }
    };
    written.and_then(|()| vocals.map_or(Ok(()), WavWriter::finalize)).map_err(failed)?;
    if wanted.stage.contains(&Stage::Melody) {
        let npy = path(wanted, file, "melody.npy");
        save(&npy, &rows(&sung.melody)).map_err(|error| Failure::file(&npy, error))?;
    }
    match recording {
        Some(recording) => write_words(wanted, file, analyser.words(recording, &sung.weights, stop)),
        None => Ok(Ok(())),
    }
}

fn write_words(
    wanted: &Features,
    file: &Path,
    words: Result<Words, String>,
) -> Result<Result<(), String>, Failure> {
    let words = match words {
        Ok(words) => words,
        Err(reason) => return Ok(Err(reason)),
    };
    let out = path(wanted, file, "words.json");
    let line = |line: &Line| {
        let Line { start_s, end_s, text, log_probability } = line;
        json!({ "start_s": start_s, "end_s": end_s, "text": text, "log_probability": log_probability })
    };
    let value = json!({
        "language": words.language,
        "language_probability": words.language_probability,
        "lines": words.lines.iter().map(line).collect::<Vec<_>>(),
    });
    let text = format!("{value:#}\n");
    std::fs::write(&out, text).map_err(|error| Failure::file(&out, error))?;
    Ok(Ok(()))
}

/// Writes `<name>.<stage>.npy` for each requested stage of the harmony.
fn write(wanted: &Features, file: &Path, features: &FeatureSet) -> Result<(), Failure> {
    for stage in &wanted.stage {
        let (name, outcome) = match stage {
            Stage::Crema => ("crema.npy", save(&path(wanted, file, "crema.npy"), &rows(&features.crema))),
            Stage::Chroma => ("chroma.npy", save(&path(wanted, file, "chroma.npy"), &rows(&features.chroma))),
            Stage::Hcqt => {
                let shape = features.hcqt_shape;
                let hcqt = Array3::from_shape_vec(shape, features.hcqt.clone());
                let hcqt = hcqt.map_err(|error| Failure::file(file, error))?;
                ("hcqt.npy", save(&path(wanted, file, "hcqt.npy"), &hcqt))
            }
            Stage::Vocals | Stage::Melody | Stage::Words | Stage::Excerpts => continue,
        };
        outcome.map_err(|error| Failure::file(path(wanted, file, name), error))?;
    }
    Ok(())
}

/// The path of `<name>.<ending>` in the output folder.
fn path(wanted: &Features, file: &Path, ending: &str) -> PathBuf {
    let mut name = file.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{ending}"));
    wanted.out.join(name)
}

fn rows(frames: &[[f32; 12]]) -> Array2<f32> {
    Array2::from_shape_fn((frames.len(), 12), |(frame, pitch_class)| frames[frame][pitch_class])
}

fn save(path: &Path, array: &impl WriteNpyExt) -> Result<(), String> {
    let file = std::fs::File::create(path).map_err(|error| error.to_string())?;
    array.write_npy(std::io::BufWriter::new(file)).map_err(|error| error.to_string())
}
