//! One comparison at a time under a key of its own, for when the circle's own key does not do.
//!
//! A member that grinds ids can make some of them fall together in all coded symbols, and then no comparison of sets that
//! differ in them comes out. Under a key that was drawn after those ids were made it does. Keying a set anew takes a hash
//! of each id and as much memory as the set, so a node does it seldom, whoever asks.

use rand_core::Rng;
use watchfire_keys::time::Moment;

use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::reconcile::{Ask, NUMBERS_A_SEARCH, RecordSet, Salt, Search, Symbols};
use crate::rules::Rule;

/// At most once in so long, for whoever needs it.
const AGAIN_MS: u64 = 10 * 60 * 1000;
/// The set is kept for so long after it was last used.
const KEPT_MS: u64 = 60 * 1000;

/// The set under another key.
#[derive(Debug)]
pub(super) struct Salted {
    salt: Salt,
    set: RecordSet,
    made: Moment,
    used: Moment,
}

/// The set under another key, if there is one now, and when there may be another.
#[derive(Debug, Default)]
pub(super) struct SaltedOnce {
    now: Option<Salted>,
    next: Moment,
}

impl SaltedOnce {
    /// The set under this salt. Makes it of the plain one if there is none and it is time.
    fn set(&mut self, salt: &Salt, plain: &RecordSet, now: Moment) -> Option<&mut RecordSet> {
        if self.now.is_none() && self.next <= now {
            self.next = now.saturating_add(AGAIN_MS);
            self.now = Some(Salted { salt: *salt, set: plain.under(salt), made: now, used: now });
        }
        let salted = self.now.as_mut().filter(|salted| salted.salt == *salt)?;
        salted.used = now;
        Some(&mut salted.set)
    }

    /// Lets go of a set that is used no more, or has been for as long as it takes until there may be another.
    pub(super) fn forget_unused(&mut self, now: Moment) {
        let over = |salted: &Salted| {
            salted.used.saturating_add(KEPT_MS) < now || salted.made.saturating_add(AGAIN_MS) < now
        };
        if self.now.as_ref().is_some_and(over) {
            self.now = None;
        }
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Begins a comparison under a new key, if it is time for one.
    pub(super) fn search_under_new_key(&mut self, peer: &P) -> bool {
        let now = self.now.moment;
        let mut salt = Salt::default();
        self.rng.fill_bytes(&mut salt);
        let Some(set) = self.catchup.salted.set(&salt, &self.set, now) else { return false };
        let number = self.catchup.sessions.wrapping_add(1);
        self.catchup.sessions = self.catchup.sessions.wrapping_add(NUMBERS_A_SEARCH);
        let (search, first) = Search::start_under(number, salt, set);
        self.begin_search(peer, search, [first].into());
        true
    }

    /// Answers under the key that is asked for, or declines.
    pub(super) fn symbols_for(&mut self, ask: &Ask) -> Result<Symbols, Rule> {
        match &ask.salt {
            None => ask.answer(&mut self.set),
            Some(salt) => match self.catchup.salted.set(salt, &self.set, self.now.moment) {
                Some(set) => ask.answer(set),
                None => Ok(ask.decline()),
            },
        }
    }

    /// The set that a search of ours is about; `None` once it is gone.
    pub(super) fn searched_set(&mut self, salt: Option<Salt>) -> Option<&mut RecordSet> {
        match salt {
            None => Some(&mut self.set),
            Some(salt) => {
                let salted = self.catchup.salted.now.as_mut().filter(|salted| salted.salt == salt)?;
                salted.used = self.now.moment;
                Some(&mut salted.set)
            }
        }
    }
}
