//! The portions in which a long scan analyses files, so that versions appear during the scan and not only at its end.

use reprise_analysis::Tools;

use crate::database::Database;
use crate::error::Error;
use crate::linking::fingerprints::{compare_fingerprints, fingerprint_owed};
use crate::linking::link;
use crate::linking::run::LinkingRun;
use crate::progress::Progress;
use crate::scan::analyse_files::analyse_files;
use crate::scan::job::{FileJob, Summary};
use crate::threads::Effort;

/// The approximate size of the first portion: enough for a first pair of versions.
const FIRST: usize = 16;

/// The largest number of files that are analysed between two runs of linking.
const LONGEST: usize = 500;

/// Analyses `jobs` in portions and links after each portion. If it stops between two portions, the library is as if
/// only the files up to there had been scanned.
pub(crate) fn analyse_and_link(
    database: &Database,
    jobs: Vec<FileJob>,
    effort: Effort,
    progress: &Progress,
    summary: &mut Summary,
) -> Result<(), Error> {
    let (total, mut run) = (jobs.len(), LinkingRun::default());
    let tools = if jobs.is_empty() { None } else { Some(Tools::find()?) };
    let mut begin = 0;
    for end in ends(total) {
        if let Some(tools) = &tools {
            analyse_files(database, &jobs, begin..end, tools, effort, progress, summary)?;
        }
        if progress.stopped() {
            break;
        }
        run.is_last = end == total;
        link(database, &mut run, effort, progress)?;
        compare_fingerprints(database, effort, progress)?;
        begin = end;
    }
    summary.pairs_aligned += run.pairs_aligned;
    fingerprint_owed(database, effort, progress)?;
    compare_fingerprints(database, effort, progress)
}

/// The ends of the portions of `total` files. Each portion is as long as all portions before it, up to the greatest
/// length, so that the repeated linking stays a small part of the work.
fn ends(total: usize) -> Vec<usize> {
    let halves = std::iter::successors(Some(total), |end| Some(end / 2).filter(|half| *half >= FIRST));
    let mut begin = 0;
    let mut ends = Vec::new();
    for end in halves.collect::<Vec<_>>().into_iter().rev() {
        let portions = (end - begin).div_ceil(LONGEST).max(1);
        ends.extend((1..=portions).map(|portion| begin + (end - begin) * portion / portions));
        begin = end;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_double_from_about_sixteen_files_and_stay_below_five_hundred() {
        assert_eq!(ends(0), [0], "what is owed from before is related all the same");
        assert_eq!(ends(20), [20]);
        assert_eq!(ends(36), [18, 36]);
        assert_eq!(ends(800), [25, 50, 100, 200, 400, 800]);
        for total in [1, 15, 16, 31, 32, 999, 1001, 5003, 100_000] {
            let ends = ends(total);
            assert_eq!(ends.last(), Some(&total));
            let begins = [0].into_iter().chain(ends.iter().copied());
            assert!(begins.zip(&ends).all(|(begin, end)| (1..=LONGEST).contains(&(end - begin))), "{total}");
        }
    }
}
