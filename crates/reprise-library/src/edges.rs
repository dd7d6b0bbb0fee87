//! Centred scores: what raw scores mean once each side's background is taken off.

use std::collections::HashMap;

use reprise_matching::centre;
use reprise_store::{Alignment, Background, Link, RecordingId, Store};

use crate::bands;
use crate::error::Error;
use crate::library::Library;
use crate::relate::ALIGNER;

/// The backgrounds of a library, to turn raw scores into edges.
pub(crate) struct Centring(HashMap<RecordingId, centre::Background>);

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
        Self(backgrounds.map(|one| (one.recording, background(&one))).collect())
    }

    /// The edge between two recordings: the mean of both centred scores. None while one side has no background.
    pub fn edge(&self, pair: &Alignment) -> Option<f32> {
        self.edge_of(pair.a, pair.b, pair.score)
    }

    /// The edge of two recordings with this raw score.
    pub fn edge_of(&self, one: RecordingId, other: RecordingId, score: f32) -> Option<f32> {
        Some(centre::edge(score, self.0.get(&one)?, self.0.get(&other)?))
    }

    /// The pair as a link, if it is at least possible.
    pub fn link(&self, pair: &Alignment) -> Option<Link> {
        let edge = self.edge(pair).filter(|edge| *edge >= bands::POSSIBLE)?;
        Some(Link { a: pair.a, b: pair.b, edge })
    }

    /// How many recordings have a background.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The edge between a recording that is not in the library and one that is.
    pub fn edge_with(&self, score: f32, visitor: &centre::Background, known: RecordingId) -> Option<f32> {
        Some(centre::edge(score, visitor, self.0.get(&known)?))
    }

    /// The background of one recording.
    pub fn get(&self, recording: RecordingId) -> Option<&centre::Background> {
        self.0.get(&recording)
    }
}

fn background(stored: &Background) -> centre::Background {
    centre::Background {
        mean: stored.mean,
        deviation: stored.deviation,
        n: stored.n_library + stored.n_bundled,
    }
}
