//! Reconciliation with peers, and the records that it finds missing.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use rand_core::Rng;
use watchfire_keys::ids::RecordId;
use watchfire_keys::time::Moment;

use super::input::Loaded;
use super::output::{Event, Output};
use super::standing::side_of;
use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::envelope::seal;
use crate::reconcile::Session;
use crate::record::SignedRecord;
use crate::rules::Rule;
use crate::wire::{Catchup, Frame};

/// A new link is reconciled after this long: acts, headers and secrets go first.
const SOON_MS: u64 = 150;
/// Every so often the node reconciles with one of its links, whether or not something seems to be missing.
const EVERY_MS: u64 = 10_000;
/// Spread of that interval, so that nodes do not all do it at once.
const JITTER_MS: u32 = 4_000;
/// How often with a new link, by a node that can publish nothing before it knows the end of its own chain.
const RECOVERING_MS: u64 = 3_000;
/// How long a link is new then.
const NEW_LINK_MS: u64 = 60_000;
/// Records in one request.
const WANTED_A_FRAME: usize = 64;
/// Records that one link may owe us.
const MAX_OUTSTANDING: usize = 256;
/// A link that owes records and brings none for this long is given up on; others are asked.
const STALLED_MS: u64 = 4_000;
/// Whom a record was asked of is remembered this long after the last time: nobody that failed to bring it is asked again
/// before everybody else who has it was.
const ASKED_MS: u64 = 2 * STALLED_MS;
/// Queued ids of one link that are looked at in one go.
const MAX_LOOKED_AT: usize = 4_096;
/// Ids queued for one link; the next session finds what did not fit.
const MAX_QUEUED: usize = 65_536;

/// When a record was last asked for, and of whom so far.
#[derive(Debug)]
struct Asked<P> {
    at: Moment,
    of: Vec<P>,
}

/// What catch-up remembers across links.
#[derive(Debug)]
pub(super) struct State<P> {
    next: Moment,
    sessions: u32,
    /// Records that were asked for.
    asked: BTreeMap<RecordId, Asked<P>>,
    /// Links that are up and were reconciled, the longest ago first.
    met: Vec<P>,
}

impl<P> State<P> {
    pub(super) fn new(now: Moment) -> Self {
        Self { next: now.saturating_add(EVERY_MS), sessions: 0, asked: BTreeMap::new(), met: Vec::new() }
    }

    pub(super) fn next(&self) -> Moment {
        self.next
    }

    /// How many records are remembered as asked for.
    pub(super) fn asked(&self) -> usize {
        self.asked.len()
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// A link was greeted: reconcile with everyone we called and have not reconciled with.
    pub(super) fn catchup_soon(&mut self) {
        self.catchup.next = self.catchup.next.min(self.now.moment.saturating_add(SOON_MS));
    }

    pub(super) fn catchup_if_due(&mut self) {
        if self.catchup.next > self.now.moment {
            return;
        }
        let jitter = u64::from(self.rng.next_u32() % JITTER_MS);
        let hurries = self.recovering && self.greeted_peers().iter().any(|(peer, _)| self.is_new(peer));
        let wait = if hurries { RECOVERING_MS } else { EVERY_MS + jitter };
        self.catchup.next = self.now.moment.saturating_add(wait);
        if self.is_member() {
            for peer in self.partners() {
                self.reconcile_with(&peer);
                self.catchup.met.retain(|other| *other != peer);
                self.catchup.met.push(peer);
            }
            return;
        }
        // What makes this node a member is still on its way, or was lost: say again what is here.
        for (peer, _) in self.greeted_peers() {
            if self.draft.is_some() {
                self.send_draft(&peer);
            } else {
                self.send_summary(&peer);
            }
        }
    }

    /// Whom to reconcile with now: everybody that we called and have not reconciled with, or else the one peer with
    /// whom it was longest ago.
    fn partners(&mut self) -> Vec<P> {
        let greeted: Vec<P> = self.greeted_peers().into_iter().map(|(peer, _)| peer).collect();
        if self.recovering {
            // One session finds what is missing, and another one, once that is here, that nothing is.
            let idle = |link: &super::Link| link.wanted.is_empty() && link.owed.is_empty();
            let mut new = greeted.clone();
            new.retain(|peer| self.is_new(peer) && self.links.get(peer).is_some_and(idle));
            if !new.is_empty() {
                return new;
            }
        }
        let met = &mut self.catchup.met;
        met.retain(|peer| greeted.contains(peer));
        let unmet: Vec<P> = greeted.into_iter().filter(|peer| !met.contains(peer)).collect();
        let called = |peer: &&P| self.links.get(*peer).is_some_and(|link| link.dialed);
        let new: Vec<P> = unmet.iter().filter(called).cloned().collect();
        if new.is_empty() { unmet.first().or(met.first()).cloned().into_iter().collect() } else { new }
    }

    /// Whether a link came up lately and has not shown yet that nothing is missing.
    fn is_new(&self, peer: &P) -> bool {
        let link = self.links.get(peer).filter(|link| !link.reconciled);
        link.is_some_and(|link| self.now.moment.0 < link.up_at.0.saturating_add(NEW_LINK_MS))
    }

    fn reconcile_with(&mut self, peer: &P) {
        self.send_summary(peer);
        self.repeat_presences(peer);
        self.catchup.sessions = self.catchup.sessions.wrapping_add(1);
        let (session, message) = Session::start(self.catchup.sessions, &self.set);
        let Some(link) = self.links.get_mut(peer) else { return };
        link.ours = Some(session);
        self.send(peer, &Frame::Catchup(Catchup::Message(message)));
    }

    pub(super) fn catchup_frame(&mut self, peer: &P, frame: Catchup) -> Result<(), Rule> {
        match frame {
            Catchup::Message(message) => {
                let Some(link) = self.links.get_mut(peer) else { return Ok(()) };
                let session = if message.from_initiator { &mut link.theirs } else { &mut link.ours };
                if message.from_initiator
                    && session.as_ref().is_none_or(|open| open.number() != message.session)
                {
                    // Each new one has us fingerprint the whole set.
                    if !link.sessions.take(1, self.now.moment) {
                        return Err(Rule::LinkBudget);
                    }
                    *session = Some(Session::join(message.session));
                }
                // An answer to a session that we have replaced meanwhile says nothing.
                let Some(open) = session.as_mut().filter(|open| open.number() == message.session) else {
                    return Ok(());
                };
                let answer = match open.take(&message, &self.set) {
                    Ok(answer) => answer,
                    Err(rule) => {
                        *session = None;
                        return Err(rule);
                    }
                };
                let room = MAX_QUEUED.saturating_sub(link.wanted.len());
                link.wanted.extend(answer.wanted.into_iter().take(room));
                link.reconciled |= answer.done && message.ranges.is_empty();
                if let Some(reply) = answer.reply {
                    self.send(peer, &Frame::Catchup(Catchup::Message(reply)));
                }
                self.ask_for_records(peer);
                Ok(())
            }
            Catchup::Want(ids) => {
                if ids.len() > WANTED_A_FRAME {
                    return Err(Rule::ReconcileMalformed);
                }
                let now = self.now.moment;
                let within =
                    self.links.get_mut(peer).is_some_and(|link| link.served.take(ids.len() as u64, now));
                if !within {
                    return Err(Rule::LinkBudget);
                }
                let records = ids.into_iter().filter(|id| self.set.contains(id)).collect();
                self.out(Output::Load { peer: peer.clone(), records });
                Ok(())
            }
            Catchup::Record(envelope) => {
                let bytes = envelope.len();
                let owed = self.owed_by(peer);
                let mut taken = self.envelope(Some(peer), envelope, owed > 0);
                if taken == Err(Rule::EnvelopeSeen) {
                    self.forget_owed(peer);
                }
                if owed > 0 && self.owed_by(peer) >= owed {
                    // It passed as one that was asked for, and was none.
                    taken = taken.and(self.charge(peer, bytes));
                }
                self.ask_for_records(peer);
                taken
            }
        }
    }

    fn owed_by(&self, peer: &P) -> usize {
        self.links.get(peer).map_or(0, |link| link.owed.len())
    }

    /// Forgets what a link owes of records that came by another way.
    fn forget_owed(&mut self, peer: &P) {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return };
        let before = link.owed.len();
        link.owed.retain(|id| !self.set.contains(id));
        if link.owed.len() < before {
            link.last_record = now;
        }
    }

    /// Whether a link owed us this record; it does no longer.
    pub(super) fn was_owed(&mut self, peer: &P, id: &RecordId) -> bool {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return false };
        let owed = link.owed.remove(id);
        if owed {
            link.last_record = now;
        }
        owed
    }

    /// Asks a link for the next records it has and we want. What another link was asked for waits its turn here, so
    /// that nobody can keep a record from us by offering it and not bringing it.
    fn ask_for_records(&mut self, peer: &P) {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return };
        if link.owed.len() > MAX_OUTSTANDING / 2 {
            return;
        }
        if link.owed.is_empty() {
            link.last_record = now;
        }
        let (mut ask, mut later) = (Vec::new(), Vec::new());
        for _ in 0..MAX_LOOKED_AT {
            if link.owed.len() >= MAX_OUTSTANDING {
                break;
            }
            let Some(id) = link.wanted.pop_front() else { break };
            if self.set.contains(&id) || self.void.contains(&id) || link.owed.contains(&id) {
                continue;
            }
            let asked =
                self.catchup.asked.entry(id).or_insert_with(|| Asked { at: Moment(0), of: Vec::new() });
            if asked.of.contains(peer) {
                continue;
            }
            if !asked.of.is_empty() && now.0 < asked.at.0.saturating_add(STALLED_MS) {
                later.push(id);
                continue;
            }
            asked.at = now;
            asked.of.push(peer.clone());
            link.owed.insert(id);
            ask.push(id);
        }
        link.wanted.extend(later);
        for ids in ask.chunks(WANTED_A_FRAME) {
            self.send(peer, &Frame::Catchup(Catchup::Want(ids.to_vec())));
        }
    }

    /// Whether own records that a failed disk lost would be here again by now.
    pub(super) fn check_recovered(&mut self) {
        let Some(roster) = self.roster.as_ref().filter(|_| self.recovering) else { return };
        let whole = self
            .links
            .values()
            .filter(|link| link.reconciled && link.wanted.is_empty() && link.owed.is_empty());
        let shown: BTreeSet<usize> = whole.filter_map(|link| side_of(roster, &link.member()?)).collect();
        // One member's word is not enough: it could hold our last record back and have us sign another in its place.
        let others = roster.members.keys().filter(|member| **member != self.keys.member);
        let sides: BTreeSet<usize> = others.filter_map(|member| side_of(roster, member)).collect();
        if !shown.is_empty() && shown.is_superset(&sides) {
            self.recovering = false;
            self.out(Output::Event(Event::Recovered));
        }
    }

    /// Gives up on links that owe records and bring none, and asks those whose turn it is.
    pub(super) fn check_stalled(&mut self) {
        let now = self.now.moment;
        self.catchup.asked.retain(|_, asked| now.0 < asked.at.0.saturating_add(ASKED_MS));
        let peers: Vec<P> = self.links.keys().cloned().collect();
        for peer in peers {
            self.forget_owed(&peer);
            if let Some(link) = self.links.get_mut(&peer) {
                let stalled = now.0 > link.last_record.0.saturating_add(STALLED_MS);
                if stalled && !link.owed.is_empty() {
                    link.owed.clear();
                }
                if !link.wanted.is_empty() {
                    self.ask_for_records(&peer);
                }
            }
        }
    }

    /// Sends the records that a peer wanted and the store had.
    pub(super) fn serve(&mut self, peer: &P, records: Vec<Loaded>) {
        let Some(member) = self.links.get(peer).and_then(super::Link::member) else { return };
        for loaded in records {
            if let Some(epoch) = &loaded.epoch {
                self.recall_epoch(epoch);
            }
            if let Some(envelope) = self.envelope_for(&member, &loaded) {
                self.send(peer, &Frame::Catchup(Catchup::Record(envelope.to_vec())));
            }
        }
    }

    /// The record's envelope under its own epoch if the member may read that one, else under the present epoch: so a
    /// newcomer gets the history that the charter grants it.
    fn envelope_for(&self, member: &watchfire_keys::ids::MemberId, loaded: &Loaded) -> Option<Arc<[u8]>> {
        let record = SignedRecord::from_bytes(&loaded.bytes).ok()?;
        let (roster, log) = (self.roster.as_ref()?, self.log.as_ref()?);
        let original = loaded.epoch.filter(|epoch| self.keyring.may_read(epoch, member, log));
        let keys = match original.and_then(|epoch| self.keyring.keys(&epoch)) {
            Some(keys) => keys,
            None => {
                let oldest = self.now.unix.0.saturating_sub(roster.rules.history_ms);
                if record.record().created.0 < oldest || !self.may_seal() {
                    return None;
                }
                self.keyring.sealing(roster, self.now.unix)?
            }
        };
        seal(&self.crypto, keys, &record).ok().map(Arc::from)
    }
}
