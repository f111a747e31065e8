//! What the other end of a link announced and this end lacks: asked for a little later, as it may come by another way
//! first, and few at a time, so that the answers fit a link's queue.

use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec::Vec,
};

use watchfire_keys::{EnvelopeId, Moment};

/// How long another way may bring an envelope before the link is asked.
const PATIENCE_MS: u64 = 250;
/// How long the other end may take to send what it was asked for; then it is given up, and others may be asked.
const ANSWER_MS: u64 = 10_000;
/// Envelopes that are asked for at once: at most 2 MiB, a quarter of what a link's queue holds.
const MAX_ASKED: usize = 32;

/// Whether an envelope is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// It is not here.
    Lacking,
    /// It is here, or is not wanted.
    Had,
    /// Somebody else was asked for it, who has until then.
    Awaited(Moment),
}

impl Need {
    /// For an end that asks nobody else.
    pub(super) fn unless(had: bool) -> Self {
        if had { Self::Had } else { Self::Lacking }
    }
}

/// Ids that wait, and ids that were asked for.
#[derive(Debug)]
pub(super) struct Exchange {
    max_wanted: usize,
    wanted: BTreeSet<EnvelopeId>,
    order: VecDeque<(EnvelopeId, Moment)>,
    asked: BTreeMap<EnvelopeId, Moment>,
}

impl Exchange {
    /// Nothing yet; at most `max_wanted` ids will wait.
    pub(super) fn new(max_wanted: usize) -> Self {
        Self { max_wanted, wanted: BTreeSet::new(), order: VecDeque::new(), asked: BTreeMap::new() }
    }

    /// Forgets everything: on a new link all is announced anew.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.max_wanted);
    }

    /// The other end has these.
    pub(super) fn announced(
        &mut self,
        ids: Vec<EnvelopeId>,
        now: Moment,
        need: impl Fn(&EnvelopeId) -> Need,
    ) {
        let due = now.saturating_add(PATIENCE_MS);
        for id in ids {
            if self.order.len() >= self.max_wanted {
                return;
            }
            if need(&id) != Need::Had && !self.asked.contains_key(&id) && self.wanted.insert(id) {
                self.order.push_back((id, due));
            }
        }
    }

    /// Whether the other end announced it, and it has not come from there.
    pub(super) fn is_there(&self, id: &EnvelopeId) -> bool {
        self.wanted.contains(id) || self.asked.contains_key(id)
    }

    /// An envelope came.
    pub(super) fn arrived(&mut self, id: &EnvelopeId) {
        self.asked.remove(id);
    }

    /// What to ask for now, and until when an answer is waited for.
    pub(super) fn pull(
        &mut self,
        now: Moment,
        need: impl Fn(&EnvelopeId) -> Need,
    ) -> Option<(Vec<EnvelopeId>, Moment)> {
        self.asked.retain(|_, until| *until > now);
        let until = now.saturating_add(ANSWER_MS);
        let mut ids = Vec::new();
        let mut later = Vec::new();
        while self.asked.len() < MAX_ASKED {
            let Some((id, _)) = self.order.pop_front_if(|(_, due)| *due <= now) else { break };
            match need(&id) {
                Need::Lacking => {
                    self.asked.insert(id, until);
                    ids.push(id);
                }
                Need::Awaited(due) if due > now => {
                    later.push((id, due));
                    continue;
                }
                Need::Awaited(_) | Need::Had => {}
            }
            self.wanted.remove(&id);
        }
        self.order.extend(later);
        (!ids.is_empty()).then_some((ids, until))
    }

    /// When [`Exchange::pull`] may have something to ask for.
    pub(super) fn deadline(&self) -> Option<Moment> {
        let (_, due) = self.order.front()?;
        if self.asked.len() < MAX_ASKED { Some(*due) } else { self.asked.values().min().copied() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> EnvelopeId {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        EnvelopeId::from_bytes(bytes)
    }

    fn lacking(_: &EnvelopeId) -> Need {
        Need::Lacking
    }

    #[test]
    fn another_way_may_bring_it_first() {
        let mut exchange = Exchange::new(10);
        exchange.announced([id(1), id(2), id(3)].into(), Moment(0), |have| Need::unless(*have == id(1)));
        assert_eq!(exchange.deadline(), Some(Moment(PATIENCE_MS)));
        assert_eq!(exchange.pull(Moment(PATIENCE_MS - 1), lacking), None);
        let pulled = exchange.pull(Moment(PATIENCE_MS), |have| Need::unless(*have == id(2)));
        assert_eq!(pulled.map(|(ids, _)| ids), Some([id(3)].into()));
        assert!(exchange.is_there(&id(3)) && !exchange.is_there(&id(2)));
    }

    #[test]
    fn few_are_asked_for_at_once_and_a_silent_link_stops_nothing() {
        let mut exchange = Exchange::new(1000);
        exchange.announced((0..2000).map(id).collect(), Moment(0), lacking);
        exchange.announced((0..2000).map(id).collect(), Moment(0), lacking);
        assert_eq!(exchange.order.len(), 1000);
        let now = Moment(PATIENCE_MS);
        let count = |pulled: Option<(Vec<EnvelopeId>, Moment)>| pulled.map(|(ids, _)| ids.len());
        assert_eq!(count(exchange.pull(now, lacking)), Some(MAX_ASKED));
        assert_eq!(exchange.pull(now, lacking), None);
        exchange.arrived(&id(0));
        assert_eq!(exchange.pull(now, lacking).map(|(ids, _)| ids), Some([id(32)].into()));
        let later = now.saturating_add(ANSWER_MS);
        assert_eq!(exchange.deadline(), Some(later));
        assert_eq!(count(exchange.pull(later, lacking)), Some(MAX_ASKED));
    }

    #[test]
    fn what_another_link_was_asked_for_is_asked_for_here_when_it_does_not_come() {
        let mut exchange = Exchange::new(10);
        exchange.announced([id(1), id(2)].into(), Moment(0), lacking);
        let now = Moment(PATIENCE_MS);
        let elsewhere = |_: &EnvelopeId| Need::Awaited(Moment(5000));
        assert_eq!(exchange.pull(now, elsewhere), None);
        assert_eq!(exchange.deadline(), Some(Moment(5000)));
        assert!(exchange.is_there(&id(1)));
        let pulled = exchange.pull(Moment(5000), |have| Need::unless(*have == id(2)));
        assert_eq!(pulled.map(|(ids, _)| ids), Some([id(1)].into()));
    }
}
