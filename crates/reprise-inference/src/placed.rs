//! A network on the best device: a graphics processor if it gives the same results as the CPU, otherwise the CPU.

use std::path::Path;

use ort::session::Session;

use crate::device::Device;
use crate::error::Error;
use crate::network::{Expected, open, open_on};
use crate::refusal::in_plain_words;
use crate::runtime::Runtime;

/// A network that runs on a graphics processor as long as that works. The same network is open on the CPU: its results
/// are the reference, and it takes over when the graphics processor fails.
#[derive(Debug)]
pub(crate) struct PlacedSession {
    runtime: Runtime,
    processor: Session,
    graphics: Option<(Device, Session)>,
}

/// Runs a network on whole items, one after another, and returns the same number of values for each item.
type Run<'a> = dyn Fn(&mut Session, &[f32]) -> Result<Vec<f32>, Error> + 'a;

/// How a graphics processor is tested before it is used: it runs the same items as the CPU.
pub(crate) struct Trial<'a> {
    /// Makes items, one after another: as many as a graphics processor will process together.
    pub items: &'a dyn Fn() -> Vec<f32>,
    /// Number of values in an item.
    pub item_len: usize,
    /// The function that is run on both.
    pub run: &'a Run<'a>,
    /// What the resulting values are, in the plural.
    pub gives: &'static str,
    /// The largest allowed difference from a value of the CPU.
    pub largest_deviation: f32,
}

impl PlacedSession {
    /// Opens a network on the CPU, and on the first graphics processor that passes the trial. Those that fail are
    /// reported to the runtime and are not tried again.
    pub fn open(runtime: &Runtime, models: &Path, expected: &Expected, trial: &Trial) -> Result<Self, Error> {
        let processor = open(runtime, models, expected)?;
        let on = |device| open_on(device, runtime, models, expected);
        Ok(Self::chosen(runtime, processor, on, trial))
    }

    fn chosen(
        runtime: &Runtime,
        processor: Session,
        open_on: impl Fn(Device) -> Result<Session, Error>,
        trial: &Trial,
    ) -> Self {
        let mut placed = Self { runtime: runtime.clone(), processor, graphics: None };
        while let Some(device) = runtime.graphics() {
            match placed.tried(open_on(device), trial) {
                Ok(session) => {
                    runtime.found_serving(device);
                    placed.graphics = Some((device, session));
                    break;
                }
                Err(reason) => runtime.refuse(device, reason),
            }
        }
        placed
    }

    /// The device on which the network runs.
    pub fn device(&self) -> Device {
        self.graphics.as_ref().map_or(Device::Processor, |(device, _)| *device)
    }

    /// Whether the network runs on a graphics processor.
    pub fn is_on_graphics(&self) -> bool {
        self.graphics.is_some()
    }

    /// Runs `work` on the graphics processor, and again on the CPU if that fails.
    pub fn run<T>(&mut self, work: impl Fn(&mut Session) -> Result<T, Error>) -> Result<T, Error> {
        if let Some((device, session)) = &mut self.graphics {
            match work(session) {
                // Its memory may be full, or the computer may have been asleep. The CPU takes over for good.
                Err(failure @ (Error::Runtime { .. } | Error::OutputNotFinite { .. })) => {
                    self.runtime.refuse(*device, in_plain_words(&failure));
                    self.graphics = None;
                }
                outcome => return outcome,
            }
        }
        work(&mut self.processor)
    }

    /// Returns the session if it gives the same results as the CPU. Only the last item is compared: items in the same
    /// run must not affect it.
    fn tried(&mut self, session: Result<Session, Error>, trial: &Trial) -> Result<Session, String> {
        let refused = |failure: Error| in_plain_words(&failure);
        let mut session = session.map_err(refused)?;
        let items = (trial.items)();
        let got = (trial.run)(&mut session, &items).map_err(refused)?;
        let last = &items[items.len() - trial.item_len..];
        let wanted = (trial.run)(&mut self.processor, last).map_err(refused)?;
        if got.len() * trial.item_len != wanted.len() * items.len() {
            return Err(format!("it does not give the {} that were asked for", trial.gives));
        }
        let deviation = largest_deviation(&got[got.len() - wanted.len()..], &wanted);
        if deviation <= trial.largest_deviation {
            return Ok(session);
        }
        Err(format!("its {} are up to {deviation:.4} from those of the processor", trial.gives))
    }
}

/// Returns the largest difference of two values; NaN if a value is NaN.
fn largest_deviation(got: &[f32], wanted: &[f32]) -> f32 {
    let differences = got.iter().zip(wanted).map(|(got, wanted)| (got - wanted).abs());
    differences.fold(0.0, |largest, one| if one > largest || one.is_nan() { one } else { largest })
}

#[cfg(test)]
#[path = "placed_tests.rs"]
mod tests;
