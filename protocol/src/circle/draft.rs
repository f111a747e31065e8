//! The founding draft: a charter, and the founders' signatures as they come in.
//!
//! Each founder signs the circle's id with a steward key of its own card. When all have, the draft is the first item of
//! the circle's log. The file is passed around by people, so what it says is hostile until checked: a signature that
//! does not hold is dropped and counted, and a charter that is not sound is refused.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};
use watchfire_keys::codec;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::hash::derive;
use watchfire_keys::identity::{Signature, SigningKey};
use watchfire_keys::ids::{CircleId, MemberId};
use watchfire_keys::labels;
use watchfire_keys::name::Name;
use zeroize::Zeroizing;

use super::charter::{Charter, CharterError};
use crate::limits::MAX_DRAFT_BYTES;
use crate::rules::Rule;

/// The first bytes of a draft file.
const MAGIC: &[u8] = b"WATCHFIRE DRAFT\n";
const FILE_VERSION: u8 = 1;

/// A charter and the signatures that it has so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    charter: Charter,
    signatures: BTreeMap<MemberId, Signature>,
}

/// What came of reading or merging signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Merged {
    /// Signatures that were new and held.
    pub taken: usize,
    /// Signatures that did not hold, or were nobody's among the founders.
    pub dropped: usize,
}

impl Draft {
    /// A draft that nobody has signed.
    #[must_use]
    pub const fn new(charter: Charter) -> Self {
        Self { charter, signatures: BTreeMap::new() }
    }

    /// The charter.
    #[must_use]
    pub const fn charter(&self) -> &Charter {
        &self.charter
    }

    /// The signatures so far, by founder.
    #[must_use]
    pub const fn signatures(&self) -> &BTreeMap<MemberId, Signature> {
        &self.signatures
    }

    /// The id of the circle that this founds.
    #[must_use]
    pub fn circle(&self) -> CircleId {
        self.charter.circle()
    }

    /// Signs for a founder with its steward key. Signing twice changes nothing.
    ///
    /// # Errors
    /// [`DraftError::NotAFounder`], or [`DraftError::NotItsKey`] when the founder's card does not delegate the key.
    pub fn sign(&mut self, member: MemberId, key: &SigningKey) -> Result<(), DraftError> {
        let card = self.charter.founder(member).ok_or(DraftError::NotAFounder)?;
        let at = self.charter.created;
        let public = key.public();
        if !card.allows(&public, Scopes::STEWARD, at) {
            return Err(DraftError::NotItsKey);
        }
        let signature = key.sign(labels::SIGN_FOUNDING, &[self.circle().as_bytes()]);
        self.signatures.insert(member, signature);
        Ok(())
    }

    /// Takes over one founder's signature, as it comes from a peer. `Ok(false)` when it was here before.
    ///
    /// # Errors
    /// [`Rule::FoundingNotAFounder`] and [`Rule::FoundingSignature`].
    pub fn insert(&mut self, member: MemberId, signature: Signature) -> Result<bool, Rule> {
        if self.charter.founder(member).is_none() {
            return Err(Rule::FoundingNotAFounder);
        }
        if self.signatures.contains_key(&member) {
            return Ok(false);
        }
        if !self.holds(self.circle(), member, &signature) {
            return Err(Rule::FoundingSignature);
        }
        self.signatures.insert(member, signature);
        Ok(true)
    }

    /// Takes over the signatures of another copy of this draft. What does not hold is dropped and counted.
    ///
    /// # Errors
    /// [`DraftError::OtherCircle`] when the other draft has another charter.
    pub fn merge(&mut self, other: &Self) -> Result<Merged, DraftError> {
        if self.circle() != other.circle() {
            return Err(DraftError::OtherCircle);
        }
        let mut merged = Merged::default();
        for (member, signature) in &other.signatures {
            match self.insert(*member, *signature) {
                Ok(true) => merged.taken += 1,
                Ok(false) => {}
                Err(_) => merged.dropped += 1,
            }
        }
        Ok(merged)
    }

    /// The names of the founders that have not signed.
    #[must_use]
    pub fn missing(&self) -> Vec<Name> {
        let unsigned = |card: &&watchfire_keys::card::Card| !self.signatures.contains_key(&card.member());
        self.charter.founders.iter().filter(unsigned).map(|card| card.name.clone()).collect()
    }

    /// Whether every founder has signed.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.charter.founders.iter().all(|card| self.signatures.contains_key(&card.member()))
    }

    /// The key under which founders greet one another before there is an epoch. Who has the draft has it.
    #[must_use]
    pub fn greeting_key(&self) -> Zeroizing<[u8; 32]> {
        derive(labels::DERIVE_FOUNDING_GREETING, &self.charter.nonce, &[self.circle().as_bytes()])
    }

    /// Checks a draft that came from a peer as the founding of its circle: sound charter, every founder's signature.
    ///
    /// # Errors
    /// [`Rule::FoundingMalformed`], [`Rule::FoundingNotAFounder`] and [`Rule::FoundingSignature`].
    pub fn check_complete(&self) -> Result<(), Rule> {
        self.charter.check().map_err(|_| Rule::FoundingMalformed)?;
        if self.signatures.len() != self.charter.founders.len() {
            return Err(Rule::FoundingSignature);
        }
        let circle = self.circle();
        for (member, signature) in &self.signatures {
            if self.charter.founder(*member).is_none() {
                return Err(Rule::FoundingNotAFounder);
            }
            if !self.holds(circle, *member, signature) {
                return Err(Rule::FoundingSignature);
            }
        }
        Ok(())
    }

    /// The file: magic, one byte of version, then the canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(FILE_VERSION);
        bytes.extend(codec::encode(self));
        bytes
    }

    /// Reads a draft file: the draft with the signatures that hold, and how many were dropped.
    ///
    /// # Errors
    /// [`DraftError`] for anything that is not a draft with a sound charter.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, Merged), DraftError> {
        if bytes.len() > MAX_DRAFT_BYTES + MAGIC.len() + 1 {
            return Err(DraftError::TooLarge);
        }
        let rest = bytes.strip_prefix(MAGIC).ok_or(DraftError::NotADraft)?;
        let (version, body) = rest.split_first().ok_or(DraftError::Damaged)?;
        if *version != FILE_VERSION {
            return Err(DraftError::TooNew { version: *version });
        }
        let read: Self = codec::decode(body, MAX_DRAFT_BYTES).map_err(|_| DraftError::Damaged)?;
        read.charter.check().map_err(DraftError::Charter)?;
        let mut draft = Self::new(read.charter.clone());
        let merged = draft.merge(&read)?;
        Ok((draft, merged))
    }

    fn holds(&self, circle: CircleId, member: MemberId, signature: &Signature) -> bool {
        let Some(card) = self.charter.founder(member) else { return false };
        let at = self.charter.created;
        card.delegations.iter().filter(|delegation| delegation.allows(Scopes::STEWARD, at)).any(
            |delegation| {
                delegation.key.verify(labels::SIGN_FOUNDING, &[circle.as_bytes()], signature).is_ok()
            },
        )
    }
}

/// Why a draft could not be read, signed or merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftError {
    /// The file does not begin as a draft does.
    NotADraft,
    /// The file is of a version that this program does not read.
    TooNew {
        /// The version it claims.
        version: u8,
    },
    /// The file is larger than any draft.
    TooLarge,
    /// The file is cut or changed.
    Damaged,
    /// The charter in it is not sound.
    Charter(CharterError),
    /// The two drafts found different circles.
    OtherCircle,
    /// This member is not among the founders.
    NotAFounder,
    /// The founder's card does not delegate this steward key.
    NotItsKey,
}

impl DraftError {
    /// What a person can do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NotADraft | Self::TooLarge => "give the file that `watchfire circle found` wrote",
            Self::TooNew { .. } => "update this program",
            Self::Damaged => "ask for the file again; it was changed on its way",
            Self::Charter(error) => error.remedy(),
            Self::OtherCircle => "sign this draft in a home that is in no other founding",
            Self::NotAFounder => "ask the drafter to add your card, or use the home whose card is in it",
            Self::NotItsKey => "sign with the home whose card the drafter was given",
        }
    }
}

impl fmt::Display for DraftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADraft => f.write_str("this is not a founding draft"),
            Self::TooNew { version } => write!(f, "the draft is of version {version}"),
            Self::TooLarge => f.write_str("the file is larger than any founding draft"),
            Self::Damaged => f.write_str("the draft is damaged"),
            Self::Charter(error) => error.fmt(f),
            Self::OtherCircle => f.write_str("the draft founds another circle"),
            Self::NotAFounder => f.write_str("this member is not among the draft's founders"),
            Self::NotItsKey => f.write_str("the draft holds another card of this member"),
        }
    }
}

impl core::error::Error for DraftError {}
