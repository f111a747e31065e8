//! While a circle is founded: the draft and its signatures go round among the founders.

use super::output::{Change, Event, Output};
use super::{Engine, PeerName};
use crate::circle::{ActLog, Draft, Item};
use crate::crypto::Crypto;
use crate::rules::Rule;
use crate::wire::{Founding, Frame};

impl<C: Crypto, P: PeerName> Engine<C, P> {
    pub(super) fn send_draft(&mut self, peer: &P) {
        if let Some(draft) = &self.draft {
            let frame = Frame::Founding(Founding::Draft(draft.to_bytes()));
            self.send(peer, &frame);
        }
    }

    /// A founder showed us the signatures it has.
    pub(super) fn founding_frame(&mut self, peer: &P, frame: &Founding) -> Result<(), Rule> {
        let Founding::Draft(bytes) = frame;
        let (draft, _) = Draft::from_bytes(bytes).map_err(|_| Rule::FoundingMalformed)?;
        if draft.circle() != self.circle {
            return Err(Rule::FoundingWrongCircle);
        }
        if self.draft.is_some() {
            self.take_draft(&draft);
        } else {
            // It has not heard yet that the circle is complete.
            self.send_founding_item(peer);
            // What it was told before, it could not place yet.
            self.send_presences(peer);
        }
        Ok(())
    }

    /// Takes over signatures, from a peer or from the home's draft file.
    pub(super) fn take_draft(&mut self, other: &Draft) {
        let Some(draft) = &mut self.draft else { return };
        let taken = draft.merge(other).map_or(0, |merged| merged.taken);
        if taken == 0 {
            return;
        }
        let bytes = draft.to_bytes();
        self.out(Output::Persist(Change::Draft(bytes)));
        for (peer, _) in self.greeted_peers() {
            self.send_draft(&peer);
        }
        self.found_if_complete();
    }

    /// Founds the circle once every founder has signed.
    pub(super) fn found_if_complete(&mut self) {
        if !self.draft.as_ref().is_some_and(Draft::is_complete) {
            return;
        }
        let Some(draft) = self.draft.take() else { return };
        let mut log = ActLog::new(self.circle);
        let item = Item::from(draft);
        // Every signature of the draft was checked when it was merged, so the log takes it.
        if log.insert(item.clone(), self.now.unix).is_err() {
            return;
        }
        self.persist_item(&item);
        self.log = Some(log);
        self.out(Output::Event(Event::Founded));
        self.roster_changed();
        for (peer, member) in self.greeted_peers() {
            self.send_founding_item(&peer);
            self.join_gossip(&peer, member);
            self.send_summary(&peer);
            self.send_presences(&peer);
        }
        self.catchup_soon();
    }
}
