//! Labelled hashing, key derivation and message authentication, all BLAKE3.
//!
//! Input is a list of parts, each written as its length (`u64`, little-endian) and its bytes, so that no two
//! lists run together to the same input. The label is BLAKE3's key-derivation context, which separates the
//! purposes.

use crate::labels::Label;
use alloc::vec::Vec;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// The hash of `parts` for the purpose of `label`: BLAKE3 `derive_key` with the label as context.
#[must_use]
pub fn hash(label: Label, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key(label.as_str());
    let bytes = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(8).saturating_add(part.len()));
    if bytes > CONTIGUOUS_ABOVE_BYTES {
        // Fed in one piece, whole chunks are hashed side by side; a length of 8 bytes in front would put all of them off.
        let mut whole = Vec::with_capacity(bytes);
        for part in parts {
            whole.extend_from_slice(&length_prefix(part));
            whole.extend_from_slice(part);
        }
        hasher.update(&whole);
    } else {
        update(&mut hasher, parts);
    }
    hasher.finalize().into()
}

/// Two of BLAKE3's chunks: below, there is nothing to hash side by side.
const CONTIGUOUS_ABOVE_BYTES: usize = 2048;

/// A key for the purpose of `label` from `secret`, bound to `parts`: BLAKE3 `derive_key` with the label as
/// context over the 32 bytes of the secret and then the parts.
#[must_use]
pub fn derive(label: Label, secret: &[u8; 32], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut hasher = blake3::Hasher::new_derive_key(label.as_str());
    hasher.update(secret);
    update(&mut hasher, parts);
    let mut output = hasher.finalize();
    let key = Zeroizing::new(*output.as_bytes());
    output.zeroize();
    hasher.zeroize();
    key
}

/// The authentication code of `parts` under `key` for the purpose of `label`: keyed BLAKE3, the key derived
/// from `key` by the label and the word `mac`, so that it meets no key of [`derive()`]. Also the pseudo-random
/// function of the system.
#[must_use]
pub fn mac(label: Label, key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(&derive(label, key, &[b"mac"]));
    update(&mut hasher, parts);
    let code = hasher.finalize().into();
    hasher.zeroize();
    code
}

/// Whether two byte strings are equal, in time that depends on their lengths alone.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

fn update(hasher: &mut blake3::Hasher, parts: &[&[u8]]) {
    for part in parts {
        hasher.update(&length_prefix(part));
        hasher.update(part);
    }
}

/// What goes before a part: its length, `u64`, little-endian.
pub(crate) fn length_prefix(part: &[u8]) -> [u8; 8] {
    // No platform of Rust has lengths of more than 64 bits.
    u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::HASH_RECORD;

    #[test]
    fn a_long_input_gives_the_hash_of_its_pieces() {
        let bytes = [7; 5000];
        for length in [0, 1000, 2027, 2028, 5000] {
            let parts: [&[u8]; 2] = [b"front", &bytes[..length]];
            let mut hasher = blake3::Hasher::new_derive_key(HASH_RECORD.as_str());
            update(&mut hasher, &parts);
            assert_eq!(hash(HASH_RECORD, &parts), <[u8; 32]>::from(hasher.finalize()));
        }
    }
}
