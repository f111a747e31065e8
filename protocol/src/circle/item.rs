//! What members exchange about their circle: one founding, acts, approvals and epoch headers, each under its id.
//!
//! Bytes are a tag, then the canonical encoding of what it names; each kind has its own bound, checked first.

use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::codec;
use watchfire_keys::epoch::{Header, HeaderError};

use super::act::SignedAct;
use super::approval::SignedApproval;
use super::draft::Draft;
use crate::limits::MAX_DRAFT_BYTES;
use crate::rules::Rule;

/// The 32 bytes that name an item: the circle's id, an act's, an approval's or an epoch's.
pub type ItemId = [u8; 32];

const TAG_FOUNDING: u8 = 1;
const TAG_ACT: u8 = 2;
const TAG_APPROVAL: u8 = 3;
const TAG_HEADER: u8 = 4;

/// One piece of a circle's history. Read from bytes it is well-formed and nothing more: signatures and entitlement are
/// checked by the log or the keyring that it is given to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// The charter with all founders' signatures.
    Founding(Arc<Draft>),
    /// An act.
    Act(Arc<SignedAct>),
    /// A decision on an act.
    Approval(Arc<SignedApproval>),
    /// An epoch's header.
    Header(Arc<Header>),
}

impl Item {
    /// The id.
    #[must_use]
    pub fn id(&self) -> ItemId {
        match self {
            Self::Founding(draft) => *draft.circle().as_bytes(),
            Self::Act(act) => *act.id().as_bytes(),
            Self::Approval(approval) => approval.id(),
            Self::Header(header) => *header.id().as_bytes(),
        }
    }

    /// The bytes that go to peers and to disk.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (tag, body) = match self {
            Self::Founding(draft) => (TAG_FOUNDING, codec::encode(draft.as_ref())),
            Self::Act(act) => (TAG_ACT, act.to_bytes()),
            Self::Approval(approval) => (TAG_APPROVAL, approval.to_bytes()),
            Self::Header(header) => (TAG_HEADER, header.to_bytes()),
        };
        let mut bytes = alloc::vec![tag];
        bytes.extend(body);
        bytes
    }

    /// Reads an item.
    ///
    /// # Errors
    /// The rule of the item's kind: [`Rule::FoundingMalformed`], [`Rule::ActMalformed`], [`Rule::ApprovalMalformed`],
    /// [`Rule::HeaderMalformed`]; [`Rule::ItemUnknown`] for a kind that a newer version may have added.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rule> {
        let (tag, body) = bytes.split_first().ok_or(Rule::ActMalformed)?;
        match *tag {
            TAG_FOUNDING => codec::decode(body, MAX_DRAFT_BYTES)
                .map(|draft| Self::Founding(Arc::new(draft)))
                .map_err(|_| Rule::FoundingMalformed),
            TAG_ACT => SignedAct::from_bytes(body).map(|act| Self::Act(Arc::new(act))),
            TAG_APPROVAL => {
                SignedApproval::from_bytes(body).map(|approval| Self::Approval(Arc::new(approval)))
            }
            TAG_HEADER => match Header::from_bytes(body) {
                Ok(header) => Ok(Self::Header(Arc::new(header))),
                Err(HeaderError::TooNew(_)) => Err(Rule::HeaderVersion),
                Err(_) => Err(Rule::HeaderMalformed),
            },
            _ => Err(Rule::ItemUnknown),
        }
    }
}

impl From<Draft> for Item {
    fn from(draft: Draft) -> Self {
        Self::Founding(Arc::new(draft))
    }
}

impl From<SignedAct> for Item {
    fn from(act: SignedAct) -> Self {
        Self::Act(Arc::new(act))
    }
}

impl From<SignedApproval> for Item {
    fn from(approval: SignedApproval) -> Self {
        Self::Approval(Arc::new(approval))
    }
}

impl From<Header> for Item {
    fn from(header: Header) -> Self {
        Self::Header(Arc::new(header))
    }
}
