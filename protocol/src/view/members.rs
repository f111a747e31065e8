//! Whom the view asks about the authors of records: the roster.

use watchfire_keys::{ids::MemberId, name::Side};

use crate::circle::Roster;

/// What the view has to know of members.
pub trait Members {
    /// The side of a member whose records stand, and `None` for anybody else, whose records then count for nothing.
    fn side_of(&self, member: &MemberId) -> Option<&Side>;

    /// Under which member to count what this one said. An organisation that was bound to another key is one
    /// organisation: it cannot bear itself out, and can take back what it said before.
    fn canonical(&self, member: &MemberId) -> MemberId;
}

impl Members for Roster {
    /// Those of former members too: what they said may still stand.
    fn side_of(&self, member: &MemberId) -> Option<&Side> {
        self.known(member).map(|entry| &entry.side)
    }

    fn canonical(&self, member: &MemberId) -> MemberId {
        self.canonical(member)
    }
}

/// Without a roster nobody's records stand.
impl Members for Option<&Roster> {
    fn side_of(&self, member: &MemberId) -> Option<&Side> {
        self.and_then(|roster| roster.side_of(member))
    }

    fn canonical(&self, member: &MemberId) -> MemberId {
        self.map_or(*member, |roster| roster.canonical(member))
    }
}
