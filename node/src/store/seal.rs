//! What an entry looks like on disk: noise.
//!
//! ```text
//! key:    8 bytes that stand for the table, 32 bytes that stand for table and key   (keyed hashes)
//! value:  24 bytes nonce, then sealed: u16 length of the key, key, value            (XChaCha20-Poly1305)
//! ```
//!
//! The sealed value is bound to its table and its place, so values cannot be exchanged; the real key is inside. Whoever
//! steals the disk learns how many entries there are and how long, and can put an old state back as a whole.

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use std::sync::{Mutex, PoisonError};

use watchfire_keys::labels::{DERIVE_STORE_LOOKUP, DERIVE_STORE_VALUE};
use watchfire_keys::{CircleId, aead, derive, mac};
use zeroize::Zeroizing;

use super::{Table, Value};

/// Bytes that stand for a table.
const TABLE_BYTES: usize = 8;
/// Bytes of a key on disk.
pub(super) const PLACE_BYTES: usize = TABLE_BYTES + 32;

/// The keys of one circle's store.
pub(super) struct Seal {
    lookup: Zeroizing<[u8; 32]>,
    value: Zeroizing<[u8; 32]>,
    nonces: Mutex<ChaCha20Rng>,
}

impl Seal {
    /// The keys from the identity's storage secret, other ones for each circle.
    pub(super) fn new(storage: &[u8; 32], circle: &CircleId, nonces: ChaCha20Rng) -> Self {
        Self {
            lookup: derive(DERIVE_STORE_LOOKUP, storage, &[circle.as_bytes()]),
            value: derive(DERIVE_STORE_VALUE, storage, &[b"store", circle.as_bytes()]),
            nonces: Mutex::new(nonces),
        }
    }

    /// How the places of a table begin.
    pub(super) fn table(&self, table: Table) -> [u8; TABLE_BYTES] {
        let digest = mac(DERIVE_STORE_LOOKUP, &self.lookup, &[&[table.number()]]);
        let mut start = [0; TABLE_BYTES];
        start.copy_from_slice(&digest[..TABLE_BYTES]);
        start
    }

    /// The place of an entry.
    pub(super) fn place(&self, table: Table, key: &[u8]) -> [u8; PLACE_BYTES] {
        let mut place = [0; PLACE_BYTES];
        place[..TABLE_BYTES].copy_from_slice(&self.table(table));
        let digest = mac(DERIVE_STORE_LOOKUP, &self.lookup, &[&[table.number()], key]);
        place[TABLE_BYTES..].copy_from_slice(&digest);
        place
    }

    /// A check of a number that is kept in the open.
    pub(super) fn check(&self, number: &[u8; 8]) -> [u8; 8] {
        let digest = mac(DERIVE_STORE_LOOKUP, &self.lookup, &[b"progress", number]);
        let mut check = [0; 8];
        check.copy_from_slice(&digest[..8]);
        check
    }

    /// The sealed entry for its place.
    pub(super) fn seal(&self, table: Table, place: &[u8], key: &[u8], value: &[u8]) -> Vec<u8> {
        let mut nonce = [0; aead::NONCE_SIZE];
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut nonce);
        let mut plain = Zeroizing::new(Vec::with_capacity(2 + key.len() + value.len()));
        // A batch's keys are checked to be far below this type's bound.
        plain.extend_from_slice(&u16::try_from(key.len()).unwrap_or(u16::MAX).to_le_bytes());
        plain.extend_from_slice(key);
        plain.extend_from_slice(value);
        let mut sealed = nonce.to_vec();
        sealed.extend_from_slice(&aead::seal(&self.value, &nonce, &bound_to(table, place), &plain));
        sealed
    }

    /// The key and value in a sealed entry; `None` when it was changed or belongs elsewhere.
    pub(super) fn open(&self, table: Table, place: &[u8], sealed: &[u8]) -> Option<(Vec<u8>, Value)> {
        let (nonce, sealed) = sealed.split_first_chunk()?;
        let plain = aead::open(&self.value, nonce, &bound_to(table, place), sealed).ok()?;
        let (length, rest) = plain.split_first_chunk()?;
        let (key, value) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        Some((key.to_vec(), Zeroizing::new(value.to_vec())))
    }
}

fn bound_to(table: Table, place: &[u8]) -> Vec<u8> {
    let mut bound = vec![table.number()];
    bound.extend_from_slice(place);
    bound
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use watchfire_keys::CircleId;

    use super::super::Table;
    use super::Seal;

    fn seal(storage: u8, circle: u8) -> Seal {
        Seal::new(&[storage; 32], &CircleId::from_bytes([circle; 32]), ChaCha20Rng::from_seed([0; 32]))
    }

    #[test]
    fn an_entry_opens_only_in_its_place_its_table_and_its_circle() {
        let ours = seal(1, 1);
        let place = ours.place(Table::Meta, b"key");
        let sealed = ours.seal(Table::Meta, &place, b"key", b"value");
        let (key, value) = ours.open(Table::Meta, &place, &sealed).unwrap();
        assert_eq!((key.as_slice(), value.as_slice()), (&b"key"[..], &b"value"[..]));

        assert!(ours.open(Table::Meta, &ours.place(Table::Meta, b"kez"), &sealed).is_none());
        assert!(ours.open(Table::Acts, &place, &sealed).is_none());
        assert!(seal(1, 2).open(Table::Meta, &place, &sealed).is_none());
        assert!(seal(2, 1).open(Table::Meta, &place, &sealed).is_none());
        assert_ne!(ours.seal(Table::Meta, &place, b"key", b"value"), sealed);
    }

    #[test]
    fn any_changed_byte_and_any_cut_is_noticed() {
        let ours = seal(1, 1);
        let place = ours.place(Table::Meta, b"key");
        let sealed = ours.seal(Table::Meta, &place, b"key", b"value");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 0x20;
            assert!(ours.open(Table::Meta, &place, &changed).is_none());
            assert!(ours.open(Table::Meta, &place, &sealed[..at]).is_none());
        }
    }
}
