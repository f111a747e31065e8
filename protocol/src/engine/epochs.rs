//! Epochs at this node: headers taken and dealt, secrets asked for and handed on.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use rand_core::Rng;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::epoch::EpochSecret;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::EpochId;
use watchfire_keys::time::Moment;

use super::output::{Change, Event, Output};
use super::{Engine, PeerName};
use crate::circle::{Due, Grant, Item};
use crate::crypto::Crypto;
use crate::gossip::Bucket;
use crate::rules::Rule;
use crate::wire::{Epochs, Frame};

/// How long a matching header may be without a secret that anybody hands out before a new epoch is dealt.
const SECRET_PATIENCE_MS: u64 = 4_000;
/// How often the next holder is asked for a secret.
const ASK_AGAIN_MS: u64 = 500;
/// Epochs in one request.
const MAX_ASKED: usize = 16;
/// Of these, the newest ones, always.
const NEWEST_ASKED: usize = 4;
/// A peer is handed the same secret again only after this long.
const GRANT_AGAIN_MS: u64 = 400;
/// The nodes of one member share its turn. Each after the first waits this much longer, so that it hears of what the
/// one before it dealt: two headers by one steward for one turn would be held against it.
const NODES_APART_MS: u64 = 3_000;
/// Epochs that this node deals at once though nothing that needs consent came into force since the one before.
const OWN_CHANGES_BURST: u64 = 32;
/// And how many seconds it takes until it deals one more. A member that signs its own acts against itself, each with a
/// lower id than the one before, changes the readers as often as it likes; a dealer's headers are numbered.
const OWN_CHANGE_SECONDS: u64 = 300;
/// How soon a deal that had to wait is looked at again.
const DEAL_AGAIN_MS: u64 = 5_000;
/// Bounds the memory of grants; older ones are forgotten.
const MAX_GRANTS: usize = 4096;

/// For what this node dealt epochs of late.
pub(super) struct Deals {
    /// Acts with the sides' consent that were in force at the last one.
    agreed: usize,
    own_changes: Bucket,
}

impl Deals {
    pub(super) fn new(now: Moment) -> Self {
        let burst = OWN_CHANGES_BURST.saturating_mul(OWN_CHANGE_SECONDS);
        Self { agreed: 0, own_changes: Bucket::full(burst, 1, now) }
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Takes up headers that waited for acts.
    pub(super) fn retry_headers(&mut self) {
        let Some(log) = &mut self.log else { return };
        let taken = self.keyring.retry(log, self.now.unix);
        log.want(self.keyring.waiting());
        for epoch in taken {
            if let Some(header) = self.keyring.header(&epoch).cloned() {
                self.persist_item(&Item::Header(header));
            }
        }
    }

    /// The epoch this node would seal under now.
    pub(super) fn sealing_epoch(&self) -> Option<EpochId> {
        let roster = self.roster.as_ref()?;
        self.keyring.sealing(roster, self.now.unix).map(|keys| *keys.epoch())
    }

    /// The roster, a header or a secret is new: see what follows for sealing and dealing.
    pub(super) fn epoch_changed(&mut self) {
        let epoch = self.sealing_epoch();
        if epoch != self.epoch {
            self.epoch = epoch;
            self.out(Output::Event(Event::EpochChanged));
        }
        self.consider_dealing();
        self.flush_outbox();
    }

    /// Sets or clears the time at which this node deals an epoch itself.
    pub(super) fn consider_dealing(&mut self) {
        match (self.due_to_deal(), self.deal_at) {
            (None, _) => self.deal_at = None,
            (Some(due), None) => self.deal_at = Some(self.now.moment.saturating_add(due.delay_ms)),
            (Some(_), Some(_)) => {}
        }
    }

    /// The turn in which this node should deal; `None` when no epoch is needed, or not from us.
    fn due_to_deal(&self) -> Option<Due> {
        let log = self.log.as_ref()?;
        self.keys.steward.as_ref()?;
        if !self.may_seal() || self.may_have_dealt() {
            return None;
        }
        let later = |due: Due| Due { delay_ms: due.delay_ms.saturating_add(self.after_own_nodes()), ..due };
        if let Some(due) = self.keyring.due(log, self.now.unix) {
            return Some(later(due));
        }
        if self.sealing_epoch().is_some() {
            return None;
        }
        // There is a header, and nobody we reach has handed us its secret.
        let next = later(self.keyring.next(log, self.now.unix)?);
        Some(Due { delay_ms: next.delay_ms.saturating_add(SECRET_PATIENCE_MS), ..next })
    }

    /// Whether this node has lost its store, or comes from a backup, and no other member has shown it the headers that it
    /// dealt before: it must not deal another one for the same turn.
    pub(super) fn may_have_dealt(&self) -> bool {
        let shown = |link: &super::Link| link.reconciled && link.member() != Some(self.keys.member);
        self.recovering && !self.links.values().any(shown)
    }

    /// How long this node leaves the turn to other nodes of its member. The one whose key stands on the card goes first,
    /// then the others in the order of their keys, so that all of them know the order and none has to ask.
    fn after_own_nodes(&self) -> u64 {
        let own = self.keys.daemon.public();
        let Some(entry) = self.roster.as_ref().and_then(|roster| roster.member(&self.keys.member)) else {
            return 0;
        };
        let on_card =
            |key: &PublicKey| entry.card.delegations.iter().any(|delegation| delegation.key == *key);
        if on_card(&own) {
            return 0;
        }
        let nodes = entry.keys.keys().filter(|key| entry.delegates(key, Scopes::DAEMON, self.now.unix));
        let before = nodes.filter(|key| !on_card(key) && **key < own).count();
        NODES_APART_MS.saturating_mul(before as u64 + 1)
    }

    pub(super) fn deal_if_due(&mut self) {
        if self.deal_at.is_none_or(|at| at > self.now.moment) {
            return;
        }
        self.deal_at = None;
        let Some(due) = self.due_to_deal() else { return };
        if self.may_deal() {
            self.deal(due.turn);
        } else {
            self.deal_at = Some(self.now.moment.saturating_add(DEAL_AGAIN_MS));
        }
    }

    /// Whether what members agreed on asks for an epoch, or there have not been many for what members did alone.
    fn may_deal(&mut self) -> bool {
        let agreed = self.log.as_ref().map_or(0, crate::circle::ActLog::agreed);
        let news = self.deals.agreed != agreed;
        self.deals.agreed = agreed;
        news || self.deals.own_changes.take(OWN_CHANGE_SECONDS, self.now.moment)
    }

    /// Deals an epoch in that turn; nothing when no other node would take it.
    pub(super) fn deal(&mut self, turn: u32) -> Option<EpochId> {
        let (roster, key, log) = (self.roster.as_ref()?, self.keys.steward.as_ref()?, self.log.as_ref()?);
        // A history with more heads than a header can name has to be tied together first.
        let dealt = self.keyring.deal(roster, turn, key, self.now.unix, &mut self.rng);
        let (header, secret) = dealt.ok()?;
        let epoch = header.id();
        let header = Arc::new(header);
        self.keyring.insert_header(Arc::clone(&header), log, self.now.unix).ok()?;
        let item = Item::Header(header);
        self.persist_item(&item);
        self.keep_secret(epoch, secret);
        self.tell(item.to_bytes());
        self.epoch_changed();
        Some(epoch)
    }

    fn keep_secret(&mut self, epoch: EpochId, secret: EpochSecret) {
        if self.keyring.insert_secret(epoch, secret.clone()).is_ok() {
            self.out(Output::Persist(Change::Secret { epoch, secret }));
        }
    }

    pub(super) fn epoch_frame(&mut self, peer: &P, frame: &Epochs) -> Result<(), Rule> {
        match frame {
            Epochs::Ask(epochs) => self.asked_for(peer, epochs),
            Epochs::Grant(grant) => self.granted(grant),
        }
    }

    fn asked_for(&mut self, peer: &P, epochs: &[EpochId]) -> Result<(), Rule> {
        if epochs.len() > MAX_ASKED {
            return Err(Rule::GrantUnasked);
        }
        let wanted: BTreeSet<EpochId> = epochs.iter().copied().collect();
        let lacking = wanted.iter().filter(|epoch| self.keyring.secret(epoch).is_none());
        let lacking: BTreeSet<EpochId> = lacking.copied().collect();
        for epoch in wanted.difference(&lacking) {
            self.grant(peer, *epoch)?;
        }
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return Ok(()) };
        if !link.grants.take(lacking.len() as u64, now) {
            return Err(Rule::LinkBudget);
        }
        // What it asks for now, not what it asked for before.
        link.asks = lacking;
        Ok(())
    }

    /// Hands a secret that is here to a peer, if its member may have it and has not just had it.
    fn grant(&mut self, peer: &P, epoch: EpochId) -> Result<(), Rule> {
        let Some(member) = self.links.get(peer).and_then(super::Link::member) else { return Ok(()) };
        let now = self.now.moment;
        let recently = self.granted.get(&(peer.clone(), epoch));
        if recently.is_some_and(|at| now.0 < at.0.saturating_add(GRANT_AGAIN_MS)) {
            return Ok(());
        }
        if self.links.get_mut(peer).is_none_or(|link| !link.grants.take(1, now)) {
            return Err(Rule::LinkBudget);
        }
        // Many readers ask for the same epoch.
        self.recall_epoch(&epoch);
        let Some(log) = &self.log else { return Ok(()) };
        // A secret that is not for this member is not an answer anybody waits for.
        if let Ok(grant) = self.keyring.grant(&self.crypto, &epoch, &member, log, &mut self.rng) {
            if self.granted.len() >= MAX_GRANTS {
                self.granted.clear();
            }
            self.granted.insert((peer.clone(), epoch), now);
            self.send(peer, &Frame::Epochs(Epochs::Grant(grant)));
        }
        Ok(())
    }

    /// Hands a secret that has just come to everybody who asked for it in vain: so it follows its header through the
    /// circle link by link, and nobody has to ask again.
    fn grant_to_waiting(&mut self, epoch: EpochId) {
        let waiting =
            self.links.iter_mut().filter_map(|(peer, link)| link.asks.remove(&epoch).then(|| peer.clone()));
        let waiting: Vec<P> = waiting.collect();
        for peer in waiting {
            // Over its budget it asks again.
            let _ = self.grant(&peer, epoch);
        }
    }

    fn granted(&mut self, grant: &Grant) -> Result<(), Rule> {
        if self.keyring.keys(&grant.epoch).is_some() {
            // Two holders answered.
            return Ok(());
        }
        let mut accepted = Err(Rule::GrantMismatch);
        for key in self.keys.sealing_keys() {
            accepted = self.keyring.accept(&self.crypto, key, grant);
            if accepted != Err(Rule::GrantMismatch) {
                break;
            }
        }
        if accepted == Err(Rule::GrantMismatch) && !self.holds_sealing_key() {
            // It is sealed to another key of this member, and the fault is at this home.
            return Ok(());
        }
        let epoch = accepted?;
        if let Some(secret) = self.keyring.secret(&epoch).cloned() {
            self.out(Output::Persist(Change::Secret { epoch, secret }));
        }
        self.grant_to_waiting(epoch);
        self.retry_parked();
        self.epoch_changed();
        Ok(())
    }

    /// Asks for the secrets that are missing a little later, if whoever brought the news does not hand them on.
    pub(super) fn ask_secrets_soon(&mut self) {
        if !self.keyring.missing_secrets().is_empty() {
            self.ask_secrets_at.get_or_insert(self.now.moment.saturating_add(ASK_AGAIN_MS));
        }
    }

    /// Asks everyone in turn for the secrets that are missing, until they are there.
    pub(super) fn ask_secrets(&mut self) {
        self.ask_secrets_at = None;
        let missing = self.missing_secrets();
        let peers = self.greeted_peers();
        if missing.is_empty() || peers.is_empty() {
            return;
        }
        let turn = self.rng.next_u32() as usize % peers.len();
        self.send(&peers[turn].0, &Frame::Epochs(Epochs::Ask(missing)));
        self.ask_secrets_at = Some(self.now.moment.saturating_add(ASK_AGAIN_MS));
    }

    /// Asks one peer for what is missing: it has just been greeted, or has just shown us something new.
    pub(super) fn ask_secrets_of(&mut self, peer: &P) {
        let missing = self.missing_secrets();
        if !missing.is_empty() && self.is_greeted(peer) {
            self.send(peer, &Frame::Epochs(Epochs::Ask(missing)));
            self.ask_secrets_at.get_or_insert(self.now.moment.saturating_add(ASK_AGAIN_MS));
        }
    }

    /// Some epochs whose secret is missing: the newest, and of the others different ones each time. A steward that deals
    /// epochs whose secrets it keeps to itself cannot crowd out those that somebody would hand us.
    fn missing_secrets(&mut self) -> Vec<EpochId> {
        let mut missing = self.keyring.missing_secrets();
        if missing.len() > MAX_ASKED {
            let others = missing.split_off(NEWEST_ASKED);
            let turn = self.rng.next_u32() as usize % others.len();
            missing.extend(others.iter().cycle().skip(turn).take(MAX_ASKED - NEWEST_ASKED));
        }
        missing
    }
}
