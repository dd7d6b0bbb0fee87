//! What runs on the device's thread: it obeys orders, crossfades, and neither allocates, nor locks, nor waits.
//! Even voices are dropped elsewhere: they go back to the desk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rtrb::{Consumer, Producer, RingBuffer};

use crate::ramp::Ramp;
use crate::voice::Voice;

/// Orders that may wait for the device.
const MOST_ORDERS: usize = 64;

/// Voices on their way to be dropped.
const MOST_RETURNS: usize = 64;

/// An order gives back three voices at the most, and the end of a fade one more.
const ROOM_FOR_AN_ORDER: usize = 4;

/// What the control thread asks of the mixer.
pub(crate) enum Order {
    /// This one next, as soon as it is ready.
    Swap(Voice),
    /// Fade out what sounds and forget it.
    Hush,
    Pause,
    Resume,
}

/// The control thread's end.
pub(crate) struct Desk {
    orders: Producer<Order>,
    returns: Consumer<Voice>,
    volume: Arc<AtomicU32>,
}

impl Desk {
    /// False where the device has obeyed nothing for long.
    pub fn order(&mut self, order: Order) -> bool {
        self.orders.push(order).is_ok()
    }

    pub fn set_volume(&self, volume: f32) {
        self.volume.store(volume.to_bits(), Ordering::Relaxed);
    }

    /// Drops the voices that came back.
    pub fn clear(&mut self) {
        while self.returns.pop().is_ok() {}
    }
}

/// The device's end.
pub(crate) struct Mixer {
    orders: Consumer<Order>,
    returns: Producer<Voice>,
    volume: Arc<AtomicU32>,
    gain: Ramp,
    /// Closed by a pause; voices wait behind it.
    gate: Ramp,
    is_paused: bool,
    leaving: Option<Voice>,
    current: Option<Voice>,
    next: Option<Voice>,
}

impl Mixer {
    pub fn new(rate_hz: u32, volume: f32) -> (Self, Desk) {
        let (order_in, orders) = RingBuffer::new(MOST_ORDERS);
        let (returns, return_out) = RingBuffer::new(MOST_RETURNS);
        let shared = Arc::new(AtomicU32::new(volume.to_bits()));
        let desk = Desk { orders: order_in, returns: return_out, volume: shared.clone() };
        let mixer = Self {
            orders,
            returns,
            volume: shared,
            gain: Ramp::new(volume, rate_hz),
            gate: Ramp::new(0.0, rate_hz),
            is_paused: false,
            leaving: None,
            current: None,
            next: None,
        };
        (mixer, desk)
    }

    /// Fills `samples` with frames, left and right in turn.
    pub fn fill(&mut self, samples: &mut [f32]) {
        self.obey();
        let volume = f32::from_bits(self.volume.load(Ordering::Relaxed));
        for frame in samples.as_chunks_mut::<2>().0 {
            self.swap_if_ready();
            let gate = self.gate.towards(if self.is_paused { 0.0 } else { 1.0 });
            let gain = gate * self.gain.towards(volume);
            *frame = if gate == 0.0 { [0.0; 2] } else { self.sum().map(|sample| gain * sample) };
        }
    }

    /// No order is read while the voices it may replace could not be given back.
    fn obey(&mut self) {
        while self.returns.slots() >= ROOM_FOR_AN_ORDER
            && let Ok(order) = self.orders.pop()
        {
            match order {
                Order::Pause => self.is_paused = true,
                Order::Resume => self.is_paused = false,
                Order::Swap(voice) => {
                    let replaced = self.next.replace(voice);
                    self.give_back(replaced);
                    self.forget_if_silent();
                }
                Order::Hush => {
                    let replaced = self.next.take();
                    self.give_back(replaced);
                    self.forget_if_silent();
                    if let Some(voice) = &mut self.current {
                        voice.leave();
                    }
                }
            }
        }
    }

    /// Behind a closed gate nothing need fade.
    fn forget_if_silent(&mut self) {
        if self.gate.now == 0.0 {
            let (current, leaving) = (self.current.take(), self.leaving.take());
            self.give_back(current);
            self.give_back(leaving);
        }
    }

    fn swap_if_ready(&mut self) {
        if self.leaving.as_ref().is_some_and(Voice::has_left) {
            let left = self.leaving.take();
            self.give_back(left);
        }
        if self.leaving.is_none() && self.next.as_ref().is_some_and(Voice::is_ready) {
            self.leaving = std::mem::replace(&mut self.current, self.next.take());
            self.leaving.iter_mut().for_each(Voice::leave);
        }
    }

    fn sum(&mut self) -> [f32; 2] {
        let mut sum = [0.0; 2];
        for voice in [&mut self.leaving, &mut self.current].into_iter().flatten() {
            let frame = voice.next_frame();
            sum = [sum[0] + frame[0], sum[1] + frame[1]];
        }
        sum
    }

    /// The ring has room: `obey` sees to it, and nothing else makes voices.
    fn give_back(&mut self, voice: Option<Voice>) {
        if let Some(voice) = voice {
            let _ = self.returns.push(voice);
        }
    }
}

#[cfg(test)]
#[path = "mixer_tests.rs"]
mod tests;
