//! What the member's own home says about what may leave.

use watchfire_protocol::sanitize::{Decisions, OwnList, Warninglists};

use crate::error::Result;
use crate::home::Home;
use crate::review::decisions;
use crate::settings;
use crate::warninglists;

/// The member's own list, the person's decisions and the warninglists of one home.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// What must never leave.
    pub own: OwnList,
    /// What the person decided before.
    pub decisions: Decisions,
    /// What is harmless or needed by many.
    pub warninglists: Warninglists,
}

impl Policy {
    /// The policy of a home.
    ///
    /// # Errors
    /// When its settings, decisions or warninglists cannot be read: without them nothing may leave.
    pub fn load(home: &Home) -> Result<Policy> {
        let own = settings::load(home)?.sanitizer.own_list();
        Ok(Policy { own, decisions: decisions::policy(home)?, warninglists: warninglists::load(home)? })
    }
}
