//! Opens a file: finds its container, if necessary after mending it, and the audio track that can be decoded.

use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;

use symphonia::core::codecs::audio::{AudioCodecParameters, well_known};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::{FORMAT_ID_ISOMP4, FORMAT_ID_WAVE};
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackFlags, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use crate::bytes::Bytes;
use crate::codec_names::codec_inside;
use crate::container::unsupported_format;
use crate::error::{Error, guarded};
use crate::mended::{cut_mp4, endless_wav, mended};
use crate::ogg_short::shortened;
use crate::regular::regular_file;
use crate::riff::Riff;
use crate::spliced::Cut;

pub(crate) type Container = Box<dyn FormatReader>;

/// Finds the container of a file, if necessary after mending it.
pub(crate) fn open_container(path: &Path) -> Result<(Container, Option<Cut>), Error> {
    let whole = |format: Container| (format, None);
    let (format, cut) = probe(path, true).map(whole).or_else(|error| match error {
        Error::Damaged { .. } => {
            probe(path, false).map(whole).or_else(|_| probe_mended(path)).map_err(|_| error)
        }
        // Includes codecs that symphonia knows only in other containers, and files that state lengths beyond their end.
        Error::NotAudio { .. } | Error::Unsupported { .. } | Error::Unreadable { .. } => {
            probe_mended(path).map_err(|_| error)
        }
        other => Err(other),
    })?;
    let otherwise = match format.format_info().format {
        FORMAT_ID_ISOMP4 => cut_mp4(open_regular(path)?),
        FORMAT_ID_WAVE => endless_wav(open_regular(path)?),
        _ => Ok(None),
    };
    let otherwise = otherwise.map_err(|error| Error::from_io(&error))?;
    let probed = otherwise.map(|mended| (mended.cut(), probe_source(path, Box::new(mended))));
    Ok(probed.and_then(|(cut, format)| Some((format.ok()?, cut))).unwrap_or((format, cut)))
}

/// Finds the container. If `is_seekable` is false, nothing after the audio is read.
fn probe(path: &Path, is_seekable: bool) -> Result<Container, Error> {
    match shortened(open_regular(path)?, is_seekable).map_err(|error| unreadable(&error))? {
        Ok(shortened) => probe_source(path, Box::new(shortened)),
        Err(file) => probe_source(path, Box::new(Riff::new(file, is_seekable)?)),
    }
}

/// Finds the container of a file after mending it.
fn probe_mended(path: &Path) -> Result<(Container, Option<Cut>), Error> {
    let mended = mended(open_regular(path)?).map_err(|error| Error::from_io(&error))?;
    let mended = mended.ok_or(Error::NotAudio { reason: "nothing in it can be mended".into() })?;
    let cut = mended.cut();
    Ok((probe_source(path, Box::new(mended))?, cut))
}

pub(crate) fn probe_source(path: &Path, source: Box<dyn MediaSource>) -> Result<Container, Error> {
    let source = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    let (format_options, metadata_options) = (FormatOptions::default(), MetadataOptions::default());
    let probed = guarded("container reader", || {
        symphonia::default::get_probe().probe(&hint, source, format_options, metadata_options)
    })?;
    probed.map_err(|error| probe_error(&error))
}

/// All decoders of symphonia, and Opus through libopus.
pub(crate) fn codecs() -> &'static CodecRegistry {
    static CODECS: OnceLock<CodecRegistry> = OnceLock::new();
    CODECS.get_or_init(|| {
        let mut codecs = CodecRegistry::new();
        symphonia::default::register_enabled_codecs(&mut codecs);
        codecs.register_audio_decoder::<symphonia_adapter_libopus::OpusDecoder>();
        codecs
    })
}

/// Opens a regular file that is not empty and not of a format known to be unsupported. Opening a pipe would block.
pub(crate) fn open_regular(path: &Path) -> Result<File, Error> {
    if regular_file(path)?.len() == 0 {
        return Err(Error::Damaged { reason: "it is empty".into() });
    }
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    match unsupported_format(&mut file).map_err(|error| unreadable(&error))? {
        Some(name) => Err(Error::Unsupported { format: name.into() }),
        None => Ok(file),
    }
}

/// The refusal of a file, with the name of its codec if it is known.
pub(crate) fn named(error: Error, path: &Path) -> Error {
    let is_nameless = matches!(error, Error::Unsupported { .. } | Error::NotAudio { .. });
    let name = || codec_inside(&mut Bytes::new(File::open(path).ok()?).ok()?).ok().flatten();
    match is_nameless.then(name).flatten() {
        Some(format) => Error::Unsupported { format },
        None => error,
    }
}

fn unreadable(error: &std::io::Error) -> Error {
    Error::Unreadable { reason: error.to_string() }
}

/// symphonia reports a file without a known container as an unsupported feature of its probe.
fn probe_error(error: &Symphonia) -> Error {
    match error {
        Symphonia::IoError(error) => Error::from_io(error),
        Symphonia::Unsupported(what) if what.contains("probe") => {
            Error::NotAudio { reason: "no audio format is recognised in it".into() }
        }
        Symphonia::Unsupported(what) if what.contains("missing") => Error::Damaged { reason: (*what).into() },
        Symphonia::Unsupported(what) => Error::Unsupported { format: format!("this kind of file ({what})") },
        other => Error::Damaged { reason: other.to_string() },
    }
}

/// The default audio track if it can be decoded, otherwise the first track that can. Pictures and video are not audio.
pub(crate) fn choose_track(
    format: &dyn FormatReader,
) -> Result<(Track, AudioCodecParameters, &'static str), Error> {
    let mut tracks: Vec<&Track> =
        format.tracks().iter().filter(|track| track.track_type() == Some(TrackType::Audio)).collect();
    tracks.sort_by_key(|track| !track.flags.contains(TrackFlags::DEFAULT));
    let mut unsupported = None;
    for track in tracks {
        let Some(params) = track.codec_params.as_ref().and_then(|params| params.audio()) else { continue };
        match codecs().get_audio_decoder(params.codec) {
            Some(decoder) => return Ok((track.clone(), params.clone(), decoder.codec.info.short_name)),
            None => unsupported = unsupported.or(Some(codec_name(params))),
        }
    }
    Err(match unsupported {
        Some(format) => Error::Unsupported { format },
        None => Error::NotAudio { reason: "it has no audio track".into() },
    })
}

/// The name of a codec that cannot be decoded here.
fn codec_name(params: &AudioCodecParameters) -> String {
    let name = match params.codec {
        well_known::CODEC_ID_AC3 => "AC-3",
        well_known::CODEC_ID_EAC3 => "E-AC-3",
        well_known::CODEC_ID_AC4 => "AC-4",
        well_known::CODEC_ID_DCA => "DTS",
        well_known::CODEC_ID_TRUEHD => "TrueHD",
        well_known::CODEC_ID_WMA => "WMA (Windows Media)",
        well_known::CODEC_ID_SPEEX => "Speex",
        well_known::CODEC_ID_MUSEPACK => "Musepack",
        well_known::CODEC_ID_WAVPACK => "WavPack",
        well_known::CODEC_ID_MONKEYS_AUDIO => "Monkey's Audio (APE)",
        well_known::CODEC_ID_TTA => "True Audio (TTA)",
        other => return format!("the codec {other}"),
    };
    name.into()
}
