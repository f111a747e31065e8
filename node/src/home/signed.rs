//! Where each chain stands that is signed in this home and submitted from another: `signed.json`.
//!
//! A home without a daemon has no store to look the end of a chain up in, so it keeps that one line for each circle and
//! key. Two records for one position would prove a fork against the member, and whoever submits them is refused.

use std::io::ErrorKind;

use serde::{Deserialize, Serialize};
use watchfire_keys::{CircleId, PublicKey, RecordId};
use watchfire_protocol::record::Position;

use super::{EditLock, Home, files};
use crate::error::{Error, Result};
use crate::exit::Exit;

const FILE: &str = "signed.json";
const SCHEMA: u32 = 1;
/// A few hundred circles and keys.
const MAX_BYTES: usize = 128 * 1024;

/// The ends of the chains that are signed here.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignedChains {
    schema: u32,
    chains: Vec<End>,
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    circle: CircleId,
    signer: PublicKey,
    seq: u64,
    record: RecordId,
}

impl SignedChains {
    /// Those of a home; none before anything was signed there.
    pub fn load(home: &Home) -> Result<Self> {
        let bytes = match files::read(&home.root().join(FILE), MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Self { schema: SCHEMA, chains: Vec::new() });
            }
            Err(error) => return Err(home.unreadable(FILE, &error)),
        };
        let read: std::result::Result<Self, _> = serde_json::from_slice(&bytes);
        read.ok().filter(|read| read.schema == SCHEMA).ok_or_else(|| {
            Error::new(
                Exit::Failed,
                "signed-invalid",
                format!("{} cannot be understood", home.root().join(FILE).display()),
                "restore it from a backup, or make a new key here: watchfire key new",
            )
        })
    }

    /// Where the next record of this key goes in this circle; `None` at the end of all numbers.
    pub fn next(&self, circle: &CircleId, signer: &PublicKey) -> Option<Position> {
        match self.chains.iter().find(|end| end.circle == *circle && end.signer == *signer) {
            Some(end) => Some(Position { seq: end.seq.checked_add(1)?, prev: Some(end.record) }),
            None => Some(Position::FIRST),
        }
    }

    /// Notes the last record of a key in a circle.
    pub fn note(&mut self, circle: CircleId, signer: PublicKey, seq: u64, record: RecordId) {
        self.chains.retain(|end| !(end.circle == circle && end.signer == signer));
        self.chains.push(End { circle, signer, seq, record });
    }

    /// Writes them down.
    pub fn store(&self, home: &Home, edit: &EditLock) -> Result<()> {
        let bytes = serde_json::to_vec(self).map_err(|error| {
            Error::new(Exit::Failed, "signed-invalid", error.to_string(), "the same again")
        })?;
        home.write(FILE, &bytes, edit)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use watchfire_keys::{CircleId, RecordId, SigningKey};
    use watchfire_protocol::record::Position;

    use super::{Home, SignedChains};

    #[test]
    fn each_circle_and_key_has_its_own_chain_which_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let [one, other] = [1, 2].map(|circle| CircleId::from_bytes([circle; 32]));
        let [key, second] = [3, 4].map(|seed| SigningKey::from_seed(&[seed; 32]).public());
        let mut chains = SignedChains::load(&home).unwrap();
        assert_eq!(chains.next(&one, &key), Some(Position::FIRST));
        let record = RecordId::from_bytes([9; 32]);
        chains.note(one, key, 0, RecordId::from_bytes([8; 32]));
        chains.note(one, key, 1, record);
        chains.store(&home, &home.lock_for_edit().unwrap()).unwrap();
        let chains = SignedChains::load(&home).unwrap();
        assert_eq!(chains.next(&one, &key), Some(Position { seq: 2, prev: Some(record) }));
        assert_eq!(chains.next(&other, &key), Some(Position::FIRST));
        assert_eq!(chains.next(&one, &second), Some(Position::FIRST));
        std::fs::write(folder.path().join("signed.json"), b"{}").unwrap();
        assert_eq!(SignedChains::load(&home).unwrap_err().code(), "signed-invalid");
    }
}
