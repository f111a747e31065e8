//! Cryptocurrency addresses, with their checksum wherever they have one.

use alloc::format;
use alloc::string::String;

use sha3::{Digest, Keccak256};

use super::Reason;
use super::base58::{self, BITCOIN, RIPPLE};
use super::bech32::{is_bech32, is_cash_address};
use super::text::plain;

/// The payment schemes that may stand before an address.
const SCHEMES: [&str; 9] = [
    "bitcoin:",
    "bitcoincash:",
    "ethereum:",
    "litecoin:",
    "dash:",
    "monero:",
    "dogecoin:",
    "tron:",
    "ripple:",
];

/// The human-readable parts of the bech32 addresses that are known here: Bitcoin, Litecoin, Cardano, Cosmos.
const BECH32_PREFIXES: [&str; 4] = ["bc", "ltc", "addr", "cosmos"];

/// An address of a known coin. Solana's, 32 bytes of base58 without a checksum, is accepted when asked for by kind.
pub(super) fn crypto_address(text: &str) -> Result<String, Reason> {
    let text = plain(text)?;
    let lower = text.to_ascii_lowercase();
    let address = match SCHEMES.iter().find(|scheme| lower.starts_with(**scheme)) {
        Some(scheme) => text.get(scheme.len()..).and_then(|rest| rest.split('?').next()).unwrap_or_default(),
        None => text,
    };
    if let Some(address) = checked_address(address) {
        return Ok(address);
    }
    if is_ethereum_shape(address) {
        return Err("upper and lower case do not fit (EIP-55): a digit is wrong");
    }
    match base58::decode(address, BITCOIN) {
        Some(bytes) if bytes.len() == 32 && (32..=44).contains(&address.len()) => Ok(String::from(address)),
        _ => Err("no known kind of address, or its check digits are wrong"),
    }
}

/// The normal form of `text` if its check digits (or Ethereum's `0x` shape) say that it is an address.
pub(crate) fn checked_address(text: &str) -> Option<String> {
    if !text.is_ascii() || !(25..=110).contains(&text.len()) {
        return None;
    }
    if is_ethereum_shape(text) {
        return ethereum(text);
    }
    let lower = text.to_ascii_lowercase();
    let one_case = lower == text || text.to_ascii_uppercase() == text;
    if one_case && (BECH32_PREFIXES.iter().any(|prefix| is_bech32(&lower, prefix)) || is_cash_address(&lower))
    {
        return Some(lower);
    }
    // 21: Bitcoin and its kin, Dash, Litecoin, Dogecoin, Tron; 22: Zcash. Private keys (33 and 34) are none.
    let is_base58 = base58::is_checked(text, BITCOIN, 21)
        || base58::is_checked(text, BITCOIN, 22)
        || (text.starts_with('r') && base58::is_checked(text, RIPPLE, 21))
        || base58::is_monero(text);
    is_base58.then(|| String::from(text))
}

fn is_ethereum_shape(text: &str) -> bool {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    digits.is_some_and(|digits| digits.len() == 40 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `0x` and 40 lower-case digits; in mixed case the case is a checksum (EIP-55) and has to fit.
fn ethereum(text: &str) -> Option<String> {
    let digits = text.get(2..)?;
    let lower = digits.to_ascii_lowercase();
    if lower != digits && digits.to_ascii_uppercase() != digits {
        let hash = Keccak256::digest(lower.as_bytes());
        let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let fits = digits.bytes().zip(nibbles).all(|(digit, nibble)| {
            !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (nibble >= 8)
        });
        if !fits {
            return None;
        }
    }
    Some(format!("0x{lower}"))
}
