//! Acts, approvals and headers: exchanged before anything else, with members only.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::MemberId;
use watchfire_keys::labels;

use super::link::Stage;
use super::output::{Change, Event, Output, Refusal};
use super::{Engine, PeerName};
use crate::circle::{self, Decision, Inserted, Standing};
use crate::crypto::Crypto;
use crate::rules::Rule;
use crate::wire::{Frame, Item, Membership};

/// Ids in one frame: 2,000 are 64 KB, half of the largest frame.
const IDS_A_FRAME: usize = 2_000;
/// Ids a peer may list before it has to come to an end: 1 MB.
const MAX_LISTED: usize = 32_768;
/// Bytes of items in one frame; an item that is larger on its own travels alone.
const ITEM_BYTES_A_FRAME: usize = 48 * 1024;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    fn summary(&self) -> [u8; 32] {
        let ids = self.log.as_ref().map(circle::ActLog::ids).unwrap_or_default();
        let parts: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
        self.crypto.hash(labels::HASH_FRONTIER, &parts)
    }

    pub(super) fn send_summary(&mut self, peer: &P) {
        let summary = self.summary();
        self.send(peer, &Frame::Membership(Membership::Summary(summary)));
    }

    pub(super) fn send_have(&mut self, peer: &P) {
        let ids = self.log.as_ref().map(circle::ActLog::ids).unwrap_or_default();
        let parts = ids.len().div_ceil(IDS_A_FRAME).max(1);
        for part in 0..parts {
            let ids = ids.iter().skip(part * IDS_A_FRAME).take(IDS_A_FRAME).copied().collect();
            self.send(peer, &Frame::Membership(Membership::Have { ids, last: part + 1 == parts }));
        }
    }

    pub(super) fn send_founding_item(&mut self, peer: &P) {
        let Some(bytes) = self.log.as_ref().and_then(|log| log.get(self.circle.as_bytes())).map(|item| item.to_bytes())
        else {
            return;
        };
        self.send(peer, &Frame::Membership(Membership::Items(alloc::vec![Item(bytes)])));
    }

    pub(super) fn membership_frame(&mut self, peer: &P, frame: Membership) -> Result<(), Rule> {
        let member = self.links.get(peer).and_then(super::Link::member);
        match frame {
            Membership::Summary(theirs) => {
                if theirs == self.summary() {
                    self.heard_from(member);
                } else {
                    self.send_have(peer);
                }
                Ok(())
            }
            Membership::Have { ids, last } => self.listed(peer, ids, last),
            Membership::Items(items) => self.items(peer, &items),
        }
    }

    fn listed(&mut self, peer: &P, ids: Vec<[u8; 32]>, last: bool) -> Result<(), Rule> {
        let Some(link) = self.links.get_mut(peer) else { return Ok(()) };
        if link.listed.len().saturating_add(ids.len()) > MAX_LISTED {
            link.listed.clear();
            return Err(Rule::ActTooMany);
        }
        link.listed.extend(ids);
        if !last {
            return Ok(());
        }
        let theirs: BTreeSet<[u8; 32]> = core::mem::take(&mut link.listed).into_iter().collect();
        let greeted = link.member();
        let Some(log) = &self.log else { return Ok(()) };
        let ours = log.ids();
        let all_known = theirs.iter().all(|id| ours.binary_search(id).is_ok());
        // The log lists items in an order in which parents come first.
        let lacking: Vec<Vec<u8>> =
            log.items().filter(|item| !theirs.contains(&item.id())).map(|item| item.to_bytes()).collect();
        if greeted.is_some() {
            self.send_items(peer, lacking);
        }
        if all_known {
            self.heard_from(greeted);
        } else if theirs.len() < MAX_LISTED {
            // They have what we lack: show them what we have, and they will send the rest.
            self.send_have_once(peer);
        }
        Ok(())
    }

    /// Lists our items to a peer that did not get them from us by a `Have` of ours already this second.
    fn send_have_once(&mut self, peer: &P) {
        let now = self.now.moment;
        let due = self.links.get_mut(peer).is_some_and(|link| link.may_list(now));
        if due {
            self.send_have(peer);
        }
    }

    fn send_items(&mut self, peer: &P, items: Vec<Vec<u8>>) {
        let mut batch = Vec::new();
        let mut bytes = 0;
        for item in items {
            if bytes > 0 && bytes + item.len() > ITEM_BYTES_A_FRAME {
                self.send(peer, &Frame::Membership(Membership::Items(core::mem::take(&mut batch))));
                bytes = 0;
            }
            bytes += item.len();
            batch.push(Item(item));
        }
        if !batch.is_empty() {
            self.send(peer, &Frame::Membership(Membership::Items(batch)));
        }
    }

    fn items(&mut self, peer: &P, items: &[Item]) -> Result<(), Rule> {
        let mut broken = None;
        let mut fresh = Vec::new();
        let mut missing = false;
        for Item(bytes) in items {
            match circle::Item::from_bytes(bytes).map_err(|_| Rule::ActMalformed).and_then(|item| self.insert(item)) {
                Ok(Inserted::Fresh) => fresh.push(bytes.clone()),
                Ok(Inserted::Waiting) => missing = true,
                Ok(Inserted::Known) => {}
                Err(rule) => broken = Some(rule),
            }
        }
        if !fresh.is_empty() {
            self.membership_changed();
            for (other, _) in self.greeted_peers() {
                if other != *peer {
                    self.send_items(&other, fresh.clone());
                }
            }
            self.send_summary(peer);
        }
        if missing {
            self.send_have_once(peer);
        }
        broken.map_or(Ok(()), Err)
    }

    /// Puts an item into the log or the keyring, and on disk.
    fn insert(&mut self, item: circle::Item) -> Result<Inserted, Rule> {
        if let (Some(_), circle::Item::Founding(draft)) = (&self.draft, &item) {
            self.take_draft(draft);
            return Ok(Inserted::Known);
        }
        let Some(log) = &mut self.log else { return Ok(Inserted::Known) };
        let inserted = log.insert(item.clone(), self.now.unix)?;
        if inserted != Inserted::Known {
            self.persist_item(&item);
        }
        Ok(inserted)
    }

    pub(super) fn persist_item(&mut self, item: &circle::Item) {
        self.out(Output::Persist(Change::Item { id: item.id(), bytes: item.to_bytes() }));
    }

    /// New items are in the log: bring everything that follows from them up to date.
    pub(super) fn membership_changed(&mut self) {
        let before = self.roster.as_ref().map(|roster| roster.frontier.clone());
        self.take_headers();
        let after = self.log.as_ref().and_then(circle::ActLog::roster);
        if before != after.map(|roster| roster.frontier.clone()) {
            self.roster_changed();
        } else {
            self.consider_dealing();
        }
        self.out(Output::Event(Event::ProposalsChanged));
        self.ask_secrets();
    }

    /// The roster is another one now.
    pub(super) fn roster_changed(&mut self) {
        let Some(roster) = self.log.as_ref().and_then(circle::ActLog::roster) else { return };
        let was_member = self.is_member();
        self.roster = Some(Arc::clone(&roster));
        self.keyring.roster_changed(&roster);
        if let Some(side) = roster.side_index(&self.keys.member) {
            self.gossip.set_own_side(side);
        }
        if !was_member && self.is_member() {
            self.out(Output::Event(Event::Joined));
            for (peer, member) in self.greeted_peers() {
                self.join_gossip(&peer, member);
            }
            self.announce_presence();
            self.catchup_soon();
        }
        self.out(Output::Event(Event::RosterChanged));
        let links: Vec<(P, Stage)> = self.links.iter().map(|(peer, link)| (peer.clone(), link.stage.clone())).collect();
        for (peer, stage) in links {
            match stage {
                Stage::Greeted(member) if self.is_member() && roster.standing(&member) != Standing::Active => {
                    self.hang_up(&peer);
                }
                Stage::Provisional(member) if roster.standing(&member) == Standing::Active => {
                    self.greeted(&peer, member);
                }
                _ => {}
            }
        }
        self.consider_dealing();
        self.flush_outbox();
    }

    /// Whether this node's member is in the roster.
    pub(super) fn is_member(&self) -> bool {
        self.roster.as_ref().is_some_and(|roster| roster.standing(&self.keys.member) == Standing::Active)
    }

    /// A member has shown that it knows no act that we do not.
    fn heard_from(&mut self, member: Option<MemberId>) {
        let Some(roster) = &self.roster else { return };
        let Some(side) = member.and_then(|member| roster.side_index(&member)) else { return };
        if self.may_seal() || !self.heard.insert(side) {
            return;
        }
        if self.may_seal() {
            self.out(Output::Persist(Change::Heard));
            self.consider_dealing();
            self.flush_outbox();
        }
    }

    /// Whether this node knows enough to seal: a founder does; a newcomer once a member of every side has shown it its
    /// frontier, so that no side can have it seal to a roster that is not the circle's.
    pub(super) fn may_seal(&self) -> bool {
        let Some(roster) = &self.roster else { return false };
        self.is_member()
            && (roster.charter.founder(&self.keys.member).is_some() || self.heard.len() >= roster.charter.sides.len())
    }

    /// Proposes a member.
    pub(super) fn invite(
        &mut self,
        token: u64,
        card: watchfire_keys::card::Card,
        role: circle::Role,
        reason: alloc::string::String,
    ) -> Result<(), Refusal> {
        let key = self.steward_key()?;
        let log = self.log.as_ref().ok_or(Refusal::NotMember)?;
        let act = log
            .propose(self.keys.member, &key, circle::ActBody::Add { card, role }, reason, self.now.unix)
            .map_err(Refusal::Rule)?;
        let id = act.id();
        self.act(circle::Item::Act(act))?;
        self.out(Output::Acted { token, act: id });
        Ok(())
    }

    /// Approves or refuses a proposal.
    pub(super) fn decide(
        &mut self,
        token: u64,
        act: watchfire_keys::ids::ActId,
        decision: Decision,
    ) -> Result<(), Refusal> {
        let key = self.steward_key()?;
        let log = self.log.as_ref().ok_or(Refusal::NotMember)?;
        if log.act(&act).is_none() {
            return Err(Refusal::UnknownAct);
        }
        let approval =
            log.decide(self.keys.member, &key, act, decision, self.now.unix).map_err(Refusal::Rule)?;
        self.act(circle::Item::Approval(approval))?;
        self.out(Output::Acted { token, act });
        Ok(())
    }

    fn steward_key(&self) -> Result<watchfire_keys::identity::SigningKey, Refusal> {
        if !self.is_member() {
            return Err(Refusal::NotMember);
        }
        let steward = self.roster.as_ref().is_some_and(|roster| roster.is_steward(&self.keys.member));
        if !steward {
            return Err(Refusal::Role);
        }
        self.keys.steward.clone().ok_or(Refusal::NoKey)
    }

    /// An item of our own: keep it and tell everybody.
    fn act(&mut self, item: circle::Item) -> Result<(), Refusal> {
        let bytes = item.to_bytes();
        self.insert(item).map_err(Refusal::Rule)?;
        self.tell(bytes);
        self.membership_changed();
        Ok(())
    }

    /// Sends an item to every member we are linked to.
    pub(super) fn tell(&mut self, item: Vec<u8>) {
        for (peer, _) in self.greeted_peers() {
            self.send_items(&peer, alloc::vec![item.clone()]);
        }
    }
}
