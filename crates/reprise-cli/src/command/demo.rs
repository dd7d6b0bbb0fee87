//! `demo DIR`: writes the audio files of the demo library.

use std::path::Path;

use serde::Serialize;

use crate::args::Arguments;
use crate::failure::Failure;
use crate::print::{self, count};

#[derive(Serialize)]
struct DemoJson {
    files: usize,
    labels: String,
}

pub fn demo(arguments: &Arguments, dir: &Path) -> Result<(), Failure> {
    let bar = indicatif::ProgressBar::new(0);
    let written = reprise_demo::write(dir, &mut |done, total, name| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        bar.set_message(name.to_owned());
    });
    bar.finish_and_clear();
    let files = written?.len();
    let labels = dir.join("labels.csv").to_string_lossy().into_owned();
    if arguments.json {
        return print::json(&DemoJson { files, labels });
    }
    print::line(&format!("{} in {}", count(files, "demo track"), print::path(dir)))
}
