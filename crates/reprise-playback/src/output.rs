//! What the player needs of loudspeakers, so that it also runs without any.

/// Fills a slice with frames, left and right in turn. It neither allocates, nor locks, nor waits.
pub type Fill = Box<dyn FnMut(&mut [f32]) + Send>;

/// Told once the device is gone and calls no more.
pub type Lost = Box<dyn FnMut() + Send>;

/// An open device. Dropping it closes the device, and then `Fill` is dropped too.
pub trait Stream {}

/// A way to the loudspeakers.
pub trait Output: Send {
    /// Opens the device and has it call what `connect` makes for the device's rate in Hz. Called from the control
    /// thread, which also drops the stream. The error is a sentence for the user.
    fn open(&mut self, connect: &mut dyn FnMut(u32) -> Fill, lost: Lost) -> Result<Box<dyn Stream>, String>;
}
