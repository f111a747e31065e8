//! The charter: what the founders sign, and what nobody changes alone afterwards.
//!
//! It decides what a well-formed circle is: its sides, its founders, and the rules that every node computes with. It
//! never looks at signatures; those are the [draft](super::Draft)'s.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};
use watchfire_keys::card::Card;
use watchfire_keys::codec;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::hash::hash;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::CircleId;
use watchfire_keys::labels;
use watchfire_keys::name::{Name, Side};
use watchfire_keys::time::UnixMillis;

use super::merge::claims;
use crate::limits::{DAY_MS, MAX_CHARTER_BYTES, MAX_FOUNDERS, MAX_SIDES};

/// The only version of a charter that this code reads and writes.
pub(super) const VERSION: u8 = 1;

/// What a circle is founded on. Its hash is the circle's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charter {
    /// Version of this structure, 1.
    pub version: u8,
    /// What people call the circle.
    pub name: Name,
    /// The blocs, sorted and distinct, 1 to 16. They never change.
    pub sides: Vec<Side>,
    /// The founders' cards, sorted by member, 1 to 64, one or more of each side. Every founder is a steward.
    pub founders: Vec<Card>,
    /// For each side the recovery key of one of its founders.
    pub recovery: BTreeMap<Side, PublicKey>,
    /// Random, so that two circles of the same founders differ, and so that only who has the draft can guess its id.
    pub nonce: [u8; 32],
    /// When the charter was drafted.
    pub created: UnixMillis,
    /// What every node computes with.
    pub rules: CircleRules,
}

/// The numbers of a circle that the founders choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircleRules {
    /// How long records, and the epoch secrets that open them, are kept, in milliseconds. Default 180 days.
    pub retention_ms: u64,
    /// How far back a newcomer is shown records, in milliseconds. Default 90 days.
    pub history_ms: u64,
    /// How long an epoch may seal, in milliseconds. Default 72 hours.
    pub seal_ms: u64,
    /// When an indicator counts as corroborated. Default: two members of two sides.
    pub corroboration: Corroboration,
    /// Who must approve an act. Default: one steward of every side.
    pub consent: Consent,
}

/// Who must have reported an indicator before it is enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corroboration {
    /// Distinct members.
    pub members: u16,
    /// Distinct sides among them.
    pub sides: u16,
}

/// Who must approve an act before it has an effect. Its author counts for its own side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// How many sides.
    pub sides: u16,
    /// How many stewards of each of them.
    pub stewards: u16,
}

impl CircleRules {
    /// The default rules for a circle of so many sides.
    #[must_use]
    pub fn for_sides(sides: usize) -> Self {
        let sides = u16::try_from(sides).unwrap_or(u16::MAX);
        Self {
            retention_ms: 180 * DAY_MS,
            history_ms: 90 * DAY_MS,
            seal_ms: 3 * DAY_MS,
            // A circle of one side could otherwise never corroborate anything.
            corroboration: Corroboration { members: 2, sides: sides.min(2) },
            consent: Consent { sides, stewards: 1 },
        }
    }
}

impl Charter {
    /// A charter with the default rules, every founder a steward. The recovery key of a side is that of the first of
    /// its founders in the order given.
    ///
    /// # Errors
    /// Whatever [`Charter::check`] finds wrong.
    pub fn new(
        name: Name,
        founders: Vec<Card>,
        nonce: [u8; 32],
        created: UnixMillis,
    ) -> Result<Self, CharterError> {
        let mut recovery = BTreeMap::new();
        for card in &founders {
            recovery.entry(card.side.clone()).or_insert(card.recovery);
        }
        let sides: Vec<Side> = recovery.keys().cloned().collect();
        let mut founders = founders;
        founders.sort_by_cached_key(Card::member);
        let rules = CircleRules::for_sides(sides.len());
        let charter = Self { version: VERSION, name, sides, founders, recovery, nonce, created, rules };
        charter.check()?;
        Ok(charter)
    }

    /// The circle's id: the hash of the charter.
    #[must_use]
    pub fn circle(&self) -> CircleId {
        CircleId::from_bytes(hash(labels::HASH_CIRCLE, &[&codec::encode(self)]))
    }

    /// The card of a founder.
    #[must_use]
    pub fn founder(&self, member: watchfire_keys::ids::MemberId) -> Option<&Card> {
        self.founders.iter().find(|card| card.member() == member)
    }

    /// Checks everything about a charter that can be checked without signatures of the founding.
    ///
    /// # Errors
    /// The first thing that is wrong; cheap checks come first, the cards' signatures last.
    pub fn check(&self) -> Result<(), CharterError> {
        if self.version != VERSION {
            return Err(CharterError::TooNew { version: self.version });
        }
        if self.sides.is_empty() || self.sides.len() > MAX_SIDES {
            return Err(CharterError::Sides);
        }
        if self.founders.is_empty() || self.founders.len() > MAX_FOUNDERS {
            return Err(CharterError::FounderCount);
        }
        if !self.sides.is_sorted_by(|a, b| a < b) {
            return Err(CharterError::Sides);
        }
        let size = codec::encode(self).len();
        if size > MAX_CHARTER_BYTES {
            return Err(CharterError::TooLarge { bytes: size });
        }
        self.check_founders()?;
        self.check_recovery()?;
        self.check_rules()?;
        for card in &self.founders {
            card.verify().map_err(|_| CharterError::Card { name: card.name.clone() })?;
            if card.key_for(Scopes::STEWARD, self.created).is_none() {
                return Err(CharterError::NoStewardKey { name: card.name.clone() });
            }
        }
        Ok(())
    }

    fn check_founders(&self) -> Result<(), CharterError> {
        if !self.founders.is_sorted_by(|a, b| a.member() <= b.member()) {
            return Err(CharterError::Unsorted);
        }
        let mut taken = BTreeSet::new();
        for card in &self.founders {
            if self.sides.binary_search(&card.side).is_err() {
                return Err(CharterError::UnknownSide { name: card.name.clone() });
            }
            for claim in claims(card) {
                if !taken.insert(claim) {
                    return Err(CharterError::Duplicate { name: card.name.clone() });
                }
            }
        }
        for side in &self.sides {
            if !self.founders.iter().any(|card| card.side == *side) {
                return Err(CharterError::EmptySide { side: side.clone() });
            }
        }
        Ok(())
    }

    fn check_recovery(&self) -> Result<(), CharterError> {
        let named = |side: &Side, key: &PublicKey| {
            self.founders.iter().any(|card| card.side == *side && card.recovery == *key)
        };
        let sound = self.recovery.len() == self.sides.len()
            && self.recovery.iter().all(|(side, key)| named(side, key));
        if sound { Ok(()) } else { Err(CharterError::Recovery) }
    }

    fn check_rules(&self) -> Result<(), CharterError> {
        let rules = &self.rules;
        let sides = u16::try_from(self.sides.len()).unwrap_or(u16::MAX);
        let fewest = self
            .sides
            .iter()
            .map(|side| self.founders.iter().filter(|card| card.side == *side).count())
            .min()
            .unwrap_or(0);
        let sound = (DAY_MS..=5 * 365 * DAY_MS).contains(&rules.retention_ms)
            && rules.history_ms <= rules.retention_ms
            && (DAY_MS / 24..=30 * DAY_MS).contains(&rules.seal_ms)
            && rules.seal_ms <= rules.retention_ms
            && (1..=64).contains(&rules.corroboration.members)
            && (1..=sides).contains(&rules.corroboration.sides)
            && rules.corroboration.sides <= rules.corroboration.members
            // No side decides alone where there are two.
            && (sides.min(2)..=sides).contains(&rules.consent.sides)
            // More than the founders could give, and nothing could ever be decided.
            && rules.consent.stewards >= 1
            && usize::from(rules.consent.stewards) <= fewest;
        if sound { Ok(()) } else { Err(CharterError::Rules) }
    }
}

/// What is wrong with a charter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CharterError {
    /// It is of a version that this program does not read.
    TooNew {
        /// The version it claims.
        version: u8,
    },
    /// No side, more than 16, or not sorted and distinct.
    Sides,
    /// No founder, or more than 64.
    FounderCount,
    /// The founders are not sorted.
    Unsorted,
    /// Together the cards are too large for one circle's founding.
    TooLarge {
        /// The charter's size.
        bytes: usize,
    },
    /// A founder declares a side that the charter does not have.
    UnknownSide {
        /// The founder.
        name: Name,
    },
    /// A side has no founder.
    EmptySide {
        /// The side.
        side: Side,
    },
    /// Two founders share a member id, a name or a key.
    Duplicate {
        /// The later one of the two.
        name: Name,
    },
    /// A founder's card does not verify.
    Card {
        /// The founder.
        name: Name,
    },
    /// A founder's card delegates no steward key for the day of the founding.
    NoStewardKey {
        /// The founder.
        name: Name,
    },
    /// A side's recovery key is missing, or is not the one of a founder of that side.
    Recovery,
    /// A rule is out of its bounds.
    Rules,
}

impl CharterError {
    /// What a person can do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::TooNew { .. } => "update this program",
            Self::Sides | Self::UnknownSide { .. } | Self::EmptySide { .. } => {
                "give one card or more of each side"
            }
            Self::FounderCount | Self::TooLarge { .. } => {
                "found the circle with fewer members and invite the others"
            }
            Self::Duplicate { .. } => {
                "give each member's card once, and let members with equal names choose others"
            }
            Self::Card { .. } | Self::NoStewardKey { .. } => {
                "ask that member for a new card (`watchfire card`)"
            }
            Self::Unsorted | Self::Recovery | Self::Rules => "ask the drafter for a new draft",
        }
    }
}

impl fmt::Display for CharterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooNew { version } => write!(f, "the charter is of version {version}"),
            Self::Sides => f.write_str("the sides are missing, too many, or not distinct"),
            Self::FounderCount => write!(f, "a circle has 1 to {MAX_FOUNDERS} founders"),
            Self::Unsorted => f.write_str("the founders are not in their order"),
            Self::TooLarge { bytes } => {
                write!(f, "the founding would take {bytes} bytes, more than {MAX_CHARTER_BYTES}")
            }
            Self::UnknownSide { name } => write!(f, "{name} is of a side that the charter lacks"),
            Self::EmptySide { side } => write!(f, "the side {side} has no founder"),
            Self::Duplicate { name } => {
                write!(f, "{name} shares its name or a key with another founder")
            }
            Self::Card { name } => write!(f, "the card of {name} does not verify"),
            Self::NoStewardKey { name } => {
                write!(f, "the card of {name} has no steward key that is valid now")
            }
            Self::Recovery => f.write_str("the recovery keys are not those of the founders"),
            Self::Rules => f.write_str("a rule of the charter is out of its bounds"),
        }
    }
}

impl core::error::Error for CharterError {}
