//! An act's body on the wire: a tag and length-prefixed content, so that an act of a newer version keeps its id, its
//! place in the history and its signature at a node that does not know what it does. There it counts for nothing.

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use watchfire_keys::codec;

use super::body::ActBody;
use crate::limits::MAX_ACT_BYTES;

const TAG_ADD: u16 = 1;
const TAG_TIE: u16 = 2;
const TAG_REMOVE: u16 = 3;
const TAG_ROLE: u16 = 4;
const TAG_RULES: u16 = 5;
const TAG_LEAVE: u16 = 6;
const TAG_DELEGATE: u16 = 7;
const TAG_REVOKE: u16 = 8;
const TAG_ROTATE: u16 = 9;
const TAG_SEAT: u16 = 10;
const TAG_REBIND: u16 = 11;

#[derive(Serialize, Deserialize)]
struct Wire {
    tag: u16,
    #[serde(with = "codec::bytes")]
    content: Vec<u8>,
}

impl Serialize for ActBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (tag, content) = match self {
            Self::Add { card, role } => (TAG_ADD, codec::encode(&(card.as_ref(), role))),
            Self::Tie => (TAG_TIE, Vec::new()),
            Self::Remove { member, cuts } => (TAG_REMOVE, codec::encode(&(member, cuts))),
            Self::SetRole { member, role, cuts } => (TAG_ROLE, codec::encode(&(member, role, cuts))),
            Self::SetRules { rules } => (TAG_RULES, codec::encode(rules)),
            Self::Leave { number, cuts } => (TAG_LEAVE, codec::encode(&(number, cuts))),
            Self::Delegate { number, delegation } => (TAG_DELEGATE, codec::encode(&(number, delegation))),
            Self::Revoke { number, key, last } => (TAG_REVOKE, codec::encode(&(number, key, last))),
            Self::Rotate { number, sealing } => (TAG_ROTATE, codec::encode(&(number, sealing))),
            Self::Seat { side, card, removes, cuts } => {
                (TAG_SEAT, codec::encode(&(side, card.as_ref(), removes, cuts)))
            }
            Self::Rebind { member, card, cuts } => {
                (TAG_REBIND, codec::encode(&(member, card.as_ref(), cuts)))
            }
            Self::Unknown { tag, content } => (*tag, content.clone()),
        };
        Wire { tag, content }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ActBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { tag, content } = Wire::deserialize(deserializer)?;
        Ok(match tag {
            TAG_ADD => {
                let (card, role) = read::<_, D>(&content)?;
                Self::Add { card: Box::new(card), role }
            }
            TAG_TIE if content.is_empty() => Self::Tie,
            TAG_TIE => return Err(serde::de::Error::custom("tie")),
            TAG_REMOVE => {
                let (member, cuts) = read::<_, D>(&content)?;
                Self::Remove { member, cuts }
            }
            TAG_ROLE => {
                let (member, role, cuts) = read::<_, D>(&content)?;
                Self::SetRole { member, role, cuts }
            }
            TAG_RULES => Self::SetRules { rules: read::<_, D>(&content)? },
            TAG_LEAVE => {
                let (number, cuts) = read::<_, D>(&content)?;
                Self::Leave { number, cuts }
            }
            TAG_DELEGATE => {
                let (number, delegation) = read::<_, D>(&content)?;
                Self::Delegate { number, delegation }
            }
            TAG_REVOKE => {
                let (number, key, last) = read::<_, D>(&content)?;
                Self::Revoke { number, key, last }
            }
            TAG_ROTATE => {
                let (number, sealing) = read::<_, D>(&content)?;
                Self::Rotate { number, sealing }
            }
            TAG_SEAT => {
                let (side, card, removes, cuts) = read::<_, D>(&content)?;
                Self::Seat { side, card: Box::new(card), removes, cuts }
            }
            TAG_REBIND => {
                let (member, card, cuts) = read::<_, D>(&content)?;
                Self::Rebind { member, card: Box::new(card), cuts }
            }
            _ => Self::Unknown { tag, content },
        })
    }
}

/// The content, which a bound on the whole act holds small before it is looked at.
fn read<'de, T: Serialize + DeserializeOwned, D: Deserializer<'de>>(content: &[u8]) -> Result<T, D::Error> {
    codec::decode(content, MAX_ACT_BYTES).map_err(|_| serde::de::Error::custom("the body of an act"))
}
