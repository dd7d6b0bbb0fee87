//! The interface to loudspeakers, so that the player also runs without any.

/// Fills a slice with frames, left and right in turn. It neither allocates, nor locks, nor waits.
pub type Fill = Box<dyn FnMut(&mut [f32]) + Send>;

/// Called once when the device is lost. After that the device makes no more calls.
pub type Lost = Box<dyn FnMut() + Send>;

/// An open device. Dropping it closes the device and then drops `Fill`.
pub trait Stream {}

/// Access to the loudspeakers.
pub trait Output: Send {
    /// Opens the device and makes it call the `Fill` that `connect` creates for the device's sample rate in Hz. Called
    /// on the control thread, which also drops the stream. The error is a sentence for the user.
    fn open(&mut self, connect: &mut dyn FnMut(u32) -> Fill, lost: Lost) -> Result<Box<dyn Stream>, String>;
}
