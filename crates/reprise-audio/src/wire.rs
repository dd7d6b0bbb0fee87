//! The messages from a worker to its parent: a kind (u8), a length (u32, little-endian), and that many bytes.
//!
//! Samples are sent as little-endian f32, everything else as JSON. Parent and child are the same program, so there is
//! no version. The module is public for tests that simulate a hostile worker.

use std::io::{self, Read, Write};

use crate::{Decoded, Error, Stream, Tags};

/// Longer messages cannot come from a worker: nothing is allocated for them.
const LONGEST_MESSAGE_BYTES: usize = 1 << 20;

/// The largest number of samples in one message.
const MOST_SAMPLES: usize = LONGEST_MESSAGE_BYTES / size_of::<f32>();

/// A message from a worker.
#[derive(Debug, PartialEq)]
pub enum Message {
    /// Sent once, before all samples.
    Tags(Tags),
    /// Sent once, after the tags.
    Stream(Stream),
    /// Samples, in order.
    Samples(Vec<f32>),
    /// The task is still running but has nothing else to send for long.
    Alive,
    /// The whole file was decoded.
    Decoded(Decoded),
    /// The identity of the audio.
    Hash([u8; 32]),
    /// The whole excerpt was sent.
    Heard,
    /// The task failed.
    Failed(Error),
}

const TAGS: u8 = b'T';
const STREAM: u8 = b'F';
const SAMPLES: u8 = b'S';
const ALIVE: u8 = b'A';
const DECODED: u8 = b'D';
const HASH: u8 = b'H';
const HEARD: u8 = b'L';
const FAILED: u8 = b'E';

/// Writes messages; the buffer `bytes` is reused.
pub struct Writer<W: Write> {
    out: W,
    bytes: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// A writer to a pipe.
    pub fn new(out: W) -> Self {
        Self { out, bytes: Vec::new() }
    }

    /// Sends [`Message::Tags`].
    pub fn tags(&mut self, tags: &Tags) -> io::Result<()> {
        self.json(TAGS, tags)
    }

    /// Sends [`Message::Stream`].
    pub fn stream(&mut self, stream: &Stream) -> io::Result<()> {
        self.json(STREAM, stream)
    }

    /// Sends [`Message::Samples`], as several messages if there are many samples.
    pub fn samples(&mut self, samples: &[f32]) -> io::Result<()> {
        for chunk in samples.chunks(MOST_SAMPLES) {
            self.begin(SAMPLES);
            self.bytes.extend(chunk.iter().flat_map(|sample| sample.to_le_bytes()));
            self.send()?;
        }
        Ok(())
    }

    /// Sends [`Message::Alive`].
    pub fn alive(&mut self) -> io::Result<()> {
        self.begin(ALIVE);
        self.send()
    }

    /// Sends [`Message::Decoded`].
    pub fn decoded(&mut self, decoded: &Decoded) -> io::Result<()> {
        self.json(DECODED, decoded)
    }

    /// Sends [`Message::Hash`].
    pub fn hash(&mut self, hash: &[u8; 32]) -> io::Result<()> {
        self.begin(HASH);
        self.bytes.extend(hash);
        self.send()
    }

    /// Sends [`Message::Heard`].
    pub fn heard(&mut self) -> io::Result<()> {
        self.begin(HEARD);
        self.send()
    }

    /// Sends [`Message::Failed`].
    pub fn failed(&mut self, error: &Error) -> io::Result<()> {
        self.json(FAILED, error)
    }

    fn json(&mut self, kind: u8, value: &impl serde::Serialize) -> io::Result<()> {
        self.begin(kind);
        serde_json::to_writer(&mut self.bytes, value)?;
        self.send()
    }

    fn begin(&mut self, kind: u8) {
        self.bytes.clear();
        self.bytes.extend([kind, 0, 0, 0, 0]);
    }

    fn send(&mut self) -> io::Result<()> {
        let length = u32::try_from(self.bytes.len() - 5).expect("messages are far shorter than 4 GiB");
        self.bytes[1..5].copy_from_slice(&length.to_le_bytes());
        self.out.write_all(&self.bytes)?;
        self.out.flush()
    }
}

/// The next message; `None` at the end of the stream.
pub fn read_message(from: &mut impl Read) -> io::Result<Option<Message>> {
    let mut kind = [0];
    if from.read(&mut kind)? == 0 {
        return Ok(None);
    }
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST_MESSAGE_BYTES {
        return Err(garbled());
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    parse(kind[0], &body).map(Some)
}

fn parse(kind: u8, body: &[u8]) -> io::Result<Message> {
    Ok(match kind {
        TAGS => Message::Tags(serde_json::from_slice(body)?),
        STREAM => Message::Stream(serde_json::from_slice(body)?),
        SAMPLES => Message::Samples(samples_of(body)?),
        ALIVE => Message::Alive,
        DECODED => Message::Decoded(serde_json::from_slice(body)?),
        HASH => Message::Hash(body.try_into().map_err(|_| garbled())?),
        HEARD => Message::Heard,
        FAILED => Message::Failed(serde_json::from_slice(body)?),
        _ => return Err(garbled()),
    })
}

fn samples_of(body: &[u8]) -> io::Result<Vec<f32>> {
    match body.as_chunks::<4>() {
        (samples, []) => Ok(samples.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()),
        _ => Err(garbled()),
    }
}

fn garbled() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a message that is none of ours")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_comes_back_as_it_went() {
        let tags = Tags { title: Some("Für Élise".into()), work_ids: vec!["w".into()], ..Tags::default() };
        let stream = Stream { codec: "mp3".into(), sample_rate_hz: 48_000, channels: 2 };
        let decoded = Decoded { payload_hash: [7; 32], duration_s: 0.1 + 0.2, warnings: vec!["w".into()] };
        let error = Error::WorkerDied { how: "signal 6".into() };
        let mut bytes = Vec::new();
        let mut writer = Writer::new(&mut bytes);
        writer.tags(&tags).unwrap();
        writer.stream(&stream).unwrap();
        writer.samples(&[0.5, -1.0, f32::MIN_POSITIVE]).unwrap();
        writer.alive().unwrap();
        writer.decoded(&decoded).unwrap();
        writer.hash(&[9; 32]).unwrap();
        writer.heard().unwrap();
        writer.failed(&error).unwrap();
        let sent = [
            Message::Tags(tags),
            Message::Stream(stream),
            Message::Samples(vec![0.5, -1.0, f32::MIN_POSITIVE]),
            Message::Alive,
            Message::Decoded(decoded),
            Message::Hash([9; 32]),
            Message::Heard,
            Message::Failed(error),
        ];
        let mut from = bytes.as_slice();
        for message in sent {
            assert_eq!(read_message(&mut from).unwrap(), Some(message));
        }
        assert_eq!(read_message(&mut from).unwrap(), None);
    }

    #[test]
    fn lengths_come_back_to_the_last_bit() {
        for n_samples in 1..20_000 {
            let duration_s = f64::from(n_samples) / 22_050.0;
            let decoded = Decoded { payload_hash: [0; 32], duration_s, warnings: Vec::new() };
            let mut bytes = Vec::new();
            Writer::new(&mut bytes).decoded(&decoded).unwrap();
            assert_eq!(read_message(&mut bytes.as_slice()).unwrap(), Some(Message::Decoded(decoded)));
        }
    }

    #[test]
    fn garbage_is_an_error_and_allocates_nothing() {
        for bytes in [
            &b"S\xff\xff\xff\xff"[..],
            b"S\x03\0\0\0abc",
            b"x\0\0\0\0",
            b"T\x01\0\0\0{",
            b"S\x08\0\0\0abc",
            b"S\x01",
        ] {
            assert!(read_message(&mut &*bytes).is_err(), "{bytes:?}");
        }
    }
}
