//! A BLAKE3 hash in JSON, for `#[serde(with = "stored_hash")]`: 64 hexadecimal digits, as `b3sum` prints them.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(crate) fn serialize<S: Serializer>(hash: &blake3::Hash, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hash.to_hex())
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<blake3::Hash, D::Error> {
    let digits = String::deserialize(deserializer)?;
    blake3::Hash::from_hex(digits).map_err(D::Error::custom)
}
