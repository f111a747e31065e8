//! Parting with those who are members no more, this node's own member among them.
//!
//! Whoever is taken out while it has a link is told so, and nothing else: its node then stops by itself and says why.
//! One that was off at that time is not told; its greetings fail as a stranger's do. One that knows calls nobody, and
//! tells whoever calls it no more than that it is out.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};

use super::link::Stage;
use super::output::{Event, Output};
use super::{Engine, PeerName};
use crate::circle::{ActBody, ActLog, Item, ItemId, Roster};
use crate::crypto::Crypto;

/// Items that a member no more tells one that calls it.
const MAX_GOODBYE: usize = 512;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Whether this node's member was one and is one no more.
    pub(super) fn is_removed(&self) -> bool {
        self.roster.as_ref().is_some_and(|roster| roster.former.contains_key(&self.keys.member))
    }

    /// Ends every link of those who are members no more, and of nodes whose key was ended.
    pub(super) fn part(&mut self, roster: &Arc<Roster>) {
        let greeted = self.greeted_peers();
        for (peer, member) in greeted.into_iter().filter(|(_, member)| !roster.is_member(member)) {
            let farewell = self.farewell(roster, &member);
            self.send_items(&peer, farewell);
            self.hang_up(&peer);
        }
        // A node whose key its member has ended may be a thief's by now. It is told that, and no more.
        let ended = |member: &MemberId, signer: &PublicKey| {
            let state = roster.member(member).and_then(|entry| entry.keys.get(signer));
            state.is_some_and(|state| state.revoked)
        };
        let links = self.links.iter().filter_map(|(peer, link)| Some((peer, link.member()?, link.signer()?)));
        let links = links.filter(|(_, member, signer)| ended(member, signer));
        let links: Vec<(P, PublicKey)> = links.map(|(peer, _, signer)| (peer.clone(), signer)).collect();
        for (peer, signer) in links {
            let farewell = self.end_of(&signer);
            self.send_items(&peer, farewell);
            self.hang_up(&peer);
        }
        self.forget_former(roster);
    }

    /// The act that has just ended this key, and what arrived with it that it stands on.
    fn end_of(&self, key: &PublicKey) -> Vec<Vec<u8>> {
        let Some(log) = &self.log else { return Vec::new() };
        let ends = |id: &&ItemId| {
            let act = log.act(&ActId::from_bytes(**id));
            act.is_some_and(|act| matches!(&act.act.body, ActBody::Revoke { key: ended, .. } if ended == key))
        };
        let acts = self.arrived.iter().filter(ends).map(|id| ActId::from_bytes(*id));
        let needed: BTreeSet<ItemId> = acts.flat_map(|act| needed(log, act, &self.arrived)).collect();
        let items = log.items().filter(|item| needed.contains(&item.id()));
        items.map(|item| item.to_bytes()).collect()
    }

    /// What a member has to know to see that it is none any more: the act that took it out, the decisions on that, and
    /// what arrived here just now that those stand on. Acts that came after it are not for it.
    fn farewell(&self, roster: &Roster, member: &MemberId) -> Vec<Vec<u8>> {
        let (Some(former), Some(log)) = (roster.former.get(member), &self.log) else { return Vec::new() };
        let needed = needed(log, former.act, &self.arrived);
        let items = log.items().filter(|item| needed.contains(&item.id()));
        items.map(|item| item.to_bytes()).collect()
    }

    /// A member calls that does not know yet: the end of a membership must not be lost with the link over which it was
    /// told first. It is told that and what it stands on, and not listened to.
    pub(super) fn say_goodbye(&mut self, peer: &P) {
        let (Some(roster), Some(log)) = (&self.roster, &self.log) else { return };
        let Some(former) = roster.former.get(&self.keys.member) else { return };
        let before: BTreeSet<ItemId> = log.ids().collect();
        let mut items: Vec<Vec<u8>> = Vec::new();
        let needed = needed(log, former.act, &before);
        // The latest ones: what came long before, everybody has.
        let skipped = needed.len().saturating_sub(MAX_GOODBYE);
        for item in log.items().filter(|item| needed.contains(&item.id())).skip(skipped) {
            items.push(item.to_bytes());
        }
        self.send_items(peer, items);
        self.hang_up(peer);
    }

    /// What only members are remembered for.
    fn forget_former(&mut self, roster: &Roster) {
        self.reach.forget_others(roster, self.now.unix);
        self.conduct.forget_others(roster);
        self.authors.retain(|member, _| roster.known(member).is_some());
        self.named_authors.retain(|member, _| roster.known(member).is_some());
    }

    /// This node's member is one no more: nobody is linked, called, asked or told anything from now on. What is here
    /// stays and can be read.
    pub(super) fn retire(&mut self) {
        let peers: Vec<P> = self.links.keys().cloned().collect();
        for peer in peers {
            self.hang_up(&peer);
        }
        self.deal_at = None;
        self.ask_secrets_at = None;
        self.out(Output::Event(Event::Removed));
    }

    /// Whether the member behind a link that proved a secret, and whom the roster does not have, was in it once: then
    /// it is no newcomer whose act is on its way.
    pub(super) fn is_former(&self, member: &MemberId) -> bool {
        self.roster.as_ref().is_some_and(|roster| roster.former.contains_key(member))
    }

    /// Links whose other end waits for the act that adds it, but was a member once.
    pub(super) fn refuse_former(&self, stage: &Stage) -> bool {
        matches!(stage, Stage::Provisional(member, _) if self.is_former(member))
    }
}

/// An act with its decisions, and those that they stand on, as far as they are among the given ones.
fn needed(log: &ActLog, act: ActId, among: &BTreeSet<ItemId>) -> BTreeSet<ItemId> {
    let mut needed = BTreeSet::new();
    let mut todo = alloc::vec![act];
    while let Some(act) = todo.pop() {
        for item in log.bundle(&act) {
            let stands_on = match &item {
                Item::Act(signed) => &signed.act.parents,
                Item::Approval(signed) => &signed.approval.frontier,
                Item::Founding(_) | Item::Header(_) => continue,
            };
            if needed.insert(item.id()) {
                todo.extend(stands_on.iter().filter(|parent| among.contains(parent.as_bytes())));
            }
        }
    }
    needed
}
