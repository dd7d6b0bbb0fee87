//! `problems`: the files that could not be used completely, and why.

use serde::Serialize;

use crate::args::Arguments;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::PathJson;
use crate::print;

#[derive(Serialize)]
struct ProblemsJson {
    problems: Vec<ProblemJson>,
}

#[derive(Serialize)]
struct ProblemJson {
    #[serde(flatten)]
    path: PathJson,
    message: String,
    warning: bool,
}

pub fn problems(arguments: &Arguments) -> Result<(), Failure> {
    let problems = open_existing(arguments)?.problems()?;
    if arguments.json {
        let problems = problems.into_iter().map(|problem| ProblemJson {
            path: problem.path.as_path().into(),
            message: problem.message,
            warning: problem.is_warning,
        });
        return print::json(&ProblemsJson { problems: problems.collect() });
    }
    if problems.is_empty() {
        return print::line("No problems.");
    }
    for problem in problems {
        print::line(&format!("{}: {}", print::path(&problem.path), problem.message))?;
    }
    Ok(())
}
