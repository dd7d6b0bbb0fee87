//! One part of one track: a thread that reads its decoded samples, and the ring that the mixer reads from.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use reprise_audio::worker::Worker;
use reprise_audio::{Error, Excerpt};
use rtrb::{Consumer, Producer, RingBuffer};

use crate::ramp::{Ramp, fade_frames};

/// How many seconds are decoded ahead of the device.
const AHEAD_S: usize = 10;

/// A voice starts when it has this part of a second: with 100 ms, a disc that must wake up causes only one
/// interruption.
const READY_PARTS: u32 = 10;

/// How long the decoder sleeps when the ring is full.
const RING_FULL: Duration = Duration::from_millis(50);

/// What the control thread, the decoder and the mixer share about a voice.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// How many frames the device has taken.
    played: AtomicU64,
    /// Whether any samples were decoded.
    has_sound: AtomicBool,
    /// Whether all decoded samples were played.
    is_over: AtomicBool,
    /// Whether the voice is no longer needed.
    is_unwanted: AtomicBool,
}

impl Progress {
    pub fn played_s(&self, rate_hz: u32) -> f64 {
        self.played.load(Ordering::Relaxed) as f64 / f64::from(rate_hz)
    }

    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    pub fn has_sound(&self) -> bool {
        self.has_sound.load(Ordering::Relaxed)
    }

    /// Ends the decoder. The samples in the ring can still be played.
    pub fn dismiss(&self) {
        self.is_unwanted.store(true, Ordering::Relaxed);
    }
}

/// The mixer's side of a voice.
pub(crate) struct Voice {
    samples: Consumer<f32>,
    pub progress: Arc<Progress>,
    level: Ramp,
    rate_hz: u32,
    /// Whether it waits for the ring to fill: at first, and after the ring ran empty.
    is_waiting: bool,
    /// Whether it is fading out for another voice.
    is_leaving: bool,
}

impl Voice {
    /// A voice, and the producer side of the ring that its decoder fills.
    pub fn new(rate_hz: u32) -> (Self, Producer<f32>) {
        let (producer, samples) = RingBuffer::new(2 * AHEAD_S * rate_hz as usize);
        let (progress, level) = (Arc::default(), Ramp::new(0.0, rate_hz));
        (Self { samples, progress, level, rate_hz, is_waiting: true, is_leaving: false }, producer)
    }

    /// Whether there are enough samples to start.
    pub fn is_ready(&self) -> bool {
        self.samples.is_abandoned() || self.samples.slots() >= 2 * (self.rate_hz / READY_PARTS) as usize
    }

    /// Starts to fade it out.
    pub fn leave(&mut self) {
        self.is_leaving = true;
    }

    /// Whether it has faded out or has nothing left to fade.
    pub fn has_left(&self) -> bool {
        self.is_leaving && (self.level.now == 0.0 || self.progress.is_over())
    }

    /// The next frame. Silence while it waits and after its end.
    pub fn next_frame(&mut self) -> [f32; 2] {
        // This is read before the samples are counted, because samples that are decoded in between count too.
        let is_decoded = self.samples.is_abandoned();
        let n = self.samples.slots() / 2;
        self.is_waiting = match self.is_waiting {
            true => !self.is_ready(),
            // The remaining samples are needed to fade out.
            false => !is_decoded && n <= fade_frames(self.rate_hz),
        };
        let level = self.level.towards(if self.is_waiting || self.is_leaving { 0.0 } else { 1.0 });
        if n == 0 && is_decoded {
            self.progress.is_over.store(true, Ordering::Relaxed);
        }
        if level == 0.0 {
            return [0.0; 2];
        }
        let (Ok(left), Ok(right)) = (self.samples.pop(), self.samples.pop()) else { return [0.0; 2] };
        self.progress.played.fetch_add(1, Ordering::Relaxed);
        [left * level, right * level]
    }
}

/// The input of a decoder thread.
pub(crate) struct Reading {
    pub worker: Worker,
    pub path: PathBuf,
    pub excerpt: Excerpt,
    pub ring: Producer<f32>,
    pub progress: Arc<Progress>,
}

impl Reading {
    /// Starts the thread. `failed` receives the reason why a file yielded no more samples; the ring is closed by then.
    pub fn start(self, failed: impl FnOnce(Error) + Send + 'static) -> std::io::Result<()> {
        let run = move || match self.read() {
            Ok(()) | Err(Error::Stopped) => {}
            Err(error) => failed(error),
        };
        std::thread::Builder::new().name("playback decoder".into()).spawn(run).map(drop)
    }

    fn read(self) -> Result<(), Error> {
        let Self { worker, path, excerpt, mut ring, progress } = self;
        worker.stream_stereo(&path, excerpt, &mut |samples| push(samples, &mut ring, &progress))
    }
}

/// Waits until all samples are in the ring or are no longer needed.
fn push(mut samples: &[f32], ring: &mut Producer<f32>, progress: &Progress) -> ControlFlow<()> {
    progress.has_sound.fetch_or(!samples.is_empty(), Ordering::Relaxed);
    loop {
        if progress.is_unwanted.load(Ordering::Relaxed) || ring.is_abandoned() {
            return ControlFlow::Break(());
        }
        (_, samples) = ring.push_partial_slice(samples);
        if samples.is_empty() {
            return ControlFlow::Continue(());
        }
        std::thread::sleep(RING_FULL);
    }
}
