//! Records that were found missing: asking links for them, and handing out what peers ask for.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::{MemberId, RecordId};
use watchfire_keys::time::Moment;

use super::input::Loaded;
use super::output::Output;
use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::envelope::seal;
use crate::reconcile::Prefix;
use crate::record::SignedRecord;
use crate::rules::Rule;
use crate::wire::{Catchup, Frame};

/// Records in one request.
const WANTED_A_FRAME: usize = 64;
/// Bytes of records that one link may owe us, by what those that came from it have taken: half of what the transport
/// queues for a link before it gives it up.
const OUTSTANDING_BYTES: u64 = 4 * 1024 * 1024;
/// Records that one link may owe us, the smaller they are the more: a tenth of a second of a link with 100 ms there and
/// back at ten thousand records a second.
const MAX_OUTSTANDING: usize = 1_024;
/// As above, of the largest there are: one request, four megabytes.
const MIN_OUTSTANDING: usize = WANTED_A_FRAME;
/// Records that one link may be owed by us: it asks for no more than [`MAX_OUTSTANDING`], and once more after a stall.
const MAX_DUE: usize = 2 * MAX_OUTSTANDING;
/// A link that owes records and brings none for this long is given up on; others are asked.
pub(super) const STALLED_MS: u64 = 4_000;
/// Whom a record was asked of is remembered this long after the last time: nobody that failed to bring it is asked again
/// before everybody else who has it was.
const ASKED_MS: u64 = 2 * STALLED_MS;
/// Queued records of one link that are looked at in one go.
const MAX_LOOKED_AT: usize = 4_096;
/// How soon a peer that asked for more than its share is served again.
const SERVE_AGAIN_MS: u64 = 50;
/// Bytes of a record that count as one more of its link's share: sealing eight kilobytes takes about as long as sealing
/// next to nothing does.
const BYTES_A_SHARE: usize = 8 * 1024;
/// Records that all links together may fetch beyond their own share. Sealing a small one takes 28 microseconds, so this
/// is a quarter of a core, for one newcomer that fetches years or for fifty; and with its own share one gets 10,240 a second,
/// not far from what it can check (75 microseconds each).
pub(super) const SPARE_BURST: u64 = 8_192;
/// As above, a second.
pub(super) const SPARE_PER_SECOND: u64 = 8_192;

/// When a record was last asked for, and of whom so far.
#[derive(Debug)]
pub(super) struct Asked<P> {
    at: Moment,
    of: Vec<P>,
}

/// How far a node is in getting what it lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CatchupStatus {
    /// Records that are known to be missing here: some peer has them.
    pub missing: usize,
    /// Records that came because they were asked for, since the start.
    pub fetched: u64,
    /// Comparisons with peers that are under way.
    pub comparing: usize,
}

/// How many records of this size a link may owe us.
fn window(record_bytes: u64) -> usize {
    let records = usize::try_from(OUTSTANDING_BYTES / record_bytes.max(1)).unwrap_or(MAX_OUTSTANDING);
    records.clamp(MIN_OUTSTANDING, MAX_OUTSTANDING)
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// How far this node is in getting what it lacks.
    pub fn catchup_status(&self) -> CatchupStatus {
        let links = self.links.values();
        let named = links.clone().flat_map(|link| link.wanted.iter().chain(&link.owed));
        let mut missing: Vec<Prefix> = named.copied().filter(|prefix| !self.has_or_voids(*prefix)).collect();
        missing.sort_unstable();
        missing.dedup();
        let comparing = links.filter(|link| link.search.is_some()).count();
        CatchupStatus { missing: missing.len(), fetched: self.catchup.fetched, comparing }
    }

    fn has_or_voids(&self, prefix: Prefix) -> bool {
        self.set.holds(prefix) || self.void.contains(prefix)
    }

    /// Notes what a link has and we lack.
    pub(super) fn want(&mut self, peer: &P, records: impl IntoIterator<Item = Prefix>) {
        let Some(link) = self.links.get_mut(peer) else { return };
        for prefix in records {
            if !self.set.holds(prefix) && !self.void.contains(prefix) {
                link.has_more |= !link.wanted.push(prefix, &mut self.rng);
            }
        }
    }

    /// A peer wants records: exact ones, or all with some prefixes.
    pub(super) fn wanted_by(
        &mut self,
        peer: &P,
        asked: usize,
        records: BTreeSet<RecordId>,
    ) -> Result<(), Rule> {
        let Some(link) = self.links.get_mut(peer) else { return Ok(()) };
        if asked > WANTED_A_FRAME {
            return Err(Rule::ReconcileMalformed);
        }
        if link.due.len().saturating_add(records.len()) > MAX_DUE {
            return Err(Rule::LinkBudget);
        }
        link.due.extend(records);
        self.serve_due(peer);
        Ok(())
    }

    /// Hands out what links have asked for, as far as their budgets go by now.
    pub(super) fn serve_all_due(&mut self) {
        if self.catchup.serve_at.is_none_or(|at| at > self.now.moment) {
            return;
        }
        self.catchup.serve_at = None;
        let waiting = self.links.iter().filter(|(_, link)| !link.due.is_empty());
        let waiting: Vec<P> = waiting.map(|(peer, _)| peer.clone()).collect();
        for peer in waiting {
            self.serve_due(&peer);
        }
    }

    /// Has the next records that are due loaded, a few at a time: no more before those are on their way, so that what
    /// waits here to be sent is some megabytes whatever was asked for.
    fn serve_due(&mut self, peer: &P) {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return };
        let count = link.due.len().min(WANTED_A_FRAME);
        if count == 0 || link.loading {
            return;
        }
        let cost = count as u64;
        if !link.served.take(cost, now) && !self.catchup.spare.take(cost, now) {
            self.catchup.serve_at = Some(now.saturating_add(SERVE_AGAIN_MS));
            return;
        }
        link.loading = true;
        let records = link.due.drain(..count).collect();
        self.outputs.push_back(Output::Load { peer: peer.clone(), records });
    }

    /// An envelope came as one that was wanted.
    pub(super) fn record_frame(&mut self, peer: &P, envelope: Vec<u8>) -> Result<(), Rule> {
        let bytes = envelope.len();
        let owed = self.owed_by(peer);
        if let Some(link) = self.links.get_mut(peer) {
            // The mean of some of the last ones.
            link.record_bytes = (7 * link.record_bytes + bytes as u64) / 8;
        }
        let taken = self.envelope(Some(peer), envelope);
        if self.owed_by(peer) < owed {
            self.uncharge(peer, bytes);
        }
        self.ask_for_records(peer);
        taken
    }

    fn owed_by(&self, peer: &P) -> usize {
        self.links.get(peer).map_or(0, |link| link.owed.len())
    }

    /// Forgets what a link owes of records that came by another way.
    fn forget_owed(&mut self, peer: &P) {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return };
        let before = link.owed.len();
        link.owed.retain(|prefix| !self.set.holds(*prefix));
        if link.owed.len() < before {
            link.last_record = now;
        }
    }

    /// Whether a link owes us this record, which is not here; if it came by another way meanwhile, it does no longer.
    pub(super) fn owes(&mut self, peer: &P, record: Prefix) -> bool {
        if self.set.holds(record) {
            if let Some(link) = self.links.get_mut(peer).filter(|link| link.owed.contains(&record)) {
                link.owed.remove(&record);
                link.last_record = self.now.moment;
            }
            return false;
        }
        self.links.get(peer).is_some_and(|link| link.owed.contains(&record))
    }

    /// Whether a link owed us this record; it does no longer.
    pub(super) fn was_owed(&mut self, peer: &P, record: Prefix) -> bool {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return false };
        let owed = link.owed.remove(&record);
        if owed {
            link.last_record = now;
            self.catchup.fetched = self.catchup.fetched.saturating_add(1);
        }
        owed
    }

    /// Asks a link for the next records it has and we want. What another link was asked for waits its turn here, so
    /// that nobody can keep a record from us by offering it and not bringing it.
    pub(super) fn ask_for_records(&mut self, peer: &P) {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return };
        let window = window(link.record_bytes);
        if link.owed.len() > window / 2 {
            return;
        }
        if link.owed.is_empty() {
            link.last_record = now;
        }
        let mut ask = Vec::new();
        for _ in 0..MAX_LOOKED_AT {
            if link.owed.len() >= window {
                break;
            }
            let Some(prefix) = link.wanted.pop(now) else { break };
            if self.void.contains(prefix) || self.set.holds(prefix) || link.owed.contains(&prefix) {
                continue;
            }
            let asked = self.catchup.asked.entry(prefix);
            let asked = asked.or_insert_with(|| Asked { at: Moment(0), of: Vec::new() });
            if asked.of.contains(peer) {
                continue;
            }
            let turn = asked.at.saturating_add(STALLED_MS);
            if !asked.of.is_empty() && now < turn {
                link.wanted.put_off(prefix, turn);
                continue;
            }
            asked.at = now;
            asked.of.push(peer.clone());
            link.owed.insert(prefix);
            ask.push(prefix);
        }
        let drained = link.has_more && link.wanted.is_empty() && link.owed.is_empty();
        link.reconciled &= !drained;
        for prefixes in ask.chunks(WANTED_A_FRAME) {
            self.send(peer, &Frame::Catchup(Catchup::Fetch(prefixes.to_vec())));
        }
        if drained {
            // More was missing than is kept in mind.
            self.reconcile_with(peer);
        }
    }

    /// Gives up on links that owe records and bring none, and asks those whose turn it is.
    pub(super) fn check_stalled(&mut self) {
        let now = self.now.moment;
        self.catchup.salted.forget_unused(now);
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
            self.search_again_if_stalled(&peer);
        }
    }

    /// Sends the records that a peer wanted and the store had.
    pub(super) fn serve(&mut self, peer: &P, records: Vec<Loaded>) {
        let Some(member) = self.links.get(peer).and_then(super::Link::member) else { return };
        let mut shares = 0;
        for loaded in records {
            if let Some(epoch) = &loaded.epoch {
                self.recall_epoch(epoch);
            }
            if let Some(envelope) = self.envelope_for(&member, &loaded) {
                shares += envelope.len() / BYTES_A_SHARE;
                self.send(peer, &Frame::Catchup(Catchup::Record(envelope.to_vec())));
            }
        }
        if let Some(link) = self.links.get_mut(peer) {
            link.loading = false;
            // How large they are is known only now.
            let rest = link.served.take_some(shares as u64, self.now.moment);
            self.catchup.spare.take_some(rest, self.now.moment);
        }
        self.serve_due(peer);
    }

    /// The record's envelope under its own epoch if the member may read that one, else under the present epoch: so a
    /// newcomer gets the history that the charter grants it.
    fn envelope_for(&self, member: &MemberId, loaded: &Loaded) -> Option<Arc<[u8]>> {
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
