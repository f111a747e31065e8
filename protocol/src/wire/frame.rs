//! The frames.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::codec;
use watchfire_keys::ids::{EnvelopeId, EpochId, RecordId};

use crate::circle::Grant;
use crate::gossip::Announced;
use crate::greeting::{Hello, Welcome};
use crate::limits::MAX_FRAME_BYTES;
use crate::presence::SignedPresence;
use crate::reconcile::{Ask, Message, Prefix, Symbols};
use crate::rules::Rule;

/// What every frame begins with that pushes an envelope: the places of [`Frame::Spread`] and [`Spread::Push`].
const PUSH_BEGINS: [u8; 2] = [6, 0];

/// One message on a link between members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frame {
    /// The dialler's first message.
    Hello(Hello),
    /// The callee's answer.
    Welcome(Welcome),
    /// The dialler's introduction, under the link's key.
    Introduce(#[serde(with = "codec::bytes")] Vec<u8>),
    /// Signatures on a founding draft.
    Founding(Founding),
    /// Acts, approvals and epoch headers.
    Membership(Membership),
    /// Epoch secrets, from a holder to a reader.
    Epochs(Epochs),
    /// Envelopes on their way.
    Spread(Spread),
    /// What one side lacks.
    Catchup(Catchup),
    /// Where a member's node is.
    Presence(SignedPresence),
}

/// Exchange of the draft while a circle is founded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Founding {
    /// The draft with the signatures that the sender has.
    Draft(#[serde(with = "codec::bytes")] Vec<u8>),
}

/// Exchange of membership items: acts, approvals, headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Membership {
    /// A digest over the ids of everything the sender holds, for a cheap "nothing new".
    Summary([u8; 32]),
    /// The answer to a summary that is the sender's own too.
    Same([u8; 32]),
    /// Ids the sender holds. `last` closes the list.
    Have {
        /// Some of the ids.
        ids: Vec<[u8; 32]>,
        /// No more follow.
        last: bool,
    },
    /// Encoded items.
    Items(Vec<Item>),
}

/// One encoded membership item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item(#[serde(with = "codec::bytes")] pub Vec<u8>);

/// Exchange of epoch secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Epochs {
    /// The sender lacks the secrets of these epochs.
    Ask(Vec<EpochId>),
    /// A secret, sealed to the asker.
    Grant(Grant),
}

/// Dissemination of envelopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spread {
    /// A whole envelope.
    Push(#[serde(with = "codec::bytes")] Vec<u8>),
    /// Envelopes the sender has.
    Announce(Vec<Announced>),
    /// Envelopes the sender wants.
    Pull(Vec<EnvelopeId>),
    /// Whether the receiver should push whole envelopes to the sender.
    Eager(bool),
}

/// Reconciliation of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Catchup {
    /// A step of a session.
    Message(Message),
    /// Records the sender lacks; answered by as many of them as the receiver holds.
    Want(Vec<RecordId>),
    /// An envelope that was wanted.
    Record(#[serde(with = "codec::bytes")] Vec<u8>),
    /// Coded symbols of the receiver's set that the sender asks for.
    Ask(Ask),
    /// Coded symbols of the sender's set.
    Symbols(Symbols),
    /// Records that the sender has and the receiver lacks, as a comparison has shown. `last` closes the comparison.
    Offer {
        /// Some of them, sorted.
        records: Vec<Prefix>,
        /// No more follow.
        last: bool,
    },
    /// Records the sender lacks, by their prefixes; answered as [`Catchup::Want`] is.
    Fetch(Vec<Prefix>),
}

impl Frame {
    /// The frame's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Whether these bytes begin as a push does, told without reading on: its budget is another one.
    pub(crate) fn is_push(bytes: &[u8]) -> bool {
        bytes.starts_with(&PUSH_BEGINS)
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// [`Rule::FrameTooLarge`] before anything is decoded, [`Rule::FrameMalformed`] for bytes that are no frame.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rule> {
        if bytes.len() > MAX_FRAME_BYTES {
            return Err(Rule::FrameTooLarge);
        }
        codec::decode(bytes, MAX_FRAME_BYTES).map_err(|_| Rule::FrameMalformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_is_known_by_its_first_bytes() {
        assert!(Frame::is_push(&Frame::Spread(Spread::Push(alloc::vec![1])).to_bytes()));
        assert!(!Frame::is_push(&Frame::Spread(Spread::Announce(Vec::new())).to_bytes()));
        assert!(!Frame::is_push(&Frame::Catchup(Catchup::Record(alloc::vec![1])).to_bytes()));
    }
}
