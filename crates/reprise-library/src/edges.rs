//! Centred scores: what raw scores mean once each side's background is taken off.

use std::collections::HashMap;

use reprise_matching::centre;
use reprise_store::{Alignment, Background, RecordingId};

use crate::error::Error;
use crate::library::Library;

/// The backgrounds of a library, to turn raw scores into edges.
pub(crate) struct Centring(HashMap<RecordingId, centre::Background>);

impl Centring {
    pub fn of(library: &Library) -> Result<Self, Error> {
        let backgrounds = library.backgrounds()?.into_iter();
        Ok(Self(backgrounds.map(|one| (one.recording, background(&one))).collect()))
    }

    /// The edge between two recordings: the mean of both centred scores. None while one side has no background.
    pub fn edge(&self, pair: &Alignment) -> Option<f32> {
        Some(centre::edge(pair.score, self.0.get(&pair.a)?, self.0.get(&pair.b)?))
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
