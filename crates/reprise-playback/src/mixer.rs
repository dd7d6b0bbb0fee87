//! The part that runs on the device's thread. It executes orders, crossfades, and neither allocates, nor locks, nor
//! waits. Voices are returned to the desk, because dropping them here would free memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rtrb::{Consumer, Producer, RingBuffer};

use crate::ramp::Ramp;
use crate::voice::Voice;

/// How many orders can wait for the device.
const MOST_ORDERS: usize = 64;

/// How many voices can wait to be dropped.
const MOST_RETURNS: usize = 64;

/// An order returns at most three voices, and the end of a fade one more.
const ROOM_FOR_AN_ORDER: usize = 4;

/// An order from the control thread to the mixer.
pub(crate) enum Order {
    /// Play this voice next, as soon as it is ready.
    Swap(Voice),
    /// Fade out the current voice and remove it.
    Hush,
    Pause,
    Resume,
}

/// The control thread's side.
pub(crate) struct Desk {
    orders: Producer<Order>,
    returns: Consumer<Voice>,
    volume: Arc<AtomicU32>,
}

impl Desk {
    /// Sends an order. Returns false if the device has not executed any for a long time.
    pub fn order(&mut self, order: Order) -> bool {
        self.orders.push(order).is_ok()
    }

    pub fn set_volume(&self, volume: f32) {
        self.volume.store(volume.to_bits(), Ordering::Relaxed);
    }

    /// Drops the returned voices.
    pub fn clear(&mut self) {
        while self.returns.pop().is_ok() {}
    }
}

/// The device's side.
pub(crate) struct Mixer {
    orders: Consumer<Order>,
    returns: Producer<Voice>,
    volume: Arc<AtomicU32>,
    gain: Ramp,
    /// Closed by a pause. While it is closed, voices keep their positions.
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

    /// Executes orders. None is read while the voices that it may replace could not be returned.
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

    /// While the gate is closed, voices can be removed without a fade.
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

    /// Returns a voice. The ring has space for it: `obey` ensures this, and voices come from nowhere else.
    fn give_back(&mut self, voice: Option<Voice>) {
        if let Some(voice) = voice {
            let _ = self.returns.push(voice);
        }
    }
}

#[cfg(test)]
#[path = "mixer_tests.rs"]
mod tests;
