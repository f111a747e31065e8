//! What the tests of this crate share: one fixed member, a predictable source of bytes, and vector files.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use core::convert::Infallible;
use rand_core::{TryCryptoRng, TryRng};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use watchfire_keys::{
    ActId, Card, CircleId, Deal, EpochSecret, Header, Identity, Name, SealingKey, Side, SigningKey,
    UnixMillis,
};

/// 2025-10-09T08:53:20Z, the time of everything fixed here.
pub const NOW: UnixMillis = UnixMillis(1_760_000_000_000);

/// Gives the bytes 0, 1, 2, ... and so on around. For vectors; it is as random as it looks.
pub struct Counting(pub u8);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// A member whose every secret is one byte, repeated.
pub fn identity() -> Identity {
    Identity {
        organisation: SigningKey::from_seed(&[1; 32]),
        publisher: SigningKey::from_seed(&[2; 32]),
        steward: SigningKey::from_seed(&[3; 32]),
        daemon: SigningKey::from_seed(&[4; 32]),
        recovery: SigningKey::from_seed(&[5; 32]),
        sealing: SealingKey::from_seed(&[6; 32]),
        storage: [7; 32].into(),
    }
}

pub fn card() -> Card {
    Card::sign(&identity(), Name::parse("Example Campaign").unwrap(), Side::parse("democratic").unwrap(), NOW)
}

pub fn secret() -> EpochSecret {
    EpochSecret::from_bytes(&[8; 32])
}

pub fn deal() -> Deal {
    Deal {
        circle: CircleId::from_bytes([9; 32]),
        frontier: vec![ActId::from_bytes([11; 32]), ActId::from_bytes([10; 32])],
        readers: [12; 32],
        created: NOW,
        seal_until: NOW.saturating_add(72 * 60 * 60 * 1000),
        turn: 1,
        dealer: identity().member(),
    }
}

pub fn header() -> Header {
    Header::deal(deal(), &secret(), &identity().steward).unwrap()
}

/// `bytes` with the byte at `index` changed by `mask`.
pub fn flipped(bytes: &[u8], index: usize, mask: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[index] ^= mask;
    bytes
}

/// The lines `name = value` of a file in `tests/vectors`.
pub fn vectors(file: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path(file)).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once(" = ").unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Holds that these values are the ones in a file in `tests/vectors`. What the file says was on a wire or a
/// disk once and never changes: a new value is a new name. Run with `WATCHFIRE_NEW_VECTORS=1` to write a file
/// that is not there.
pub fn assert_frozen(file: &str, values: &[(&str, String)]) {
    let mut text = String::new();
    for (name, value) in values {
        writeln!(text, "{name} = {value}").unwrap();
    }
    write_if_new(file, &text);
    let frozen = vectors(file);
    for (name, value) in values {
        assert_eq!(frozen.get(*name), Some(value), "{name} of {file}");
    }
    assert_eq!(frozen.len(), values.len(), "{file} has something that is not tested");
}

/// Holds that this text is the one in a file in `tests/vectors`, as above.
pub fn assert_frozen_text(file: &str, text: &str) {
    write_if_new(file, text);
    assert_eq!(std::fs::read_to_string(path(file)).unwrap(), text, "{file}");
}

fn write_if_new(file: &str, text: &str) {
    if std::env::var_os("WATCHFIRE_NEW_VECTORS").is_some() && !path(file).exists() {
        std::fs::write(path(file), text).unwrap();
    }
}

pub fn path(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "vectors", file].iter().collect()
}
