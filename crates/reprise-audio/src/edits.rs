//! Determines which part of an MP4 track is meant to be played. Encoders put priming before the audio and padding after
//! it, and state both in an edit list (`elst`) or in iTunes' `iTunSMPB`. symphonia applies neither, so that AAC would
//! be 1024 or 2112 samples late.
//!
//! The rule: an edit list that starts inside the media has priority, then `iTunSMPB`. Otherwise nothing is trimmed,
//! because the priming of an unknown encoder cannot be distinguished from music. ISO/IEC 14496-12 §8.6.6.

use std::io;

use crate::atom::Atom;
use crate::bytes::{Bytes, be32};

/// The part of a track that is meant to be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Audible {
    pub skip: Ticks,
    pub keep: Option<Ticks>,
}

/// A length with its own time base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticks {
    pub n: u64,
    pub per_s: u32,
}

impl Ticks {
    /// The length in frames at a sample rate, rounded up: muxers round the duration of an edit up to their time base.
    pub fn frames(self, rate_hz: u32) -> u64 {
        let frames = (u128::from(self.n) * u128::from(rate_hz)).div_ceil(u128::from(self.per_s.max(1)));
        u64::try_from(frames).unwrap_or(u64::MAX)
    }
}

/// The value of an `iTunSMPB` tag: ` 00000000 00000840 000001CA 00000000003F31F6 ...`, which are a zero, the priming,
/// the padding and the length, in samples.
pub(crate) fn from_itunsmpb(value: &str, rate_hz: u32) -> Option<Audible> {
    let mut fields = value.split_whitespace().map(|field| u64::from_str_radix(field, 16).ok());
    let (_, skip, _, keep) = (fields.next()??, fields.next()??, fields.next()??, fields.next()??);
    let ticks = |n| Ticks { n, per_s: rate_hz };
    (skip > 0).then(|| Audible { skip: ticks(skip), keep: (keep > 0).then(|| ticks(keep)) })
}

/// The edit list of the track with this id; `None` if there is none or it trims nothing at the beginning.
pub(crate) fn from_edit_list(bytes: &mut Bytes, track_id: u32) -> io::Result<Option<Audible>> {
    let Some(movie) = Atom::whole(bytes).find(bytes, b"moov")? else { return Ok(None) };
    let movie_ticks_per_s = number_in(bytes, movie, &[b"mvhd"])?;
    for track in movie.inside(bytes, 0)?.into_iter().filter(|atom| &atom.name == b"trak") {
        if number_in(bytes, track, &[b"tkhd"])? != Some(track_id) {
            continue;
        }
        let media_ticks_per_s = number_in(bytes, track, &[b"mdia", b"mdhd"])?;
        let list = track.at(bytes, &[b"edts", b"elst"])?.map(|list| list.content(bytes, 256)).transpose()?;
        let edit = list.as_deref().and_then(first_edit);
        let (Some(movie), Some(media), Some((duration, start))) =
            (movie_ticks_per_s, media_ticks_per_s, edit)
        else {
            return Ok(None);
        };
        let keep = (duration > 0).then_some(Ticks { n: duration, per_s: movie });
        let audible = Audible { skip: Ticks { n: start, per_s: media }, keep };
        return Ok((start > 0 && media > 0 && movie > 0).then_some(audible));
    }
    Ok(None)
}

/// The ticks per second in `mvhd` and `mdhd`, or the track id in `tkhd`. It follows the version, the flags and two
/// times of 4 or 8 bytes each.
fn number_in(bytes: &mut Bytes, parent: Atom, path: &[&[u8; 4]]) -> io::Result<Option<u32>> {
    let Some(header) = parent.at(bytes, path)? else { return Ok(None) };
    let content = header.content(bytes, 32)?;
    let at = if content.first() == Some(&1) { 20 } else { 12 };
    Ok(content.get(at..at + 4).map(be32))
}

/// `(duration in movie ticks, start in media ticks)` of the first edit that plays media: a start of -1 is a pause.
/// Several edits in a row would be a cut, which players ignore in music; the length is then unknown.
fn first_edit(list: &[u8]) -> Option<(u64, u64)> {
    let is_wide = *list.first()? == 1;
    let width = if is_wide { 8 } else { 4 };
    let no_media = if is_wide { u64::MAX } else { u64::from(u32::MAX) };
    let n_edits = be(list.get(4..8)?);
    let edits = list.get(8..)?.chunks_exact(2 * width + 4).take(usize::try_from(n_edits).ok()?);
    let mut shown =
        edits.map(|edit| (be(&edit[..width]), be(&edit[width..2 * width]))).filter(|edit| edit.1 != no_media);
    let (duration, start) = shown.next()?;
    Some((if shown.next().is_some() { 0 } else { duration }, start))
}

/// A big-endian number of up to 8 bytes.
fn be(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn itunsmpb_gives_priming_and_length() {
        let value = " 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000";
        let audible = from_itunsmpb(value, 44_100).unwrap();
        assert_eq!(audible.skip.frames(44_100), 2112);
        assert_eq!(audible.keep.unwrap().frames(44_100), 0x3F31F6);
        assert_eq!(from_itunsmpb("00000000 zz", 44_100), None);
        assert_eq!(from_itunsmpb("", 44_100), None);
    }

    #[test]
    fn a_pause_before_the_first_edit_is_passed_over() {
        let mut list = vec![0, 0, 0, 0, 0, 0, 0, 2];
        list.extend([0, 0, 0, 9, 0xFF, 0xFF, 0xFF, 0xFF, 0, 1, 0, 0]);
        list.extend([0, 0, 5, 0xDC, 0, 0, 4, 0, 0, 1, 0, 0]);
        assert_eq!(first_edit(&list), Some((1500, 1024)));
        assert_eq!(first_edit(&list[..5]), None);
    }

    #[test]
    fn broken_boxes_end_the_search() {
        for bytes in
            [&b"\0\0\0\x01moov"[..], b"\0\0\0\x04moov", b"\xff\xff\xff\xffmoov", b"", b"\0\0\0\x08moov"]
        {
            let mut bytes = Bytes::new(io::Cursor::new(bytes)).unwrap();
            assert_eq!(from_edit_list(&mut bytes, 1).unwrap(), None);
        }
    }
}
