//! Subscriptions: who proves to hold a living gate gets the circle's envelopes, those that are kept first by their ids.

use alloc::vec::Vec;

use watchfire_keys::{CircleTag, EnvelopeId};

use super::Server;
use crate::{
    crypto::Crypto,
    relay::{
        circle::Known,
        frame::{About, Answer, RelayFrame, Subscription},
        limits::MAX_IDS,
    },
    rules::Rule,
};

impl<C: Crypto, P: Clone + Ord> Server<C, P> {
    pub(super) fn subscribe(&mut self, peer: &P, subscription: &Subscription) -> Result<(), Rule> {
        self.charge_check(peer)?;
        let tag = subscription.tag;
        let about = About::Subscription(subscription.epoch);
        let answer = self.try_subscribe(peer, subscription);
        let renewed = match answer {
            Ok(renewed) => renewed,
            Err(refusal) => {
                self.answer(peer, tag, about, refusal);
                return if refusal == Answer::Forged { Err(Rule::RelayProof) } else { Ok(()) };
            }
        };
        self.accept(peer);
        self.answer(peer, tag, about, Answer::Done);
        if !renewed {
            self.announce_kept(peer, tag);
        }
        Ok(())
    }

    /// Whether it renews a subscription that was there.
    fn try_subscribe(&mut self, peer: &P, subscription: &Subscription) -> Result<bool, Answer> {
        let place = self.places.get_mut(&subscription.tag).ok_or(Answer::Unpaired)?;
        let link = self.links.get_mut(peer).ok_or(Answer::Unpaired)?;
        let gate = match place.circle.epoch(&subscription.epoch) {
            Known::Live(key) => key,
            Known::Retired => return Err(Answer::Lapsed),
            Known::Nothing => return Err(Answer::UnknownGate),
        };
        if !subscription.holds(&self.crypto, link.place(&self.name), &gate) {
            return Err(Answer::Forged);
        }
        if !link.subscribe(subscription.tag, subscription.epoch) {
            return Err(Answer::Full);
        }
        place.used(self.now.unix);
        Ok(!place.subscribers.insert(peer.clone()))
    }

    fn announce_kept(&mut self, peer: &P, tag: CircleTag) {
        let ids: Vec<EnvelopeId> =
            self.places.get(&tag).map(|place| place.shelf.ids().collect()).unwrap_or_default();
        for ids in ids.chunks(MAX_IDS) {
            self.send(peer, &RelayFrame::Announce { tag, ids: ids.to_vec() });
        }
    }

    /// Ends a subscription, and says why.
    pub(super) fn end_subscription(&mut self, peer: &P, tag: CircleTag, why: Answer) {
        if let Some(place) = self.places.get_mut(&tag) {
            place.subscribers.remove(peer);
        }
        let Some(link) = self.links.get_mut(peer) else { return };
        let Some(epoch) = link.subscription(&tag) else { return };
        link.unsubscribe(&tag);
        self.answer(peer, tag, About::Subscription(epoch), why);
    }

    /// Only who is subscribed may deposit, announce and pull.
    pub(super) fn check_subscribed(&self, peer: &P, tag: &CircleTag) -> Result<(), Rule> {
        match self.links.get(peer) {
            Some(link) if link.is_subscribed(tag) => Ok(()),
            _ => Err(Rule::RelayUnpaired),
        }
    }
}
