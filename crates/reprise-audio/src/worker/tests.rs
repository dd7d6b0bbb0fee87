//! A job converted to a command line and back; complete workers are tested in `tests/worker.rs`.

use super::Limits;
use super::serve::{Job, Task};
use crate::Excerpt;

#[test]
fn a_job_survives_the_command_line_whatever_its_path() {
    for path in ["--help", "a b\n", "", "-"] {
        let excerpt = Excerpt { rate_hz: 48_000, from_s: 1.0 / 3.0 };
        for task in [Task::Decode { rate_hz: 44_100 }, Task::Hash, Task::StreamStereo(excerpt)] {
            let job = Job { task, limits: Limits::default(), path: path.into() };
            assert_eq!(Job::from_arguments(&job.to_arguments()), Some(job));
        }
    }
    assert_eq!(Job::from_arguments(&[]), None);
    assert_eq!(Job::from_arguments(&["x", "1", "2", "p"].map(Into::into)), None);
}
