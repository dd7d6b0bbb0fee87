//! `eval`: measures rankings and clusters against a list of works.

use std::path::Path;

use reprise_library::{Calibration, Evaluation, Label, Method, Promised};
use serde::Serialize;

use crate::args::{self, Arguments};
use crate::command::{feature_folder, open_existing};
use crate::failure::Failure;
use crate::json::rounded;
use crate::print;

#[derive(Serialize)]
struct EvaluationJson {
    map: f64,
    mr1: f64,
    p_at_1: f64,
    queries: usize,
    tracks: usize,
    missed: usize,
    cluster_precision: Option<f64>,
    cluster_recall: Option<f64>,
    calibration_error: Option<f64>,
    certain: Option<PromisedJson>,
    likely: Option<PromisedJson>,
    per_query: Vec<QueryJson>,
}

/// The number of pairs with one confidence, and how many of them are versions of one work.
#[derive(Serialize)]
struct PromisedJson {
    pairs: usize,
    right: usize,
}

impl From<Promised> for PromisedJson {
    fn from(Promised { pairs, right }: Promised) -> Self {
        Self { pairs, right }
    }
}

/// The result of one query, for confidence intervals: see training/scripts/evaluate_methods.py.
#[derive(Serialize)]
struct QueryJson {
    file: String,
    work: String,
    average_precision: f64,
    first_rank: usize,
}

pub fn eval(arguments: &Arguments, eval: &args::Eval) -> Result<(), Failure> {
    let labels = read_labels(&eval.truth)?;
    // Must live as long as a library that is not kept.
    let temporary = tempfile::tempdir()?;
    let library = match &eval.features {
        Some(folder) => {
            let unnamed = || temporary.path().join("library.db");
            feature_folder::library_of(
                &arguments.library.clone().unwrap_or_else(unnamed),
                folder,
                arguments.model.as_deref(),
            )?
        }
        None => open_existing(arguments)?,
    };
    let evaluation = library.evaluate(&labels, method(eval))?;
    if let Some(file) = &eval.pairs {
        write_pairs(file, &evaluation)?;
    }
    if arguments.json { print::json(&to_json(&labels, &evaluation)) } else { tell(&evaluation) }
}

fn method(eval: &args::Eval) -> Method {
    match eval.method {
        args::Method::Soft => match eval.voice {
            args::Views::On => Method::Soft,
            args::Views::Off => Method::SoftHarmony,
            args::Views::Alone => Method::SoftVoice,
        },
        args::Method::SoftRaw => Method::SoftRaw,
        args::Method::Embedding => Method::Embedding,
        args::Method::Shortlist => Method::Shortlist,
        args::Method::VoiceShortlist => Method::VoiceShortlist,
        args::Method::Qmax => Method::Qmax,
        args::Method::TwoDftm => Method::TwoDftm,
        args::Method::Mean => Method::Mean,
    }
}

/// Reads a CSV file with a header row: `file` or `path`, and `work` or `work_id`. Rows without a work are distractors.
fn read_labels(path: &Path) -> Result<Vec<Label>, Failure> {
    let wrong = |reason: String| Failure::file(path, reason);
    let mut reader = csv::Reader::from_path(path).map_err(|error| wrong(error.to_string()))?;
    let headings = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
    let column = |names: [&str; 2]| {
        let found = headings.iter().position(|heading| names.contains(&heading.trim()));
        found.ok_or_else(|| wrong(format!("has no column {:?} or {:?}", names[0], names[1])))
    };
    let (file, work) = (column(["file", "path"])?, column(["work", "work_id"])?);
    let mut labels = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| wrong(error.to_string()))?;
        let cell = |index: usize| row.get(index).unwrap_or_default().trim().to_owned();
        if !cell(work).is_empty() {
            labels.push(Label { file: cell(file), work: cell(work) });
        }
    }
    Ok(labels)
}

fn to_json(labels: &[Label], evaluation: &Evaluation) -> EvaluationJson {
    let per_query = evaluation.per_query.iter().map(|query| QueryJson {
        file: labels[query.label].file.clone(),
        work: labels[query.label].work.clone(),
        average_precision: rounded(query.outcome.average_precision, 6),
        first_rank: query.outcome.first_rank,
    });
    let calibration = evaluation.calibration;
    EvaluationJson {
        map: rounded(evaluation.ranking.map, 6),
        mr1: rounded(evaluation.ranking.mr1, 6),
        p_at_1: rounded(evaluation.ranking.p_at_1, 6),
        queries: evaluation.ranking.queries,
        tracks: evaluation.tracks,
        missed: evaluation.missed,
        cluster_precision: evaluation.clusters.precision.map(|p| rounded(p, 6)),
        cluster_recall: evaluation.clusters.recall.map(|r| rounded(r, 6)),
        calibration_error: calibration.and_then(|one| one.error).map(|error| rounded(error, 6)),
        certain: calibration.map(|one| one.certain.into()),
        likely: calibration.map(|one| one.likely.into()),
        per_query: per_query.collect(),
    }
}

fn tell(evaluation: &Evaluation) -> Result<(), Failure> {
    let ranking = &evaluation.ranking;
    print::line(&format!("MAP {:.4}   MR1 {:.2}   P@1 {:.4}", ranking.map, ranking.mr1, ranking.p_at_1))?;
    let (queries, tracks) =
        (print::count(ranking.queries, "query"), print::count(evaluation.tracks, "track"));
    print::line(&format!(
        "{} among {tracks}, {} missed",
        queries.replace("querys", "queries"),
        evaluation.missed
    ))?;
    let share = |value: Option<f64>| value.map_or_else(|| "none".into(), |v| format!("{v:.4}"));
    let clusters = &evaluation.clusters;
    print::line(&format!(
        "clusters: precision {}, recall {}",
        share(clusters.precision),
        share(clusters.recall)
    ))?;
    let Some(Calibration { error, certain, likely }) = evaluation.calibration else { return Ok(()) };
    let kept = |promised: Promised| format!("{} of {} right", promised.right, promised.pairs);
    print::line(&format!(
        "calibration: error {}; certain: {}; likely: {}",
        share(error),
        kept(certain),
        kept(likely)
    ))
}

fn write_pairs(file: &Path, evaluation: &Evaluation) -> Result<(), Failure> {
    let wrong = |error: csv::Error| Failure::file(file, error);
    let mut writer = csv::Writer::from_path(file).map_err(wrong)?;
    writer.write_record(["a", "b", "work_a", "work_b", "score"]).map_err(wrong)?;
    for pair in &evaluation.best_pairs {
        let work = |of: &Option<String>| of.clone().unwrap_or_default();
        let name = |path: &Path| path.to_string_lossy().into_owned();
        let row =
            [name(&pair.a), name(&pair.b), work(&pair.work_a), work(&pair.work_b), pair.score.to_string()];
        writer.write_record(&row).map_err(wrong)?;
    }
    Ok(writer.flush()?)
}
