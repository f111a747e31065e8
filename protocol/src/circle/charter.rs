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

use super::circle_rules::CircleRules;
use super::merge::claims;
use crate::limits::{MAX_CHARTER_BYTES, MAX_FOUNDERS, MAX_SIDES};

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
        if !self.rules.are_sound(self.sides.len(), self.fewest_founders()) {
            return Err(CharterError::Rules);
        }
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

    /// How many founders the side with the fewest has.
    fn fewest_founders(&self) -> usize {
        let of = |side: &Side| self.founders.iter().filter(|card| card.side == *side).count();
        self.sides.iter().map(of).min().unwrap_or(0)
    }

    fn check_recovery(&self) -> Result<(), CharterError> {
        let named = |side: &Side, key: &PublicKey| {
            self.founders.iter().any(|card| card.side == *side && card.recovery == *key)
        };
        let sound = self.recovery.len() == self.sides.len()
            && self.recovery.iter().all(|(side, key)| named(side, key));
        if sound { Ok(()) } else { Err(CharterError::Recovery) }
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
