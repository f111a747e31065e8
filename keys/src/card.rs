//! A member's card: who it is, and which keys speak for it.
//!
//! A card is what a newcomer hands to a steward and what a roster holds of each member. It is signed by the
//! organisation key, belongs to no circle, and holds no address and no secret.

use crate::armor::{self, ArmorError};
use crate::codec::{self, CodecError, list_at_most};
use crate::delegation::{Delegation, DelegationError, Scopes};
use crate::fingerprint::Fingerprint;
use crate::identity::{Identity, PublicKey, Signature};
use crate::ids::MemberId;
use crate::labels::SIGN_CARD;
use crate::name::{Name, Side};
use crate::sealing::SealingPublic;
use crate::time::UnixMillis;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// Most delegations on a card: three are usual, and a few machines each for publishers and stewards fit.
pub const MAX_DELEGATIONS: usize = 16;

/// Most bytes of an encoded card.
pub const MAX_CARD_BYTES: usize = 4096;

/// How long the delegations of a new card hold: two years, a campaign and the time to renew.
pub const DELEGATION_MS: u64 = 2 * 365 * DAY_MS;

/// How much earlier than the card its delegations begin: one day, so that a machine of the member whose clock
/// is behind can sign at once.
pub const DELEGATION_LEAD_MS: u64 = DAY_MS;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The version of card this code writes and reads.
const VERSION: u8 = 1;

/// A member's public face. One read by serde is unverified: call [`Card::verify`] before believing any of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Card {
    /// 1.
    pub version: u8,
    /// What the member calls itself.
    pub name: Name,
    /// The side it declares.
    pub side: Side,
    /// The key that is the member.
    pub organisation: PublicKey,
    /// To which epoch secrets and tickets are sealed.
    pub sealing: SealingPublic,
    /// Which keys sign for it, at most [`MAX_DELEGATIONS`].
    #[serde(deserialize_with = "list_at_most::<_, _, MAX_DELEGATIONS>")]
    pub delegations: Vec<Delegation>,
    /// The key that is kept on paper.
    pub recovery: PublicKey,
    /// When the card was signed.
    pub created: UnixMillis,
    /// Over all the above, by the organisation key.
    pub signature: Signature,
}

/// Why a card is not to be believed. The fault of whoever made or carried it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardError {
    /// The text holds no card.
    Text(ArmorError),
    /// Not the bytes of a card.
    Encoding(CodecError),
    /// Of a version that this program is too old for.
    TooNew(
        /// The version.
        u8,
    ),
    /// More than [`MAX_DELEGATIONS`] delegations.
    TooManyDelegations,
    /// A key on it is not a usable key.
    BadKey,
    /// Two of its keys are the same.
    DuplicateKey,
    /// A delegation does not hold.
    Delegation(DelegationError),
    /// The organisation key did not sign this card.
    BadSignature,
}

impl CardError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Text(error) => error.remedy(),
            Self::TooNew(_) => "install a newer watchfire",
            Self::Encoding(_) => "ask the member for its card again",
            Self::TooManyDelegations
            | Self::BadKey
            | Self::DuplicateKey
            | Self::Delegation(_)
            | Self::BadSignature => {
                "do not use this card; ask the member for a new one and compare the fingerprint by voice"
            }
        }
    }
}

impl fmt::Display for CardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(error) => error.fmt(f),
            Self::Encoding(error) => write!(f, "not a card: {error}"),
            Self::TooNew(version) => write!(f, "a card of version {version}, which needs a newer program"),
            Self::TooManyDelegations => write!(f, "a card with more than {MAX_DELEGATIONS} delegations"),
            Self::BadKey => f.write_str("a key on the card is not a usable key"),
            Self::DuplicateKey => f.write_str("two keys on the card are the same"),
            Self::Delegation(error) => error.fmt(f),
            Self::BadSignature => f.write_str("the card is not signed by its organisation"),
        }
    }
}

impl core::error::Error for CardError {}

impl Card {
    /// The card of `identity` as of `now`, with one delegation each for its publisher, steward and daemon
    /// key. They begin [`DELEGATION_LEAD_MS`] before `now` and hold until [`DELEGATION_MS`] after it.
    #[must_use]
    pub fn sign(identity: &Identity, name: Name, side: Side, now: UnixMillis) -> Self {
        let delegate = |key: PublicKey, scopes| {
            let (from, until) = (now.saturating_sub(DELEGATION_LEAD_MS), now.saturating_add(DELEGATION_MS));
            Delegation::sign(&identity.organisation, key, scopes, from, until)
        };
        let mut card = Self {
            version: VERSION,
            name,
            side,
            organisation: identity.organisation.public(),
            sealing: identity.sealing.public(),
            delegations: [
                (identity.publisher.public(), Scopes::PUBLISH),
                (identity.steward.public(), Scopes::STEWARD),
                (identity.daemon.public(), Scopes::DAEMON),
            ]
            .into_iter()
            .map(|(key, scopes)| delegate(key, scopes))
            .collect(),
            recovery: identity.recovery.public(),
            created: now,
            signature: Signature::from_bytes([0; Signature::SIZE]),
        };
        card.signature = identity.organisation.sign(SIGN_CARD, &[&card.signed_bytes()]);
        card
    }

    /// Whether every key on the card is usable and stands there once, every delegation holds, and the
    /// organisation signed the whole. It looks at no clock.
    ///
    /// # Errors
    ///
    /// See [`CardError`].
    pub fn verify(&self) -> Result<(), CardError> {
        check_version(Some(self.version))?;
        if self.delegations.len() > MAX_DELEGATIONS {
            return Err(CardError::TooManyDelegations);
        }
        let mut seen = BTreeSet::new();
        let delegated = self.delegations.iter().map(|delegation| &delegation.key);
        for key in [&self.organisation, &self.recovery].into_iter().chain(delegated) {
            key.check().map_err(|_| CardError::BadKey)?;
            if !seen.insert(key) {
                return Err(CardError::DuplicateKey);
            }
        }
        self.sealing.check().map_err(|_| CardError::BadKey)?;
        self.organisation
            .verify(SIGN_CARD, &[&self.signed_bytes()], &self.signature)
            .map_err(|_| CardError::BadSignature)?;
        self.delegations
            .iter()
            .try_for_each(|delegation| delegation.verify(&self.organisation))
            .map_err(CardError::Delegation)
    }

    /// The member whose card this is.
    #[must_use]
    pub fn member(&self) -> MemberId {
        self.organisation.member()
    }

    /// The words to compare by voice.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.organisation)
    }

    /// The first key on the card that may sign `scope` at `at`.
    #[must_use]
    pub fn key_for(&self, scope: Scopes, at: UnixMillis) -> Option<PublicKey> {
        self.delegations
            .iter()
            .find(|delegation| delegation.allows(scope, at))
            .map(|delegation| delegation.key)
    }

    /// Whether `key` may sign `scope` for this member at `at`.
    #[must_use]
    pub fn allows(&self, key: &PublicKey, scope: Scopes, at: UnixMillis) -> bool {
        self.delegations.iter().any(|delegation| delegation.key == *key && delegation.allows(scope, at))
    }

    /// The card as a block of text.
    #[must_use]
    pub fn to_text(&self) -> String {
        armor::encode(armor::Kind::Card, &self.to_bytes())
    }

    /// The verified card in a text that may hold more than it.
    ///
    /// # Errors
    ///
    /// See [`CardError`].
    pub fn from_text(text: &str) -> Result<Self, CardError> {
        Self::from_bytes(&armor::decode(armor::Kind::Card, text, MAX_CARD_BYTES).map_err(CardError::Text)?)
    }

    /// Its canonical bytes, at most [`MAX_CARD_BYTES`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// The verified card in these bytes.
    ///
    /// # Errors
    ///
    /// See [`CardError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CardError> {
        if bytes.len() <= MAX_CARD_BYTES {
            check_version(bytes.first().copied())?;
        }
        let card: Self = codec::decode(bytes, MAX_CARD_BYTES).map_err(CardError::Encoding)?;
        card.verify()?;
        Ok(card)
    }

    /// Everything but the signature, in the order of the fields.
    fn signed_bytes(&self) -> Vec<u8> {
        codec::encode(&(
            (self.version, &self.name, &self.side, self.organisation),
            (&self.sealing, &self.delegations, self.recovery, self.created),
        ))
    }
}

fn check_version(version: Option<u8>) -> Result<(), CardError> {
    match version {
        Some(version) if version > VERSION => Err(CardError::TooNew(version)),
        Some(VERSION) => Ok(()),
        _ => Err(CardError::Encoding(CodecError::Malformed)),
    }
}
