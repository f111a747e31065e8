//! The secrets of version 1: all seven of a member. Its bytes are frozen by test vectors.

use crate::identity::{Identity, SigningKey};
use crate::sealing::SealingKey;
use zeroize::Zeroizing;

pub(super) const VERSION: u8 = 1;

const SECRETS: usize = 7;
pub(super) const PAYLOAD: usize = SECRETS * 32;

/// The seven secrets in the order of the struct.
pub(super) fn payload(identity: &Identity) -> Zeroizing<[u8; PAYLOAD]> {
    let seeds = [
        identity.organisation.seed(),
        identity.publisher.seed(),
        identity.steward.seed(),
        identity.daemon.seed(),
        identity.recovery.seed(),
        identity.sealing.seed(),
        identity.storage.clone(),
    ];
    let mut payload = Zeroizing::new([0; PAYLOAD]);
    for (place, seed) in payload.chunks_exact_mut(32).zip(&seeds) {
        place.copy_from_slice(seed.as_slice());
    }
    payload
}

pub(super) fn identity(payload: &[u8]) -> Option<Identity> {
    let (seeds, []) = payload.as_chunks::<32>() else { return None };
    let [organisation, publisher, steward, daemon, recovery, sealing, storage] = seeds else { return None };
    Some(Identity {
        organisation: SigningKey::from_seed(organisation),
        publisher: SigningKey::from_seed(publisher),
        steward: SigningKey::from_seed(steward),
        daemon: SigningKey::from_seed(daemon),
        recovery: SigningKey::from_seed(recovery),
        sealing: SealingKey::from_seed(sealing),
        storage: Zeroizing::new(*storage),
    })
}
