//! What time alone changes: gates lapse, envelopes expire, announced ones are asked for.

use alloc::vec::Vec;

use watchfire_keys::{CircleTag, Moment, UnixMillis};

use super::Server;
use crate::{crypto::Crypto, relay::frame::Answer};

/// How often the relay looks whether something is due: nothing here is in a hurry.
const TICK_MS: u64 = 1000;

impl<C: Crypto, P: Clone + Ord> Server<C, P> {
    pub(super) fn tick(&mut self) {
        self.ticked = self.now.moment;
        let tags: Vec<CircleTag> = self.places.keys().copied().collect();
        for tag in tags {
            self.lapse(tag);
            self.expire(tag);
            self.ask(tag);
        }
    }

    pub(super) fn next_due(&self) -> Option<Moment> {
        (!self.places.is_empty()).then(|| self.ticked.saturating_add(TICK_MS))
    }

    fn lapse(&mut self, tag: CircleTag) {
        let Some(place) = self.places.get_mut(&tag) else { return };
        let epochs = place.circle.lapse(self.now.moment);
        if epochs.is_empty() {
            return;
        }
        let under = |peer: &&P| {
            let epoch = self.links.get(*peer).and_then(|link| link.subscription(&tag));
            epoch.is_some_and(|epoch| epochs.contains(&epoch))
        };
        let ended: Vec<P> = place.subscribers.iter().filter(under).cloned().collect();
        for peer in ended {
            self.end_subscription(&peer, tag, Answer::Lapsed);
        }
        self.save_circle(tag);
    }

    fn expire(&mut self, tag: CircleTag) {
        let floor = UnixMillis(self.now.unix.0.saturating_sub(self.limits.keep_ms));
        let Some(place) = self.places.get_mut(&tag) else { return };
        let ids = place.shelf.expire(floor);
        self.drop_kept(tag, ids);
    }

    /// Asks links for what they announced.
    fn ask(&mut self, tag: CircleTag) {
        let now = self.now.moment;
        let Some(place) = self.places.get_mut(&tag) else { return };
        place.asked.retain(|_, until| *until > now);
        let subscribers: Vec<P> = place.subscribers.iter().cloned().collect();
        for peer in subscribers {
            self.pull(&peer, tag);
        }
    }
}
