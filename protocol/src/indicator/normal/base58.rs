//! Base58, as Bitcoin, Ripple and Monero write it.
//!
//! Quadratic in the length, which the caller bounds by [`MAX_CHARS`].

use alloc::vec::Vec;

use sha2::{Digest, Sha256};
use sha3::Keccak256;

/// The longest text that is decoded: a Monero integrated address.
pub(super) const MAX_CHARS: usize = 106;

pub(super) const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
pub(super) const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// The bytes of `text`, big-endian, with one zero byte for each leading zero digit.
pub(super) fn decode(text: &str, alphabet: &[u8; 58]) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > MAX_CHARS {
        return None;
    }
    let zero = *alphabet.first()?;
    // Little-endian while it grows.
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    for character in text.bytes() {
        let digit = alphabet.iter().position(|known| *known == character)?;
        let mut carry = u32::try_from(digit).ok()?;
        for byte in &mut bytes {
            carry = carry.saturating_add(u32::from(*byte).saturating_mul(58));
            *byte = low_byte(carry);
            carry >>= 8;
        }
        if carry > 0 {
            bytes.push(low_byte(carry));
        }
    }
    bytes.extend(text.bytes().take_while(|byte| *byte == zero).map(|_| 0));
    bytes.reverse();
    Some(bytes)
}

/// Whether `text` is base58check of a version and a payload, `length` bytes without the checksum.
pub(super) fn is_checked(text: &str, alphabet: &[u8; 58], length: usize) -> bool {
    let Some(bytes) = decode(text, alphabet) else { return false };
    let Some((payload, checksum)) = bytes.split_at_checked(length) else { return false };
    checksum.len() == 4 && Sha256::digest(Sha256::digest(payload)).get(..4) == Some(checksum)
}

/// Whether `text` is a Monero address: blocks of 11 digits for 8 bytes, the last one 7 for 5, and a Keccak checksum.
pub(super) fn is_monero(text: &str) -> bool {
    if !matches!(text.len(), 95 | 106) || !text.is_ascii() {
        return false;
    }
    let mut bytes: Vec<u8> = Vec::with_capacity(80);
    for block in text.as_bytes().chunks(11) {
        let size = if block.len() == 11 { 8 } else { 5 };
        let Some(decoded) = core::str::from_utf8(block).ok().and_then(|block| decode(block, BITCOIN)) else {
            return false;
        };
        // Leading zero digits decode to a byte each; a block has a fixed width instead.
        let value = decoded.iter().skip_while(|byte| **byte == 0);
        let width = value.clone().count();
        let Some(padding) = usize::checked_sub(size, width) else { return false };
        bytes.extend(core::iter::repeat_n(0, padding));
        bytes.extend(value);
    }
    let Some(split) = bytes.len().checked_sub(4) else { return false };
    let (payload, checksum) = bytes.split_at(split);
    Keccak256::digest(payload).get(..4) == Some(checksum)
}

fn low_byte(value: u32) -> u8 {
    let [byte, ..] = value.to_le_bytes();
    byte
}
