//! The rosters at the earlier frontiers that were asked for last.
//!
//! What a frontier says never changes once all of it is in force, so nothing here can be out of date. Headers, greetings
//! and acts that come late ask for the same few frontiers again and again.

use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::ActId;

use super::roster::Roster;
use crate::limits::MAX_RECENT_ROSTERS;

/// Rosters by the frontier that was asked for, the one that was asked for last at the end.
#[derive(Clone, Debug)]
pub(super) struct Recent {
    held: Vec<(Vec<ActId>, Arc<Roster>)>,
}

impl Recent {
    pub(super) const fn new() -> Self {
        Self { held: Vec::new() }
    }

    pub(super) fn get(&self, frontier: &[ActId]) -> Option<&Arc<Roster>> {
        self.held.iter().find(|(held, _)| held == frontier).map(|(_, roster)| roster)
    }

    /// Holds a roster, or notes that it was asked for again. The one that was not asked for the longest goes.
    pub(super) fn put(&mut self, frontier: &[ActId], roster: &Arc<Roster>) {
        self.held.retain(|(held, _)| held != frontier);
        if self.held.len() >= MAX_RECENT_ROSTERS {
            self.held.remove(0);
        }
        self.held.push((frontier.to_vec(), Arc::clone(roster)));
    }
}
