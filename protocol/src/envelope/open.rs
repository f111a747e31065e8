//! The last stage: from a verified envelope to a record that may be shown to a person.

use watchfire_keys::{
    delegation::Scopes,
    identity::PublicKey,
    ids::{EnvelopeId, EpochId, MemberId, RecordId},
    time::UnixMillis,
};

use super::{EpochKeys, Verified, Window, nonce, padding, seal};
use crate::{
    crypto::Crypto,
    record::{Claimed, SignedRecord},
    rules::Rule,
};

impl Verified<'_> {
    /// Opens the envelope, and checks everything that must hold before its record is shown, stored or sent on.
    ///
    /// `roster` is asked whether this author may have this signer sign with this scope at this time, and answers with
    /// the rule that is broken if not. The checks go by cost: the record's signature is verified when everything
    /// cheaper has held, and its body is read last.
    ///
    /// # Errors
    ///
    /// The first rule that is broken: of the envelope ([`Rule::EnvelopeUnknownEpoch`], [`Rule::EnvelopeGate`],
    /// [`Rule::EnvelopeCannotOpen`], [`Rule::EnvelopePadding`], [`Rule::EnvelopeNonce`]), of the record (`Rule::Record…`),
    /// or what `roster` says.
    pub fn open<C: Crypto>(
        &self,
        crypto: &C,
        keys: &EpochKeys,
        window: Window,
        roster: impl FnOnce(&MemberId, &PublicKey, Scopes, UnixMillis) -> Result<(), Rule>,
    ) -> Result<Opened, Rule> {
        if self.epoch() != *keys.epoch() {
            return Err(Rule::EnvelopeUnknownEpoch);
        }
        if self.gate() != keys.gate_public() {
            return Err(Rule::EnvelopeGate);
        }
        let aad = seal::associated_data(self.head(), keys).ok_or(Rule::EnvelopeMalformed)?;
        let mut opened = crypto
            .aead_open(keys.content(), self.nonce(), &aad, self.ciphertext())
            .ok_or(Rule::EnvelopeCannotOpen)?;
        // Taken out of its wiping wrapper: the record is going to be stored and shown, and holds no key.
        let padded = core::mem::take(&mut *opened);
        let bytes = padding::unpad(&padded).ok_or(Rule::EnvelopePadding)?;
        let claimed = Claimed::new(crypto, keys.circle(), bytes)?;
        let nonce = nonce::derive(crypto, keys.nonce(), claimed.id(), claimed.signature(), self.name());
        if nonce != *self.nonce() {
            return Err(Rule::EnvelopeNonce);
        }

        let parsed = claimed.parse()?;
        window.admits(parsed.created())?;
        roster(parsed.author(), parsed.signer(), parsed.scope(), parsed.created())?;
        let authentic = parsed.verify(crypto)?;
        let id = authentic.id();
        Ok(Opened { record: authentic.read()?, id, envelope: self.id(), epoch: self.epoch() })
    }
}

/// A record that has passed every check; the only form in which a record reaches a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    record: SignedRecord,
    id: RecordId,
    envelope: EnvelopeId,
    epoch: EpochId,
}

impl Opened {
    /// Takes a record back from this node's own store, which authenticates what it holds: it was verified before it was
    /// kept under this id.
    #[must_use]
    pub const fn from_own_store(
        id: RecordId,
        record: SignedRecord,
        envelope: EnvelopeId,
        epoch: EpochId,
    ) -> Self {
        Self { record, id, envelope, epoch }
    }

    /// The record with its signature.
    #[must_use]
    pub const fn record(&self) -> &SignedRecord {
        &self.record
    }

    /// The record's id.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// The envelope that it came in; a later epoch gives the same record another one.
    #[must_use]
    pub const fn envelope(&self) -> EnvelopeId {
        self.envelope
    }

    /// The epoch that the envelope was sealed in.
    #[must_use]
    pub const fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// Gives up ids and checks.
    #[must_use]
    pub fn into_record(self) -> SignedRecord {
        self.record
    }
}
