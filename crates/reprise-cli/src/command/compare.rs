//! `compare A B`: everything that is known about one pair, in words or as a picture.

use std::path::{Path, PathBuf};

use reprise_library::{Comparison, Confidence, Matching, Relation, Span, View};
use reprise_wording::{clock, not_matched, reason};
use serde::Serialize;

use crate::args::{self, Arguments};
use crate::command::covers::title;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::{SpanJson, TrackJson, confidence, relation, rounded};
use crate::picture::Picture;
use crate::print;

#[derive(Serialize)]
struct ComparisonJson {
    query: ComparedJson,
    candidate: ComparedJson,
    #[serde(flatten)]
    matching: MatchingJson,
}

#[derive(Serialize)]
struct ComparedJson {
    #[serde(flatten)]
    track: TrackJson,
    in_library: bool,
    not_matched: Option<String>,
}

/// All fields are null and there are no spans if one of the two cannot be matched and they share no audio.
#[derive(Serialize, Default)]
pub struct MatchingJson {
    relation: Option<&'static str>,
    confidence: Option<&'static str>,
    score: Option<f64>,
    key_shift: Option<i8>,
    tempo_ratio: Option<f64>,
    spans: Vec<SpanJson>,
    reason: Option<String>,
}

impl From<&Matching> for MatchingJson {
    fn from(matching: &Matching) -> Self {
        Self {
            relation: Some(relation(matching.relation)),
            confidence: Some(confidence(matching.confidence)),
            score: matching.score.map(|score| rounded(f64::from(score), 4)),
            key_shift: Some(matching.key_shift),
            tempo_ratio: Some(rounded(f64::from(matching.tempo_ratio), 4)),
            spans: matching.spans.iter().map(Into::into).collect(),
            reason: Some(reason(&matching.reason)),
        }
    }
}

pub fn compare(arguments: &Arguments, wanted: &args::Compare) -> Result<(), Failure> {
    // A file that cannot be written is reported before any analysis.
    let picture = wanted.plot.as_deref().map(Picture::at).transpose()?;
    let library = open_existing(arguments)?;
    let comparison = library.compare(&absolute(&wanted.a)?, &absolute(&wanted.b)?)?;
    if let Some(picture) = &picture {
        draw(picture, &comparison)?;
    }
    if arguments.json { print::json(&json(&comparison)) } else { tell(&comparison) }
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::file(path, error))
}

fn tell(comparison: &Comparison) -> Result<(), Failure> {
    let sides = [&comparison.query, &comparison.candidate];
    for side in sides {
        print::line(&title(&side.track))?;
    }
    for side in sides {
        if let Some(reason) = &side.not_matched {
            print::line(&format!("  {} {}.", title(&side.track), not_matched(reason)))?;
        }
    }
    let Some(matching) = &comparison.matching else { return Ok(()) };
    print::line(&format!("  {}", verdict(matching)))?;
    print::line(&format!("  {}", reason(&matching.reason)))?;
    for span in &matching.spans {
        print::line(&format!("    {}", passage(span)))?;
    }
    Ok(())
}

/// "Same song, score 17.7".
fn verdict(matching: &Matching) -> String {
    let relation = relation_in_words(matching);
    match matching.score {
        Some(score) => format!("{relation}, score {score:.1}"),
        None => relation.into(),
    }
}

/// "Likely the same song".
pub fn relation_in_words(matching: &Matching) -> &'static str {
    match matching.relation {
        Relation::Copy | Relation::Recording => "Same recording",
        Relation::Edit => "Same recording, cut differently",
        Relation::Confirmed => "Same song, as you said",
        Relation::Tagged => "Same song, by its tags",
        Relation::Version if matching.confidence == Confidence::Likely => "Likely the same song",
        Relation::Version => "Same song",
        Relation::Part => "They share a passage",
        Relation::Conflict => "The same recording by their tags, but not by their audio",
        Relation::Possible => "Possibly the same song",
        Relation::Unlikely => "Probably not the same song",
        Relation::Rejected => "Not the same song, as you said",
    }
}

/// "0:12-1:40 matches 0:10-1:38".
pub fn passage(span: &Span) -> String {
    let range = |start_s, end_s| format!("{}-{}", clock(start_s), clock(end_s));
    let (query, candidate) =
        (range(span.query_start_s, span.query_end_s), range(span.candidate_start_s, span.candidate_end_s));
    format!("{query} matches {candidate}")
}

fn json(comparison: &Comparison) -> ComparisonJson {
    let side = |side: &reprise_library::Compared| ComparedJson {
        track: (&side.track).into(),
        in_library: side.in_library,
        not_matched: side.not_matched.as_ref().map(not_matched),
    };
    ComparisonJson {
        query: side(&comparison.query),
        candidate: side(&comparison.candidate),
        matching: comparison.matching.as_ref().map(Into::into).unwrap_or_default(),
    }
}

fn draw(picture: &Picture, comparison: &Comparison) -> Result<(), Failure> {
    let sides = [&comparison.query, &comparison.candidate];
    let matching = comparison.matching.as_ref();
    let Some((matching, likeness)) = matching.and_then(|one| Some((one, one.likeness.as_ref()?))) else {
        let unmatched = sides.into_iter().find_map(|side| Some((side, side.not_matched.as_ref()?)));
        let reason =
            unmatched.map(|(side, reason)| format!("{} {}", title(&side.track), not_matched(reason)));
        return Err(Failure::Other(format!("there is nothing to draw: {}", reason.unwrap_or_default())));
    };
    let track = |side: &reprise_library::Compared| reprise_plot::TrackPlot {
        name: title(&side.track),
        duration_s: side.track.duration_s.unwrap_or_default(),
        frame_rate_hz: comparison.frame_rate_hz,
        chroma: side.chroma.clone(),
        melody: side.melody.clone(),
    };
    let span = |span: &Span| reprise_plot::Span {
        a_start_s: span.query_start_s,
        a_end_s: span.query_end_s,
        b_start_s: span.candidate_start_s,
        b_end_s: span.candidate_end_s,
    };
    picture.write(&reprise_plot::PairPlot {
        a: track(&comparison.query),
        b: track(&comparison.candidate),
        key_shift: matching.key_shift,
        relation: verdict(matching),
        reason: reason(&matching.reason),
        spans: matching.spans.iter().map(span).collect(),
        likeness: reprise_plot::Likeness {
            of: match likeness.view {
                View::Harmony => "harmony",
                View::Voice => "tune",
            },
            values: likeness.values.clone(),
            n_a: likeness.n_query,
            n_b: likeness.n_candidate,
            step_s: likeness.step_s,
            start_s: likeness.start_s,
        },
    })
}
