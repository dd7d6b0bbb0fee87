//! A file to the encoded packets of its audio track, hashed as they pass. Decoding and the payload hash both
//! read through here, so their hashes agree by construction.

use std::fs::File;
use std::path::{Path, PathBuf};

use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, well_known};
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::well_known::{FORMAT_ID_ADTS, FORMAT_ID_ISOMP4, FORMAT_ID_MKV, FORMAT_ID_OGG};
use symphonia::core::formats::{SeekMode, SeekTo, Track};
use symphonia::core::meta::{Metadata, RawValue};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, TimeBase};

use crate::bytes::Bytes;
use crate::edits::{self, Audible};
use crate::error::{Error, guarded};
use crate::mended::matroska_behind;
use crate::open::{Container, choose_track, codecs, named, open_container, open_regular, probe_source};
use crate::spliced::Cut;

/// Unreadable packets in a row after which the rest of the file is given up.
const MOST_ERRORS_IN_A_ROW: u32 = 32;

/// Holes in one file after which the rest is given up.
const MOST_HOLES: u32 = 100;

/// A hole is longer than this: clocks are rounded.
const HOLE_S: f64 = 0.2;

/// A longer claim is not one.
const LONGEST_CLAIM_S: f64 = 7.0 * 24.0 * 3600.0;

/// The rate at which Opus is decoded (RFC 7845 section 5.1).
const OPUS_HZ: u32 = 48_000;

/// What comes next in a file.
pub(crate) enum Step {
    /// Encoded audio of the chosen track.
    Packet(Packet),
    /// The stream starts anew, as in chained Ogg files: the decoder must be made again.
    Restart,
    /// No more packets.
    End,
}

/// An open file with its audio track chosen.
pub(crate) struct Demuxer {
    path: PathBuf,
    format: Container,
    track: Track,
    params: AudioCodecParameters,
    codec: &'static str,
    hasher: blake3::Hasher,
    /// What the frames of an MPEG stream are: those of joined files may differ.
    mpeg: Option<MpegKind>,
    is_chained: bool,
    cut: Option<Cut>,
    /// Where the last packet ends on the track's clock.
    reached: i64,
    /// Where reading went on behind the last hole.
    resumed_at: u64,
    /// Stretches of a Matroska file that could not be read.
    n_holes: u32,
    /// What the track's clock leaps over, where packets are missing.
    pub leapt_s: f64,
    /// Packets that could not be read or decoded.
    pub n_damaged: u64,
}

impl Demuxer {
    pub fn open(path: &Path) -> Result<Self, Error> {
        let opened =
            open_container(path).and_then(|(format, cut)| Ok((choose_track(format.as_ref())?, format, cut)));
        let ((track, params, codec), format, cut) = opened.map_err(|error| named(error, path))?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(codec.as_bytes()).update(&[0]);
        Ok(Self {
            path: path.into(),
            format,
            track,
            params,
            codec,
            hasher,
            mpeg: None,
            is_chained: false,
            cut,
            reached: 0,
            resumed_at: 0,
            n_holes: 0,
            leapt_s: 0.0,
            n_damaged: 0,
        })
    }

    /// Short name of the codec.
    pub fn codec(&self) -> &'static str {
        self.codec
    }

    /// A new decoder for the track.
    pub fn decoder(&self) -> Result<Box<dyn AudioDecoder>, Error> {
        let options = AudioDecoderOptions::default().gapless(true);
        let mut params = self.params.clone();
        match params.codec {
            // Whatever rate the container states, which is that of the source: Opus itself has one.
            well_known::CODEC_ID_OPUS => drop(params.with_sample_rate(OPUS_HZ)),
            // CAF states the 8 bits of the code, and the decoder wants the 16 that they stand for.
            well_known::CODEC_ID_PCM_MULAW | well_known::CODEC_ID_PCM_ALAW => {
                params.bits_per_sample = None;
                params.bits_per_coded_sample = None;
            }
            _ => {}
        }
        guarded("decoder", || codecs().make_audio_decoder(&params, &options))?.map_err(|error| match error {
            Symphonia::Unsupported(what) if what.contains("too complex") || what.contains("channels") => {
                Error::Unsupported { format: format!("{} with more than two channels", title(self.codec)) }
            }
            Symphonia::Unsupported(what) if what.contains("program config") => {
                Error::Unsupported { format: "AAC with channels in an order of its own".into() }
            }
            Symphonia::Unsupported(what) => {
                Error::Unsupported { format: format!("this kind of {} ({what})", self.codec) }
            }
            other => Error::Damaged { reason: other.to_string() },
        })
    }

    /// The next packet of the track. Reading errors end the file or are passed over; only an error of the
    /// operating system or a panic is one.
    pub fn next(&mut self) -> Result<Step, Error> {
        let mut errors_in_a_row = 0;
        while errors_in_a_row < MOST_ERRORS_IN_A_ROW {
            match guarded("container reader", || self.format.next_packet())? {
                Ok(Some(mut packet)) if packet.track_id == self.track.id => {
                    self.hasher.update(&packet.data);
                    self.follow(&packet);
                    if self.is_mpeg() {
                        // By the length that the file claims or that was guessed from its first frames.
                        packet.trim_end = Duration::ZERO;
                    }
                    return Ok(Step::Packet(packet));
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(Symphonia::ResetRequired) => {
                    (self.track, self.params, self.codec) = choose_track(self.format.as_ref())?;
                    self.is_chained = true;
                    self.reached = 0;
                    return Ok(Step::Restart);
                }
                Err(Symphonia::IoError(error)) if error.raw_os_error().is_some() => {
                    return Err(Error::from_io(&error));
                }
                Err(Symphonia::IoError(_)) => break,
                Err(_) => {
                    self.n_damaged += 1;
                    errors_in_a_row += 1;
                }
            }
        }
        self.resume(errors_in_a_row)
    }

    /// Follows the track's clock, and counts what it leaps over.
    fn follow(&mut self, packet: &Packet) {
        let leap = packet.pts.get().saturating_sub(self.reached);
        let leap_s = self.clock_s(leap);
        if self.reached > 0 && leap_s > HOLE_S {
            self.leapt_s += leap_s;
        }
        self.reached = packet.pts.get().saturating_add_unsigned(packet.dur.get());
    }

    /// Goes on from the first cluster behind a hole in a Matroska file, which symphonia does not find by itself.
    fn resume(&mut self, n_errors: u32) -> Result<Step, Error> {
        let lacks_s = self.claimed_s().map_or(0.0, |claimed_s| claimed_s - self.clock_s(self.reached));
        let has_hole = n_errors == MOST_ERRORS_IN_A_ROW || lacks_s > HOLE_S;
        let is_matroska = self.format.format_info().format == FORMAT_ID_MKV;
        if !is_matroska || !has_hole || self.n_holes == MOST_HOLES {
            return Ok(Step::End);
        }
        let behind = matroska_behind(open_regular(&self.path)?, self.reached, self.resumed_at);
        let Some((rest, at)) = behind.map_err(|error| Error::from_io(&error))? else { return Ok(Step::End) };
        let Ok(format) = probe_source(&self.path, Box::new(rest)) else { return Ok(Step::End) };
        let Ok(chosen) = choose_track(format.as_ref()) else { return Ok(Step::End) };
        (self.track, self.params, self.codec) = chosen;
        self.format = format;
        self.resumed_at = at;
        self.n_holes += 1;
        // They are the hole.
        self.n_damaged -= u64::from(n_errors);
        Ok(Step::Restart)
    }

    /// Seconds of the track's clock.
    fn clock_s(&self, ticks: i64) -> f64 {
        let length = Duration::from(u64::try_from(ticks).unwrap_or(0));
        self.track
            .time_base
            .and_then(|base| base.calc_duration(length))
            .map_or(0.0, |time| time.as_secs_f64())
    }

    /// Whether [`Self::seek`] is worth a try. In Ogg with several streams symphonia 0.6 seeks without end.
    pub fn can_seek(&self) -> bool {
        self.format.format_info().format != FORMAT_ID_OGG || self.format.tracks().len() == 1
    }

    /// Moves to the packet that holds `ticks` of the track's clock, or to one before it. After false the
    /// position is anywhere.
    pub fn seek(&mut self, ticks: i64) -> bool {
        let to = SeekTo::Timestamp { ts: ticks.into(), track_id: self.track.id };
        let sought = guarded("container reader", || self.format.seek(SeekMode::Accurate, to));
        sought.is_ok_and(|sought| sought.is_ok())
    }

    /// The track's clock.
    pub fn time_base(&self) -> Option<TimeBase> {
        self.track.time_base
    }

    /// Identity of the packets that have passed.
    pub fn hash(&self) -> [u8; 32] {
        *self.hasher.finalize().as_bytes()
    }

    /// Length that the file claims for its track; `None` where it claims none or only an estimate exists.
    pub fn claimed_s(&self) -> Option<f64> {
        let is_estimated = self.is_mpeg() && self.track.delay.is_none()
            || self.format.format_info().format == FORMAT_ID_ADTS
            || self.is_chained;
        let base = self.track.time_base.filter(|_| !is_estimated)?;
        let by_clock =
            self.track.duration.and_then(|length| base.calc_duration(length)).map(|time| time.as_secs_f64());
        let rate_hz = f64::from(self.params.sample_rate?);
        by_clock
            .or_else(|| self.track.num_frames.map(|n| n as f64 / rate_hz))
            .or_else(|| self.media_s())
            .filter(|&claimed_s| claimed_s > 0.0 && claimed_s <= LONGEST_CLAIM_S)
    }

    /// Length that the file claims for all of it, which is the track's where there is no other.
    fn media_s(&self) -> Option<f64> {
        let info = self.format.media_info();
        let is_alone = self.format.tracks().len() == 1;
        let length = info.time_base.filter(|_| is_alone)?.calc_duration(info.duration?);
        length.map(|time| time.as_secs_f64())
    }

    /// Whether it is MPEG audio, layer 1 to 3.
    fn is_mpeg(&self) -> bool {
        use well_known::{CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3};
        [CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3].contains(&self.params.codec)
    }

    /// Whether the frames of an MPEG stream are of another kind from `packet` on, which symphonia's decoder cannot
    /// change to.
    pub fn turns(&mut self, packet: &Packet) -> bool {
        let kind = self.is_mpeg().then(|| MpegKind::of(&packet.data)).flatten();
        let before = self.mpeg;
        self.mpeg = kind.or(before);
        before.is_some() && before != self.mpeg
    }

    /// Where an MPEG stream ends by LAME's tag.
    pub fn mpeg_end(&self) -> Option<MpegEnd> {
        let padding = self.track.padding.filter(|padding| self.is_mpeg() && *padding > 0)?;
        let end = i64::try_from(self.track.num_frames?).ok()?.checked_add(i64::from(padding))?;
        Some(MpegEnd { padding, end })
    }

    /// The audible part, where the container states one that symphonia does not apply.
    pub fn audible(&mut self, path: &Path) -> Option<Audible> {
        if self.format.format_info().format != FORMAT_ID_ISOMP4 {
            return None;
        }
        let bytes = File::open(path).and_then(Bytes::new);
        let edited =
            bytes.and_then(|mut bytes| edits::from_edit_list(&mut bytes, self.track.id)).ok().flatten();
        edited.or_else(|| {
            edits::from_itunsmpb(&itunsmpb(&mut self.format.metadata())?, self.params.sample_rate?)
        })
    }

    /// All frames of the track in its own clock, as the container's sample table adds up.
    pub fn table_length(&self) -> Option<edits::Ticks> {
        let base = self.track.time_base.filter(|base| base.numer.get() == 1)?;
        Some(edits::Ticks { n: self.track.duration?.get(), per_s: base.denom.get() })
    }

    /// How much of the file is there, where it was cut off.
    pub fn cut(&self) -> Option<Cut> {
        self.cut
    }

    /// Seconds of a span of the track's clock.
    pub fn seconds(&self, packet: &Packet) -> f64 {
        let base = self.track.time_base;
        base.and_then(|base| base.calc_duration(packet.dur)).map_or(0.0, |time| time.as_secs_f64())
    }
}

/// The last frames of an MPEG stream that are no part of the music, and where the stream then ends on its clock, in
/// frames.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MpegEnd {
    pub padding: u32,
    pub end: i64,
}

/// Version and layer, rate, and whether it is mono, as an MPEG frame's header has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MpegKind([u8; 3]);

impl MpegKind {
    fn of(frame: &[u8]) -> Option<Self> {
        let [_, version, rate, mode, ..] = *frame else { return None };
        let is_mono = u8::from(mode >> 6 == 3);
        Some(Self([version & 0x1e, rate & 0x0c, is_mono]))
    }
}

/// The value of iTunes' tag for gapless playback, in the newest metadata that has it.
fn itunsmpb(metadata: &mut Metadata<'_>) -> Option<String> {
    let revision = metadata.skip_to_latest()?;
    let tag = revision.media.tags.iter().find(|tag| tag.raw.key.ends_with("iTunSMPB"))?;
    match &tag.raw.value {
        RawValue::String(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A codec's short name as it is written in a sentence.
fn title(codec: &str) -> String {
    match codec {
        "opus" => "Opus".into(),
        other => other.to_uppercase(),
    }
}
