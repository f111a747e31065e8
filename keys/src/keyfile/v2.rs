//! The secrets of version 2: those that a machine holds, of eight that it could. Its bytes are frozen by test vectors.
//!
//! One byte says which are there, a bit each from the lowest; then come eight times 32 bytes in the order of the bits.
//! The place of an absent secret holds zeros, so the file's length tells nothing about what is in it.

use crate::identity::{Keys, SigningKey};
use crate::sealing::SealingKey;
use zeroize::Zeroizing;

pub(super) const VERSION: u8 = 2;

const SECRETS: usize = 8;
pub(super) const PAYLOAD: usize = 1 + SECRETS * 32;

/// The eight in their order; the storage secret is always there.
pub(super) fn payload(keys: &Keys) -> Zeroizing<[u8; PAYLOAD]> {
    let signing = |key: &Option<SigningKey>| key.as_ref().map(SigningKey::seed);
    let sealing = |key: &Option<SealingKey>| key.as_ref().map(SealingKey::seed);
    let seeds: [Option<Zeroizing<[u8; 32]>>; SECRETS] = [
        signing(&keys.organisation),
        signing(&keys.publisher),
        signing(&keys.steward),
        signing(&keys.daemon),
        signing(&keys.recovery),
        sealing(&keys.sealing),
        Some(keys.storage.clone()),
        sealing(&keys.former_sealing),
    ];
    let mut payload = Zeroizing::new([0; PAYLOAD]);
    let (mask, places) = payload.split_at_mut(1);
    for ((bit, place), seed) in places.chunks_exact_mut(32).enumerate().zip(&seeds) {
        if let Some(seed) = seed {
            mask.iter_mut().for_each(|mask| *mask |= 1 << bit);
            place.copy_from_slice(seed.as_slice());
        }
    }
    payload
}

/// What [`payload`] wrote; `None` for anything else.
pub(super) fn keys(payload: &[u8]) -> Option<Keys> {
    let (mask, places) = payload.split_first()?;
    let (places, []) = places.as_chunks::<32>() else { return None };
    let places: &[[u8; 32]; SECRETS] = places.try_into().ok()?;
    for (bit, place) in places.iter().enumerate() {
        // One file has one form: nothing lies where nothing is said to be.
        if mask >> bit & 1 == 0 && *place != [0; 32] {
            return None;
        }
    }
    let [organisation, publisher, steward, daemon, recovery, sealing, storage, former] = places;
    let is_there = |bit: u8| mask >> bit & 1 == 1;
    let signing = |bit, seed: &[u8; 32]| is_there(bit).then(|| SigningKey::from_seed(seed));
    let receiving = |bit, seed: &[u8; 32]| is_there(bit).then(|| SealingKey::from_seed(seed));
    if !is_there(6) {
        return None;
    }
    Some(Keys {
        organisation: signing(0, organisation),
        publisher: signing(1, publisher),
        steward: signing(2, steward),
        daemon: signing(3, daemon),
        recovery: signing(4, recovery),
        sealing: receiving(5, sealing),
        storage: Zeroizing::new(*storage),
        former_sealing: receiving(7, former),
    })
}
