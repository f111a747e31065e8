//! The one door to the wire and disk encoding.
//!
//! The encoding is bincode 2 through serde: little-endian variable-length integers, structs as their fields
//! one after another, lengths before strings, byte strings and lists. bincode alone accepts trailing bytes,
//! integers written longer than needed and lengths far beyond the input; [`decode`] accepts none of that:
//!
//! 1. the input is measured before anything is read;
//! 2. strings and byte strings are taken from the input, so a length that lies allocates nothing, and a list
//!    reserves room for at most [`MAX_RESERVED_ELEMENTS`] elements before they are really there;
//! 3. every byte must be consumed;
//! 4. the value is encoded again and must give the same bytes, so that one value has exactly one encoding and
//!    a hash of the bytes is a hash of the value.
//!
//! Types that go through here must not be recursive and must have no list of zero-sized elements: the depth
//! of the work then follows from the type and its amount from the input. Byte arrays and `Vec<u8>` fields
//! carry `#[serde(with = "watchfire_keys::codec::bytes")]`, which copies them at once instead of byte by
//! byte.
//!
//! Formats that people read (JSON) get hex from the same attribute.

pub mod bytes;
mod list;
mod strict;

use alloc::vec::Vec;
use bincode::enc::write::Writer;
use bincode::error::EncodeError;
use core::fmt;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use list::list_at_most;
pub use strict::MAX_RESERVED_ELEMENTS;

/// Why bytes are not a value. Always the fault of whoever made the bytes (or of what carried them).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodecError {
    /// More bytes than this kind of value may have.
    TooLarge {
        /// How many there were.
        bytes: usize,
        /// How many there may be.
        max_bytes: usize,
    },
    /// Cut short, or not of the expected shape.
    Malformed,
    /// A whole value, and then something more.
    Trailing {
        /// How many bytes were left over.
        bytes: usize,
    },
    /// A value, but written in another way than the one way it has.
    NotCanonical,
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, max_bytes } => {
                write!(f, "{bytes} bytes where at most {max_bytes} may be")
            }
            Self::Malformed => f.write_str("cut short or not of the expected shape"),
            Self::Trailing { bytes } => write!(f, "{bytes} bytes left over after the value"),
            Self::NotCanonical => f.write_str("not written in its one canonical form"),
        }
    }
}

impl core::error::Error for CodecError {}

const fn config() -> impl bincode::config::Config {
    bincode::config::standard()
}

/// Bytes as a byte string, where no field can carry the attribute: in a tuple.
pub struct Bytes<'a>(pub &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        bytes::serialize(self.0, serializer)
    }
}

/// The canonical bytes of a value.
///
/// # Panics
///
/// If the type's `Serialize` reports an error of its own or gives a list without its length. No type of this
/// workspace does either, and no input can make it.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    bincode::serde::encode_to_vec(value, config()).expect("types of this workspace always encode")
}

/// Reads one value from exactly these bytes, of which there may be at most `max_bytes`.
///
/// # Errors
///
/// See [`CodecError`]. The size is checked before anything else.
pub fn decode<T: DeserializeOwned + Serialize>(bytes: &[u8], max_bytes: usize) -> Result<T, CodecError> {
    if bytes.len() > max_bytes {
        return Err(CodecError::TooLarge { bytes: bytes.len(), max_bytes });
    }
    let (value, consumed) = bincode::serde::seed_decode_from_slice(strict::Seed::<T>::new(), bytes, config())
        .map_err(|_| CodecError::Malformed)?;
    match bytes.len().checked_sub(consumed) {
        Some(0) => {}
        Some(left) => return Err(CodecError::Trailing { bytes: left }),
        None => return Err(CodecError::Malformed),
    }
    if is_encoding_of(bytes, &value) { Ok(value) } else { Err(CodecError::NotCanonical) }
}

/// Whether `value` encodes to exactly `bytes`, without making a copy.
fn is_encoding_of<T: Serialize>(bytes: &[u8], value: &T) -> bool {
    let mut comparison = Comparison { expected: bytes };
    bincode::serde::encode_into_writer(value, &mut comparison, config()).is_ok()
        && comparison.expected.is_empty()
}

/// A writer that takes only the bytes it expects.
struct Comparison<'a> {
    expected: &'a [u8],
}

impl Writer for Comparison<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.expected = self.expected.strip_prefix(bytes).ok_or(EncodeError::UnexpectedEnd)?;
        Ok(())
    }
}
