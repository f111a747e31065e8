//! An envelope's life at a relay: announced, pulled, deposited, kept, forwarded. Checked, never opened.

use alloc::{sync::Arc, vec::Vec};

use watchfire_keys::{CircleTag, EnvelopeId, EpochId, PublicKey};

use super::{Server, ServerOutput, size};
use crate::{
    crypto::Crypto,
    envelope::{Decoded, Received},
    relay::{
        circle::Known,
        exchange::Need,
        frame::{About, Answer, RelayFrame},
        limits::PUSH_BYTES,
    },
    rules::Rule,
};

impl<C: Crypto, P: Clone + Ord> Server<C, P> {
    /// A member has these envelopes.
    pub(super) fn announced(&mut self, peer: &P, tag: CircleTag, ids: Vec<EnvelopeId>) -> Result<(), Rule> {
        let place = self.places.get(&tag).ok_or(Rule::RelayUnpaired)?;
        let link = self.links.get_mut(peer).ok_or(Rule::RelayUnpaired)?;
        let exchange = link.announced.get_mut(&tag).ok_or(Rule::RelayUnpaired)?;
        exchange.announced(ids, self.now.moment, |id| Need::unless(place.shelf.knew(id)));
        Ok(())
    }

    /// Asks a link for what it announced and nobody brought meanwhile.
    pub(super) fn pull(&mut self, peer: &P, tag: CircleTag) {
        let Some(place) = self.places.get_mut(&tag) else { return };
        let exchange = self.links.get_mut(peer).and_then(|link| link.announced.get_mut(&tag));
        let Some(exchange) = exchange else { return };
        let (shelf, asked) = (&place.shelf, &place.asked);
        let need = |id: &EnvelopeId| match asked.get(id) {
            _ if shelf.knew(id) => Need::Had,
            Some(until) => Need::Awaited(*until),
            None => Need::Lacking,
        };
        if let Some((ids, until)) = exchange.pull(self.now.moment, need) {
            place.asked.extend(ids.iter().map(|id| (*id, until)));
            self.send(peer, &RelayFrame::Pull { tag, ids });
        }
    }

    /// A member wants these envelopes.
    pub(super) fn pulled(&mut self, peer: &P, tag: CircleTag, ids: &[EnvelopeId]) -> Result<(), Rule> {
        self.check_subscribed(peer, &tag)?;
        let mut outcome = Ok(());
        for id in ids {
            let Some(bytes) = self.places.get(&tag).and_then(|place| place.shelf.size(id)) else {
                // It may have expired since it was announced.
                outcome = Err(Rule::PullUnknown);
                continue;
            };
            if !self.links.get_mut(peer).is_some_and(|link| link.may_pull(bytes, self.now.moment)) {
                return Err(Rule::RelayQuota);
            }
            self.totals.forwarded = self.totals.forwarded.saturating_add(1);
            self.outputs.push_back(ServerOutput::SendKept { peer: peer.clone(), tag, id: *id });
        }
        outcome
    }

    /// A member hands over an envelope.
    pub(super) fn deposited(&mut self, peer: &P, envelope: Vec<u8>) -> Result<(), Rule> {
        let admitted = self.admit(peer, &envelope);
        match admitted {
            Ok((tag, id)) => {
                self.keep(peer, tag, id, envelope.into());
                self.pull(peer, tag);
            }
            Err(Rule::EnvelopeSeen) => {}
            Err(_) => self.totals.refused = self.totals.refused.saturating_add(1),
        }
        admitted.map(|_| ())
    }

    fn admit(&mut self, peer: &P, envelope: &[u8]) -> Result<(CircleTag, EnvelopeId), Rule> {
        let decoded = Received::new(envelope).decode(&self.crypto)?;
        let (tag, id, epoch) = (decoded.tag(), decoded.id(), decoded.epoch());
        let exchange = self.links.get_mut(peer).and_then(|link| link.announced.get_mut(&tag));
        exchange.ok_or(Rule::RelayUnpaired)?.arrived(&id);
        let place = self.places.get_mut(&tag).ok_or(Rule::RelayUnpaired)?;
        place.asked.remove(&id);
        if place.shelf.knew(&id) {
            return Err(Rule::EnvelopeSeen);
        }
        match place.circle.epoch(&epoch) {
            Known::Live(gate) => self.check_gate(peer, decoded, gate)?,
            // Neither is blamed: the news of an epoch reaches members and relay at different times.
            Known::Retired => {
                self.answer(peer, tag, About::Deposit(epoch), Answer::Lapsed);
                return Err(Rule::EnvelopeEpochOver);
            }
            Known::Nothing => {
                self.answer(peer, tag, About::Deposit(epoch), Answer::UnknownGate);
                return Err(Rule::EnvelopeUnknownEpoch);
            }
        }
        self.charge_deposit(peer, tag, epoch, size(envelope.len()))?;
        Ok((tag, id))
    }

    fn check_gate(&mut self, peer: &P, decoded: Decoded<'_>, gate: PublicKey) -> Result<(), Rule> {
        self.charge_check(peer)?;
        match decoded.verify_gate(&self.crypto, &decoded.tag(), &gate) {
            Ok(_) => Ok(()),
            Err(_) => Err(Rule::RelayGate),
        }
    }

    fn charge_deposit(&mut self, peer: &P, tag: CircleTag, epoch: EpochId, bytes: u64) -> Result<(), Rule> {
        let now = self.now.moment;
        if self.links.get_mut(peer).is_some_and(|link| link.may_deposit(bytes, now)) {
            return Ok(());
        }
        self.answer(peer, tag, About::Deposit(epoch), Answer::Full);
        Err(Rule::RelayQuota)
    }

    fn keep(&mut self, from: &P, tag: CircleTag, id: EnvelopeId, bytes: Arc<[u8]>) {
        let since = self.now.unix;
        let Some(place) = self.places.get_mut(&tag) else { return };
        let dropped = place.shelf.keep(id, size(bytes.len()), since, self.limits.circle_bytes);
        place.used(since);
        let first = place.circle.mark_used();
        if first {
            self.save_circle(tag);
        }
        self.totals.envelopes = self.totals.envelopes.saturating_add(1);
        self.totals.bytes = self.totals.bytes.saturating_add(size(bytes.len()));
        self.outputs.push_back(ServerOutput::Keep { tag, id, since, bytes: Arc::clone(&bytes) });
        self.drop_kept(tag, dropped);
        self.forward(from, tag, id, &bytes);
    }

    /// To every other subscriber, except those that said that they have it.
    fn forward(&mut self, from: &P, tag: CircleTag, id: EnvelopeId, bytes: &[u8]) {
        let Some(place) = self.places.get(&tag) else { return };
        let small = bytes.len() <= PUSH_BYTES;
        let frame = if small {
            RelayFrame::Push(bytes.to_vec())
        } else {
            RelayFrame::Announce { tag, ids: [id].into() }
        };
        let frame: Arc<[u8]> = frame.to_bytes().into();
        for peer in &place.subscribers {
            let announced = self.links.get(peer).and_then(|link| link.announced.get(&tag));
            if peer == from || announced.is_some_and(|exchange| exchange.is_there(&id)) {
                continue;
            }
            self.totals.forwarded = self.totals.forwarded.saturating_add(u64::from(small));
            self.outputs.push_back(ServerOutput::Send { peer: peer.clone(), frame: Arc::clone(&frame) });
        }
    }
}
