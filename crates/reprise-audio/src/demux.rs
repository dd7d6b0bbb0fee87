//! Reads a file as the encoded packets of its audio track, and hashes them on the way. Both decoding and the payload
//! hash use this reader, so their hashes agree by construction.

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

/// After this many unreadable packets in a row, the rest of the file is given up.
const MOST_ERRORS_IN_A_ROW: u32 = 32;

/// After this many holes, the rest of the file is given up.
const MOST_HOLES: u32 = 100;

/// A shorter gap than this is not a hole, because timestamps are rounded.
const HOLE_S: f64 = 0.2;

/// A stated length above this is ignored.
const LONGEST_CLAIM_S: f64 = 7.0 * 24.0 * 3600.0;

/// The sample rate at which Opus is decoded (RFC 7845 section 5.1).
const OPUS_HZ: u32 = 48_000;

/// The next item of a file.
pub(crate) enum Step {
    /// Encoded audio of the chosen track.
    Packet(Packet),
    /// The stream starts again, as in chained Ogg files, so a new decoder is needed.
    Restart,
    /// There are no more packets.
    End,
}

/// An open file whose audio track is chosen.
pub(crate) struct Demuxer {
    path: PathBuf,
    format: Container,
    track: Track,
    params: AudioCodecParameters,
    codec: &'static str,
    hasher: blake3::Hasher,
    /// The format of the frames of an MPEG stream. In joined files it may change.
    mpeg: Option<MpegKind>,
    is_chained: bool,
    cut: Option<Cut>,
    /// Where the last packet ends, in the time of the track.
    reached: i64,
    /// Where reading continued after the last hole.
    resumed_at: u64,
    /// The number of parts of a Matroska file that could not be read.
    n_holes: u32,
    /// How much time the timestamps of the track skip where packets are missing, in seconds.
    pub leapt_s: f64,
    /// The number of packets that could not be read or decoded.
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

    /// The short name of the codec.
    pub fn codec(&self) -> &'static str {
        self.codec
    }

    /// A new decoder for the track.
    pub fn decoder(&self) -> Result<Box<dyn AudioDecoder>, Error> {
        let options = AudioDecoderOptions::default().gapless(true);
        let mut params = self.params.clone();
        match params.codec {
            // The container states the rate of the source. Opus itself is always decoded at this rate.
            well_known::CODEC_ID_OPUS => drop(params.with_sample_rate(OPUS_HZ)),
            // CAF states the 8 bits of the encoded value, but the decoder needs the 16 bits of the decoded one.
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

    /// The next packet of the track. Packets that cannot be read are skipped or end the file. Only an error of the
    /// operating system or a panic is returned as an error.
    pub fn next(&mut self) -> Result<Step, Error> {
        let mut errors_in_a_row = 0;
        while errors_in_a_row < MOST_ERRORS_IN_A_ROW {
            match guarded("container reader", || self.format.next_packet())? {
                Ok(Some(mut packet)) if packet.track_id == self.track.id => {
                    self.hasher.update(&packet.data);
                    self.follow(&packet);
                    if self.is_mpeg() {
                        // This trim follows from the length that the file states or that was estimated from its first
                        // frames.
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

    /// Follows the timestamps of the track, and counts the time that they skip.
    fn follow(&mut self, packet: &Packet) {
        let leap = packet.pts.get().saturating_sub(self.reached);
        let leap_s = self.clock_s(leap);
        if self.reached > 0 && leap_s > HOLE_S {
            self.leapt_s += leap_s;
        }
        self.reached = packet.pts.get().saturating_add_unsigned(packet.dur.get());
    }

    /// Continues at the first cluster after a hole in a Matroska file, which symphonia does not find by itself.
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
        // These errors are the hole, which is counted separately.
        self.n_damaged -= u64::from(n_errors);
        Ok(Step::Restart)
    }

    /// Converts a duration in the time base of the track to seconds.
    fn clock_s(&self, ticks: i64) -> f64 {
        let length = Duration::from(u64::try_from(ticks).unwrap_or(0));
        self.track
            .time_base
            .and_then(|base| base.calc_duration(length))
            .map_or(0.0, |time| time.as_secs_f64())
    }

    /// Whether [`Self::seek`] can succeed. In Ogg files with several streams, symphonia 0.6 never stops seeking.
    pub fn can_seek(&self) -> bool {
        self.format.format_info().format != FORMAT_ID_OGG || self.format.tracks().len() == 1
    }

    /// Moves to the packet that contains the timestamp `ticks` of the track, or to an earlier packet. If it returns
    /// false, the position is undefined.
    pub fn seek(&mut self, ticks: i64) -> bool {
        let to = SeekTo::Timestamp { ts: ticks.into(), track_id: self.track.id };
        let sought = guarded("container reader", || self.format.seek(SeekMode::Accurate, to));
        sought.is_ok_and(|sought| sought.is_ok())
    }

    /// The time base of the track.
    pub fn time_base(&self) -> Option<TimeBase> {
        self.track.time_base
    }

    /// The identity of the packets read so far.
    pub fn hash(&self) -> [u8; 32] {
        *self.hasher.finalize().as_bytes()
    }

    /// The stated length of the track; `None` if the file states none or there is only an estimate.
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

    /// The stated length of the whole file, which is the length of the track if there is no other track.
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

    /// Whether the frames of an MPEG stream have another format from `packet` on, which symphonia's decoder cannot
    /// switch to.
    pub fn turns(&mut self, packet: &Packet) -> bool {
        let kind = self.is_mpeg().then(|| MpegKind::of(&packet.data)).flatten();
        let before = self.mpeg;
        self.mpeg = kind.or(before);
        before.is_some() && before != self.mpeg
    }

    /// Where an MPEG stream ends according to LAME's tag.
    pub fn mpeg_end(&self) -> Option<MpegEnd> {
        let padding = self.track.padding.filter(|padding| self.is_mpeg() && *padding > 0)?;
        let end = i64::try_from(self.track.num_frames?).ok()?.checked_add(i64::from(padding))?;
        Some(MpegEnd { padding, end })
    }

    /// The part of the track that is meant to be played, if the container states it in a way that symphonia ignores.
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

    /// The sum of all frames in the container's sample table, in the time base of the track.
    pub fn table_length(&self) -> Option<edits::Ticks> {
        let base = self.track.time_base.filter(|base| base.numer.get() == 1)?;
        Some(edits::Ticks { n: self.track.duration?.get(), per_s: base.denom.get() })
    }

    /// How much of the file is present, if it was cut off.
    pub fn cut(&self) -> Option<Cut> {
        self.cut
    }

    /// The duration of a packet in seconds.
    pub fn seconds(&self, packet: &Packet) -> f64 {
        let base = self.track.time_base;
        base.and_then(|base| base.calc_duration(packet.dur)).map_or(0.0, |time| time.as_secs_f64())
    }
}

/// The number of frames at the end of an MPEG stream that are padding, and the timestamp, in frames, at which the
/// stream then ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MpegEnd {
    pub padding: u32,
    pub end: i64,
}

/// The version and layer, the sample rate, and whether it is mono, as stated in the header of an MPEG frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MpegKind([u8; 3]);

impl MpegKind {
    fn of(frame: &[u8]) -> Option<Self> {
        let [_, version, rate, mode, ..] = *frame else { return None };
        let is_mono = u8::from(mode >> 6 == 3);
        Some(Self([version & 0x1e, rate & 0x0c, is_mono]))
    }
}

/// The value of iTunes' tag for gapless playback, from the newest metadata that contains it.
fn itunsmpb(metadata: &mut Metadata<'_>) -> Option<String> {
    let revision = metadata.skip_to_latest()?;
    let tag = revision.media.tags.iter().find(|tag| tag.raw.key.ends_with("iTunSMPB"))?;
    match &tag.raw.value {
        RawValue::String(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The short name of a codec as written in a sentence.
fn title(codec: &str) -> String {
    match codec {
        "opus" => "Opus".into(),
        other => other.to_uppercase(),
    }
}
