//! Simulated graphics processors: sessions of the CPU, whose results the trial changes.

use std::cell::Cell;

use super::*;
use crate::{find_models, find_runtime_library};

use Device::{Cuda, DirectMl, WebGpu};

fn runtime(candidates: &[Device]) -> Runtime {
    Runtime::load(&find_runtime_library().unwrap()).unwrap().offering(candidates)
}

/// A session of any network; its results are not used.
fn session() -> Session {
    let runtime = runtime(&[]);
    crate::VoiceActivity::load(&runtime, &find_models().unwrap()).unwrap().into_session()
}

fn not_there() -> Error {
    Error::Runtime { task: "choose the processor", reason: "libcuda.so.1: cannot open shared object".into() }
}

fn full() -> Error {
    Error::Runtime { task: "run the model", reason: "CUDA failure 2: out of memory".into() }
}

/// Runs a trial of three items of two values; the result of each item is its first value. `bend` changes the results of
/// the device.
fn chosen(
    runtime: &Runtime,
    open_on: impl Fn(Device) -> Result<Session, Error>,
    bend: impl Fn(Vec<f32>) -> Result<Vec<f32>, Error>,
) -> PlacedSession {
    let run = |_: &mut Session, items: &[f32]| {
        let given = items.chunks(2).map(|item| item[0]).collect::<Vec<_>>();
        // The CPU runs the last item only.
        if given.len() == 1 { Ok(given) } else { bend(given) }
    };
    let items = || vec![0.1, 0.0, 0.2, 0.0, 0.3, 0.0];
    let trial = Trial { items: &items, item_len: 2, run: &run, gives: "tunes", largest_deviation: 0.01 };
    PlacedSession::chosen(runtime, session(), open_on, &trial)
}

fn told(runtime: &Runtime) -> Vec<String> {
    runtime.unused_devices().iter().map(ToString::to_string).collect()
}

#[test]
fn the_first_device_that_is_there_and_right_is_used() {
    let runtime = runtime(&[Cuda, DirectMl, WebGpu]);
    assert_eq!(runtime.device(), None, "nobody knows before one was tried");
    let open_on = |device| if device == Cuda { Err(not_there()) } else { Ok(session()) };
    let placed = chosen(&runtime, open_on, Ok);
    assert_eq!((placed.device(), runtime.device()), (DirectMl, Some(DirectMl)));
    assert_eq!(told(&runtime).len(), 1);
    assert!(told(&runtime)[0].starts_with("the graphics processor (CUDA) was not used: NVIDIA's driver"));
}

#[test]
fn a_device_that_gives_other_results_is_refused_with_how_far_they_are() {
    let runtime = runtime(&[Cuda]);
    let placed = chosen(&runtime, |_| Ok(session()), |given| Ok(given.iter().map(|v| v + 0.02).collect()));
    assert_eq!((placed.device(), runtime.device()), (Device::Processor, Some(Device::Processor)));
    let far = "its tunes are up to 0.0200 from those of the processor";
    assert_eq!(told(&runtime), [format!("the graphics processor (CUDA) was not used: {far}")]);
}

#[test]
fn a_device_that_is_a_little_off_serves() {
    let runtime = runtime(&[Cuda]);
    let placed = chosen(&runtime, |_| Ok(session()), |given| Ok(given.iter().map(|v| v + 0.009).collect()));
    assert_eq!(placed.device(), Cuda);
}

#[test]
fn a_device_that_fails_gives_too_little_or_no_numbers_is_refused() {
    type Bend = fn(Vec<f32>) -> Result<Vec<f32>, Error>;
    let bends: [Bend; 3] =
        [|_| Err(full()), |given| Ok(given[..2].into()), |given| Ok(vec![f32::NAN; given.len()])];
    let reasons = ["its memory is full", "it does not give the tunes that were asked for", "NaN"];
    for (bend, reason) in bends.into_iter().zip(reasons) {
        let runtime = runtime(&[Cuda]);
        assert_eq!(chosen(&runtime, |_| Ok(session()), bend).device(), Device::Processor);
        assert!(told(&runtime)[0].contains(reason), "{:?}", told(&runtime));
    }
}

#[test]
fn a_device_whose_memory_fills_later_hands_over_to_the_processor_for_good() {
    let runtime = runtime(&[WebGpu]);
    let mut placed = chosen(&runtime, |_| Ok(session()), Ok);
    assert!(placed.is_on_graphics());
    let runs = Cell::new(0);
    let fails_first = |_: &mut Session| {
        runs.set(runs.get() + 1);
        if runs.get() == 1 { Err(full()) } else { Ok(runs.get()) }
    };
    assert_eq!(placed.run(fails_first).unwrap(), 2, "the same work, done by the processor");
    assert_eq!((placed.device(), runtime.device()), (Device::Processor, Some(Device::Processor)));
    assert_eq!(told(&runtime), ["the graphics processor (WebGPU) was not used: its memory is full"]);
    assert_eq!(chosen(&runtime, |_| unreachable!(), Ok).device(), Device::Processor, "it is not tried again");
}

#[test]
fn what_is_wrong_with_the_input_is_not_blamed_on_the_device() {
    let runtime = runtime(&[Cuda]);
    let mut placed = chosen(&runtime, |_| Ok(session()), Ok);
    let outcome = placed.run(|_| -> Result<(), _> { Err(Error::InputNotFinite { frame: 7 }) });
    assert!(matches!(outcome, Err(Error::InputNotFinite { frame: 7 })));
    assert_eq!((placed.device(), told(&runtime).len()), (Cuda, 0));
}

#[test]
fn one_wrong_value_is_enough_to_refuse() {
    assert_eq!(largest_deviation(&[0.25, 1.0, 0.5], &[0.25, 0.5, 0.75]), 0.5);
    assert!(largest_deviation(&[f32::NAN, 1.0], &[0.0, 0.0]).is_nan());
}
