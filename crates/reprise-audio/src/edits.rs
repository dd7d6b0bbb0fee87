//! Which part of an MP4 track is meant to be heard. Encoders put priming in front of the audio and padding
//! behind it and say so in an edit list (`elst`) or in iTunes' `iTunSMPB`; symphonia applies neither, so AAC
//! comes out 1024 or 2112 samples late.
//!
//! The rule: an edit list that starts inside the media wins; else `iTunSMPB`; else nothing is trimmed, since
//! the priming of an unknown encoder cannot be told from music. ISO/IEC 14496-12 §8.6.6.

use std::io::{Read, Seek, SeekFrom};

/// More boxes at one level than any real file has before its samples.
const MOST_BOXES: usize = 4096;

/// The audible part of a track, in ticks of a clock of `ticks_per_s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Audible {
    pub skip: Ticks,
    pub keep: Option<Ticks>,
}

/// A length on a clock of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticks {
    pub n: u64,
    pub per_s: u32,
}

impl Ticks {
    /// Frames at a sample rate, rounded up: muxers round the duration of an edit up to their clock.
    pub fn frames(self, rate_hz: u32) -> u64 {
        let frames = (u128::from(self.n) * u128::from(rate_hz)).div_ceil(u128::from(self.per_s.max(1)));
        u64::try_from(frames).unwrap_or(u64::MAX)
    }
}

/// From the value of an `iTunSMPB` tag: ` 00000000 00000840 000001CA 00000000003F31F6 ...`, which are a zero,
/// the priming, the padding and the length, in samples.
pub(crate) fn from_itunsmpb(value: &str, rate_hz: u32) -> Option<Audible> {
    let mut fields = value.split_whitespace().map(|field| u64::from_str_radix(field, 16).ok());
    let (_, skip, _, keep) = (fields.next()??, fields.next()??, fields.next()??, fields.next()??);
    let ticks = |n| Ticks { n, per_s: rate_hz };
    (skip > 0).then(|| Audible { skip: ticks(skip), keep: (keep > 0).then(|| ticks(keep)) })
}

/// From the edit list of the track with this id; `None` without one, or where it trims nothing in front.
pub(crate) fn from_edit_list(file: &mut (impl Read + Seek), track_id: u32) -> Option<Audible> {
    let end = file.seek(SeekFrom::End(0)).ok()?;
    let moov = child(file, Span { start: 0, end }, b"moov")?;
    let movie_header = child(file, moov, b"mvhd")?;
    let movie_ticks_per_s = time_scale(file, movie_header)?;
    let tracks = children(file, moov).into_iter().filter(|(kind, _)| kind == b"trak");
    let track = tracks.map(|(_, span)| span).find(|&track| id_of(file, track) == Some(track_id))?;
    let media = child(file, track, b"mdia")?;
    let media_header = child(file, media, b"mdhd")?;
    let media_ticks_per_s = time_scale(file, media_header)?;
    let edits = child(file, track, b"edts")?;
    let list = child(file, edits, b"elst")?;
    let (duration, media_time) = first_edit(&read(file, list, 256)?)?;
    let keep = (duration > 0).then_some(Ticks { n: duration, per_s: movie_ticks_per_s });
    (media_time > 0)
        .then_some(Audible { skip: Ticks { n: media_time, per_s: media_ticks_per_s }, keep })
        .filter(|audible| audible.skip.per_s > 0 && movie_ticks_per_s > 0)
}

/// Where the body of a box lies in the file.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub start: u64,
    pub end: u64,
}

fn child(file: &mut (impl Read + Seek), parent: Span, kind: &[u8; 4]) -> Option<Span> {
    children(file, parent).into_iter().find(|(found, _)| found == kind).map(|(_, span)| span)
}

/// The boxes directly inside `parent`, as far as they are well formed.
pub(crate) fn children(file: &mut (impl Read + Seek), parent: Span) -> Vec<([u8; 4], Span)> {
    let mut found = Vec::new();
    let mut at = parent.start;
    while found.len() < MOST_BOXES
        && let Some((kind, body)) = box_at(file, at, parent.end)
    {
        found.push((kind, body));
        at = body.end;
    }
    found
}

/// Header: u32 length with header, four letters; length 1 means a u64 length follows, 0 to the end.
fn box_at(file: &mut (impl Read + Seek), at: u64, limit: u64) -> Option<([u8; 4], Span)> {
    let head = read(file, Span { start: at, end: limit }, 16).filter(|head| head.len() >= 8)?;
    let kind = head[4..8].try_into().ok()?;
    let (header, length) = match be(&head[..4]) {
        0 => (8, limit - at),
        1 => (16, be(head.get(8..16)?)),
        length => (8, length),
    };
    let end = at.checked_add(length).filter(|&end| length >= header && end <= limit)?;
    Some((kind, Span { start: at + header, end }))
}

/// At most `most` bytes from the start of `span`.
fn read(file: &mut (impl Read + Seek), span: Span, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(span.start)).ok()?;
    file.take(span.end.saturating_sub(span.start).min(most)).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Of `mvhd` and `mdhd` alike: version, flags, two times of 4 or 8 bytes, then ticks per second.
fn time_scale(file: &mut (impl Read + Seek), header: Span) -> Option<u32> {
    let bytes = read(file, header, 32)?;
    let at = if *bytes.first()? == 1 { 20 } else { 12 };
    u32::try_from(be(bytes.get(at..at + 4)?)).ok()
}

fn id_of(file: &mut (impl Read + Seek), track: Span) -> Option<u32> {
    let header = child(file, track, b"tkhd")?;
    let bytes = read(file, header, 32)?;
    let at = if *bytes.first()? == 1 { 20 } else { 12 };
    u32::try_from(be(bytes.get(at..at + 4)?)).ok()
}

/// `(duration in movie ticks, start in media ticks)` of the first edit that shows media: start -1 is a pause.
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

/// Big-endian, up to 8 bytes.
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
            assert_eq!(from_edit_list(&mut std::io::Cursor::new(bytes), 1), None);
        }
    }
}
