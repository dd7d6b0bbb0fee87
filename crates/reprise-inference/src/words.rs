//! Whisper: log-mel frames of 30 s of a voice in, the words that are heard in it out.
//!
//! The encoder runs once a segment, the decoder once a token. Tokens are chosen greedily: the likeliest one each time.

use std::path::{Path, PathBuf};

use ort::memory::Allocator;
use ort::session::builder::GraphOptimizationLevel;
use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, Tensor, TensorRef};
use reprise_features::words::WordsSpec;

use crate::device::Device;
use crate::error::Error;
use crate::manifest::{Axis, Tensor as Described};
use crate::network::{Expected, first_not_finite, fixed, integers, open, tensor, varying};
use crate::placed::{PlacedSession, Trial};
use crate::runtime::Runtime;
use crate::vocabulary::{Token, Vocabulary};

const N_LAYERS: usize = 6;
const N_HEADS: usize = 8;
const HEAD_LEN: usize = 64;
/// The frames of the encoder's output in a segment: half of those of its input.
const N_HEARD: usize = 1500;
/// The tokens of the model, marks of times among them.
const N_TOKENS: usize = 51_865;

/// The largest difference of a graphics processor's output from that of the CPU. It is that of 8-bit weights from those
/// in single precision, so that a processor that multiplies more exactly is accepted.
const LARGEST_DEVIATION: f32 = 0.5;

/// The speech recogniser, ready to run on one thread; the encoder on a graphics processor, if one serves the other
/// networks and gives the same output.
///
/// Radford et al., "Robust speech recognition via large-scale weak supervision", ICML 2023. The weights are those of the
/// model "base"; see `models/words/README.md`.
#[derive(Debug)]
pub struct Recogniser {
    encoder: PlacedSession,
    decoder: Session,
    vocabulary: Vocabulary,
    spec: &'static WordsSpec,
}

/// What the encoder makes of one segment: the keys and values that each layer of the decoder attends to.
#[derive(Debug)]
pub struct Heard(Vec<(String, DynValue)>);

/// What is said in one segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The words, approximately.
    pub text: String,
    /// The tokens that the text consists of, without the one that ends it.
    pub tokens: Vec<Token>,
    /// Mean log-probability of the tokens: 0 where the recogniser is sure, -1 and below where it guesses.
    pub log_probability: f32,
}

/// The beginning of what is decoded from a segment: who speaks in which language.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Probability of each language of [`Recogniser::languages`].
    pub languages: Vec<f32>,
    /// Probability that nobody speaks.
    pub no_speech: f32,
}

impl Recogniser {
    /// Opens `words` in the folder `models`, whose files are in the folder `weights`
    /// ([`crate::find_words`]), with the same checks as [`crate::Crema::load`].
    pub fn load(runtime: &Runtime, models: &Path, weights: &Path) -> Result<Self, Error> {
        let spec = WordsSpec::v1();
        // A device that fails here goes on serving the other networks, and one that failed there is not tried.
        let serving: Vec<Device> =
            runtime.device().filter(|one| *one != Device::Processor).into_iter().collect();
        let item_len = spec.log_mel.n_mels * spec.segment_frames();
        let trial = Trial {
            items: &|| (0..item_len).map(|i| (i % 97) as f32 / 60.0 - 0.5).collect(),
            item_len,
            run: &|session, mel| {
                let heard = encoded(session, mel, spec)?;
                heard.iter().try_fold(Vec::new(), |mut all, (_, value)| {
                    all.extend_from_slice(floats(value)?);
                    Ok(all)
                })
            },
            gives: "keys and values",
            largest_deviation: LARGEST_DEVIATION,
        };
        Ok(Self {
            encoder: PlacedSession::open(
                &runtime.offering(&serving),
                models,
                &encoder(weights, spec),
                &trial,
            )?,
            decoder: open(runtime, models, &decoder(weights, spec))?,
            vocabulary: Vocabulary::read(&models.join("words"), weights, spec)?,
            spec,
        })
    }

    /// The device on which the encoder runs.
    pub fn device(&self) -> Device {
        self.encoder.device()
    }

    /// The languages that can be recognised, as ISO 639 codes.
    pub fn languages(&self) -> &[String] {
        self.vocabulary.languages()
    }

    /// Listens to one segment, `[n_mels, segment_frames]` as [`reprise_features::words::WordsLogMel`] makes it.
    pub fn hear(&mut self, mel: &[f32]) -> Result<Heard, Error> {
        let spec = self.spec;
        self.encoder.run(|session| encoded(session, mel, spec)).map(Heard)
    }

    /// Who speaks in which language in a segment.
    pub fn opening(&mut self, heard: &Heard) -> Result<Opening, Error> {
        let mut decoding = Decoding::new(&mut self.decoder, heard)?;
        let logits = decoding.next(&[self.vocabulary.start()])?;
        let all = softmax(&logits, |_| true);
        let of_languages = softmax(&logits, |token| self.vocabulary.is_language(token));
        Ok(Opening {
            languages: self.vocabulary.language_range().map(|token| of_languages[token]).collect(),
            no_speech: all[self.vocabulary.no_speech() as usize],
        })
    }

    /// The words of a segment in a language, given by its index in [`Self::languages`].
    pub fn say(&mut self, heard: &Heard, language: usize) -> Result<Said, Error> {
        let longest = self.spec.decoding.longest_tokens;
        let vocabulary = &self.vocabulary;
        let mut decoding = Decoding::new(&mut self.decoder, heard)?;
        let mut logits = decoding.next(&vocabulary.prompt(language))?;
        let (mut tokens, mut sum, mut n) = (Vec::<Token>::new(), 0.0, 0);
        loop {
            let is_first = tokens.is_empty();
            let (token, log_probability) = likeliest(&logits, |token| vocabulary.is_allowed(token, is_first));
            (sum, n) = (sum + log_probability, n + 1);
            if token == vocabulary.end() {
                break;
            }
            tokens.push(token);
            if tokens.len() >= longest || is_loop(&tokens) {
                break;
            }
            logits = decoding.next(&[token])?;
        }
        Ok(Said { text: vocabulary.text(&tokens), tokens, log_probability: sum / n as f32 })
    }
}

/// The decoding of one segment: the tokens so far, as keys and values.
struct Decoding<'a> {
    session: &'a mut Session,
    heard: &'a Heard,
    cache: Vec<DynValue>,
    n_tokens: i64,
}

impl<'a> Decoding<'a> {
    fn new(session: &'a mut Session, heard: &'a Heard) -> Result<Self, Error> {
        let empty = || {
            Tensor::<f32>::new(&Allocator::default(), [1, N_HEADS, 0, HEAD_LEN])
                .map(Tensor::into_dyn)
                .map_err(Error::runtime("prepare the decoder"))
        };
        let cache = (0..2 * N_LAYERS).map(|_| empty()).collect::<Result<_, _>>()?;
        Ok(Self { session, heard, cache, n_tokens: 0 })
    }

    /// Adds tokens; returns the logit of each token that may follow them.
    fn next(&mut self, tokens: &[Token]) -> Result<Vec<f32>, Error> {
        let tokens: Vec<i64> = tokens.iter().map(|token| i64::from(*token)).collect();
        let n = tokens.len();
        let positions: Vec<i64> = (self.n_tokens..).take(n).collect();
        self.n_tokens += n as i64;
        let integers = |shape: Vec<usize>, values: Vec<i64>| {
            Tensor::from_array((shape, values)).map_err(Error::runtime("take the tokens"))
        };
        let mut inputs: Vec<(String, SessionInputValue)> = vec![
            ("tokens".into(), integers(vec![1, n], tokens)?.into()),
            ("positions".into(), integers(vec![n], positions)?.into()),
        ];
        inputs
            .extend(cache_names("self").zip(self.cache.drain(..)).map(|(name, value)| (name, value.into())));
        inputs.extend(self.heard.0.iter().map(|(name, value)| (name.clone(), value.into())));
        let mut outputs = self.session.run(inputs).map_err(Error::runtime("run the decoder"))?;
        let logits = floats(&outputs["logits"])?.to_vec();
        self.cache = cache_names("new_self").filter_map(|name| outputs.remove(name)).collect();
        match first_not_finite(&logits, logits.len().max(1)) {
            Some(frame) => Err(Error::OutputNotFinite { frame }),
            None => Ok(logits),
        }
    }
}

/// The names of the keys and values of all layers: `self_key_0`, `self_value_0`, `self_key_1`, ...
fn cache_names(of: &str) -> impl Iterator<Item = String> {
    (0..N_LAYERS).flat_map(move |layer| ["key", "value"].map(|what| format!("{of}_{what}_{layer}")))
}

fn encoded(session: &mut Session, mel: &[f32], spec: &WordsSpec) -> Result<Vec<(String, DynValue)>, Error> {
    let shape = [1, spec.log_mel.n_mels, spec.segment_frames()];
    if let Some(frame) = first_not_finite(mel, spec.segment_frames()) {
        return Err(Error::InputNotFinite { frame });
    }
    let mel = TensorRef::from_array_view((shape, mel)).map_err(Error::runtime("take the input"))?;
    let mut outputs = session.run(ort::inputs!["mel" => mel]).map_err(Error::runtime("run the encoder"))?;
    Ok(cache_names("cross").filter_map(|name| outputs.remove(&name).map(|value| (name, value))).collect())
}

fn floats(value: &DynValue) -> Result<&[f32], Error> {
    let (_, values) = value.try_extract_tensor::<f32>().map_err(Error::runtime("give the output"))?;
    Ok(values)
}

fn encoder(weights: &Path, spec: &WordsSpec) -> Expected {
    let mel = [varying("n_segments"), fixed(spec.log_mel.n_mels), fixed(spec.segment_frames())];
    Expected {
        folder: "words/encoder",
        file_in: Some(PathBuf::from(weights)),
        feature_version: spec.version,
        input: vec![tensor("mel", &mel)],
        output: heard(&varying("n_segments")),
        optimisation: GraphOptimizationLevel::All,
        // As the other networks of the second pass.
        keeps_memory: false,
    }
}

/// The keys and values of what is heard. Keys are transposed, as the decoder multiplies by them.
fn heard(n_segments: &Axis) -> Vec<Described> {
    let shape = |frames, values| [n_segments.clone(), fixed(N_HEADS), fixed(frames), fixed(values)];
    let shapes = [shape(HEAD_LEN, N_HEARD), shape(N_HEARD, HEAD_LEN)];
    cache_names("cross").zip(shapes.iter().cycle()).map(|(name, shape)| tensor(&name, shape)).collect()
}

fn decoder(weights: &Path, spec: &WordsSpec) -> Expected {
    let cache = |of: &str, length: &str| -> Vec<_> {
        let shape = [fixed(1), fixed(N_HEADS), varying(length), fixed(HEAD_LEN)];
        cache_names(of).map(|name| tensor(&name, &shape)).collect()
    };
    let tokens =
        [integers("tokens", &[fixed(1), varying("n_tokens")]), integers("positions", &[varying("n_tokens")])];
    let logits = tensor("logits", &[fixed(1), fixed(N_TOKENS)]);
    Expected {
        folder: "words/decoder",
        file_in: Some(PathBuf::from(weights)),
        feature_version: spec.version,
        input: [tokens.to_vec(), cache("self", "n_before"), heard(&fixed(1))].concat(),
        output: [vec![logits], cache("new_self", "n_after")].concat(),
        optimisation: GraphOptimizationLevel::All,
        // The cache grows with each token.
        keeps_memory: false,
    }
}

/// Returns the probability of each token among those for which `is_allowed` holds; 0 for the others.
fn softmax(logits: &[f32], is_allowed: impl Fn(Token) -> bool) -> Vec<f32> {
    let is_allowed: Vec<bool> = (0..logits.len()).map(|token| is_allowed(token as Token)).collect();
    let allowed = || logits.iter().zip(&is_allowed);
    let largest = allowed().filter(|one| *one.1).fold(f32::MIN, |largest, one| largest.max(*one.0));
    let powers: Vec<f32> =
        allowed().map(|(logit, is)| if *is { (logit - largest).exp() } else { 0.0 }).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// Returns the likeliest token among those for which `is_allowed` holds, and the logarithm of its probability.
fn likeliest(logits: &[f32], is_allowed: impl Fn(Token) -> bool) -> (Token, f32) {
    let allowed = || logits.iter().enumerate().filter(|(token, _)| is_allowed(*token as Token));
    let (token, largest) =
        allowed().fold(
            (0, f32::NEG_INFINITY),
            |best, (token, logit)| if *logit > best.1 { (token, *logit) } else { best },
        );
    let sum: f32 = allowed().map(|(_, logit)| (logit - largest).exp()).sum();
    (token as Token, -sum.ln())
}

/// Whether the last tokens are one group said over and over. The decoder does not leave such a loop by itself; a refrain
/// is repeated less often within 30 s.
fn is_loop(tokens: &[Token]) -> bool {
    /// The longest group, and how many tokens its repetitions have at least.
    const LONGEST_GROUP: usize = 20;
    const FEWEST_TOKENS: usize = 24;
    const REPETITIONS: usize = 4;
    (1..=LONGEST_GROUP).any(|group| {
        let n = (REPETITIONS * group).max(FEWEST_TOKENS);
        let tail = &tokens[tokens.len().saturating_sub(n)..];
        tail.len() == n && tail.iter().zip(&tail[group..]).all(|(one, next)| one == next)
    })
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
