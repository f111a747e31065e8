//! Handing an epoch's secret to a reader who lacks it.
//!
//! Whoever holds the secret seals it to the sealing key of a reader of the roster at the header's frontier, with the
//! epoch's id as authenticated data. The seal tells nobody who made it; the receiver compares with the header's
//! commitment, which a steward signed.

use alloc::vec::Vec;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use watchfire_keys::codec;
use watchfire_keys::epoch::EpochSecret;
use watchfire_keys::ids::{EpochId, MemberId};
use watchfire_keys::labels;
use watchfire_keys::sealing::{SEAL_OVERHEAD, SealingKey};

use super::keyring::Keyring;
use super::log::ActLog;
use crate::crypto::Crypto;
use crate::rules::Rule;

/// Bytes of a sealed secret, always.
pub const SEALED_SECRET_BYTES: usize = 32 + SEAL_OVERHEAD;

/// An epoch's secret, sealed to one reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The epoch.
    pub epoch: EpochId,
    /// 32 bytes under HPKE: [`SEALED_SECRET_BYTES`].
    #[serde(with = "codec::bytes")]
    pub sealed: Vec<u8>,
}

impl Keyring {
    /// Whether `member` is a reader of the roster at the epoch's frontier, be it a member today or not.
    #[must_use]
    pub fn may_read(&self, epoch: &EpochId, member: &MemberId, log: &ActLog) -> bool {
        let header = self.header(epoch);
        header.is_some_and(|header| log.entry_at(&header.frontier, member).is_some())
    }

    /// Seals an epoch's secret to a member that asks for it.
    ///
    /// # Errors
    /// [`Rule::GrantUnknown`] when the secret is not here, [`Rule::GrantNotReader`] when the member may not have it.
    pub fn grant<C: Crypto>(
        &self,
        crypto: &C,
        epoch: &EpochId,
        to: &MemberId,
        log: &ActLog,
        rng: &mut impl CryptoRng,
    ) -> Result<Grant, Rule> {
        let header = self.header(epoch).ok_or(Rule::GrantUnknown)?;
        // Whoever read it once and is a member no more has it or does not get it; a member gets it sealed to the key
        // that it has now.
        if log.entry_at(&header.frontier, to).is_none() {
            return Err(Rule::GrantNotReader);
        }
        let present = log.roster().and_then(|roster| roster.member(to)).ok_or(Rule::GrantNotReader)?;
        let sealing = &present.sealing;
        let secret = self.secret(epoch).ok_or(Rule::GrantUnknown)?;
        let sealed = crypto
            .seal_to(sealing, labels::SEAL_EPOCH, epoch.as_bytes(), secret.as_bytes(), rng)
            .ok_or(Rule::GrantNotReader)?;
        Ok(Grant { epoch: *epoch, sealed })
    }

    /// Opens a grant and keeps the secret.
    ///
    /// # Errors
    /// [`Rule::GrantUnasked`] when the secret is not lacking here, [`Rule::GrantMismatch`] when what was sealed is not
    /// this epoch's secret or was not sealed to this key.
    pub fn accept<C: Crypto>(
        &mut self,
        crypto: &C,
        key: &SealingKey,
        grant: &Grant,
    ) -> Result<EpochId, Rule> {
        let epoch = grant.epoch;
        if self.header(&epoch).is_none() || self.keys(&epoch).is_some() {
            return Err(Rule::GrantUnasked);
        }
        if grant.sealed.len() != SEALED_SECRET_BYTES {
            return Err(Rule::GrantMismatch);
        }
        let opened = crypto
            .open_sealed(key, labels::SEAL_EPOCH, epoch.as_bytes(), &grant.sealed)
            .ok_or(Rule::GrantMismatch)?;
        let secret: &[u8; 32] = opened.as_slice().try_into().map_err(|_| Rule::GrantMismatch)?;
        self.insert_secret(epoch, EpochSecret::from_bytes(secret))?;
        Ok(epoch)
    }
}
