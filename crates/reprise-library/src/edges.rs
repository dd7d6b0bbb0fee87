//! Centred scores: what raw scores mean once each side's background is taken off, by harmony and by what is sung.

use std::collections::HashMap;

use reprise_matching::{View, centre, fuse};
use reprise_store::{Alignment, Background, Link, RecordingId, Store, VoiceScores};

use crate::bands::{self, Bands, Relation};
use crate::error::Error;
use crate::library::Library;
use crate::relate::ALIGNER;

/// The backgrounds of a library, to turn raw scores into edges.
pub(crate) struct Centring(HashMap<RecordingId, Backgrounds>);

/// What the scores of one recording are centred on.
#[derive(Debug, Clone, Copy)]
struct Backgrounds {
    harmony: centre::Background,
    /// Of a sung recording whose voice has been related.
    voice: Option<VoiceBackgrounds>,
}

/// The same for scores by what is sung.
#[derive(Debug, Clone, Copy)]
struct VoiceBackgrounds {
    joint: centre::Background,
    alone: centre::Background,
    sung_share: f32,
}

/// What the voices of a pair say: centred scores, and how much they count.
struct Sung {
    joint: f32,
    alone: f32,
    weight: f32,
}

impl Centring {
    pub fn of(library: &Library) -> Result<Self, Error> {
        let backgrounds = library.backgrounds()?.into_iter();
        Ok(Self::new(backgrounds))
    }

    /// Centres pairs of one recording and some others.
    pub fn between(asking: &Store, ids: impl Iterator<Item = RecordingId>) -> Result<Self, Error> {
        let mut backgrounds = Vec::new();
        for id in ids {
            backgrounds.extend(asking.background(id, ALIGNER)?);
        }
        Ok(Self::new(backgrounds.into_iter()))
    }

    fn new(backgrounds: impl Iterator<Item = Background>) -> Self {
        Self(backgrounds.map(|one| (one.recording, read(&one))).collect())
    }

    /// By what two recordings of the library were found, see [`Self::view`]; by harmony where they were never aligned.
    pub fn view_between(
        asking: &Store,
        (one, other): (RecordingId, RecordingId),
        bands: &Bands,
    ) -> Result<View, Error> {
        let Some(pair) = asking.alignment(one, other, ALIGNER)? else { return Ok(View::Harmony) };
        Ok(Self::between(asking, [one, other].into_iter())?.view(&pair, bands))
    }

    /// The edge between two recordings, by harmony and, where both voices are known, by what is sung. None while one side
    /// has no background.
    pub fn edge(&self, pair: &Alignment) -> Option<f32> {
        let harmony = self.harmony_edge(pair)?;
        let sung = pair.voice.and_then(|scores| self.sung_edge(pair, harmony, &scores));
        Some(sung.unwrap_or(harmony))
    }

    /// By what the pair was found, which is what its passages and its key are told by: the harmony as long as it says
    /// "version" by itself, else whatever says most. `bands`: what edges mean in the library.
    pub fn view(&self, pair: &Alignment, bands: &Bands) -> View {
        let (Some(harmony), Some(scores)) = (self.harmony_edge(pair), pair.voice) else {
            return View::Harmony;
        };
        let Some(sung) = self.sung(pair, &scores).filter(|sung| sung.weight > 0.0) else {
            return View::Harmony;
        };
        let best = sung.joint.max(sung.alone);
        if harmony >= bands.version() || harmony >= best || bands.relation(best) == Relation::Unlikely {
            View::Harmony
        } else if sung.joint >= sung.alone {
            View::Joint
        } else {
            View::Voice
        }
    }

    /// The edge by harmony alone: the mean of both centred scores.
    pub fn harmony_edge(&self, pair: &Alignment) -> Option<f32> {
        self.edge_of(pair.a, pair.b, pair.score)
    }

    /// The edge with what is sung; none while one of the voices has no background.
    fn sung_edge(&self, pair: &Alignment, harmony: f32, scores: &VoiceScores) -> Option<f32> {
        let sung = self.sung(pair, scores)?;
        Some(fuse::fused_edge(harmony, sung.joint, sung.alone, sung.weight))
    }

    fn sung(&self, pair: &Alignment, scores: &VoiceScores) -> Option<Sung> {
        let (a, b) = (self.0.get(&pair.a)?.voice?, self.0.get(&pair.b)?.voice?);
        Some(Sung {
            joint: centre::edge(scores.joint, &a.joint, &b.joint),
            alone: centre::edge(scores.voice, &a.alone, &b.alone),
            weight: fuse::voice_weight(a.sung_share, b.sung_share),
        })
    }

    /// The edge of two recordings with this raw score, by harmony.
    pub fn edge_of(&self, one: RecordingId, other: RecordingId, score: f32) -> Option<f32> {
        Some(centre::edge(score, self.get(one)?, self.get(other)?))
    }

    /// The pair as a link, if it is at least possible.
    pub fn link(&self, pair: &Alignment) -> Option<Link> {
        let edge = self.edge(pair).filter(|edge| *edge >= bands::POSSIBLE)?;
        Some(Link { a: pair.a, b: pair.b, edge })
    }

    /// What edges mean among all recordings that have a background.
    pub fn bands(asking: &Store) -> Result<Bands, Error> {
        Ok(Bands::among(asking.background_count(ALIGNER)? as usize))
    }

    /// How many recordings have a background.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The edge between a recording that is not in the library and one that is.
    pub fn edge_with(&self, score: f32, visitor: &centre::Background, known: RecordingId) -> Option<f32> {
        Some(centre::edge(score, visitor, self.get(known)?))
    }

    /// The background of one recording, by harmony.
    pub fn get(&self, recording: RecordingId) -> Option<&centre::Background> {
        self.0.get(&recording).map(|backgrounds| &backgrounds.harmony)
    }
}

fn read(stored: &Background) -> Backgrounds {
    let n = stored.n_library + stored.n_bundled;
    let voice = stored.voice.map(|voice| {
        let background = |(mean, deviation)| centre::Background { mean, deviation, n: voice.n };
        VoiceBackgrounds {
            joint: background(voice.joint),
            alone: background(voice.voice),
            sung_share: voice.sung_share,
        }
    });
    Backgrounds { harmony: centre::Background { mean: stored.mean, deviation: stored.deviation, n }, voice }
}
