//! The messages between a member and a relay, and their bytes.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::{
    CircleTag, EnvelopeId, EpochId, PublicKey, Signature, UnixMillis,
    codec::{self, bytes, list_at_most},
};

use super::limits::{MAX_CONTROLS, MAX_GATES, MAX_IDS, MAX_RELAY_FRAME_BYTES, MAX_SEEN_BYTES};
use crate::{envelope::layout::MAX_ENVELOPE_BYTES, rules::Rule};

/// One message on a link with a relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelayFrame {
    /// The relay's first message: what a subscriber's proof has to cover.
    Challenge(#[serde(with = "bytes")] [u8; 32]),
    /// What the circle's gates are.
    Pair(Pairing),
    /// "I hold the gate key of this epoch; send me the circle's envelopes."
    Subscribe(Subscription),
    /// What came of a pairing, a subscription or a deposit.
    Answer {
        /// Which circle.
        tag: CircleTag,
        /// To what.
        about: About,
        /// What.
        answer: Answer,
    },
    /// "I have these envelopes."
    Announce {
        /// Which circle's.
        tag: CircleTag,
        /// Their ids.
        #[serde(deserialize_with = "list_at_most::<_, _, MAX_IDS>")]
        ids: Vec<EnvelopeId>,
    },
    /// "Send me these envelopes."
    Pull {
        /// Which circle's.
        tag: CircleTag,
        /// Their ids.
        #[serde(deserialize_with = "list_at_most::<_, _, MAX_IDS>")]
        ids: Vec<EnvelopeId>,
    },
    /// An envelope.
    Push(#[serde(with = "bytes")] Vec<u8>),
    /// Where the relay sees the member's end of the link: a multiaddress as bytes. Told to members of paired circles only,
    /// and one relay's word: it may be wrong.
    Seen(#[serde(with = "bytes")] Vec<u8>),
}

impl RelayFrame {
    /// The frame's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// What a relay tells a member of where it sees it, unless the address is longer than any can be.
    #[must_use]
    pub fn seen(address: Vec<u8>) -> Option<Self> {
        (address.len() <= MAX_SEEN_BYTES).then_some(Self::Seen(address))
    }

    /// Reads a frame.
    ///
    /// # Errors
    ///
    /// [`Rule::FrameTooLarge`] and [`Rule::FrameMalformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rule> {
        codec::decode(bytes, MAX_RELAY_FRAME_BYTES).map_err(|error| match error {
            codec::CodecError::TooLarge { .. } => Rule::FrameTooLarge,
            _ => Rule::FrameMalformed,
        })
    }
}

/// What an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum About {
    /// A [`RelayFrame::Pair`].
    Pairing,
    /// A [`RelayFrame::Subscribe`], or the end of a subscription.
    Subscription(EpochId),
    /// A [`RelayFrame::Push`] under this epoch.
    Deposit(EpochId),
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It is done.
    Done,
    /// The relay has no pairing with this circle.
    Unpaired,
    /// The relay does not know this epoch's gate, or not yet: a steward has to pair it.
    UnknownGate,
    /// The gate has lapsed, and stays so.
    Lapsed,
    /// A proof or signature does not hold, or the control key is not one of the circle's.
    Forged,
    /// The pairing is older than the one that stands, or names gates that were left behind.
    Stale,
    /// The pairing is dated too far ahead: one of the clocks is wrong.
    Clock,
    /// The room for this is used up.
    Full,
}

/// An epoch that lives, and the key that its envelopes' gate signatures are verified with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gate {
    /// The epoch, as its envelopes name it.
    pub epoch: EpochId,
    /// Its gate key.
    pub key: PublicKey,
}

/// What a steward tells a relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingBody {
    /// The circle.
    pub tag: CircleTag,
    /// The steward's control key for this relay.
    pub control: PublicKey,
    /// All gates that live, one or more.
    #[serde(deserialize_with = "list_at_most::<_, _, MAX_GATES>")]
    pub gates: Vec<Gate>,
    /// Control keys that count from now on.
    #[serde(deserialize_with = "list_at_most::<_, _, MAX_CONTROLS>")]
    pub introduces: Vec<PublicKey>,
    /// Control keys that count no longer.
    #[serde(deserialize_with = "list_at_most::<_, _, MAX_CONTROLS>")]
    pub withdraws: Vec<PublicKey>,
    /// When this was said.
    pub issued: UnixMillis,
}

/// A pairing with its signature by the control key, bound to one relay. See [`Pairing::sign`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// What is said.
    pub body: PairingBody,
    /// By the control key, over the relay's peer id and the body.
    pub signature: Signature,
}

/// A subscription with its proof. See [`Subscription::prove`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The circle.
    pub tag: CircleTag,
    /// The epoch whose gate key made the proof.
    pub epoch: EpochId,
    /// By the gate key, over both peer ids, the challenge, the tag and the epoch.
    pub proof: Signature,
}

const _: () = assert!(MAX_ENVELOPE_BYTES + 16 <= MAX_RELAY_FRAME_BYTES);
const _: () = assert!(MAX_IDS * EnvelopeId::SIZE + 64 <= MAX_RELAY_FRAME_BYTES);
