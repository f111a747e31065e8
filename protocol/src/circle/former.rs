//! Who was a member and is none any more: kept for the records that stand, and so that nobody takes over its name.

use alloc::sync::Arc;

use watchfire_keys::ids::{ActId, MemberId};

use super::roster::Entry;

/// One who was a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    /// As it was last, with the state removed or left.
    pub entry: Arc<Entry>,
    /// The act that took it out; of several the one with the lowest id.
    pub act: ActId,
    /// The member that it is now, if it was bound to another organisation key.
    pub successor: Option<MemberId>,
}
