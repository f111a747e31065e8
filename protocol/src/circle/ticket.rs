//! The ticket: what a newcomer needs to find its circle, sealed to its card.
//!
//! It holds no secret of the circle. It says which circle, which act adds the newcomer, and whom to call; everything
//! else the newcomer verifies for itself from the founding on. Whoever finds the text learns nothing from it, not
//! even for whom it is.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use watchfire_keys::armor::{self, ArmorError, Kind};
use watchfire_keys::codec::{self, list_at_most};
use watchfire_keys::ids::{ActId, CircleId, MemberId};
use watchfire_keys::labels;
use watchfire_keys::sealing::{self, SEAL_OVERHEAD, SealingKey, SealingPublic};

use crate::limits::{MAX_ADDRESS_BYTES, MAX_ADDRESSES, MAX_CONTACTS, MAX_PEER_BYTES, MAX_TICKET_BYTES};

const VERSION: u8 = 1;

/// What a newcomer is handed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The circle.
    pub circle: CircleId,
    /// The act that adds the newcomer; it may still wait for approvals.
    pub act: ActId,
    /// Members to call, 1 to 16.
    #[serde(deserialize_with = "list_at_most::<_, _, MAX_CONTACTS>")]
    pub contacts: Vec<Contact>,
}

/// A member's node, as it can be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The member.
    pub member: MemberId,
    /// To which the newcomer seals its first message.
    pub sealing: SealingPublic,
    /// The transport's name of the node, at most 64 bytes.
    #[serde(with = "codec::bytes")]
    pub peer: Vec<u8>,
    /// Where it listens, at most 8 of at most 256 bytes.
    #[serde(deserialize_with = "list_at_most::<_, _, MAX_ADDRESSES>")]
    pub addresses: Vec<String>,
}

impl Ticket {
    /// The ticket as a block of text that only the holder of this sealing key can open: a newcomer's card has it, and
    /// the roster that of a member.
    ///
    /// # Errors
    /// [`TicketError::Contacts`] when there is nobody to call or a bound is broken, [`TicketError::BadCard`] when the
    /// sealing key is unusable.
    pub fn seal(&self, to: &SealingPublic, rng: &mut impl CryptoRng) -> Result<String, TicketError> {
        self.check()?;
        let plain = codec::encode(self);
        let sealed = sealing::seal(to, labels::SEAL_TICKET, &[VERSION], &plain, rng)
            .map_err(|_| TicketError::BadCard)?;
        let mut bytes = alloc::vec![VERSION];
        bytes.extend(sealed);
        Ok(armor::encode(Kind::Ticket, &bytes))
    }

    /// Opens the ticket in a text that may hold more than it.
    ///
    /// # Errors
    /// [`TicketError`], each with its remedy.
    pub fn open(key: &SealingKey, text: &str) -> Result<Self, TicketError> {
        let most = MAX_TICKET_BYTES + SEAL_OVERHEAD + 1;
        let bytes = armor::decode(Kind::Ticket, text, most).map_err(TicketError::Text)?;
        let (version, sealed) = bytes.split_first().ok_or(TicketError::Malformed)?;
        if *version != VERSION {
            return Err(TicketError::TooNew { version: *version });
        }
        let plain = sealing::open(key, labels::SEAL_TICKET, &[VERSION], sealed)
            .map_err(|_| TicketError::NotForThisKey)?;
        let ticket: Self = codec::decode(&plain, MAX_TICKET_BYTES).map_err(|_| TicketError::Malformed)?;
        ticket.check()?;
        Ok(ticket)
    }

    fn check(&self) -> Result<(), TicketError> {
        let sound = |contact: &Contact| {
            contact.peer.len() <= MAX_PEER_BYTES
                && contact.addresses.len() <= MAX_ADDRESSES
                && contact.addresses.iter().all(|address| address.len() <= MAX_ADDRESS_BYTES)
        };
        let bounded = !self.contacts.is_empty()
            && self.contacts.len() <= MAX_CONTACTS
            && self.contacts.iter().all(sound);
        if bounded { Ok(()) } else { Err(TicketError::Contacts) }
    }
}

/// Why a ticket could not be made or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketError {
    /// There is no whole ticket in the text.
    Text(ArmorError),
    /// The ticket is of a version that this program does not read.
    TooNew {
        /// The version it claims.
        version: u8,
    },
    /// It was sealed to another card.
    NotForThisKey,
    /// It opens, and what is in it is no ticket.
    Malformed,
    /// Nobody to call, or more than 16 contacts, or a contact with more addresses than may be.
    Contacts,
    /// The card's sealing key is unusable.
    BadCard,
}

impl TicketError {
    /// What a person can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Text(error) => error.remedy(),
            Self::TooNew { .. } => "update this program",
            Self::NotForThisKey => {
                "use the home whose card the steward was given, or send that steward this home's card \
                 (`watchfire card`)"
            }
            Self::Malformed => "ask the steward for a new ticket (`watchfire circle ticket`)",
            Self::Contacts => "run the node, so that there are addresses to name",
            Self::BadCard => "ask that member for a new card (`watchfire card`)",
        }
    }
}

impl fmt::Display for TicketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(error) => error.fmt(f),
            Self::TooNew { version } => write!(f, "the ticket is of version {version}"),
            Self::NotForThisKey => f.write_str("the ticket was made for another card"),
            Self::Malformed => f.write_str("the ticket opens, and what is in it cannot be read"),
            Self::Contacts => f.write_str("a ticket names 1 to 16 members to call"),
            Self::BadCard => f.write_str("the card's sealing key cannot be used"),
        }
    }
}

impl core::error::Error for TicketError {}
