//! Acts, approvals and headers: exchanged before anything else, with members only.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::{EpochId, MemberId};
use watchfire_keys::labels;

use super::link::Stage;
use super::output::{Change, Event, Output};
use super::standing::side_of;
use super::{Engine, PeerName};
use crate::circle::{self, Inserted, ItemId};
use crate::crypto::Crypto;
use crate::limits::MAX_IDLE_ACTS;
use crate::rules::Rule;
use crate::wire::{Frame, Item, Membership};

/// Ids in one frame: 2,000 are 64 KB, half of the largest frame.
const IDS_A_FRAME: usize = 2_000;
/// Ids a peer may list before it has to come to an end: 1 MB.
const MAX_LISTED: usize = 32_768;
/// Own acts that were passed over and are remembered: honest peers hold few more than [`MAX_IDLE_ACTS`] each.
const MAX_PASSED_OVER: usize = 2_048;
/// Bytes of items in one frame; an item that is larger on its own travels alone.
const ITEM_BYTES_A_FRAME: usize = 48 * 1024;

/// What became of an item.
pub(super) enum Taken {
    /// It counts now, and so do these: their bytes.
    Fresh(Vec<Vec<u8>>),
    /// It waits for acts that are not here.
    Waiting,
    /// It says nothing new.
    Known,
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Ids of every act, approval and header that is here.
    fn item_ids(&self) -> BTreeSet<ItemId> {
        let headers = self.keyring.headers().map(|(epoch, _)| *epoch.as_bytes());
        self.log.iter().flat_map(circle::ActLog::ids).chain(headers).collect()
    }

    /// The items themselves, parents first.
    fn items_in_order(&self) -> impl Iterator<Item = circle::Item> + '_ {
        let headers = self.keyring.headers().map(|(_, header)| circle::Item::Header(Arc::clone(header)));
        self.log.iter().flat_map(circle::ActLog::items).chain(headers)
    }

    fn summary(&self) -> [u8; 32] {
        let ids: Vec<u8> = self.item_ids().into_iter().flatten().collect();
        self.crypto.hash(labels::HASH_FRONTIER, &[&ids])
    }

    pub(super) fn send_summary(&mut self, peer: &P) {
        let summary = self.summary();
        self.send(peer, &Frame::Membership(Membership::Summary(summary)));
    }

    pub(super) fn send_have(&mut self, peer: &P) {
        let ids: Vec<ItemId> = self.item_ids().into_iter().collect();
        let parts = ids.len().div_ceil(IDS_A_FRAME).max(1);
        for part in 0..parts {
            let ids = ids.iter().skip(part * IDS_A_FRAME).take(IDS_A_FRAME).copied().collect();
            self.send(peer, &Frame::Membership(Membership::Have { ids, last: part + 1 == parts }));
        }
    }

    pub(super) fn send_founding_item(&mut self, peer: &P) {
        if let Some(founding) = self.log.as_ref().and_then(circle::ActLog::founding) {
            let item = circle::Item::Founding(Arc::clone(founding));
            self.send_items(peer, alloc::vec![item.to_bytes()]);
        }
    }

    pub(super) fn membership_frame(&mut self, peer: &P, frame: Membership) -> Result<(), Rule> {
        let member = self.links.get(peer).and_then(super::Link::member);
        match frame {
            Membership::Summary(theirs) => {
                if theirs == self.summary() {
                    self.send(peer, &Frame::Membership(Membership::Same(theirs)));
                    self.heard_from(member);
                } else {
                    self.send_have_once(peer);
                }
                Ok(())
            }
            Membership::Same(theirs) => {
                if theirs == self.summary() {
                    self.heard_from(member);
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
        let theirs: BTreeSet<ItemId> = core::mem::take(&mut link.listed).into_iter().collect();
        if !link.may_answer_list(self.now.moment) {
            // A few bytes must not fetch the whole history again and again. They will list their items once more.
            link.owes_list = true;
            return Ok(());
        }
        let greeted = link.member();
        let here = self.item_ids();
        let all_known = theirs.iter().all(|id| here.contains(id) || self.passed_over.contains(id));
        let lacking: Vec<Vec<u8>> = self
            .items_in_order()
            .filter(|item| !theirs.contains(&item.id()))
            .map(|item| item.to_bytes())
            .collect();
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

    /// Lists our items to a peer, or notes that they are owed if it had them from us less than a second ago.
    fn send_have_once(&mut self, peer: &P) {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return };
        let due = link.may_list(now);
        link.owes_list = !due;
        if due {
            self.send_have(peer);
        }
    }

    /// Lists our items wherever that had to wait.
    pub(super) fn list_where_owed(&mut self) {
        let owed = self.links.iter().filter(|(_, link)| link.owes_list && link.member().is_some());
        let owed: Vec<P> = owed.map(|(peer, _)| peer.clone()).collect();
        for peer in owed {
            self.send_have_once(&peer);
        }
    }

    pub(super) fn send_items(&mut self, peer: &P, items: Vec<Vec<u8>>) {
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
        let mut ignored = Ok(());
        let mut fresh = Vec::new();
        let mut missing = false;
        for Item(bytes) in items {
            match circle::Item::from_bytes(bytes).and_then(|item| self.insert_from(peer, item)) {
                Ok(Taken::Fresh(admitted)) => fresh.extend(admitted),
                Ok(Taken::Waiting) => missing = true,
                Ok(Taken::Known) => {}
                Err(rule) if rule.penalty() == 0 => ignored = Err(rule),
                Err(rule) => {
                    self.broke(peer, rule);
                    if !self.links.contains_key(peer) {
                        break;
                    }
                }
            }
        }
        if !fresh.is_empty() {
            self.membership_changed();
            for (other, _) in self.greeted_peers() {
                if other != *peer {
                    self.send_items(&other, fresh.clone());
                }
            }
            if self.is_greeted(peer) {
                self.send_summary(peer);
                // It has the header that came with this, and the secret as soon as anybody handed it on.
                self.ask_secrets_of(peer);
            }
        }
        if missing {
            self.send_have_once(peer);
        }
        ignored
    }

    /// Takes an item from a link. One that costs a walk over the history waits once the link has had many of them; it is
    /// listed again later.
    fn insert_from(&mut self, peer: &P, item: circle::Item) -> Result<Taken, Rule> {
        let now = self.now.moment;
        let (walks, is_own_act) = match &item {
            circle::Item::Header(header) => {
                let present = self.log.as_ref().and_then(circle::ActLog::roster);
                let is_present = present.is_some_and(|roster| roster.frontier == header.frontier);
                (!is_present && self.keyring.header(&header.id()).is_none(), false)
            }
            circle::Item::Act(act) => (false, act.act.body.is_own()),
            _ => (false, false),
        };
        let Some(link) = self.links.get_mut(peer).filter(|_| walks || is_own_act) else {
            return self.insert(item);
        };
        if !link.walks.holds(1, now) {
            return Ok(Taken::Waiting);
        }
        let inserted = self.insert(item);
        // Of one that signed too many of its own acts everybody has some that others lack, at no cost.
        let walked = walks || matches!(inserted, Err(Rule::ActSlot));
        if let Some(link) = self.links.get_mut(peer).filter(|_| walked) {
            link.walks.take(1, now);
        }
        inserted
    }

    /// Puts an item into the log or the keyring, and on disk.
    pub(super) fn insert(&mut self, item: circle::Item) -> Result<Taken, Rule> {
        if let (Some(_), circle::Item::Founding(draft)) = (&self.draft, &item) {
            let draft = Arc::clone(draft);
            self.take_draft(&draft);
            return Ok(Taken::Known);
        }
        let Some(log) = &mut self.log else { return Ok(Taken::Known) };
        let inserted = match item {
            circle::Item::Header(header) => {
                if self.keyring.header(&header.id()).is_none() {
                    // Nothing is computed from what nobody signed.
                    self.keyring.check_header(&header, self.now.unix)?;
                    log.recall(&header.frontier);
                }
                let inserted = self.keyring.insert_header(header, log, self.now.unix)?;
                if let Inserted::Waiting(_) = inserted {
                    log.want(self.keyring.waiting());
                }
                inserted
            }
            other => {
                let id = other.id();
                let inserted = log.insert(other, self.now.unix);
                if inserted == Err(Rule::ActSlot) {
                    self.pass_over(id);
                }
                inserted?
            }
        };
        match inserted {
            Inserted::Known => Ok(Taken::Known),
            Inserted::Waiting(_) => Ok(Taken::Waiting),
            Inserted::Fresh { admitted, .. } => {
                self.arrived.extend(admitted.iter().copied());
                let items: Vec<circle::Item> = admitted.iter().filter_map(|id| self.item(id)).collect();
                for item in &items {
                    self.persist_item(item);
                }
                Ok(Taken::Fresh(items.iter().map(circle::Item::to_bytes).collect()))
            }
        }
    }

    /// Remembers an own act that changes nothing and is not kept: a peer that has it knows no more than we do.
    fn pass_over(&mut self, id: ItemId) {
        self.passed_over.insert(id);
        while self.passed_over.len() > MAX_PASSED_OVER {
            self.passed_over.pop_first();
        }
    }

    fn let_go_of_idle_acts(&mut self) {
        let Some(log) = &mut self.log else { return };
        let headers = self.keyring.headers().map(|(_, header)| header.as_ref());
        let gone = log.let_go(headers.chain(self.keyring.waiting()), MAX_IDLE_ACTS, self.now.unix);
        if !gone.is_empty() {
            gone.iter().for_each(|id| self.pass_over(*id));
            self.out(Output::Persist(Change::EraseItems(gone)));
        }
    }

    fn item(&self, id: &ItemId) -> Option<circle::Item> {
        let header = || self.keyring.header(&EpochId::from_bytes(*id)).cloned().map(circle::Item::Header);
        self.log.as_ref().and_then(|log| log.get(id)).or_else(header)
    }

    pub(super) fn persist_item(&mut self, item: &circle::Item) {
        self.out(Output::Persist(Change::Item(item.clone())));
    }

    /// New items are in the log: bring everything that follows from them up to date.
    pub(super) fn membership_changed(&mut self) {
        self.retry_headers();
        self.let_go_of_idle_acts();
        let after = self.log.as_ref().and_then(circle::ActLog::roster);
        if self.roster.as_ref() == after {
            self.epoch_changed();
        } else {
            self.roster_changed();
        }
        self.arrived.clear();
        self.look_for_proofs_soon();
        self.out(Output::Event(Event::ProposalsChanged));
        self.ask_secrets_soon();
    }

    /// The roster is another one now.
    pub(super) fn roster_changed(&mut self) {
        let Some(roster) = self.log.as_ref().and_then(circle::ActLog::roster).cloned() else { return };
        let was_member = self.is_member();
        let before = self.roster.replace(Arc::clone(&roster));
        if let Some(side) = side_of(&roster, &self.keys.member) {
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
        self.cuts_changed(before.as_deref(), &roster);
        // Another roster, another order of turns.
        self.deal_at = None;
        if was_member && !self.is_member() {
            self.retire();
        } else if self.is_member() {
            self.part(&roster);
        }
        let links: Vec<(P, Stage)> =
            self.links.iter().map(|(peer, link)| (peer.clone(), link.stage.clone())).collect();
        for (peer, stage) in links {
            match stage {
                stage if self.refuse_former(&stage) => self.broke(&peer, Rule::GreetingFailed),
                Stage::Provisional(member, signer) if roster.is_member(&member) => {
                    // Whoever holds a secret can claim any name that is not in the roster yet.
                    if self.daemon_allowed(&member, &signer).is_ok() {
                        self.greeted(&peer, member, signer);
                    } else {
                        self.broke(&peer, Rule::GreetingFailed);
                    }
                }
                _ => {}
            }
        }
        self.epoch_changed();
    }

    /// A member has shown that it knows no act that we do not.
    fn heard_from(&mut self, member: Option<MemberId>) {
        let Some(roster) = &self.roster else { return };
        let Some(side) = member.and_then(|member| side_of(roster, &member)) else { return };
        if self.may_seal() || !self.heard.insert(side) {
            return;
        }
        if self.may_seal() {
            self.out(Output::Persist(Change::Heard));
            self.epoch_changed();
        }
    }

    /// Sends items to every member we are linked to.
    pub(super) fn tell_all(&mut self, items: Vec<Vec<u8>>) {
        for (peer, _) in self.greeted_peers() {
            self.send_items(&peer, items.clone());
        }
    }

    /// Sends an item to every member we are linked to.
    pub(super) fn tell(&mut self, item: Vec<u8>) {
        for (peer, _) in self.greeted_peers() {
            self.send_items(&peer, alloc::vec![item.clone()]);
        }
    }
}
