//! A gain that moves to its target.

/// How long a gain takes from silence to full: long enough to avoid a click, too short to be heard as a fade.
const FADE_S: f64 = 0.01;

/// A gain that moves in small steps, so that it never jumps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ramp {
    pub now: f32,
    step: f32,
}

impl Ramp {
    pub fn new(now: f32, rate_hz: u32) -> Self {
        Self { now, step: 1.0 / fade_frames(rate_hz) as f32 }
    }

    /// The gain of the next frame.
    pub fn towards(&mut self, target: f32) -> f32 {
        self.now = target.clamp(self.now - self.step, self.now + self.step);
        self.now
    }
}

/// The number of frames in a complete fade.
pub(crate) fn fade_frames(rate_hz: u32) -> usize {
    ((f64::from(rate_hz) * FADE_S).ceil() as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fade_takes_ten_milliseconds_and_ends_exactly() {
        let mut ramp = Ramp::new(0.0, 48_000);
        let gains: Vec<f32> = (0..481).map(|_| ramp.towards(1.0)).collect();
        assert!(gains[0] > 0.0 && gains[470] < 1.0);
        assert_eq!(gains[480], 1.0);
        let gains: Vec<f32> = (0..481).map(|_| ramp.towards(0.0)).collect();
        assert_eq!(gains[480], 0.0);
    }
}
