//! The loudspeakers of the system, accessed with cpal.

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, I24, SampleFormat, SizedSample, StreamConfig, U24};

use crate::output::{Fill, Lost, Output, Stream};

/// How many frames are computed at a time.
const PIECE_FRAMES: usize = 512;

const NO_DEVICE: &str =
    "No audio device was found, so nothing can be played. Plug one in and press play again.";

/// The default output device of the system.
pub(crate) struct Speakers;

impl Stream for cpal::Stream {}

impl Output for Speakers {
    fn open(&mut self, connect: &mut dyn FnMut(u32) -> Fill, lost: Lost) -> Result<Box<dyn Stream>, String> {
        let device = cpal::default_host().default_output_device().ok_or(NO_DEVICE)?;
        let supported = device.default_output_config().map_err(|error| sentence(&error))?;
        let fill = connect(supported.sample_rate());
        let (format, config) = (supported.sample_format(), supported.config());
        let stream = build(&device, format, config, fill, lost).map_err(|error| sentence(&error))?;
        stream.play().map_err(|error| sentence(&error))?;
        Ok(Box::new(stream))
    }
}

fn build(
    device: &cpal::Device,
    format: SampleFormat,
    config: StreamConfig,
    fill: Fill,
    lost: Lost,
) -> Result<cpal::Stream, cpal::Error> {
    match format {
        SampleFormat::F32 => build_for::<f32>(device, config, fill, lost),
        SampleFormat::F64 => build_for::<f64>(device, config, fill, lost),
        SampleFormat::I8 => build_for::<i8>(device, config, fill, lost),
        SampleFormat::I16 => build_for::<i16>(device, config, fill, lost),
        SampleFormat::I24 => build_for::<I24>(device, config, fill, lost),
        SampleFormat::I32 => build_for::<i32>(device, config, fill, lost),
        SampleFormat::U8 => build_for::<u8>(device, config, fill, lost),
        SampleFormat::U16 => build_for::<u16>(device, config, fill, lost),
        SampleFormat::U24 => build_for::<U24>(device, config, fill, lost),
        SampleFormat::U32 => build_for::<u32>(device, config, fill, lost),
        _ => Err(ErrorKind::UnsupportedConfig.into()),
    }
}

fn build_for<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut fill: Fill,
    mut lost: Lost,
) -> Result<cpal::Stream, cpal::Error> {
    let channels = usize::from(config.channels).max(1);
    let mut stereo = vec![0.0; 2 * PIECE_FRAMES];
    let write = move |samples: &mut [T], _: &cpal::OutputCallbackInfo| {
        for piece in samples.chunks_mut(channels * PIECE_FRAMES) {
            let stereo = &mut stereo[..2 * (piece.len() / channels)];
            fill(stereo);
            spread(stereo, channels, piece);
        }
    };
    let told = move |error: cpal::Error| match error.kind() {
        // The stream continues by itself.
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        _ => lost(),
    };
    device.build_output_stream(config, write, told, None)
}

/// Distributes left and right to the channels of the device: to the first two, or their mean to the only one.
fn spread<T: SizedSample + FromSample<f32>>(stereo: &[f32], channels: usize, out: &mut [T]) {
    let sample = |sample: f32| T::from_sample(sample.clamp(-1.0, 1.0));
    for (frame, &[left, right]) in out.chunks_exact_mut(channels).zip(stereo.as_chunks::<2>().0) {
        match frame {
            [only] => *only = sample(0.5 * (left + right)),
            [first, second, others @ ..] => {
                (*first, *second) = (sample(left), sample(right));
                others.fill(sample(0.0));
            }
            [] => {}
        }
    }
}

fn sentence(error: &cpal::Error) -> String {
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => NO_DEVICE.into(),
        ErrorKind::DeviceBusy => {
            "The audio device is in use by another program. Close that one and press play again.".into()
        }
        ErrorKind::PermissionDenied => "The system does not let Reprise use the audio device.".into(),
        _ => format!("The audio device cannot be used: {error}. Choose another one and press play again."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_channels_are_spread_over_any_number() {
        let mut one = [0.0f32; 2];
        spread(&[0.5, -0.25, 1.0, 1.0], 1, &mut one);
        assert_eq!(one, [0.125, 1.0]);
        let mut six = [9.0f32; 6];
        spread(&[0.5, -0.25], 6, &mut six);
        assert_eq!(six, [0.5, -0.25, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn samples_beyond_full_scale_do_not_wrap() {
        let mut two = [0i16; 2];
        spread(&[1.5, -1.5], 2, &mut two);
        assert_eq!(two, [i16::MAX, i16::MIN]);
        let mut unsigned = [0u8; 2];
        spread(&[0.0, 0.0], 2, &mut unsigned);
        assert_eq!(unsigned, [128, 128], "silence is the middle");
    }
}
