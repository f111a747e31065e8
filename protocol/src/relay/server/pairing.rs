//! Pairings: the first of a tag is believed, later ones only from known control keys.

use watchfire_keys::{CircleTag, UnixMillis};

use super::{Place, Server, ServerOutput};
use crate::{
    crypto::Crypto,
    relay::{
        circle::Circle,
        frame::{About, Answer, Pairing},
        limits::UNUSED_MS,
    },
    rules::Rule,
};

impl<C: Crypto, P: Clone + Ord> Server<C, P> {
    pub(super) fn pair(&mut self, peer: &P, pairing: &Pairing) -> Result<(), Rule> {
        self.charge_check(peer)?;
        let tag = pairing.body.tag;
        if !pairing.holds(&self.crypto, &self.name) {
            self.answer(peer, tag, About::Pairing, Answer::Forged);
            return Err(Rule::RelayControl);
        }
        let now = self.now;
        let paired = match self.places.get_mut(&tag) {
            Some(place) => place.circle.pair(&pairing.body, now),
            None => self.first_pairing(peer, pairing),
        };
        let answer = match paired {
            Ok(changed) => {
                if changed {
                    self.save_circle(tag);
                }
                self.accept(peer);
                Answer::Done
            }
            Err(refusal) => refusal,
        };
        self.answer(peer, tag, About::Pairing, answer);
        Ok(())
    }

    fn first_pairing(&mut self, peer: &P, pairing: &Pairing) -> Result<bool, Answer> {
        let circle = Circle::found(&pairing.body, self.now)?;
        if !self.may_found(peer) || !self.make_room() {
            return Err(Answer::Full);
        }
        let mut place = Place::new(circle);
        place.used(self.now.unix);
        self.places.insert(pairing.body.tag, place);
        Ok(true)
    }

    /// Makes room for one circle more: one for which nothing is kept, or that was not used for long, gives way. Whoever
    /// never deposited anything goes first, then whoever is not there, then whose last use is longest ago.
    fn make_room(&mut self) -> bool {
        if self.places.len() < self.limits.circles {
            return true;
        }
        let floor = UnixMillis(self.now.unix.0.saturating_sub(UNUSED_MS));
        let idle = self.places.iter().filter(|(_, place)| place.shelf.len() == 0 || place.last_use < floor);
        let first = idle.min_by_key(|(tag, place)| {
            (place.circle.is_used(), !place.subscribers.is_empty(), place.last_use, **tag)
        });
        let Some(tag) = first.map(|(tag, _)| *tag) else { return false };
        self.drop_circle(tag);
        true
    }

    fn drop_circle(&mut self, tag: CircleTag) {
        let Some(place) = self.places.remove(&tag) else { return };
        for peer in place.subscribers {
            self.end_subscription(&peer, tag, Answer::Unpaired);
        }
        self.outputs.push_back(ServerOutput::DropCircle { tag });
    }

    /// Pays for checking one signature for this link.
    pub(super) fn charge_check(&mut self, peer: &P) -> Result<(), Rule> {
        let now = self.now.moment;
        let link = self.links.get_mut(peer).ok_or(Rule::RelayUnpaired)?;
        if link.may_check(now) { Ok(()) } else { Err(Rule::RelayQuota) }
    }
}
