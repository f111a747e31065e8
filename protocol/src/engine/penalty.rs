//! Frames in, frames out, and what happens to those who break rules.

use alloc::sync::Arc;

use super::link::Stage;
use super::output::Output;
use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::rules::{Rule, Verdict};
use crate::wire::{Frame, Membership};

/// A member whose penalties on all its links together reach this loses them, and is kept away for a while.
const MAX_PENALTY: u32 = 100;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    pub(super) fn send(&mut self, peer: &P, frame: &Frame) {
        self.send_bytes(peer, frame.to_bytes().into());
    }

    pub(super) fn send_bytes(&mut self, peer: &P, frame: Arc<[u8]>) {
        self.out(Output::Send { peer: peer.clone(), frame });
    }

    /// A frame came in on a link.
    pub(super) fn frame(&mut self, peer: &P, bytes: &[u8]) {
        if !self.links.contains_key(peer) {
            return;
        }
        // Before anything else: a record that we asked for is told from others only when it is open, and gets this back.
        let charged = if Frame::is_push(bytes) {
            self.charge_push(peer, bytes.len())
        } else {
            self.charge(peer, bytes.len())
        };
        if let Err(rule) = charged.and_then(|()| self.frame_within_budget(peer, bytes)) {
            self.broke(peer, rule);
        }
    }

    fn frame_within_budget(&mut self, peer: &P, bytes: &[u8]) -> Result<(), Rule> {
        let Some(link) = self.links.get(peer) else { return Ok(()) };
        match link.stage {
            Stage::Greeted(..) => self.member_frame(peer, bytes),
            Stage::Provisional(..) => self.provisional_frame(peer, bytes),
            _ => self.greeting_frame(peer, bytes),
        }
    }

    /// Charges a frame of so many bytes to the link's budget.
    fn charge(&mut self, peer: &P, bytes: usize) -> Result<(), Rule> {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return Ok(()) };
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let within = link.frames.take(1, now) && link.bytes.take(bytes, now);
        if within { Ok(()) } else { Err(Rule::LinkBudget) }
    }

    /// A frame held what we asked for: it is not charged to the link's budget.
    pub(super) fn uncharge(&mut self, peer: &P, bytes: usize) {
        if let Some(link) = self.links.get_mut(peer) {
            link.frames.give_back(1);
            link.bytes.give_back(u64::try_from(bytes).unwrap_or(u64::MAX));
        }
    }

    /// Charges an envelope to what the link may push. How much that is, its authors decide, not who passes it on; what is
    /// dropped is found by reconciliation.
    fn charge_push(&mut self, peer: &P, bytes: usize) -> Result<(), Rule> {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return Ok(()) };
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let within = link.pushes.take(1, now) && link.pushed_bytes.take(bytes, now);
        if within { Ok(()) } else { Err(Rule::LinkPushes) }
    }

    fn member_frame(&mut self, peer: &P, bytes: &[u8]) -> Result<(), Rule> {
        match Frame::from_bytes(bytes)? {
            // Whoever came with a sealed opening introduced itself there, and does so once more as everybody does.
            Frame::Introduce(_) => Ok(()),
            Frame::Hello(_) | Frame::Welcome(_) => Err(Rule::FrameBeforeGreeting),
            Frame::Founding(frame) => self.founding_frame(peer, &frame),
            Frame::Membership(frame) => self.membership_frame(peer, frame),
            Frame::Epochs(frame) => self.epoch_frame(peer, &frame),
            Frame::Spread(frame) => self.spread_frame(peer, frame),
            Frame::Catchup(frame) => self.catchup_frame(peer, frame),
            Frame::Presence(presence) => self.presence_frame(peer, presence),
        }
    }

    /// Someone who holds an epoch's secret but whom our roster does not know may show us acts, nothing else.
    fn provisional_frame(&mut self, peer: &P, bytes: &[u8]) -> Result<(), Rule> {
        match Frame::from_bytes(bytes)? {
            Frame::Membership(frame @ Membership::Items(_)) => self.membership_frame(peer, frame),
            _ => Ok(()),
        }
    }

    /// A peer broke a rule: count it. A stranger that did what nobody does is hung up on; a member is kept away for a
    /// while when it is one too many, whichever of its links it came by.
    pub(super) fn broke(&mut self, peer: &P, rule: Rule) {
        self.out(Output::Penalise { peer: peer.clone(), rule });
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return };
        let Some(member) = link.member() else {
            link.penalty = link.penalty.saturating_add(rule.penalty());
            let too_many = link.penalty >= MAX_PENALTY;
            if rule.verdict() == Verdict::Reject {
                self.hang_up(peer);
            } else if too_many {
                self.keep_away(peer);
            }
            return;
        };
        if rule.penalty() > 0 && self.conduct.blame(member, rule.penalty(), now) >= MAX_PENALTY {
            self.conduct.ban(member, rule, now);
            let links = self.greeted_peers().into_iter().filter(|(_, other)| *other == member);
            for (peer, _) in links {
                self.keep_away(&peer);
            }
        }
    }

    fn keep_away(&mut self, peer: &P) {
        self.connecting.ban(peer, self.now.moment);
        self.hang_up(peer);
    }
}
