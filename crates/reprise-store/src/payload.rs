//! The identity of a recording's content.

use std::fmt;

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

/// The BLAKE3 hash of the encoded audio packets of a file, 32 bytes. It is equal for files that differ only in tags and
/// pictures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadHash(pub [u8; 32]);

impl fmt::Display for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl PayloadHash {
    /// Reads a hash from 64 hexadecimal digits, as [`fmt::Display`] writes it; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
        let digits = digits.filter(|digits| digits.len() == 64)?;
        Some(Self(std::array::from_fn(|i| digits[2 * i] << 4 | digits[2 * i + 1])))
    }
}

impl fmt::Debug for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PayloadHash({self})")
    }
}

impl ToSql for PayloadHash {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }
}

impl FromSql for PayloadHash {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        let hash = bytes
            .try_into()
            .map_err(|_| FromSqlError::InvalidBlobSize { expected_size: 32, blob_size: bytes.len() })?;
        Ok(Self(hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_that_was_written_is_read_back_and_nothing_else_is() {
        let hash = PayloadHash(std::array::from_fn(|i| (i * 37) as u8));
        assert_eq!(PayloadHash::parse(&hash.to_string()), Some(hash));
        let text = hash.to_string();
        for wrong in ["", &text[1..], &text.replace('0', "g"), &format!("{text}0"), "ß"] {
            assert_eq!(PayloadHash::parse(wrong), None, "{wrong}");
        }
    }
}
