//! Byte strings as byte strings: `#[serde(with = "watchfire_keys::codec::bytes")]`.
//!
//! For `Vec<u8>` and for arrays `[u8; N]` of any length. On the wire: the length, then the bytes, copied in
//! one go. An array whose written length is not `N` is refused. In formats that people read: lower-case hex.

use crate::hex;
use alloc::vec;
use core::fmt;
use core::marker::PhantomData;
use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;

/// Writes anything that is bytes.
///
/// # Errors
///
/// Only what the serializer itself reports.
pub fn serialize<S: Serializer>(
    value: &(impl AsRef<[u8]> + ?Sized),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        serializer.serialize_str(&hex::encode(value.as_ref()))
    } else {
        serializer.serialize_bytes(value.as_ref())
    }
}

/// Reads a `Vec<u8>` or a `[u8; N]`.
///
/// # Errors
///
/// If the input is not a byte string (hex in readable formats), or not of the array's length.
pub fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> TryFrom<&'a [u8]>,
{
    if deserializer.is_human_readable() {
        deserializer.deserialize_str(Hex(PhantomData))
    } else {
        deserializer.deserialize_bytes(Raw(PhantomData))
    }
}

struct Raw<T>(PhantomData<T>);

impl<T: for<'a> TryFrom<&'a [u8]>> Visitor<'_> for Raw<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a byte string of the right length")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<T, E> {
        T::try_from(bytes).map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}

struct Hex<T>(PhantomData<T>);

impl<T: for<'a> TryFrom<&'a [u8]>> Visitor<'_> for Hex<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hexadecimal digits of the right number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let mut bytes = vec![0; text.len() / 2];
        hex::decode_into(text, &mut bytes).ok_or_else(|| E::custom("not hexadecimal"))?;
        T::try_from(&bytes).map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}
