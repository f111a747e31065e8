//! Members that signed two acts that cannot both be meant, with the proof.

use watchfire_keys::ids::{ActId, MemberId};

/// Two acts of one member, neither of which knew the other, that contradict one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradiction {
    /// Who signed both.
    pub member: MemberId,
    /// The act with the lower id.
    pub first: ActId,
    /// The other one.
    pub second: ActId,
}
