//! The stages before an envelope is opened: what a relay or a node without the secret can check.

use watchfire_keys::{
    identity::{PublicKey, Signature},
    ids::{CircleTag, EnvelopeId, EpochId},
    labels,
};

use super::{
    EpochKeys, VERSION,
    layout::{
        AEAD_TAG_BYTES, GATE_BYTES, HEAD_BYTES, LENGTH_BYTES, MAX_ENVELOPE_BYTES, MIN_ENVELOPE_BYTES,
        NAME_BYTES, NONCE_BYTES, TAG_BYTES, VERSION_BYTES,
    },
    padding::BUCKETS,
    seal,
};
use crate::{crypto::Crypto, rules::Rule};

/// Bytes that claim to be an envelope.
#[derive(Clone, Copy)]
pub struct Received<'a>(&'a [u8]);

impl<'a> Received<'a> {
    /// Takes bytes as they came.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Takes the bytes apart and computes the envelope's id.
    ///
    /// # Errors
    ///
    /// [`Rule::EnvelopeMalformed`] when they are too few, too many or not as many as they say,
    /// [`Rule::EnvelopeVersion`], and [`Rule::EnvelopeBucket`] when the ciphertext has none of the padded sizes.
    pub fn decode<C: Crypto>(self, crypto: &C) -> Result<Decoded<'a>, Rule> {
        let layout = Layout::read(self.0)?;
        Ok(Decoded { layout, id: seal::id_of(crypto, layout.without_gate) })
    }
}

/// The fields of an envelope, borrowed from its bytes.
#[derive(Clone, Copy)]
struct Layout<'a> {
    without_gate: &'a [u8],
    name: &'a [u8; NAME_BYTES],
    tag: CircleTag,
    epoch: EpochId,
    nonce: [u8; NONCE_BYTES],
    ciphertext: &'a [u8],
    gate: Signature,
}

impl<'a> Layout<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Rule> {
        if bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(Rule::EnvelopeMalformed);
        }
        // A newer version may have another layout altogether, so its number is all that is read of it.
        match bytes.first() {
            Some(&VERSION) => {}
            Some(_) => return Err(Rule::EnvelopeVersion),
            None => return Err(Rule::EnvelopeMalformed),
        }
        if bytes.len() < MIN_ENVELOPE_BYTES {
            return Err(Rule::EnvelopeMalformed);
        }
        Self::split(bytes).ok_or(Rule::EnvelopeMalformed).and_then(|layout| {
            let padded = layout.ciphertext.len().checked_sub(AEAD_TAG_BYTES);
            if padded.is_some_and(|padded| BUCKETS.contains(&padded)) {
                Ok(layout)
            } else {
                Err(Rule::EnvelopeBucket)
            }
        })
    }

    fn split(bytes: &'a [u8]) -> Option<Self> {
        let (without_gate, gate) = bytes.split_last_chunk::<GATE_BYTES>()?;
        let (head, ciphertext) = without_gate.split_at_checked(HEAD_BYTES)?;
        let (name, rest) = head.split_first_chunk::<NAME_BYTES>()?;
        let (nonce, length) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let length = u32::from_le_bytes(*length.first_chunk::<LENGTH_BYTES>()?);
        if usize::try_from(length).ok()? != ciphertext.len() {
            return None;
        }
        let (tag, epoch) = name.get(VERSION_BYTES..)?.split_first_chunk::<TAG_BYTES>()?;
        Some(Self {
            without_gate,
            name,
            tag: CircleTag::from_bytes(*tag),
            epoch: EpochId::from_bytes(*epoch.first_chunk()?),
            nonce: *nonce,
            ciphertext,
            gate: Signature::from_bytes(*gate),
        })
    }
}

/// An envelope in its right form; whether a member made it is still open.
#[derive(Clone, Copy)]
pub struct Decoded<'a> {
    layout: Layout<'a>,
    id: EnvelopeId,
}

impl<'a> Decoded<'a> {
    /// The id, to ask whether it was here before.
    #[must_use]
    pub const fn id(&self) -> EnvelopeId {
        self.id
    }

    /// The tag of the circle that it says it belongs to.
    #[must_use]
    pub const fn tag(&self) -> CircleTag {
        self.layout.tag
    }

    /// The epoch that it says it was sealed in, whose header gives the gate key.
    #[must_use]
    pub const fn epoch(&self) -> EpochId {
        self.layout.epoch
    }

    /// Checks that it belongs to this circle and that a holder of the epoch's secret made it.
    ///
    /// # Errors
    ///
    /// [`Rule::EnvelopeWrongCircle`] and [`Rule::EnvelopeGate`].
    pub fn verify_gate<C: Crypto>(
        self,
        crypto: &C,
        tag: &CircleTag,
        gate: &PublicKey,
    ) -> Result<Verified<'a>, Rule> {
        if self.layout.tag != *tag {
            return Err(Rule::EnvelopeWrongCircle);
        }
        if !crypto.verify(gate, labels::SIGN_GATE, &[self.id.as_bytes()], &self.layout.gate) {
            return Err(Rule::EnvelopeGate);
        }
        Ok(Verified { layout: self.layout, id: self.id, gate: *gate })
    }

    /// The same check for a reader of the epoch, in less than half the time: signing is deterministic, so a reader
    /// makes the gate signature itself and compares. One that differs is verified all the same, because a reader can
    /// make others that hold, and what a relay accepts must not be refused here.
    ///
    /// # Errors
    ///
    /// [`Rule::EnvelopeUnknownEpoch`] when the keys are those of another epoch, [`Rule::EnvelopeWrongCircle`] and
    /// [`Rule::EnvelopeGate`].
    pub fn verify_gate_as_reader<C: Crypto>(
        self,
        crypto: &C,
        keys: &EpochKeys,
    ) -> Result<Verified<'a>, Rule> {
        if self.layout.tag != *keys.tag() {
            return Err(Rule::EnvelopeWrongCircle);
        }
        if self.layout.epoch != *keys.epoch() {
            return Err(Rule::EnvelopeUnknownEpoch);
        }
        if crypto.sign(keys.gate(), labels::SIGN_GATE, &[self.id.as_bytes()]) == self.layout.gate {
            return Ok(Verified { layout: self.layout, id: self.id, gate: *keys.gate_public() });
        }
        self.verify_gate(crypto, keys.tag(), keys.gate_public())
    }
}

/// An envelope that a holder of its epoch's secret made: worth carrying, still unread.
#[derive(Clone, Copy)]
pub struct Verified<'a> {
    layout: Layout<'a>,
    id: EnvelopeId,
    gate: PublicKey,
}

impl<'a> Verified<'a> {
    /// The id; from here on it may count as seen by a relay.
    #[must_use]
    pub const fn id(&self) -> EnvelopeId {
        self.id
    }

    /// The epoch whose secret opens it.
    #[must_use]
    pub const fn epoch(&self) -> EpochId {
        self.layout.epoch
    }

    pub(super) const fn gate(&self) -> &PublicKey {
        &self.gate
    }

    pub(super) const fn name(&self) -> &'a [u8; NAME_BYTES] {
        self.layout.name
    }

    pub(super) const fn nonce(&self) -> &[u8; NONCE_BYTES] {
        &self.layout.nonce
    }

    pub(super) const fn ciphertext(&self) -> &'a [u8] {
        self.layout.ciphertext
    }

    /// Everything before the ciphertext.
    pub(super) fn head(&self) -> &'a [u8] {
        self.layout.without_gate.get(..HEAD_BYTES).unwrap_or_default()
    }
}
