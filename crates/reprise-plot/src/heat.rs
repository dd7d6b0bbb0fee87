//! Heat maps: values become cells of a few tones, embedded as a PNG with a palette. One rectangle per cell would need
//! more than ten times the bytes, and viewers would draw hairlines between the rectangles.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::colour::{Ramp, palette, tone};
use crate::pair::{Likeness, PitchClasses};

/// The tones of the cells, row by row from the top left.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeatMap {
    pub width: usize,
    pub height: usize,
    pub tones: Vec<u8>,
}

impl HeatMap {
    /// Twelve rows with C at the bottom, and time to the right. `shift` is by how many semitones everything is moved
    /// up. If there are more than `most` frames, neighbours are averaged.
    pub fn lying(frames: &[PitchClasses], shift: i8, most: usize) -> Self {
        let (columns, width) = cells_of(frames, shift, most);
        let tones = (0..12).rev().flat_map(|p| columns.iter().map(move |column| tone(column[p])));
        Self { width, height: 12, tones: tones.collect() }
    }

    /// Twelve columns with C on the left, and time upwards; otherwise like [`HeatMap::lying`].
    pub fn standing(frames: &[PitchClasses], shift: i8, most: usize) -> Self {
        let (rows, height) = cells_of(frames, shift, most);
        let tones = rows.iter().rev().flat_map(|row| row.map(tone));
        Self { width: 12, height, tones: tones.collect() }
    }

    /// The time of A to the right, the time of B upwards. If there are more than `most` cells on a side, neighbours are
    /// averaged.
    pub fn of_likeness(likeness: &Likeness, most: usize) -> Self {
        let (n_a, n_b) = (likeness.n_a, likeness.n_b);
        if n_a == 0 || n_b == 0 || likeness.values.len() != n_a * n_b {
            return Self { width: 0, height: 0, tones: Vec::new() };
        }
        let (width, height) = (n_a.min(most), n_b.min(most));
        let mean = |x: usize, y: usize| {
            let (rows, columns) = (part(x, width, n_a), part(y, height, n_b));
            let cells = rows.len() * columns.len();
            let row_sum = |i: usize| -> f32 { likeness.values[i * n_b..][columns.clone()].iter().sum() };
            rows.map(row_sum).sum::<f32>() / cells as f32
        };
        let tones = (0..height).rev().flat_map(|y| (0..width).map(move |x| (x, y)));
        Self { width, height, tones: tones.map(|(x, y)| tone(mean(x, y))).collect() }
    }

    /// The heat map as a PNG in a data URI; `None` if it has no cells.
    pub fn data_uri(&self, ramp: &Ramp) -> Option<String> {
        if self.tones.is_empty() {
            return None;
        }
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette(ramp).concat());
        encoder.set_compression(png::Compression::High);
        // The values of neighbouring tones do not follow each other evenly, so a prediction would only hide their
        // repetitions.
        encoder.set_filter(png::Filter::NoFilter);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&self.tones));
        written.expect("memory takes every write, and the sizes agree");
        Some(format!("data:image/png;base64,{}", STANDARD.encode(bytes)))
    }
}

/// The mean of the frames in each cell, of which there are at most `most`, and the number of cells.
fn cells_of(frames: &[PitchClasses], shift: i8, most: usize) -> (Vec<PitchClasses>, usize) {
    let n_cells = frames.len().min(most);
    let cell = |k: usize| {
        let frames = &frames[part(k, n_cells, frames.len())];
        let mean = |p: usize| frames.iter().map(|frame| frame[p]).sum::<f32>() / frames.len() as f32;
        std::array::from_fn(|p| mean((p as i32 - i32::from(shift)).rem_euclid(12) as usize))
    };
    ((0..n_cells).map(cell).collect(), n_cells)
}

/// Which of `n` items belong to part `k` of `n_parts`. A part is never empty.
fn part(k: usize, n_parts: usize, n: usize) -> std::ops::Range<usize> {
    k * n / n_parts..(k + 1) * n / n_parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::{CHROMA, TONES};

    const MOST: u8 = (TONES - 1) as u8;

    fn only(pitch_class: usize) -> PitchClasses {
        std::array::from_fn(|p| if p == pitch_class { 1.0 } else { 0.0 })
    }

    #[test]
    fn pitch_classes_rise_and_time_runs_to_the_right_or_upwards() {
        let frames = [only(0), only(0), only(11)];
        let lying = HeatMap::lying(&frames, 0, 100);
        assert_eq!((lying.width, lying.height), (3, 12));
        assert_eq!(lying.tones[11 * 3..], [MOST, MOST, 0], "C is the lowest row");
        assert_eq!(lying.tones[..3], [0, 0, MOST], "B is the highest");
        let standing = HeatMap::standing(&frames, 0, 100);
        assert_eq!((standing.width, standing.height), (12, 3));
        assert_eq!((standing.tones[11], standing.tones[2 * 12]), (MOST, MOST), "the last frame is on top");
    }

    #[test]
    fn a_shift_moves_pitch_classes_up_and_around() {
        let shifted = HeatMap::standing(&[only(11)], 2, 100);
        assert_eq!(shifted, HeatMap::standing(&[only(1)], 0, 100));
        assert_eq!(HeatMap::standing(&[only(0)], -3, 100), HeatMap::standing(&[only(9)], 0, 100));
    }

    #[test]
    fn many_frames_are_averaged_and_none_is_lost() {
        let frames: Vec<PitchClasses> = (0..1000).map(|t| only(if t < 500 { 0 } else { 4 })).collect();
        let small = HeatMap::lying(&frames, 0, 10);
        assert_eq!((small.width, small.tones[11 * 10 + 4], small.tones[11 * 10 + 5]), (10, MOST, 0));
    }

    #[test]
    fn likeness_has_its_origin_at_the_bottom_left() {
        let likeness = Likeness {
            of: "harmony",
            values: vec![1.0, 0.0, 0.0, 0.5, 0.0, 0.0],
            n_a: 3,
            n_b: 2,
            step_s: 1.0,
            start_s: 0.0,
        };
        let map = HeatMap::of_likeness(&likeness, 100);
        assert_eq!((map.width, map.height), (3, 2));
        assert_eq!(map.tones, [0, tone(0.5), 0, MOST, 0, 0]);
        let broken = Likeness { n_a: 4, ..likeness };
        assert_eq!(HeatMap::of_likeness(&broken, 100).data_uri(&CHROMA), None);
    }
}
