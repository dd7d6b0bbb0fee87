//! The output of a worker to its parent, where a decoder of foreign files may have taken over the worker.

use reprise_audio::wire::{Message, Writer, read_message};
use reprise_audio::{Decoded, Error, Stream, Tags};

use crate::taker::Taker;

/// The value in `wire.rs`. A message that is written again may be longer than it was, and longer ones are refused.
const LONGEST_MESSAGE_BYTES: usize = 1 << 20;

pub(super) fn check(bytes: &[u8]) {
    let mut from = bytes;
    let duration_s = f64::from_le_bytes(Taker(bytes).array());
    if duration_s.is_finite() {
        hold(&Message::Decoded(Decoded { payload_hash: [0; 32], duration_s, warnings: Vec::new() }));
    }
    loop {
        let before = from.len();
        let Ok(Some(message)) = read_message(&mut from) else { return };
        assert!(from.len() < before, "every message takes bytes");
        if let Message::Samples(samples) = &message {
            assert!(samples.len() * size_of::<f32>() < before, "no more samples than bytes");
        }
        hold(&message);
    }
}

/// Checks that a message is unchanged after writing and reading.
fn hold(message: &Message) {
    let written = written(message);
    if written.len() <= LONGEST_MESSAGE_BYTES {
        let again = read_message(&mut written.as_slice());
        assert!(again.is_ok_and(|again| again.is_some_and(|again| is_same(&again, message))), "{message:?}");
    }
}

fn written(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    let outcome = match message {
        Message::Tags(tags) => writer.tags(tags),
        Message::Stream(stream) => writer.stream(stream),
        // A message without samples can be read, but is never written.
        Message::Samples(samples) if samples.is_empty() => writer.alive(),
        Message::Samples(samples) => writer.samples(samples),
        Message::Alive => writer.alive(),
        Message::Decoded(decoded) => writer.decoded(decoded),
        Message::Hash(hash) => writer.hash(hash),
        Message::Heard => writer.heard(),
        Message::Failed(error) => writer.failed(error),
    };
    outcome.expect("memory can be written to");
    bytes
}

/// Whether two messages are the same. Samples that are NaN are compared by their bits.
fn is_same(one: &Message, other: &Message) -> bool {
    match (one, other) {
        (Message::Samples(one), Message::Samples(other)) => {
            one.iter().map(|sample| sample.to_bits()).eq(other.iter().map(|sample| sample.to_bits()))
        }
        (Message::Alive, Message::Samples(samples)) => samples.is_empty(),
        _ => one == other,
    }
}

/// Every kind of message, together and alone.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let tags = Tags {
        title: Some("Für Élise".into()),
        year: Some(1867),
        work_ids: vec!["w".into()],
        ..Tags::default()
    };
    let messages = [
        Message::Tags(tags),
        Message::Stream(Stream { codec: "mp3".into(), sample_rate_hz: 48_000, channels: 2 }),
        Message::Samples(vec![0.5, -1.0, f32::MIN_POSITIVE]),
        Message::Alive,
        Message::Decoded(Decoded {
            payload_hash: [7; 32],
            duration_s: 0.1 + 0.2,
            warnings: vec!["w".into()],
        }),
        Message::Hash([9; 32]),
        Message::Heard,
        Message::Failed(Error::Stalled { waited_s: 60.25 }),
        Message::Failed(Error::WorkerDied { how: "signal 6".into() }),
        Message::Failed(Error::Stopped),
    ];
    let mut seeds: Vec<Vec<u8>> = messages.iter().map(written).collect();
    seeds.push(seeds.concat());
    seeds
}
