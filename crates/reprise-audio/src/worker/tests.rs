//! The job's way through a command line; whole workers are tested in `tests/worker.rs`.

use super::Limits;
use super::serve::{Job, Task};

#[test]
fn a_job_survives_the_command_line_whatever_its_path() {
    for path in ["--help", "a b\n", "", "-"] {
        for task in [Task::Decode { rate_hz: 44_100 }, Task::Hash] {
            let job = Job { task, limits: Limits::default(), path: path.into() };
            assert_eq!(Job::from_arguments(&job.to_arguments()), Some(job));
        }
    }
    assert_eq!(Job::from_arguments(&[]), None);
    assert_eq!(Job::from_arguments(&["x", "1", "2", "p"].map(Into::into)), None);
}
