//! Any list of steps, any objections, any length of batches, and a death at any moment: an undo restores everything.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use super::crash::{Volumes, answer};
use super::*;
use crate::disk::Disk;

/// One step of a plan: its kind, its folder, and whether the caller objects to it.
#[derive(Debug, Clone)]
struct Drawn {
    kind: u8,
    folder: u8,
    is_objected: bool,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (0..4u8, 0..3u8, prop::bool::weighted(0.2)).prop_map(|(kind, folder, is_objected)| Drawn {
        kind,
        folder,
        is_objected,
    })
}

/// The steps. The name of a file ends with "no" where the caller objects.
fn steps(place: &Place, drawn: &[Drawn]) -> Vec<Step> {
    let root = place.root();
    let keeper = place.write("keeper.flac");
    let one = |(n, drawn): (usize, &Drawn)| {
        let end = if drawn.is_objected { "no" } else { "yes" };
        let name = format!("{}/{n}.{end}", drawn.folder);
        match drawn.kind {
            0 => create_step(&place.write(format!("{name}.old")).with_extension("new"), b"new"),
            1 => rewrite_step(&root, &place.write(name), b"other bytes"),
            _ => move_step(&root, &place.write(name), &keeper),
        }
    };
    drawn.iter().enumerate().map(one).collect()
}

/// The program is dead.
struct Death;

/// Does something with runs that die before operation number `at`.
fn until(place: &Place, at: usize, batch: usize, volumes: Volumes, act: impl FnOnce(&Runs)) {
    let n = AtomicUsize::new(0);
    let disk = Disk::with_hook(move |operation, path| {
        if n.fetch_add(1, Ordering::Relaxed) == at {
            resume_unwind(Box::new(Death));
        }
        answer(volumes, operation, path)
    });
    let runs = Runs::on_disk(place.data(), disk, batch);
    match catch_unwind(AssertUnwindSafe(|| act(&runs))) {
        Err(panic) if !panic.is::<Death>() => resume_unwind(panic),
        _ => {}
    }
}

fn object(step: &Step) -> Result<(), String> {
    match step.file().to_string_lossy().ends_with("no") {
        true => Err(String::from("no")),
        false => Ok(()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_is_done_can_be_undone(
        drawn in prop::collection::vec(drawn(), 1..9),
        batch in 1..5usize,
        is_across in any::<bool>(),
        deaths in prop::array::uniform3(0..250usize),
        is_finished in any::<bool>(),
    ) {
        let volumes = if is_across { Volumes::Two } else { Volumes::One };
        let place = Place::new();
        let steps = steps(&place, &drawn);
        let before = snapshot(&place.root());
        until(&place, deaths[0], batch, volumes, |runs| {
            runs.start(&steps, NOW_S, &object, &mut go_on).unwrap();
        });
        let runs = Runs::on_disk(place.data(), Disk::with_hook(move |is, path| answer(volumes, is, path)), batch);
        if let Some(state) = runs.only_run() {
            if is_finished {
                until(&place, deaths[1], batch, volumes, |runs| {
                    runs.finish(&state.run, &object, &mut go_on).unwrap();
                });
            }
            let now = united(&runs, &state.run, &place.root());
            for (path, look) in &before {
                prop_assert_eq!(now.get(path), Some(look));
            }
            until(&place, deaths[2], batch, volumes, |runs| {
                runs.undo(&state.run, &mut go_on).unwrap();
            });
            runs.undo_whole(&state.run);
        }
        prop_assert_eq!(snapshot(&place.root()), before);
    }
}
