//! Padding to size buckets, so that an observer of lengths learns little about a record.
//!
//! A padded plaintext is the record's length (4 bytes, little-endian), the record, and zeros up to the smallest bucket
//! that holds them. One record has one padded form; anything else is refused.

use alloc::vec::Vec;

use crate::limits::MAX_RECORD_BYTES;

/// The sizes of padded plaintexts, each twice the one before: an observer learns the size to within a factor of two.
pub const BUCKETS: [usize; 8] = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536];

const LENGTH_BYTES: usize = 4;

const _: () = assert!(MAX_RECORD_BYTES + LENGTH_BYTES <= BUCKETS[BUCKETS.len() - 1]);

/// The bucket of a record with this many bytes; `None` when it is too large for any.
#[must_use]
pub fn bucket(record_bytes: usize) -> Option<usize> {
    let needed = record_bytes.checked_add(LENGTH_BYTES)?;
    BUCKETS.into_iter().find(|bucket| *bucket >= needed)
}

/// The padded form; `None` when the record is too large.
#[must_use]
pub fn pad(record: &[u8]) -> Option<Vec<u8>> {
    let bucket = bucket(record.len())?;
    let length = u32::try_from(record.len()).ok()?;
    let mut padded = Vec::with_capacity(bucket);
    padded.extend_from_slice(&length.to_le_bytes());
    padded.extend_from_slice(record);
    padded.resize(bucket, 0);
    Some(padded)
}

/// The record in a padded plaintext; `None` when the padding is not the one that [`pad`] writes.
#[must_use]
pub fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (length, rest) = padded.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    if bucket(length)? != padded.len() {
        return None;
    }
    let (record, zeros) = rest.split_at_checked(length)?;
    // All bytes are looked at, in one go, instead of stopping at the first: that is several times faster.
    let is_zero = zeros.iter().fold(0, |any, byte| any | byte) == 0;
    is_zero.then_some(record)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_length_comes_back_from_its_smallest_bucket() {
        for length in [0, 1, 507, 508, 509, 1020, 1021, MAX_RECORD_BYTES] {
            let record = alloc::vec![7; length];
            let padded = pad(&record).unwrap();
            assert!(BUCKETS.contains(&padded.len()));
            assert_eq!(unpad(&padded).unwrap(), record);
        }
        assert_eq!(bucket(508), Some(512));
        assert_eq!(bucket(509), Some(1024));
        assert_eq!(pad(&[0; 65_533]), None);
    }

    #[test]
    fn other_paddings_are_refused() {
        let padded = pad(b"beacon").unwrap();
        let mut not_zero = padded.clone();
        *not_zero.last_mut().unwrap() = 1;
        assert_eq!(unpad(&not_zero), None);
        let mut larger_than_needed = padded.clone();
        larger_than_needed.resize(1024, 0);
        assert_eq!(unpad(&larger_than_needed), None);
        let mut longer_than_there_is = padded;
        longer_than_there_is[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(unpad(&longer_than_there_is), None);
        assert_eq!(unpad(&[]), None);
        assert_eq!(unpad(&[0; 3]), None);
    }
}
